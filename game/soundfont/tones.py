"""Plain tones: what a note sounds like where there is no sound bank. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

PARTIALS = (1.0, 0.4, 0.2, 0.1)
DECAY_S = 1.2
RELEASE_S = 0.08
GAIN = 0.35
DRUM_S = 0.12
LOW_DRUMS = frozenset({35, 36, 41, 43, 45, 47, 48, 50, 60, 61, 63, 64})
"""Kick, toms and hand drums of the General MIDI percussion map; the others are noise."""
LOW_HZ = 60.0
MIDDLE_A, MIDDLE_A_HZ = 69, 440.0


class Tone:
    """A note of four partials that die away, or a thud or hiss for a drum."""

    def __init__(self, key: int, velocity: int, rate: int, *, drums: bool = False) -> None:
        """Strike it."""
        self.key = key
        self.exclusive = 0
        self.is_over = False
        self._rate = rate
        self._gain = GAIN * (velocity / 127.0) ** 2
        self._drums = drums
        self._noise = np.random.default_rng(key)
        self._at = 0
        self._released: int | None = None

    def release(self, after: int = 0, *, within_s: float | None = None) -> None:
        """Let the key go so many samples after the next one; a drum rings out."""
        del within_s
        if self._released is None and not self._drums:
            self._released = self._at + after

    def read(self, frames: int) -> Samples:
        """The next samples (frames, 2)."""
        places = np.arange(self._at, self._at + frames)
        self._at += frames
        time = places / self._rate
        if self._drums:
            wave = np.exp(-time * 6.0 / DRUM_S)
            low = self.key in LOW_DRUMS
            wave *= np.cos(2 * np.pi * LOW_HZ * time) if low else self._noise.uniform(-1, 1, frames)
        else:
            hertz = MIDDLE_A_HZ * 2.0 ** ((self.key - MIDDLE_A) / 12.0)
            partials = [
                gain * np.sin(2 * np.pi * hertz * number * time)
                for number, gain in enumerate(PARTIALS, 1)
                if hertz * number < self._rate / 2
            ]
            wave = sum(partials, np.zeros(frames)) * np.exp(-time / DECAY_S)
            if self._released is not None:
                gone = np.maximum(0, places - self._released) / self._rate
                wave = wave * np.exp(-gone / RELEASE_S * 5.0)
                self.is_over = bool(gone[-1] > 2 * RELEASE_S)
        self.is_over = self.is_over or bool(time[-1] > (DRUM_S * 2 if self._drums else 10.0))
        mono = (self._gain * wave).astype(np.float32)
        return np.repeat(mono[:, np.newaxis], 2, axis=1)
