"""Off-beats that answer every beat, and basses that lead on between chords."""

import pytest

from exercises.compose.dice import Dice
from exercises.compose.form import Phrase
from exercises.compose.grid import EIGHTH, TICKS, read_metre
from exercises.compose.lefthand import play_patterns
from exercises.compose.pattern import BarPattern, Event, choose_grooves, is_skank
from exercises.compose.progression import Slot
from exercises.harmony import read_token
from exercises.levels import level
from styles.schema import Pattern

BAR = 4 * TICKS
PHRASES = (Phrase(0, "a", 0, 0, 3, "open", last=True),)


def events(*places, role="C", duration=EIGHTH):
    return tuple(Event(at, duration, role) for at in places)


def slots_of(*tokens, key="C", length=BAR):
    return tuple(
        Slot(at * length, length, read_token(each, key), at * length // BAR)
        for at, each in enumerate(tokens)
    )


def play(pattern, slots, number=8):
    return play_patterns(
        slots, PHRASES, {"a": pattern}, level=level(number), metre=read_metre("4/4"), key="C",
        shapes=frozenset({"close"}), dice=Dice(1, "left hand"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hits", "skank"),
    [
        (events(24, 72, 120, 168), True),
        (events(24, 36, 72, 120, 132, 168), True),
        (events(48, 120, 192, 264), True),  # the third eighth of each dotted beat
        (events(72, 168), False),  # two and four, pushed: they belong to what comes
        (events(0, 72), False),
        (events(0, 48, 96, 144), False),
        (events(48 - 24), False),
        ((), False),
    ],
)
def test_a_hit_on_every_upbeat_is_a_skank(hits, skank):
    assert is_skank(hits) is skank


def test_a_skank_keeps_to_the_chord_of_its_own_beat():
    skank = BarPattern("skank", 5, events(24, 72, 120, 168))
    tones = play(skank, slots_of("I", "IV", "V", "I", "I", length=BAR // 2))
    first = {tone.onset: {t.pitch % 12 for t in tones if t.onset == tone.onset} for tone in tones}
    assert first[72] == {0, 4, 7}
    assert first[120] == first[168] == {5, 9, 0}
    pushed = BarPattern("pushed", 5, events(72, 168))
    found = {tone.onset: tone.pitch % 12 for tone in play(pushed, slots_of("I", "V", "I"))}
    assert found[168] in {7, 11, 2}


def test_chords_stay_chords_where_the_bass_leads_on():
    roles = (("R", 0), ("C", TICKS), ("5", 2 * TICKS), ("A", 3 * TICKS))
    pattern = BarPattern("step", 7, tuple(Event(at, TICKS, role) for role, at in roles))
    tones = play(pattern, slots_of("I", "IV", "I"))
    at = {onset: [t.pitch for t in tones if t.onset == onset] for onset in (0, TICKS, 3 * TICKS)}
    assert [len(pitches) for pitches in at.values()] == [1, 3, 1]
    bass = next(t.pitch for t in tones if t.onset == BAR)
    assert 0 < abs(at[3 * TICKS][0] - bass) <= 2


def test_walking_octaves_walk_in_octaves():
    roles = (("8", 0), ("8", TICKS), ("8", 2 * TICKS), ("A", 3 * TICKS))
    pattern = BarPattern("walk", 7, tuple(Event(at, TICKS, role) for role, at in roles))
    tones = [t for t in play(pattern, slots_of("I", "IV", "I")) if t.onset < 2 * BAR]
    pairs = [sorted(t.pitch for t in tones if t.onset == at) for at in range(0, 2 * BAR, TICKS)]
    assert all(len(pair) == 2 and pair[1] - pair[0] == 12 for pair in pairs)
    assert len({pair[0] for pair in pairs}) > 3


def test_a_groove_is_left_out_where_its_chords_would_be_single_notes():
    stabs = Pattern(
        name="stabs", level=5, length="4", meters=("4/4",),
        events="0:.5:R .5:.5:R 1:.5:R 1.5:.5:R 2:.5:R 2.5:.5:R 3:.5:R 3.5:.5:R",
        right="0:.5:C .5:.5:C 1:.5:C 1.5:.5:C 2:.5:C 2.5:.5:C 3:.5:C 3.5:.5:C",
    )  # fmt: skip

    def grooves(bpm):
        return choose_grooves(
            [stabs], PHRASES, level(7), metre=read_metre("4/4"), quarter_bpm=bpm, dice=Dice(1, "x")
        )

    assert grooves(80.0)["a"].right_fullness >= 2
    assert grooves(140.0) == {}
