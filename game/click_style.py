"""How the click is played: a value that the player chooses, and the choices."""

from __future__ import annotations

import msgspec

BEATS = ("every", "backbeat", "half", "downbeats")
DIVISIONS = ("", "8ths", "triplets", "16ths", "dotted")
SOUNDS = ("beep", "stick", "cowbell", "hat")
LARGEST_SHIFT_MS = 80.0
"""Further off, a click is heard as a beat of its own (temporal order is certain from 60 ms on)."""


LARGEST_RAMP_PERCENT = 50.0


class ClickStyle(msgspec.Struct, frozen=True):
    """What of the beats is clicked, and how it sounds. The count-in has every beat, in place."""

    beats: str = "every"
    """every; backbeat (2 and 4: every second beat of a bar); half (1 and 3: half-time); or
    downbeats."""
    division: str = ""
    """Softer clicks between: 8ths, triplets (thirds of the beat), 16ths, dotted (a click every
    dotted eighth, from each downbeat on); empty for none."""
    accents: bool = True
    """Whether downbeats are louder."""
    sound: str = "beep"
    """beep, stick, cowbell or hat."""
    semitones: int = 0
    """The sound's pitch against its own."""
    count_in_bars: int = 0
    """1 or 2; 0 is one, or two where a bar lasts under two seconds."""
    bars_on: int = 4
    """With `bars_off`: so many bars with the click, ..."""
    bars_off: int = 0
    """... then so many without, over and over; 0 is always with."""
    ramp_percent: float = 0.0
    """How much faster (slower: negative) the last bar is than the first, led there by the click."""
    shift_ms: float = 0.0
    """The click of the chart's bars is moved so far behind (positive) or ahead on purpose, against
    the place where notes are graded."""


PLAIN = ClickStyle()
