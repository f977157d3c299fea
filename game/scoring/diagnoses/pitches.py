"""Pitches misread: octave, clef, ledger lines, key signature, accidentals, neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from game.scoring.diagnoses.evidence import (
    LETTERS,
    Finding,
    is_pattern,
    join,
    name_note,
    pitch_at,
    read_spelling,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from game.scoring.diagnoses.evidence import Evidence

SLIP_SHARE = 0.05
"""How often a finger that slips lands on just the key in question: a seventh of the wrong notes of
a careless player lie a semitone to one side."""
WRONG_SHARE = 0.2
"""The share of wrong notes that is taken for carelessness, not for a pattern."""
HAND_NOTES = 4
HARDLY_HEARD, HEARD = 0.8, 0.4
"""Share of a hand's notes left out from which it was left out; up to which it was played."""
LEFT_OUT = 0.25
"""Of the notes on its staff: who leaves out more does not leave them out for being hard to read."""
STAVES = {1: (30, 38), 2: (18, 26)}
"""Bottom and top line of the staves, in steps from C0: E4 to F5, G2 to A3."""
HANDS = {1: "right", 2: "left"}
RUN_SHARE = 0.6
"""Of the notes of a bar, for the bar to be read in another octave or clef."""
RUN_NOTES = 5
"""Notes in such bars; fewer are slips."""
BAR_NOTES = 2
CLEF_STEPS = {1: 2, 2: -2}
"""A treble staff read as a bass staff gives notes a third higher (and octaves lower), and the
other way round."""
OCTAVES_AWAY = (-2, -1, 0, 1, 2)
"""Where a hand in the wrong clef may play: it stays in a place that it can reach."""
THIRD = 2
THIRD_SHARE = 0.3
"""Of careless wrong notes lie a third away: a hand that misses misses near."""
LEAST_THIRDS = 4
OCTAVE = 12
TRANSPOSED_SHARE = 0.8
"""Of all notes."""
SHIFTS = (
    "", "a semitone", "a tone", "a minor third", "a major third", "a fourth", "a tritone",
    "a fifth", "a minor sixth", "a major sixth", "a minor seventh", "a major seventh",
)  # fmt: skip


def find_pitches(evidence: Evidence) -> Iterator[Finding]:
    """Everything about wrong pitches, the broadest reading first."""
    for find in (
        _hand_left_out, _transposed, _misplaced, _ledger, _signatures, _accidentals, _neighbours,
    ):  # fmt: skip
        for finding in find(evidence):
            evidence.explained.update(finding.numbers)
            yield finding


def _hand_left_out(evidence: Evidence) -> Iterator[Finding]:
    """One hand that was hardly heard beside the other: each is practised alone first."""
    shares: dict[int, float] = {}
    silent: dict[int, list[int]] = {}
    for staff in HANDS:
        own = [n for n, note in enumerate(evidence.expected) if note.staff == staff]
        silent[staff] = [n for n in own if evidence.judged.notes[n].verdict == "omission"]
        if len(own) < HAND_NOTES:
            return
        shares[staff] = len(silent[staff]) / len(own)
    for staff, other in ((1, 2), (2, 1)):
        if shares[staff] >= HARDLY_HEARD > HEARD >= shares[other]:
            foci = ("left",) if HANDS[staff] == "left" else ()
            detail = f"the {HANDS[staff]} hand"
            yield Finding("hand left out", detail, tuple(silent[staff]), foci, "notes")


def _missed(evidence: Evidence, staff: int | None = None) -> list[int]:
    """The charted numbers not played right that nothing explains yet."""
    return [
        number
        for number, judgement in enumerate(evidence.judged.notes)
        if judgement.verdict != "match"
        and number not in evidence.explained
        and staff in {None, evidence.expected[number].staff}
    ]


def _in_runs(
    evidence: Evidence, staff: int, read: Callable[[int], int], missed: Sequence[int]
) -> list[int]:
    """The missed notes of a hand that another reading explains, in whole bars, where enough do.

    Where two keys of a bar that nobody asked for are in the reading, those that are right may be,
    too: as that of another note of their chord.
    """
    sure = {n for n in missed if read(n) in evidence.heard_around(n)}
    wrong = sure | {n for n in missed if read(n) in evidence.right_around(n)}
    bars: dict[int, list[int]] = {}
    struck: dict[int, set[int]] = {}
    for number, note in enumerate(evidence.expected):
        if note.staff == staff and not note.grace:
            bars.setdefault(note.bar, []).append(number)
            struck.setdefault(note.group, set()).add(read(number))
    found: list[int] = []
    for members in bars.values():
        inside = [number for number in members if number in wrong]
        notes = [evidence.expected[n] for n in members if n not in wrong]
        told = sum(note.pitch in struck[note.group] for note in notes)
        both = len(inside) + told
        if len(sure.intersection(inside)) >= BAR_NOTES and both >= RUN_SHARE * len(members):
            found.extend(inside)
    return found if len(sure.intersection(found)) >= RUN_NOTES else []


def _transposed(evidence: Evidence) -> Iterator[Finding]:
    """Nearly every note off by the same interval: the instrument, not the reader.

    An octave is left to each hand: that one is misread.
    """
    off: dict[int, list[int]] = {}
    for number, judgement in enumerate(evidence.judged.notes):
        if judgement.verdict == "substitution" and judgement.played is not None:
            heard = evidence.played[judgement.played].pitch
            off.setdefault(heard - evidence.expected[number].pitch, []).append(number)
    shift = max(off, key=lambda one: len(off[one]), default=0)
    whole = len(evidence.expected)
    if abs(shift) == OCTAVE or len(off.get(shift, ())) < max(RUN_NOTES, TRANSPOSED_SHARE * whole):
        return
    octaves, rest = divmod(abs(shift), OCTAVE)
    parts = ["an octave" if octaves == 1 else f"{octaves} octaves"] if octaves else []
    parts += [SHIFTS[rest]] if rest else []
    side = "higher" if shift > 0 else "lower"
    detail = f"everything {' and '.join(parts)} {side} than written: is the keyboard transposing?"
    yield Finding("transposed", detail, tuple(off[shift]), (), "notes")


def _misplaced(evidence: Evidence) -> Iterator[Finding]:
    """A hand that read whole bars an octave off, or in the other hand's clef.

    In chords of stacked thirds the two look alike, so what explains more notes is named.
    """
    for staff, steps in CLEF_STEPS.items():
        hand = HANDS[staff]
        readings: list[tuple[str, str, list[int]]] = []
        missed = _missed(evidence, staff)
        for shift, word in ((OCTAVE, "high"), (-OCTAVE, "low")):
            run = _in_runs(evidence, staff, partial(_shifted, evidence, shift), missed)
            readings.append(("octave misread", f"the {hand} hand an octave too {word}", run))
        for octave in OCTAVES_AWAY:
            run = _in_runs(evidence, staff, partial(_read_at, evidence, steps + 7 * octave), missed)
            clef, other = ("treble", "bass") if staff == 1 else ("bass", "treble")
            detail = f"the {hand} hand read its {clef} clef as a {other} clef"
            readings.append(("clef misread", detail, run))
        kind, detail, run = max(readings, key=lambda reading: len(reading[2]))
        if run:
            foci = ("left", "ledger") if staff == 2 else ("ledger", "leaps")  # noqa: PLR2004
            yield Finding(kind, detail, tuple(run), foci, "notes")


def _shifted(evidence: Evidence, shift: int, number: int) -> int:
    """The pitch so many semitones beside a note."""
    return evidence.expected[number].pitch + shift


def _read_at(evidence: Evidence, steps: int, number: int) -> int:
    """The pitch so many steps of the staff beside a note."""
    return _pitch_read(evidence, number, read_spelling(evidence.notes[number].spelling)[0] + steps)


def _pitch_read(evidence: Evidence, number: int, step: int) -> int:
    """The pitch that a reader who sees another line plays: with the key signature's alteration."""
    key = evidence.keys[evidence.expected[number].bar]
    return pitch_at(step, key.get(LETTERS[step % 7], 0))


def _steps_off(evidence: Evidence, number: int) -> int | None:
    """How many steps of the staff beside the written note the heard one lies; None for none."""
    step, _ = read_spelling(evidence.notes[number].spelling)
    heard = set(evidence.heard_instead(number))
    for away in (2, -2, 1, -1, 3, -3, 7, -7):
        if _pitch_read(evidence, number, step + away) in heard:
            return away
    return None


@dataclass
class _Ledger:
    """The ledger notes of one side of one staff."""

    notes: list[int]
    wrong: list[int]


def _ledger(evidence: Evidence) -> Iterator[Finding]:
    """Notes above or below the staff that were mostly misread."""
    sides: dict[tuple[int, str], _Ledger] = {}
    for number, note in enumerate(evidence.notes):
        bottom, top = STAVES.get(note.staff, STAVES[1])
        step, _ = read_spelling(note.spelling)
        side = "above" if step >= top + 2 else "below" if step <= bottom - 2 else ""
        if side and not evidence.expected[number].grace:
            group = sides.setdefault((note.staff, side), _Ledger([], []))
            group.notes.append(number)
    open_ = set(_missed(evidence))
    silent = {n for n in open_ if not evidence.heard_instead(n)}
    for (staff, side), group in sides.items():
        # What cannot be read is left out as often as it is taken for another line; but where the
        # hand leaves out what is easy to read as well, it is not for its ledger lines.
        ledger = set(group.notes)
        others = [n for n, e in enumerate(evidence.expected) if e.staff == staff]
        easy = [n for n in others if n not in ledger] or others
        left_out = sum(n in silent for n in easy) > LEFT_OUT * len(easy)
        wrong = [
            n
            for n in group.notes
            if n in open_
            and (n not in silent or not left_out)
            and (n in silent or _steps_off(evidence, n) is not None)
        ]
        if is_pattern(len(wrong), len(group.notes), WRONG_SHARE, least=3):
            detail = f"ledger lines {side} the {HANDS.get(staff, 'right')} hand's staff"
            yield Finding("ledger lines misread", detail, tuple(wrong), ("ledger",), "notes")


def _signatures(evidence: Evidence) -> Iterator[Finding]:
    """Letters that the key signature alters and the player did not."""
    chances: dict[tuple[str, int], int] = {}
    forgotten: dict[tuple[str, int], list[int]] = {}
    for number, note in enumerate(evidence.notes):
        step, alteration = read_spelling(note.spelling)
        letter = LETTERS[step % 7]
        key = evidence.keys[evidence.expected[number].bar]
        if alteration and key.get(letter) == alteration:
            chances[letter, alteration] = chances.get((letter, alteration), 0) + 1
            if note.pitch - alteration in evidence.heard_instead(number):
                forgotten.setdefault((letter, alteration), []).append(number)
    named = [
        name
        for name, numbers in forgotten.items()
        if is_pattern(len(numbers), chances[name], SLIP_SHARE)
    ]
    if named:
        numbers = sorted(number for name in named for number in forgotten[name])
        detail = join(name_note(*name) for name in sorted(named))
        yield Finding("key signature forgotten", detail, tuple(numbers), ("accidentals",), "notes")


def _accidentals(evidence: Evidence) -> Iterator[Finding]:
    """Notes altered by an accidental earlier in the bar that were played as in the key."""
    chances = 0
    lost: dict[str, list[int]] = {}
    seen: dict[tuple[int, int, int], int] = {}
    for number, note in enumerate(evidence.notes):
        step, alteration = read_spelling(note.spelling)
        letter, bar = LETTERS[step % 7], evidence.expected[number].bar
        plain = evidence.keys[bar].get(letter, 0)
        place = (bar, note.staff, step)
        if seen.get(place) == alteration != plain:
            chances += 1
            if note.pitch - alteration + plain in evidence.heard_instead(number):
                lost.setdefault(name_note(letter, alteration) + " natural" * (not alteration), [])
                lost[name_note(letter, alteration) + " natural" * (not alteration)].append(number)
        seen[place] = alteration
    numbers = sorted(number for some in lost.values() for number in some)
    if is_pattern(len(numbers), chances, SLIP_SHARE):
        detail = f"{join(sorted(lost))} holds to the bar line"
        foci = ("chromatic", "accidentals")
        yield Finding("accidental not carried", detail, tuple(numbers), foci, "notes")


def _neighbours(evidence: Evidence) -> Iterator[Finding]:
    """Wrong notes that are mostly the line or space next to the written one: a third off."""
    wrong = [n for n in _missed(evidence) if evidence.heard_instead(n)]
    thirds = [n for n in wrong if abs(_steps_off(evidence, n) or 0) == THIRD]
    if is_pattern(len(thirds), len(wrong), THIRD_SHARE, least=LEAST_THIRDS):
        high = sum(_steps_off(evidence, n) == THIRD for n in thirds)
        side = "high" if high > len(thirds) - high else "low"
        detail = f"the next line or space, mostly a third too {side}"
        foci = ("interval:3", "ledger", "leaps")
        yield Finding("neighbour read", detail, tuple(thirds), foci, "notes")
