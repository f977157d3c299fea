"""The sound of the click, and a whole take's clicks in one buffer. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from game.events import Click

    Samples = npt.NDArray[np.float32]
    Wave = Callable[[Any, float], Any]

ACCENT_GAIN, PLAIN_GAIN, DIVISION_GAIN = 1.0, 0.6, 0.25
ACCENT_PITCH = 1.5
"""An accent is a fifth higher. By ear, like all figures of the sounds."""
LENGTH_S = 0.04
"""Over before the next semiquaver at any tempo that is played."""
FADE_S = 0.001
BEEP_HZ = 1000.0
"""In the ear's most sensitive region, above most of the keyboard."""
STICK_HZ = (2100.0, 3300.0, 5200.0)
COWBELL_HZ = (540.0, 800.0)
"""Two strokes a fifth and a bit apart: the pair that drum machines made known."""
HAT_SEED = 20
SEMITONES = 12


def _beep(time: Any, pitch: float) -> Any:  # noqa: ANN401 - arrays in, arrays out
    return np.cos(2 * np.pi * BEEP_HZ * pitch * time) * np.exp(-time / 0.008)


def _stick(time: Any, pitch: float) -> Any:  # noqa: ANN401 - as above
    """Wood: three partials that do not belong together, gone in a moment."""
    partials = [
        np.cos(2 * np.pi * hertz * pitch * time) * np.exp(-time * hertz / 14.0)
        for hertz in STICK_HZ
    ]
    return sum(partials) / len(partials)


def _cowbell(time: Any, pitch: float) -> Any:  # noqa: ANN401 - as above
    """Metal: odd partials of two tones."""
    wave = sum(
        np.cos(2 * np.pi * hertz * odd * pitch * time) / odd
        for hertz in COWBELL_HZ
        for odd in (1, 3, 5)
    )
    return wave / np.abs(wave[0]) * np.exp(-time / 0.015)


def _hat(time: Any, pitch: float) -> Any:  # noqa: ANN401 - as above
    """A closed hi-hat: noise without its low part; the pitch moves how short it is."""
    noise = np.diff(np.random.default_rng(HAT_SEED).uniform(-1, 1, len(time) + 1))
    noise[0] = 2.0
    return noise / 2.0 * np.exp(-time * pitch / 0.007)


_WAVES: dict[str, Wave] = {"beep": _beep, "stick": _stick, "cowbell": _cowbell, "hat": _hat}


def render_click(
    *,
    accent: bool,
    rate: int,
    is_division: bool = False,
    sound: str = "beep",
    semitones: int = 0,
) -> Samples:
    """One click, mono, peak 1 times its gain.

    Every sound begins at its crest: the edge is in the first sample, so the click is exactly
    where its first sample is. Its last millisecond fades to silence.
    """
    time = np.arange(round(LENGTH_S * rate)) / rate
    gain = ACCENT_GAIN if accent else DIVISION_GAIN if is_division else PLAIN_GAIN
    pitch = 2.0 ** (semitones / SEMITONES) * (ACCENT_PITCH if accent else 1.0)
    wave: npt.NDArray[np.float64] = gain * _WAVES.get(sound, _beep)(time, pitch)
    fade = np.clip((LENGTH_S - time) / FADE_S, 0.0, 1.0)
    faded: Samples = (wave * fade).astype(np.float32)
    return faded


def click_sample(onset_s: float, start_s: float, rate: int) -> int:
    """The sample at which a click starts, counted from the transport's start."""
    return round((onset_s - start_s) * rate)


def render_clicks(
    clicks: Sequence[Click],
    *,
    start_s: float,
    end_s: float,
    rate: int,
    sound: str = "beep",
    semitones: int = 0,
) -> Samples:
    """All clicks of a take, mono, from `start_s` to `end_s`.

    Args:
        clicks: onsets in seconds on the transport; those outside of it are left out.
        start_s: the transport's second at sample 0.
        end_s: where the buffer ends.
        rate: samples a second.
        sound: beep, stick, cowbell or hat.
        semitones: the sound's pitch against its own.
    """
    length = max(0, round((end_s - start_s) * rate))
    mono = np.zeros(length, np.float32)
    sounds = {
        kind: render_click(
            accent=kind[0], is_division=kind[1], rate=rate, sound=sound, semitones=semitones
        )
        for kind in {(click.accent, click.is_division) for click in clicks}
    }
    for click in clicks:
        first = click_sample(click.onset_s, start_s, rate)
        if 0 <= first < length:
            wave = sounds[click.accent, click.is_division]
            room = mono[first : first + len(wave)]
            room += wave[: len(room)]
    return np.clip(mono, -1.0, 1.0)
