"""Grading: what was expected, what was played, which note was meant, what it was worth."""
