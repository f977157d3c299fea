"""Mixes a take's tracks block by block, each at its fader. Pure: asked for samples, it gives them.

Called on the audio thread, so it allocates one block and adds slices to it, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

CHANNELS = 2


class Placed(NamedTuple):
    """A track that lies somewhere in a take."""

    samples: Samples
    """Mono (n,) or stereo (n, 2), of any kind of number."""
    at: int = 0
    """The take's sample at which its first one lies."""
    scale: float = 1.0
    """By which its numbers become samples from -1 to 1."""


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
        self._loaded: tuple[int, dict[str, Placed]] | None = None
        self.voice: Voice | None = None
        """The live instrument; None for none."""
        self.before: Callable[[], None] | None = None
        """Called before each block: takes in what has just been played."""
        self.rate = 48_000
        """Samples a second of the stream."""

    def load(self, first: int, tracks: Mapping[str, Samples | Placed]) -> None:
        """Play the tracks of a take whose sample 0 lies at stream sample `first`."""
        placed = {
            name: track if isinstance(track, Placed) else Placed(track)
            for name, track in tracks.items()
        }
        self._loaded = (first, placed)

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
        self, out: Samples | None, name: str, track: Placed, at: int, frames: int
    ) -> Samples | None:
        """Add a track's samples from the take's sample `at` on, which may be negative."""
        goal = self._gains.get(name, 1.0)
        gain = self._heard.get(name, goal)
        self._heard[name] = goal
        at -= track.at
        begin, end = max(0, at), min(len(track.samples), at + frames)
        if begin >= end or gain == goal == 0.0:
            return out
        if out is None:
            out = np.zeros((frames, CHANNELS), np.float32)
        part = track.samples[begin:end]
        if part.ndim == 1:
            part = part[:, np.newaxis]
        gain, goal = gain * track.scale, goal * track.scale
        ramp: Samples = np.full(1, goal, np.float32)
        if gain != goal:
            whole = np.linspace(gain, goal, frames, dtype=np.float32)
            ramp = whole[begin - at : end - at, np.newaxis]
        out[begin - at : end - at] += part * ramp
        return out
