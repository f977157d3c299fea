"""Chord tokens and keys: what players read, spelled as they write it."""

import pytest

from exercises.chart import ComposeError
from exercises.harmony import QUALITIES, SEMITONES, read_token, reduce_quality
from exercises.theory import (
    key_fifths,
    key_name_of,
    leading_faults,
    read_key,
    read_spelling,
    write_spelling,
)
from styles.tokens import QUALITIES as PACK_QUALITIES

SYMBOLS = [
    ("C", "II:m7", "Dm7"),
    ("Bb", "I:maj7", "Bbmaj7"),
    ("F#m", "I:m7b5", "F#m7b5"),
    ("C", "I/III", "C/E"),
    ("Am", "V:7b9", "E7b9"),
    ("Eb", "#IV:dim7", "Adim7"),
    ("F", "bII:7", "Gb7"),
    ("E", "bVII", "D"),
    ("C", "I:69", "C6/9"),
    ("Db", "bVI:7", "A7"),
]


@pytest.mark.parametrize(("key", "token", "symbol"), SYMBOLS)
def test_symbols_are_written_as_players_write_them(key, token, symbol):
    assert read_token(token, key).symbol == symbol


def test_chord_notes_have_their_own_names():
    names = dict(read_token("V:7", "Am").names)
    assert names == {4: "E", 8: "G#", 11: "B", 2: "D"}
    assert dict(read_token("IV:m", "C").names)[8] == "Ab"


def test_a_dominant_is_no_major_seventh():
    assert read_token("I:7", "C").intervals == (0, 4, 7, 10)
    assert read_token("I:maj7", "C").intervals == (0, 4, 7, 11)


def test_every_quality_of_the_packs_is_known_and_begins_on_its_root():
    assert set(QUALITIES) == PACK_QUALITIES
    for intervals in QUALITIES.values():
        semitones = [SEMITONES[each] for each in intervals]
        assert semitones[0] == 0
        assert semitones == sorted(set(semitones))


def test_qualities_are_reduced_to_what_a_level_knows():
    assert reduce_quality("7alt", frozenset({"", "m", "7"})) == "7"
    assert reduce_quality("m9", frozenset({""})) == "m"
    assert reduce_quality("maj9", frozenset({"", "maj7"})) == "maj7"


@pytest.mark.parametrize("token", ["VIII", "II:m77", "ii", ""])
def test_what_is_no_chord_is_refused(token):
    with pytest.raises(ComposeError):
        read_token(token, "C")


def test_keys_know_their_signatures():
    fifths = {"C": 0, "F": -1, "Bb": -2, "F#m": 3, "Cm": -3, "Gb": -6, "D#m": 6}
    assert {key: key_fifths(key) for key in fifths} == fifths
    assert read_key("Eb").names == ("Eb", "F", "G", "Ab", "Bb", "C", "D")


@pytest.mark.parametrize("key", ["H", "G#", "Fbm", "", "c"])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(ComposeError):
        read_key(key)


def test_strangers_to_a_key_are_sharp_going_up_and_flat_going_down():
    assert key_name_of("F", 10, rising=True) == "Bb"
    assert key_name_of("C", 6, rising=True) == "F#"
    assert key_name_of("C", 6, rising=False) == "Gb"
    assert key_name_of("Am", 8, rising=False) == "G#"


def test_spellings_cross_the_octave_where_their_letters_do():
    assert read_spelling("Cb4") == 59
    assert write_spelling(59, "Cb") == "Cb4"
    assert write_spelling(60, "B#") == "B#3"
    for pitch, name in ((70, "Bb"), (54, "F#"), (61, "Db")):
        assert read_spelling(write_spelling(pitch, name)) == pitch


def test_parallels_between_voices_are_named():
    assert "parallel fifth" in leading_faults((67, 69), (60, 62))
    assert "parallel octave" in leading_faults((72, 74), (60, 62))
    assert leading_faults((67, 65), (60, 62)) == ()
