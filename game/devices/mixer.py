"""Mixes a take's tracks block by block, each at its fader. Pure: asked for samples, it gives them.

Called on the audio thread, so it allocates one block and adds slices to it, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

CHANNELS = 2

KEYS = "keys"
"""The live instrument's fader."""

Voice = Callable[[int, int], "Samples | None"]
"""A live instrument: gives the next so many samples (n, 2) at a rate, or None for silence."""


class Mixer:
    """Tracks on one stream of samples, and a live instrument beside them."""

    def __init__(self) -> None:
        """Silent."""
        self._gains: dict[str, float] = {}
        self._heard: dict[str, float] = {}
        self._loaded: tuple[int, dict[str, Samples]] | None = None
        self.voice: Voice | None = None
        """The live instrument; None for none."""
        self.before: Callable[[], None] | None = None
        """Called before each block: takes in what has just been played."""
        self.rate = 48_000
        """Samples a second of the stream."""

    def load(self, first: int, tracks: Mapping[str, Samples]) -> None:
        """Play tracks, whose sample 0 all lies at stream sample `first`.

        A track is mono (n,) or stereo (n, 2).
        """
        self._loaded = (first, dict(tracks))

    def replace(self, name: str, track: Samples) -> None:
        """Another track of that name at the same place; nothing where no take is loaded."""
        if self._loaded is not None:
            first, tracks = self._loaded
            self._loaded = (first, {**tracks, name: track})

    def silence(self) -> None:
        """Drop the tracks; the instrument goes on."""
        self._loaded = None

    def set_gain(self, name: str, gain: float) -> None:
        """Move a track's fader (0 to 1); heard over one block, without a crackle."""
        self._gains[name] = gain

    def mix(self, first: int, frames: int) -> Samples | None:
        """The stream's samples from `first` on, (frames, 2); None for silence."""
        if self.before is not None:
            self.before()
        out: Samples | None = None
        loaded = self._loaded
        if loaded is not None:
            for name, track in loaded[1].items():
                out = self._add(out, name, track, first - loaded[0], frames)
        live = self.voice(frames, self.rate) if self.voice is not None else None
        if live is not None:
            live = live * np.float32(self._gains.get(KEYS, 1.0))
            out = live if out is None else out + live
        return None if out is None else np.clip(out, -1.0, 1.0)

    def _add(
        self, out: Samples | None, name: str, track: Samples, at: int, frames: int
    ) -> Samples | None:
        """Add a track's samples from its own sample `at` on, which may be negative."""
        goal = self._gains.get(name, 1.0)
        gain = self._heard.get(name, goal)
        self._heard[name] = goal
        begin, end = max(0, at), min(len(track), at + frames)
        if begin >= end or gain == goal == 0.0:
            return out
        if out is None:
            out = np.zeros((frames, CHANNELS), np.float32)
        part = track[begin:end]
        if part.ndim == 1:
            part = part[:, np.newaxis]
        ramp: Samples = np.full(1, goal, np.float32)
        if gain != goal:
            whole = np.linspace(gain, goal, frames, dtype=np.float32)
            ramp = whole[begin - at : end - at, np.newaxis]
        out[begin - at : end - at] += part * ramp
        return out
