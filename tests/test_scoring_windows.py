from fractions import Fraction

import pytest

from exercises.timeline import Timeline
from game.scoring.expectation import expect_notes
from game.scoring.windows import Window, judging_window
from styles.loader import load_styles
from tests.reading import make_chart, make_note, melody

TABLE = [
    # beats a minute, sigma, levels 9-10, 5-6, 1-2: perfect, great, ok, out in ms
    (60, 28.7, (29, 57, 92, 129), (36, 72, 115, 161), (52, 103, 165, 180)),
    (80, 24.0, (24, 48, 77, 108), (30, 60, 96, 135), (43, 86, 138, 180)),
    (100, 21.3, (21, 43, 68, 96), (27, 53, 85, 120), (38, 77, 123, 172)),
    (120, 19.4, (19, 39, 62, 87), (24, 49, 78, 109), (35, 70, 112, 157)),
    (140, 18.1, (18, 36, 58, 81), (23, 45, 72, 102), (33, 65, 104, 146)),
    (180, 16.3, (16, 33, 52, 73), (20, 41, 65, 92), (29, 59, 94, 132)),
    (220, 15.2, (15, 30, 49, 68), (19, 38, 61, 86), (27, 55, 87, 123)),
]


@pytest.mark.parametrize(("tempo", "sigma", "high", "middle", "low"), TABLE)
def test_half_widths_of_the_table(tempo, sigma, high, middle, low):
    del sigma
    for levels, widths in (((9, 10), high), ((5, 6), middle), ((1, 2), low)):
        for level in levels:
            window = judging_window(60_000 / tempo, level, None)
            given = (window.perfect, window.great, window.ok, window.out)
            assert given == pytest.approx(widths, abs=0.75)


def test_no_window_passes_45_percent_of_the_way_to_the_neighbour():
    window = judging_window(500.0, 1, 125.0)
    assert (window.great, window.ok, window.out) == (56.25, 56.25, 56.25)


def test_perfect_is_never_tighter_than_15_ms_and_widths_never_fall():
    window = judging_window(300.0, 10, 20.0)
    assert (window.perfect, window.great, window.ok, window.out) == (15, 15, 15, 15)


@pytest.mark.parametrize(
    ("distance", "grade"),
    [(0, "perfect"), (20, "perfect"), (20.1, "great"), (40, "great"), (60, "ok"), (60.1, "out")],
)
def test_grades_by_distance(distance, grade):
    assert Window(20, 40, 60, 90).grade(distance) == grade


@pytest.mark.parametrize(
    ("distance", "points"),
    [(0, 1), (10, 1), (15, 0.96), (20, 0.92), (30, 0.81), (40, 0.7), (60, 0.35), (90, 0), (500, 0)],
)
def test_points_fall_without_steps(distance, points):
    assert Window(20, 40, 60, 90).points(distance) == pytest.approx(points)


def test_both_sides_have_their_own_neighbour():
    chart = make_chart([make_note(0, 60), make_note("1/4", 62), make_note(2, 64)], bars=1)
    _, middle, _ = expect_notes(chart, timeline=Timeline.steady(60), style=None, level=1)
    assert middle.before.out == pytest.approx(0.45 * 250)
    assert middle.after.out == 180


def test_a_neighbour_of_the_other_hand_caps_nothing():
    chart = make_chart([make_note(0, 60), make_note("1/4", 48, staff=2)], bars=1)
    first, _ = expect_notes(chart, timeline=Timeline.steady(60), style=None, level=1)
    assert first.after.out == 180


def test_click_and_pocket_are_both_right_where_the_style_is_behind():
    jazz = load_styles().styles["jazz"]
    note = expect_notes(melody(), timeline=Timeline.steady(120), style=jazz, level=5)[4]
    assert note.early_s <= note.onset_s < note.late_s
    assert note.distance_ms(note.onset_s) == 0
    assert note.distance_ms(note.onset_s + 0.02) == 0
    assert note.distance_ms(note.late_s + 0.05) == pytest.approx(50)
    assert note.distance_ms(note.early_s - 0.05) == pytest.approx(-50)


def test_swung_off_beats_are_expected_late_and_all_accepted_ratios_are_right():
    jazz = load_styles().styles["jazz"]
    chart = make_chart([make_note(0, 60, "1/2"), make_note("1/2", 62, "1/2")], bars=1)
    _, swung = expect_notes(chart, timeline=Timeline.steady(120), style=jazz, level=8)
    assert 0.27 < swung.onset_s < 0.34
    assert swung.early_s <= swung.onset_s <= swung.late_s
    assert swung.late_s - swung.early_s > 0.02


def test_grace_notes_come_before_their_main_note_in_groups_of_their_own():
    chart = make_chart([make_note(1, 62, 0), make_note(1, 64, 1), make_note(0, 60, 1)], bars=1)
    first, grace, main = expect_notes(chart, timeline=Timeline.steady(60), style=None, level=5)
    assert (first.group, grace.group, main.group) == (0, 1, 2)
    assert grace.grace
    assert grace.onset_s < main.onset_s == 1.0


def test_a_key_that_another_voice_strikes_again_can_only_be_held_so_long():
    chart = make_chart([make_note(0, 60, 4), make_note(2, 60, 1)], bars=1)
    long, _ = expect_notes(chart, timeline=Timeline.steady(60), style=None, level=5)
    assert long.release_s == 2.0
    assert long.duration_ql == Fraction(4)
