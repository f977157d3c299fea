"""Genres: what a style pack may say, the packs themselves, and the feel of each."""
