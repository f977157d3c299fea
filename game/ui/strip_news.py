"""The news on the stage's strip: what the course says, and over it for a while what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.ui.beat_strip import BeatStrip

NEWS_S = 4.0
"""So long a keyboard that came or went covers what the producer wants."""


class StripNews:
    """Keeps what was said before the take in sight: it must be known when the music starts."""

    def __init__(self, strip: BeatStrip) -> None:
        """Nothing is said yet."""
        self._strip = strip
        self._standing = ""
        self._told_s: float | None = None

    def open(self, standing: str) -> None:
        """A fresh preview, with the course's own words."""
        self._standing, self._told_s = standing, None
        self._strip.news = standing

    def tell(self, line: str, now_s: float) -> None:
        """Something has happened."""
        self._strip.news, self._told_s = line, now_s

    def answer(self, line: str, now_s: float) -> None:
        """What a key has done; quietly, where nothing else has to be read there."""
        if self._standing:
            self.tell(line, now_s)
        else:
            self._strip.heard = line

    def settle(self) -> None:
        """What happened is over: the course's words are in sight again."""
        self._strip.news, self._told_s = self._standing, None

    def follow(self, now_s: float) -> None:
        """In the preview: what has been told long enough gives way to the course's words."""
        if self._standing and self._told_s is not None and now_s - self._told_s >= NEWS_S:
            self.settle()

    def begin_take(self, *, is_lost: bool) -> None:
        """From here on only what happens is told; that the keyboard is gone still holds."""
        keeps = is_lost and self._told_s is not None
        self._standing = ""
        if not keeps:
            self.settle()
