"""Notes with seconds, rendered ahead into one buffer of samples. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from game.soundfont.tones import Tone
from game.soundfont.voice import CHOKE_S, strike

if TYPE_CHECKING:
    import numpy.typing as npt

    from game.soundfont.bank import Bank
    from game.soundfont.voice import Voice

    Samples = npt.NDArray[np.float32]

CHUNK_S = 0.5
LONGEST_RELEASE_S = 4.0
PEAK = 0.9


class SoundedNote(NamedTuple):
    """A note as it is heard."""

    onset_s: float
    duration_s: float
    pitch: int
    velocity: int
    program: int = 0
    """Of General MIDI, counted from 0; of drums the kit."""
    drums: bool = False


def render_track(
    notes: Iterable[SoundedNote], bank: Bank | None, *, start_s: float, end_s: float, rate: int
) -> Samples:
    """The notes' samples (n, 2) from `start_s` to `end_s`; each begins on its own sample.

    A note of an exclusive class (an open hi-hat) is choked by the next one of it. Peaks beyond
    full scale scale the whole track down.

    Args:
        notes: in any order.
        bank: None gives plain tones.
        start_s: the second at sample 0.
        end_s: where the buffer ends.
        rate: samples a second.
    """
    length = max(0, round((end_s - start_s) * rate))
    out = np.zeros((length, 2), np.float32)
    ordered = sorted(notes)
    chokes = _find_chokes(ordered, bank, rate)
    heard: dict[tuple[object, ...], Samples] = {}
    for index, note in enumerate(ordered):
        first = round((note.onset_s - start_s) * rate)
        if not 0 <= first < length:
            continue
        choke = chokes.get(index)
        after = round((note.duration_s if choke is None else choke) * rate)
        # Bands repeat themselves: the same stroke is rendered once.
        key = (*note[2:], after, choke is None)
        if key not in heard:
            heard[key] = _render_note(note, bank, after, rate, chokes=choke is not None)
        wave = heard[key][: length - first]
        out[first : first + len(wave)] += wave
    peak = float(np.abs(out).max()) if length else 0.0
    return out * np.float32(PEAK / peak) if peak > PEAK else out


def _render_note(
    note: SoundedNote, bank: Bank | None, after: int, rate: int, *, chokes: bool
) -> Samples:
    """A note by itself, let go (or choked) after so many samples."""
    most = after + round(LONGEST_RELEASE_S * rate)
    step = round(CHUNK_S * rate)
    out = np.zeros((most, 2), np.float32)
    longest = 0
    for voice in _voices(note, bank, rate):
        voice.release(after, within_s=CHOKE_S if chokes else None)
        first = 0
        while first < most and not voice.is_over:
            count = min(step, most - first)
            out[first : first + count] += voice.read(count)
            first += count
        longest = max(longest, first)
    return out[:longest]


def _voices(note: SoundedNote, bank: Bank | None, rate: int) -> list[Voice] | list[Tone]:
    if bank is not None:
        voices = strike(bank, note.program, note.pitch, note.velocity, rate, drums=note.drums)
        if voices:
            return voices
    return [Tone(note.pitch, note.velocity, rate, drums=note.drums)]


def _find_chokes(ordered: list[SoundedNote], bank: Bank | None, rate: int) -> dict[int, float]:
    """After how many seconds a note of an exclusive class is cut by the next one."""
    chokes: dict[int, float] = {}
    sounding: dict[int, int] = {}
    for index, note in enumerate(ordered):
        if not note.drums or bank is None:
            continue
        voices = strike(bank, note.program, note.pitch, note.velocity, rate, drums=True)
        for group in {voice.exclusive for voice in voices} - {0}:
            before = sounding.get(group)
            if before is not None and note.onset_s > ordered[before].onset_s:
                chokes[before] = note.onset_s - ordered[before].onset_s
            sounding[group] = index
    return chokes
