"""The computer's keyboard as a piano: two rows, two octaves and more.

Names of keys are those that Textual reports. The lower row starts on C of the octave that is
set, the upper row an octave higher:

    upper   q 2 w 3 e r 5 t 6 y 7 u i 9 o 0 p        C to E, an octave and a third
    lower   z s x d c v g b h n j m , l . ; /        C to E, an octave and a third

For a drum part they are pads, alike for both hands: kick and pedal hat below, snare and hi-hat
above them, cymbals and toms on top (`PADS`).

A terminal reports no release and no force, so these notes have no length and one velocity.
"""

from __future__ import annotations

from game.events import NoteEvent

LOWER_ROW = (
    *("z", "s", "x", "d", "c", "v", "g", "b", "h", "n", "j", "m"),
    *("comma", "l", "full_stop", "semicolon", "slash"),
)
UPPER_ROW = (
    *("q", "2", "w", "3", "e", "r", "5", "t", "6", "y", "7", "u"),
    *("i", "9", "o", "0", "p"),
)

OCTAVE_DOWN = "left_square_bracket"
OCTAVE_UP = "right_square_bracket"
STAGE_KEYS = frozenset(
    {"escape", "space", "enter", "tab", "left", "right", "up", "down", OCTAVE_DOWN, OCTAVE_UP}
)
"""Keys that the stage keeps for itself and that never sound."""

DEFAULT_OCTAVE = 3
"""The lower row's C is then C3, an octave under middle C; the upper row's is middle C."""
LOWEST_OCTAVE = 1
HIGHEST_OCTAVE = 6
"""Within these every key lies on a piano (A0 to C8)."""
VELOCITY = 80
"""What a key without force counts as: mezzo-forte."""
REPEAT_S = 0.095
"""Shorter than a finger re-strikes one key, longer than keyboards repeat: every 25 to 50 ms on most
systems, 90 on macOS as it comes."""
LONGEST_PAUSE_S = 0.8
"""Before a keyboard begins to repeat a held key: 250 to 660 ms as systems come."""

LONGEST_LAG_S = 0.25
"""A key report older than this was held up by more than the screen; its age is not believed."""

PADS = {
    **dict.fromkeys(("z", "x", "n", "m"), 36),
    **dict.fromkeys(("c", "v", "b"), 44),
    **dict.fromkeys(("s", "l"), 38),
    **dict.fromkeys(("a", "semicolon"), 37),
    **dict.fromkeys(("d", "k"), 42),
    **dict.fromkeys(("f", "j"), 46),
    "g": 56, "h": 76,
    "q": 50, "w": 47, "e": 41,
    **dict.fromkeys(("r", "u"), 51),
    **dict.fromkeys(("t", "y"), 49),
    "i": 53, "o": 41, "p": 50,
}  # fmt: skip
"""The computer keys as pads: Textual's name of a key to the drum of the General MIDI map."""

_SEMITONES = {
    **{key: step for step, key in enumerate(LOWER_ROW)},
    **{key: step + 12 for step, key in enumerate(UPPER_ROW)},
}


def pitch_of(key: str, octave: int = DEFAULT_OCTAVE) -> int | None:
    """The MIDI pitch of a key where the lower row's C is in `octave` (C4 is middle C, 60).

    None for a key that is no piano key. Capitals (caps lock) sound like small letters.
    """
    step = _SEMITONES.get(key.lower() if len(key) == 1 else key)
    return None if step is None else 12 * (octave + 1) + step


def shift_octave(key: str, octave: int) -> int:
    """The octave after a key: one lower or higher for a bracket, held within the piano."""
    step = {OCTAVE_DOWN: -1, OCTAVE_UP: 1}.get(key, 0)
    return min(HIGHEST_OCTAVE, max(LOWEST_OCTAVE, octave + step))


def pad_of(key: str) -> int | None:
    """The drum of a key where the keys are pads; None for a key that is none."""
    return PADS.get(key.lower() if len(key) == 1 else key)


def strike(pitch: int, onset_s: float) -> NoteEvent:
    """The event for a key pressed at a second of the take."""
    return NoteEvent(onset_s=onset_s, kind="on", pitch=pitch, velocity=VELOCITY, source="keys")


def key_lag(now_s: float, reported_s: float) -> float:
    """How long ago a key was struck, by the age of its report in seconds."""
    return min(max(0.0, now_s - reported_s), LONGEST_LAG_S)


def is_repeat(before_s: float | None, now_s: float) -> bool:
    """Whether a key report is the keyboard repeating a held key, not a finger.

    Args:
        before_s: when the same key was last reported, repeats included; None for never.
        now_s: when it is reported now, on the same clock.
    """
    return before_s is not None and now_s - before_s < REPEAT_S
