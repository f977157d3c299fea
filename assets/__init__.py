"""Things the game ships that are not code."""
