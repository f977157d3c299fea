"""Drills are resolved from style, level and seed, and travel as share codes."""

import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import code as codes
from exercises.chart import ComposeError
from exercises.code import ALPHABET, HANDS, KEYS, KINDS, METERS, read_code, write_code
from exercises.drill import Drill, DrillRequest
from exercises.focus import ELEMENTS, read_focus
from exercises.keyboards import KEYBOARDS
from exercises.levels import level, load_levels
from exercises.request import key_accidentals, resolve_drill
from exercises.timeline import beat_ql
from exercises.version import COMPOSE_VERSION
from styles.loader import load_styles
from styles.tokens import QUALITIES

ROOT = Path(__file__).resolve().parent.parent
STYLES = load_styles().styles
JAZZ = STYLES["jazz"]

FOCI = (
    "accidentals", "rhythm:.75 .25", "rhythm:-.5 ~t t2 3/2", "interval:6", "ledger", "left",
    "chords:maj", "chords:m7b5", "chords:maj7#11", "chords:mM7", "chromatic",
)  # fmt: skip

drills = st.builds(
    Drill,
    style=st.one_of(
        st.sampled_from(codes.STYLES), st.from_regex(r"[a-z][a-z0-9_]{0,23}", fullmatch=True)
    ),
    level=st.integers(1, 10),
    kind=st.sampled_from(KINDS),
    key=st.sampled_from(KEYS),
    meter=st.sampled_from(METERS),
    bars=st.integers(1, 64),
    quarter_bpm=st.integers(2000, 30000).map(lambda hundredths: hundredths / 100),
    hands=st.sampled_from(HANDS),
    seed=st.integers(0, 2**32 - 1),
    code=st.just(""),
    focus=st.one_of(st.none(), st.sampled_from(FOCI)),
    keyboard=st.sampled_from(sorted(KEYBOARDS)),
)


def ask(**wishes):
    return resolve_drill(DrillRequest(**{"style": "jazz", "level": 5, "seed": 1} | wishes), JAZZ)


@settings(deadline=None)
@given(drills)
def test_a_code_gives_its_drill_back(drill):
    code = write_code(drill)
    assert read_code(code) == msgspec.structs.replace(drill, code=code)


@settings(deadline=None)
@given(drills, st.data())
def test_one_wrong_letter_is_found(drill, data):
    code = write_code(drill)
    letters = list(code)
    place = data.draw(st.sampled_from([at for at, each in enumerate(letters) if each != "-"]))
    letters[place] = data.draw(st.sampled_from([each for each in ALPHABET if each != code[place]]))
    with pytest.raises(ComposeError, match="typing error"):
        read_code("".join(letters))


@settings(deadline=None)
@given(drills, st.data())
def test_two_swapped_neighbours_are_found(drill, data):
    letters = list(write_code(drill).replace("-", ""))
    place = data.draw(st.integers(0, len(letters) - 2))
    swapped = [*letters[:place], letters[place + 1], letters[place], *letters[place + 2 :]]
    if swapped == letters:
        return
    with pytest.raises(ComposeError, match="typing error"):
        read_code("".join(swapped))


@settings(deadline=None)
@given(drills)
def test_codes_forgive_case_dashes_spaces_and_lookalikes(drill):
    code = write_code(drill)
    loose = f"  {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')}\n"
    assert read_code(loose) == read_code(code.replace("-", "")) == read_code(code)


def test_codes_are_short_and_printable():
    code = ask().code
    assert len(code) == 20
    assert set(code) <= set(ALPHABET) | {"-"}


def test_every_focus_and_every_keyboard_travels_in_a_code():
    details = {"rhythm": ":.75 .25", "interval": ":5", "chords": ":7"}
    for element in ELEMENTS:
        focus = element + details.get(element, "")
        for keys in KEYBOARDS:
            drill = ask(level=9, focus=focus, keyboard=keys)
            again = read_code(drill.code)
            assert (again.focus, again.keyboard) == (focus, keys)
            assert again == drill


def test_every_chord_quality_fits_in_a_code():
    for quality in sorted(QUALITIES - {""}):
        drill = msgspec.structs.replace(ask(), focus=f"chords:{quality}")
        assert read_code(write_code(drill)).focus == f"chords:{quality}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no focus"),
        ("nonsense", "take one of accidentals, rhythm"),
        ("interval", "needs 2 to 8"),
        ("interval:9", "take 2 (a second) to 8 (an octave)"),
        ("interval:-3", "is no interval"),
        ("ties:1", "stands alone"),
        ("ties:", "stands alone"),
        ("rhythm:", "needs a cell"),
        ("rhythm:x y", "is no length"),
        ("rhythm:.75", "adds up to 3/4"),
        ("rhythm:-1 -1", "has no note"),
        ("rhythm:" + ".25 " * 16, "too long"),
        ("chords:blue", "is no chord quality"),
    ],
)
def test_a_focus_that_makes_no_sense_is_one_clear_line(text, says):
    with pytest.raises(ComposeError) as caught:
        read_focus(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "text", "says"),
    [
        (1, "accidentals", "comes in at level 2"),
        (3, "triplets", "comes in at level 6"),
        (3, "interval:8", "comes in at level 5"),
        (2, "rhythm:.75 .25", "comes in at level 6"),
        (3, "rhythm:.5 1 .5", "comes in at level 5"),
        (3, "chords:m7b5", "comes in at level 5"),
        (4, "leaps", None),
        (9, "chords:madd9", "at any level"),
    ],
)
def test_a_focus_is_never_above_its_level(number, text, says):
    if says is None:
        assert ask(level=number, focus=text).focus == text
        return
    with pytest.raises(ComposeError, match=says):
        ask(level=number, focus=text)


def test_a_focus_chooses_a_key_and_a_metre_that_have_room_for_it():
    for seed in range(40):
        drill = ask(level=6, seed=seed, focus="accidentals")
        assert key_accidentals(drill.key) > 0
        assert ask(level=9, seed=seed, focus="rhythm:1 1 1 1").meter != "3/4"
    with pytest.raises(ComposeError, match="no sharps or flats"):
        ask(focus="accidentals", key="C")
    with pytest.raises(ComposeError, match="has no room"):
        ask(level=9, focus="rhythm:1 1 1 1", meter="3/4")


def test_a_keyboard_that_nobody_makes_is_one_clear_line():
    with pytest.raises(ComposeError, match="there is no keyboard of 12 keys; take one of 25, 37"):
        ask(keyboard=12)


def test_a_code_of_another_version_says_so(monkeypatch):
    monkeypatch.setattr(codes, "COMPOSE_VERSION", 7)
    code = write_code(ask())
    monkeypatch.undo()
    with pytest.raises(
        ComposeError, match=f"of composer version 7, .* is version {COMPOSE_VERSION}"
    ):
        read_code(code)


@pytest.mark.parametrize("code", ["", "-", "0", "U0000-00000", "hello world", "é" * 18, "0" * 5000])
def test_what_is_no_code_is_one_clear_line(code):
    with pytest.raises(ComposeError) as caught:
        read_code(code)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
@pytest.mark.parametrize("number", range(1, 11))
def test_what_is_left_open_stays_within_level_and_style(style, number):
    rules = level(number)
    for seed in range(60):
        drill = resolve_drill(DrillRequest(style=style.id, level=number, seed=seed), style)
        assert drill.key in style.keys
        assert rules.allows_key(drill.key, key_accidentals(drill.key))
        assert drill.meter in style.meters
        assert rules.allows_meter(drill.meter)
        assert rules.bars[0] <= drill.bars <= rules.bars[1]
        beats = Fraction(drill.quarter_bpm) / beat_ql(drill.meter)
        assert beats.denominator == 1
        assert beats <= rules.tempo[1]
        assert beats <= style.tempo.at_level(number, drill.meter)[1]
        assert (drill.kind, drill.hands, drill.seed) == ("grand", "both", seed)
        assert read_code(drill.code) == drill


def test_seeds_spread_over_the_weights():
    keys = [ask(level=9, seed=seed).key for seed in range(2000)]
    share = keys.count("F") / len(keys)
    assert share == pytest.approx(21 / sum(JAZZ.keys.values()), abs=0.03)


def test_asking_for_one_thing_does_not_change_the_others():
    left_open, asked = ask(level=9), ask(level=9, key="F#")
    assert asked.key == "F#"
    assert (asked.meter, asked.bars, asked.quarter_bpm) == (
        left_open.meter,
        left_open.bars,
        left_open.quarter_bpm,
    )


def test_what_is_asked_for_is_kept():
    drill = ask(level=9, key="bbm", meter="3/4", bars=7, quarter_bpm=97.3, hands="left")
    assert (drill.key, drill.meter, drill.bars) == ("Bbm", "3/4", 7)
    assert (drill.quarter_bpm, drill.hands) == (97.3, "left")


def test_where_style_and_level_share_no_tempo_the_level_wins():
    tempi = {ask(level=1, seed=seed).quarter_bpm for seed in range(200)}
    assert min(tempi) >= 67
    assert max(tempi) <= 72


def test_compound_beats_are_counted_in_dotted_quarters():
    classical = STYLES["classical"]
    wish = DrillRequest(style="classical", level=6, meter="6/8", seed=3)
    beats = resolve_drill(wish, classical).quarter_bpm / 1.5
    assert beats == int(beats)
    assert beats * 3 / 60 <= level(6).onsets_per_s


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"key": "H"}, "there is no key 'H'"),
        ({"key": ""}, "there is no key ''"),
        ({"meter": "4/7"}, "there is no metre '4/7'"),
        ({"meter": "6/8"}, "Jazz has no 6/8; its metres are 4/4, 3/4"),
        ({"key": "F#"}, "F# is above level 5; it comes in at level 8: take that level"),
        ({"meter": "5/4"}, "5/4 is above level 5; it comes in at level 7"),
        ({"level": 11}, "there is no level 11; levels go from 1 to 10"),
        ({"level": 0}, "there is no level 0"),
        ({"bars": 0}, "0 bars are out of bounds; ask for 1 to 64"),
        ({"bars": 65}, "65 bars are out of bounds"),
        ({"quarter_bpm": 19.9}, "a tempo of 19.9 is out of bounds"),
        ({"quarter_bpm": 301.0}, "a tempo of 301 is out of bounds"),
        ({"quarter_bpm": float("nan")}, "a tempo of nan is out of bounds"),
        ({"kind": "lead", "level": 3}, "a lead chart is above level 3; it comes in at level 4"),
        ({"kind": "number", "level": 4}, "a number chart is above level 4; it comes in at level 5"),
        ({"kind": "bass", "hands": "right"}, "a bass chart has nothing for the right hand alone"),
        ({"kind": "opera"}, "there is no kind 'opera'"),
        ({"hands": "feet"}, "there is no hands 'feet'"),
        ({"seed": None}, "the drill has no seed"),
        ({"seed": -1}, "the seed -1 is out of bounds"),
        ({"seed": 2**32}, "the seed 4294967296 is out of bounds"),
    ],
)
def test_bad_wishes_are_one_clear_line(wish, said):
    with pytest.raises(ComposeError) as caught:
        ask(**wish)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_process_resolves_alike():
    program = (
        "from exercises.request import resolve_drill as r;"
        "from exercises.drill import DrillRequest as D;"
        "from styles.loader import load_styles;"
        "print(*[r(D(s.id, l, seed=n), s).code for s in load_styles().styles.values()"
        " for l in range(1, 11) for n in (0, 1, 4294967295)])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "777")
    }
    assert len(answers) == 1
    assert len(answers.pop().split()) == 30 * len(STYLES)


def test_levels_get_harder():
    levels = list(load_levels().values())
    assert [each.number for each in levels] == list(range(1, 11))
    for name in ("max_accidentals", "max_interval", "syncopated_share", "onsets_per_s"):
        figures = [getattr(each, name) for each in levels]
        assert figures == sorted(figures)
    for low, high in pairwise(levels):
        assert set(low.dynamics) <= set(high.dynamics)
        assert set(low.articulations) <= set(high.articulations)
        assert not high.keys or set(low.keys) <= set(high.keys)
        assert not high.meters or set(low.meters) <= set(high.meters)
        assert not high.durations or set(low.durations) <= set(high.durations)
        assert high.right_range[1] >= low.right_range[1]
        assert high.left_range[0] <= low.left_range[0]


def test_the_level_table_says_what_it_should():
    first, fifth, eighth = level(1), level(5), level(8)
    assert (first.right_range, first.left_range) == ((60, 67), (48, 55))
    assert (first.keys, first.bars, first.tempo) == (("C",), (4, 4), (54, 72))
    assert (fifth.max_interval, fifth.leap_share, fifth.syncopated_share) == (12, 0.18, 0.12)
    assert (eighth.onsets_per_s, eighth.notes_per_s, eighth.span) == (7.0, 12.0, 14)
    assert all(
        key_accidentals(key) <= each.max_accidentals
        for each in load_levels().values()
        for key in each.keys
    )
