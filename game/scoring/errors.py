"""The error of this package."""

from __future__ import annotations


class GradeError(Exception):
    """A take cannot be graded; the message says what, where and what to do."""
