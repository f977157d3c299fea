"""The computer's keyboard as a piano."""

from __future__ import annotations

import pytest
from textual.keys import _character_to_key

from exercises.kit import KIT
from game.events import NoteEvent
from game.keys import (
    HIGHEST_OCTAVE,
    LOWER_ROW,
    LOWEST_OCTAVE,
    PADS,
    REPEAT_S,
    STAGE_KEYS,
    UPPER_ROW,
    is_repeat,
    pad_of,
    pitch_of,
    shift_octave,
    strike,
)


def test_the_rows_are_those_of_the_keyboard_under_textuals_names():
    assert [_character_to_key(sign) for sign in "zsxdcvgbhnjm,l.;/"] == list(LOWER_ROW)
    assert [_character_to_key(sign) for sign in "q2w3er5t6y7ui9o0p"] == list(UPPER_ROW)


def test_a_row_is_chromatic_from_c_and_the_upper_is_an_octave_up():
    assert [pitch_of(key, 4) for key in LOWER_ROW] == list(range(60, 77))
    assert [pitch_of(key, 4) for key in UPPER_ROW] == list(range(72, 89))
    assert pitch_of("q") == 60


def test_white_keys_lie_on_the_letter_rows():
    white = {0, 2, 4, 5, 7, 9, 11}
    for key in ("z", "x", "c", "v", "b", "n", "m", "comma", "full_stop", "slash", *"qwertyuiop"):
        assert pitch_of(key) % 12 in white
    for key in ("s", "d", "g", "h", "j", "l", "semicolon", *"2356790"):
        assert pitch_of(key) % 12 not in white


def test_caps_lock_sounds_the_same():
    assert pitch_of("Q") == pitch_of("q")


@pytest.mark.parametrize("key", ["a", "f", "k", "1", "4", "8", "colon", "ctrl+q", "", "f1"])
def test_other_keys_are_silent(key):
    assert pitch_of(key) is None


def test_no_stage_key_sounds():
    assert not STAGE_KEYS & {*LOWER_ROW, *UPPER_ROW}
    assert {"escape", "space", "left_square_bracket", "right_square_bracket"} <= STAGE_KEYS


def test_brackets_shift_within_the_piano():
    assert shift_octave("right_square_bracket", 3) == 4
    assert shift_octave("left_square_bracket", 3) == 2
    assert shift_octave("q", 3) == 3
    assert shift_octave("left_square_bracket", LOWEST_OCTAVE) == LOWEST_OCTAVE
    assert shift_octave("right_square_bracket", HIGHEST_OCTAVE) == HIGHEST_OCTAVE
    assert pitch_of("z", LOWEST_OCTAVE) >= 21
    assert pitch_of("p", HIGHEST_OCTAVE) <= 127


def test_a_strike_is_an_event_of_the_keys():
    assert strike(62, 1.25) == NoteEvent(1.25, "on", 62, 80, source="keys")


def test_pads_lie_alike_under_both_hands_and_on_no_stage_key():
    assert set(PADS.values()) <= set(KIT)
    assert not STAGE_KEYS & set(PADS)
    assert [pad_of(key) for key in "zmslSdkfj"] == [36, 36, 38, 38, 38, 42, 42, 46, 46]
    assert pad_of("1") is None


def test_a_held_key_is_not_struck_again():
    assert not is_repeat(None, 5.0)
    assert is_repeat(5.0, 5.033)
    assert not is_repeat(5.0, 5.001 + REPEAT_S)
