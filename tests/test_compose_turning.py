"""Four bars close otherwise than they began, and chords say what they are."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from exercises.chart import ComposeError
from exercises.compose import chart as composing
from exercises.compose.chart import compose_chart
from exercises.compose.dice import Dice
from exercises.compose.form import Phrase
from exercises.compose.grid import EIGHTH, TICKS, read_metre
from exercises.compose.groove import _inside
from exercises.compose.pattern import BarPattern, Event
from exercises.compose.shapes import choose_shape
from exercises.compose.turning import keep_sides, turn_grooves, turn_left
from exercises.drill import DrillRequest
from exercises.harmony import read_token
from exercises.levels import level
from exercises.request import resolve_drill
from styles.loader import load_styles
from styles.schema import Ending

STYLES = load_styles().styles
METRE = read_metre("4/4")
BACKBEAT = BarPattern(
    "back-beat",
    6,
    (Event(0, TICKS, "R"),),
    right=tuple(Event(at * TICKS, 24, "C") for at in (1, 2)),
)


def phrase(index, bar, primes=0, bars=4):
    return Phrase(index, "a", primes, bar, bars, "open", last=False)


def turned(style, seed, pattern=BACKBEAT, bars=8):
    phrases = [phrase(0, 0), phrase(1, 4, primes=1)]
    return turn_grooves(
        phrases, dict.fromkeys(range(bars), pattern), STYLES[style].turns, level(6),
        metre=METRE, quarter_bpm=90.0, dice=Dice(seed, "turns"),
    )  # fmt: skip


def test_only_the_fourth_bar_of_a_groove_is_turned_at_first():
    found = turned("funk", 1)
    assert [bar for bar in range(4) if found[bar] != BACKBEAT] == [3]


def test_a_groove_that_returns_pushes_and_turns_otherwise():
    for seed in range(1, 12):
        found = turned("funk", seed)
        assert found[3].name != found[7].name or BACKBEAT.name in {found[3].name, found[7].name}
        pushed = found[5].right[-1]
        assert pushed.onset == METRE.bar - EIGHTH
        assert found[4] == found[6] == BACKBEAT


def test_a_turn_keeps_what_the_left_hand_has():
    bubble = BarPattern(
        "bubble", 6, (Event(EIGHTH, EIGHTH, "c"),), right=(Event(TICKS, EIGHTH, "C"),)
    )
    names = {turned("reggae", seed, bubble)[3].name for seed in range(1, 20)}
    assert names == {"bubble turned over"}


def test_a_style_without_turns_lets_its_last_hit_go():
    skank = BarPattern(
        "skank", 6, (Event(0, 96, "R"),), right=(*BACKBEAT.right, Event(144, 24, "C"))
    )
    assert len(turned("rock", 1, skank)[3].right) == len(skank.right) - 1


def test_left_hands_are_turned_by_their_own_kind():
    walk = BarPattern("walk", 6, (Event(0, TICKS, "R"), Event(TICKS, TICKS, "A")))
    comp = BarPattern("comp", 6, (Event(0, TICKS, "S"),))
    for pattern, wanted in ((walk, True), (comp, False)):
        found = {}
        for seed in range(1, 6):
            found |= turn_left(
                [phrase(0, 0)], {"a": pattern}, STYLES["gospel"].turns, level(6),
                metre=METRE, quarter_bpm=80.0, dice=Dice(seed, "turns"),
            )  # fmt: skip
        assert set(found) == ({3} if wanted else set())


def test_turns_stay_on_the_side_of_the_clave():
    salsa = STYLES["salsa"]
    known = [each for each in salsa.patterns if each.side in {"", "2-3"}]
    sides = {each.side for each in keep_sides(salsa.turns, known)}
    assert sides == {"", "2-3"}


def test_a_right_hand_over_a_bass_is_never_left_without_a_third():
    salsa = STYLES["salsa"].voicings
    assert {choose_shape(salsa, 6, Dice(seed, "shape")) for seed in range(40)} == {"close"}


@pytest.mark.parametrize(
    ("token", "key", "pc", "name"),
    [
        ("III:7#9", "Db", 8, "Ab"),
        ("VI:7#9", "F", 5, "F"),
        ("V:7#9", "A", 7, "G"),
        ("bVII:9", "Db", 3, "Eb"),
        ("#V:dim7", "B", 10, "A#"),
        ("#I:dim7", "E", 8, "G#"),
    ],
)
def test_chord_notes_are_read_in_the_key(token, key, pc, name):
    assert read_token(token, key).name_of(pc) == name


def test_a_draft_that_cannot_be_finished_is_thrown_away(monkeypatch):
    style = STYLES["folk"]
    drill = resolve_drill(DrillRequest("folk", 3, seed=4), style)
    whole, calls = composing.draft_chart, []

    def once(*given):
        calls.append(given)
        if len(calls) == 1:
            raise ComposeError("bar 3: no room")
        return whole(*given)

    monkeypatch.setattr(composing, "draft_chart", once)
    found = compose_chart(drill, style)
    assert found.rejections == len(calls) - 1 >= 1
    assert "no room" in found.reasons[0]
    assert found.chart.drill.code == drill.code


def test_what_no_draft_can_do_is_said_as_it_is(monkeypatch):
    style = STYLES["folk"]
    drill = resolve_drill(DrillRequest("folk", 3, seed=4), style)

    def never(*_):
        raise ComposeError("bar 3: no room")

    monkeypatch.setattr(composing, "draft_chart", never)
    with pytest.raises(ComposeError, match=r"^bar 3: no room$"):
        compose_chart(drill, style)


def test_octaves_of_a_bass_stay_out_of_the_mud():
    style = STYLES["gospel"]
    for seed in range(1, 4):
        request = DrillRequest("gospel", 9, seed=seed)
        chart = compose_chart(resolve_drill(request, style), style).chart
        last = chart.bars[-1].onset_ql
        low: dict[Fraction, list[int]] = {}
        for note in chart.notes:
            if note.staff == 2 and note.onset_ql < last:
                low.setdefault(note.onset_ql, []).append(note.pitch)
        assert all(min(group) >= 31 for group in low.values() if len(group) > 1)


@pytest.mark.parametrize("name", ["plagal", "minor plagal"])
def test_the_tune_lies_still_over_an_amen(name):
    style = msgspec.structs.replace(STYLES["gospel"], endings=(Ending(name=name, level=4),))
    for seed in range(1, 5):
        chart = compose_chart(
            resolve_drill(DrillRequest("gospel", 6, seed=seed), style), style
        ).chart
        start = chart.bars[-1].onset_ql
        assert {note.onset_ql for note in chart.notes if note.onset_ql >= start} == {start}


@pytest.mark.parametrize(("top", "inside"), [(72, {76 - 12, 67}), (76, {72}), (79, {72, 76})])
def test_a_montunos_octave_has_root_and_third_inside(top, inside):
    assert set(_inside(top, read_token("I", "C"), 2)) == inside
