"""Colours of harmony over a whole chart: diminished chords, altered dominants, home."""

import pytest

from exercises.compose.colouring import even_altered, even_diminished
from exercises.compose.progression import Slot
from exercises.harmony import read_token

KNOWN = frozenset({"", "m", "7", "m7", "maj7", "dim7", "7b9", "7b13", "m7b5"})


def chords(text, key="C"):
    return [
        Slot(at * 192, 192, read_token(token, key), at) for at, token in enumerate(text.split())
    ]


def symbols(slots):
    return [slot.harmony.symbol for slot in slots]


def test_a_secondary_dominant_becomes_the_diminished_chord_on_its_third():
    slots = chords("I VI:7 II:m7 V:7 I VI:7 II:m7 V:7 I IV V:7 I")
    even = even_diminished(slots, "C", 0, known=KNOWN, share=0.09)
    assert symbols(even)[5] == "C#dim7"
    assert symbols(even)[1] == "A7"


def test_surplus_diminished_chords_become_the_dominant_with_their_bass():
    slots = chords("IV #IV:dim7 I/V IV #IV:dim7 I/V V:7 I")
    even = even_diminished(slots, "C", 0, known=KNOWN, share=0.12)
    assert symbols(even)[1] == "D7/F#"
    assert symbols(even)[4] == "F#dim7"


def test_half_diminished_chords_count_too():
    slots = chords("II:m7b5 V:7 I VI:7 II:m7 V:7 I I IV V:7 I I")
    assert symbols(even_diminished(slots, "C", 0, known=KNOWN, share=0.08)) == symbols(slots)


def test_a_level_without_them_is_left_alone():
    slots = chords("I VI:7 II:m7 V:7 I IV V:7 I")
    known = frozenset({"", "m", "7", "m7"})
    assert even_diminished(slots, "C", 0, known=known, share=0.2) == slots
    assert even_altered(slots, "C", known=known, share=0.2) == slots


def test_dominants_on_their_way_are_altered_and_a_tonic_seventh_is_not():
    slots = chords("I:7 IV:7 I:7 II:m7 V:7 I:maj7")
    assert symbols(even_altered(slots, "C", known=KNOWN, share=0.2))[:5] == [
        "C7", "F7", "C7", "Dm7", "G7b9",
    ]  # fmt: skip


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_the_share_is_kept(share):
    slots = chords("II:m7 V:7b9 I VI:7b9 II:m7 V:7b9 I VI:7b9 II:m7 V:7b9 I I")
    even = even_altered(slots, "C", known=KNOWN, share=share)
    assert sum("b9" in symbol for symbol in symbols(even)) == round(share * len(slots))
