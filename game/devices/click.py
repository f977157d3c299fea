"""The sound of the click, and a whole take's clicks in one buffer. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from game.events import Click

    Samples = npt.NDArray[np.float32]

CHANNELS = 2
PLAIN_HZ = 1000.0
ACCENT_HZ = 1500.0
"""A fifth higher; both in the ear's most sensitive region, above most of the keyboard. By ear."""
PLAIN_GAIN = 0.6
ACCENT_GAIN = 1.0
LENGTH_S = 0.04
DECAY_S = 0.008
"""Time in which the click falls to 1/e: a tick, over before the next semiquaver. By ear."""


def render_click(*, accent: bool, rate: int) -> Samples:
    """One click, mono, peak 1 times its gain.

    It starts on a cosine's crest: the edge is in the first sample, so the click is exactly
    where its first sample is. Its last millisecond fades to silence.
    """
    time = np.arange(round(LENGTH_S * rate)) / rate
    hertz, gain = (ACCENT_HZ, ACCENT_GAIN) if accent else (PLAIN_HZ, PLAIN_GAIN)
    wave = gain * np.cos(2 * np.pi * hertz * time) * np.exp(-time / DECAY_S)
    fade = np.clip((LENGTH_S - time) / 0.001, 0.0, 1.0)
    return (wave * fade).astype(np.float32)


def click_sample(onset_s: float, start_s: float, rate: int) -> int:
    """The sample at which a click starts, counted from the transport's start."""
    return round((onset_s - start_s) * rate)


def render_clicks(
    clicks: Sequence[Click], *, start_s: float, end_s: float, rate: int, volume: float
) -> Samples:
    """All clicks of a take: shape (samples, 2), from `start_s` to `end_s`.

    Args:
        clicks: onsets in seconds on the transport; those outside of it are left out.
        start_s: the transport's second at sample 0.
        end_s: where the buffer ends.
        rate: samples a second.
        volume: 0 to 1.
    """
    length = max(0, round((end_s - start_s) * rate))
    mono = np.zeros(length, np.float32)
    sounds = {accent: volume * render_click(accent=accent, rate=rate) for accent in (False, True)}
    for click in clicks:
        first = click_sample(click.onset_s, start_s, rate)
        if 0 <= first < length:
            room = mono[first : first + len(sounds[click.accent])]
            room += sounds[click.accent][: len(room)]
    mono = np.clip(mono, -1.0, 1.0)
    stereo: Any = np.repeat(mono[:, np.newaxis], CHANNELS, axis=1)
    return stereo  # type: ignore[no-any-return]
