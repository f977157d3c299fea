"""Nashville numbers: every key and quality, minor keys in their relative major, and back again."""

import pytest

from exercises.chart import ComposeError
from exercises.code import KEYS
from exercises.harmony import QUALITIES, read_token
from exercises.numbers import SUFFIXES, number_chord, print_number, read_number, relative_major
from exercises.theory import key_fifths

MAJOR = [key for key in KEYS if not key.endswith("m")]
MINOR = [key for key in KEYS if key.endswith("m")]

IN_MAJOR = [
    ("I", "1"), ("II:m", "2-"), ("II:m7", "2-7"), ("III:m", "3-"), ("IV", "4"), ("V", "5"),
    ("V:7", "5⁷"), ("VI:m", "6-"), ("VII:dim", "7°"), ("VII:m7b5", "7-7b5"), ("bVII", "b7"),
    ("I:maj7", "1maj7"), ("I/III", "1/3"), ("V/VII", "5/7"), ("IV/V", "4/5"), ("I:6", "1⁶"),
    ("V:sus4", "5sus"), ("V:9sus4", "5⁹sus"), ("#IV:dim7", "#4°7"), ("bVI", "b6"), ("II:7", "2⁷"),
    ("I:add9", "1add9"), ("I:69", "1⁶⁹"), ("V:7b9", "5⁷b9"), ("IV:m6", "4-6"), ("bII:7", "b2⁷"),
    ("I:5", "1⁵"), ("I:sus2", "1sus2"), ("bIII", "b3"), ("I:7/bVII", "1⁷/b7"), ("V:aug", "5+"),
]  # fmt: skip
IN_MINOR = [
    ("I:m", "6-"), ("I:m7", "6-7"), ("IV:m", "2-"), ("V:7", "3⁷"), ("bVI", "4"), ("bVII", "5"),
    ("bIII", "1"), ("II:m7b5", "7-7b5"), ("V:7b9", "3⁷b9"), ("I:m/V", "6-/3"), ("I:mM7", "6-maj7"),
    ("bVII:7", "5⁷"), ("IV", "2"), ("VII:dim7", "#5°7"),
]  # fmt: skip


@pytest.mark.parametrize("key", MAJOR)
def test_numbers_in_every_major_key(key):
    for token, number in IN_MAJOR:
        assert number_chord(read_token(token, key).symbol, key) == number, (key, token)


@pytest.mark.parametrize("key", MINOR)
def test_a_minor_key_is_written_in_its_relative_major(key):
    for token, number in IN_MINOR:
        assert number_chord(read_token(token, key).symbol, key) == number, (key, token)


@pytest.mark.parametrize("key", KEYS)
def test_numbers_read_back_as_the_same_chord(key):
    for quality in QUALITIES:
        for degree in ("I", "bII", "III", "bV", "bVI", "VII", "V"):
            for bass in ("", "/III", "/bVII"):
                harmony = read_token(degree + (f":{quality}" if quality else "") + bass, key)
                text = print_number(number_chord(harmony.symbol, key))
                back = read_number(text, key)
                assert back is not None, text
                assert (back.root, back.bass) == (harmony.root, harmony.bass), (key, text)
                assert set(back.pitch_classes) == set(harmony.pitch_classes), (key, text)


def test_the_relative_major_has_the_same_signature():
    for key in MINOR:
        assert key_fifths(relative_major(key)) == key_fifths(key), key


def test_every_quality_has_a_suffix_of_its_own():
    assert set(SUFFIXES) == set(QUALITIES)
    assert len(set(SUFFIXES.values())) == len(SUFFIXES)


def test_what_is_no_number_is_refused():
    for text in ("8", "Swing", "1maj13", "", "1/", "5⁷/8", "A"):
        assert read_number(text, "C") is None
    with pytest.raises(ComposeError):
        number_chord("Cwild", "C")
