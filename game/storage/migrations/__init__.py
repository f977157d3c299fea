"""How the tables came to be, step by step; run by `game.storage.schema` when a file is older."""
