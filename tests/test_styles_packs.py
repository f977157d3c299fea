"""The packs that come with the program, and what the loader says about broken ones."""

import re
import time
from fractions import Fraction

import pytest

from exercises.harmony import QUALITIES as COMPOSED_QUALITIES
from exercises.harmony import read_token
from exercises.levels import load_levels
from exercises.request import find_gaps, key_accidentals
from styles import loader
from styles.loader import PACKS, check_pack, load_style, load_styles, read_pack
from styles.schema import StyleError
from styles.soundness import bar_ql, cell_fits, cell_length, pattern_fits
from styles.tokens import QUALITIES, read_cell, read_chords, read_length, read_pattern

STYLES = load_styles().styles


def bare(text):
    """A pack without what both hands play together, its fills and its endings."""
    text = re.sub(r"(?ms)^(fills|endings) = \[\n.*?^\]\n", "", text)
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if "right = " not in line and "groove_share" not in line)


ROCK = bare((PACKS / "rock.toml").read_text(encoding="utf-8"))


def write_pack(folder, text, name="mine.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def change(old, new):
    assert old in ROCK
    return ROCK.replace(old, new, 1)


def test_the_packs_that_come_with_it_are_sound():
    assert load_styles().faults == ()
    assert list(STYLES) == sorted(path.stem for path in PACKS.glob("*.toml"))
    assert {"classical", "jazz", "rock"} < set(STYLES)


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_every_level_has_a_key_a_metre_a_progression_a_pattern_and_a_cell(style):
    assert find_gaps(style) == ()
    for number in load_levels():
        assert any(each.level <= number for each in style.progressions)


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_every_chord_can_be_composed_in_every_key_of_the_pack(style):
    for each in style.progressions:
        keys = [key for key in style.keys if key.endswith("m") == (each.mode == "minor")]
        for key in keys[:3]:
            for bar in read_chords(each.bars):
                for token in bar:
                    assert read_token(token, key).pitch_classes


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_patterns_and_cells_fill_a_bar_of_each_metre_they_serve(style):
    for meter in style.meters:
        for pattern in style.patterns:
            if pattern_fits(pattern, meter):
                length = read_length(pattern.length)
                assert bar_ql(meter) % length == 0 or length == 2 * bar_ql(meter)
        lengths = {
            cell_length(cell) for cell in style.cells if cell_fits(cell, meter, style.cell_unit)
        }
        assert any(bar_ql(meter) % length == 0 for length in lengths)


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_tempi_grow_with_the_level_and_weights_name_real_keys(style):
    for key in style.keys:
        assert key_accidentals(key) <= 7
    tops = [style.tempo.at_level(level)[1] for level in range(1, 11)]
    assert tops == sorted(tops)


def test_the_composer_knows_exactly_the_qualities_of_the_packs():
    assert frozenset(COMPOSED_QUALITIES) == QUALITIES


def test_jazz_has_the_measured_weights():
    jazz = STYLES["jazz"]
    top = max(jazz.progressions, key=lambda each: each.weight)
    assert (top.bars, top.weight) == ("II:m7 | V:7 | I:maj7 | I:maj7", 20)
    assert jazz.keys["F"] == 21
    assert jazz.meters["4/4"] == 92
    assert jazz.tempo.at_level(9) == (60, 260)
    assert jazz.melody.step == 0.48


def test_classical_figures_are_spelt_as_degrees():
    bars = {each.bars: each for each in STYLES["classical"].progressions}
    assert bars["I | II:m/IV | I/V V:7 | I"].weight == 14
    assert bars["I:m | bII/IV | V:7 | I:m"].mode == "minor"
    assert not STYLES["classical"].chord_symbols


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            change("repeat = 0.36", "reapet = 0.36"),
            "melody.reapet is not a key (did you mean 'repeat'?)",
        ),
        (
            change('{ level = 1, name = "root" }', '{ level = 1, nam = "root" }'),
            "voicings[1].nam is not a key (did you mean 'name'?)",
        ),
        (change("l1 = [72, 92]", "l1 = [92, 72]"), "tempo.l1: 92 is above 72; put low first"),
        (change("l1 = [72, 92]", 'l1 = ["a", 92]'), "tempo.l1[1]: Expected `int`, got `str`"),
        (change("E = 20", "H = 20"), "keys: 'H' cannot be read; write it like Bb or F#m"),
        (change("E = 20", "E = 0"), "keys.E: the weight 0.0 must be above 0"),
        (change('"12/8" = 2', '"12/7" = 2'), "meters: '12/7' cannot be read"),
        (change('"I | I | V | I"', '"I | I | Q | I"'), "progressions[1].bars: 'Q' is no chord"),
        (
            change('"I | I | V | I"', '"I | I | V:m77 | I"'),
            "progressions[1].bars: 'V:m77': 'm77' is no chord quality",
        ),
        (change('"I | I | V | I"', '"I | | V | I"'), "progressions[1].bars: bar 2 is empty"),
        (
            change('values = "1 1"', 'values = "1 .5"'),
            "cells[2] '1 .5'.values: add up to 3/2, which is no multiple of 2",
        ),
        (change('values = "1 1"', 'values = "1 x"'), "cells[2] '1 x'.values: 'x' is no length"),
        (
            change('events = "0:4:R5"', 'events = "0:4.5:R5"'),
            "patterns[2] held fifth.events: the event at 0 sounds past the length 4",
        ),
        (
            change('events = "0:4:R5"', 'events = "0:4:Q"'),
            "patterns[2] held fifth.events: '0:4:Q': 'Q' is no role",
        ),
        (change("step = 0.36", "step = 0.76"), "melody: the shares of intervals add up to 1.40"),
        (change("pocket_ms = [0, 10]", "pocket_ms = [10, 0]"), "feel.pocket_ms: 10.0 is above 0.0"),
        (
            change('events = "0:4:R5"', 'events = "0:4:R5", right = "0:1:R5"'),
            "patterns[2] held fifth.right: '0:1:R5': 'R5' is no role",
        ),
        (
            change('events = "0:4:R5"', 'events = "0:4:R5", right = "3:2:C"'),
            "patterns[2] held fifth.right: the event at 3 sounds past the length 4",
        ),
        (
            change('cell_unit = "2"', 'cell_unit = "2"\ngroove_share = 0.5'),
            "groove_share: no pattern",
        ),
        (change('cell_unit = "2"', 'cell_unit = "2"\npassing = 1.5'), "passing: 1.5 is no share"),
        (
            change('cell_unit = "2"', 'cell_unit = "2"\nfills = [{ name = "x", values = "2 3" }]'),
            "fills[1] x.values: add up to 5; a fill has 4 at most",
        ),
        (
            change('cell_unit = "2"', 'cell_unit = "2"\nendings = [{ name = "bang" }]'),
            "endings[1].name: 'bang' is not one of held",
        ),
        (
            change("pocket_ms = [0, 10]", "pocket_ms = [0, 10]\nswing16 = [54, 53, 60]"),
            "feel.swing16: 54, 53, 60 must rise between 33 and 80 percent",
        ),
        (change('id = "rock"', 'id = "Rock!"'), "id: 'Rock!' must be lower-case letters"),
        (change('font = "Bravura"', 'font = "Arial"'), "font: 'Arial' is not one of Leland"),
        (change('{ name = "riff", weight = 20', '{ name = "riff", weight = -1'), "forms[1].weight"),
        ("id = ", "is no TOML: "),
    ],
)
def test_a_bad_pack_is_one_line_with_file_key_and_remedy(tmp_path, text, said):
    path = write_pack(tmp_path, text)
    faults = check_pack(path)
    assert faults
    assert f"mine.toml: {said}" in faults[0]
    with pytest.raises(StyleError) as caught:
        read_pack(path)
    assert "\n" not in str(caught.value)
    assert said in str(caught.value)


def test_a_bad_pack_is_left_out_and_the_others_load(tmp_path):
    write_pack(tmp_path, change("repeat =", "reapet ="), "bad.toml")
    write_pack(tmp_path, change('id = "rock"', 'id = "punk"'), "punk.toml")
    loaded = load_styles(tmp_path)
    assert list(loaded.styles) == [*STYLES, "punk"]
    assert loaded.faults == ("bad.toml: melody.reapet is not a key (did you mean 'repeat'?)",)
    assert load_style("punk", tmp_path).name == "Rock"


def test_a_pack_that_replaces_another_says_so(tmp_path):
    write_pack(tmp_path, change('name = "Rock"', 'name = "My rock"'))
    loaded = load_styles(tmp_path)
    assert loaded.styles["rock"].name == "My rock"
    assert loaded.faults == ("mine.toml: id 'rock' replaces Rock",)
    assert load_styles().styles["rock"].name == "Rock"


def test_an_unknown_style_names_the_nearest():
    with pytest.raises(StyleError, match=r"no style 'jaz' \(did you mean 'jazz'\?\)"):
        load_style("jaz")
    with pytest.raises(StyleError, match=f"there are {', '.join(STYLES)}"):
        load_style("zzzzz")


def test_a_missing_folder_and_a_missing_file_are_no_surprise(tmp_path):
    assert load_styles(tmp_path / "none").styles == STYLES
    with pytest.raises(StyleError, match=r"none\.toml: cannot be read"):
        read_pack(tmp_path / "none.toml")


def test_a_level_without_a_metre_is_a_gap(tmp_path):
    text = ROCK.replace('"4/4" = 97', '"12/8" = 97').replace('"12/8" = 2\n', "")
    gaps = find_gaps(read_pack(write_pack(tmp_path, text)))
    assert gaps[0] == "meters: level 1 has none; it has 4/4, 2/4"


def test_lengths_cells_and_patterns_are_read_exactly():
    third, sixth = Fraction(1, 3), Fraction(1, 6)
    assert [read_length(each) for each in ("1", ".5", "3/2", "t", "2t", "t2", "t/2")] == [
        1,
        Fraction(1, 2),
        Fraction(3, 2),
        third,
        2 * third,
        2 * third,
        sixth,
    ]
    rest, tied, plain = read_cell("-.5 ~.5 1")
    assert (rest.rest, tied.tied, plain.rest, plain.tied) == (True, True, False, False)
    first, pause = read_pattern("0:1.5:S -2:2")
    assert (first.role, pause.role, pause.offset_ql) == ("S", "", 2)


def test_all_packs_load_quickly():
    fastest = 1.0
    for _ in range(5):
        loader._load_own.cache_clear()
        start = time.process_time()
        load_styles()
        fastest = min(fastest, time.process_time() - start)
    # 5 ms a pack on a free core; a shared one is slower even in its own time.
    assert fastest < 0.02 * len(STYLES)


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_every_style_has_drums_and_bass_but_the_classical(style):
    assert style.band is not None
    alone = style.id == "classical"
    assert bool(style.band.drums) != alone
    assert bool(style.band.bass) != alone
