"""Where onsets are performed: swing by tempo, pocket by table, straight where nothing swings."""

from fractions import Fraction

import msgspec
import pytest

from styles.feel import label_ratio, pocket_ms, swing_range, swing_ratio, target
from styles.loader import load_style
from styles.schema import Feel

JAZZ = load_style("jazz").feel
ROCK = load_style("rock").feel
CLASSICAL = load_style("classical").feel
QUARTER = Fraction(1)


def at(onset, *, feel=JAZZ, bpm=120.0, level=6, beat=QUARTER):
    return target(Fraction(onset), beat_ql=beat, beats_per_minute=bpm, level=level, feel=feel)


def test_at_120_full_marks_lie_between_pianists_and_the_middle_to_the_drummers():
    ratios = swing_range(JAZZ, 120)
    assert ratios.loose == pytest.approx(1.488)
    assert ratios.tight == pytest.approx(1.83)
    assert ratios.centre == pytest.approx((1.488 + 1.83) / 2)
    assert ratios.lowest == pytest.approx(1.288)
    assert ratios.highest == pytest.approx(2.372)


@pytest.mark.parametrize("bpm", [60, 100, 150, 200, 260, 300])
def test_ratios_keep_their_order_and_never_fall_below_straight(bpm):
    ratios = swing_range(JAZZ, bpm)
    assert 1.0 <= ratios.lowest <= ratios.loose <= ratios.centre <= ratios.tight <= ratios.highest


def test_swing_gets_straighter_with_speed():
    ratios = [swing_ratio(JAZZ, bpm) for bpm in range(60, 300, 20)]
    assert ratios == sorted(ratios, reverse=True)


def test_beats_stay_and_off_beats_move_to_their_share_of_the_beat():
    ratio = swing_ratio(JAZZ, 120)
    assert at(3) == at(3, feel=None)
    place = at("7/2")
    assert place.centre_ql == pytest.approx(3 + ratio / (1 + ratio))
    assert place.early_ql == pytest.approx(3 + 1.488 / 2.488)
    assert place.late_ql == pytest.approx(3 + 1.83 / 2.83)


def test_a_pickup_swings_like_any_other_off_beat():
    ratio = swing_ratio(JAZZ, 120)
    assert at("-1/2").centre_ql == pytest.approx(-1 + ratio / (1 + ratio))


@pytest.mark.parametrize("onset", ["1/3", "2/3", "4/3", "1/6", "5/6"])
def test_written_triplets_stay_where_they_are(onset):
    place = at(onset)
    assert place.early_ql == place.centre_ql == place.late_ql == float(Fraction(onset))


def test_sixteenths_go_with_their_eighth_and_keep_their_order():
    places = [at(Fraction(step, 4)).centre_ql for step in range(9)]
    assert places == sorted(places)
    assert places[1] == pytest.approx(places[2] / 2)
    assert places[3] == pytest.approx((places[2] + 1) / 2)


FUNK = msgspec.structs.replace(ROCK, swing16=(49.0, 54.0, 62.0), swing16_level=5)


@pytest.mark.parametrize(
    ("onset", "early", "centre", "late"),
    [
        ("1/4", 0.245, 0.27, 0.31),
        ("7/4", 1.745, 1.77, 1.81),
        ("1/8", 0.1225, 0.135, 0.155),
        ("3/8", 0.3725, 0.385, 0.405),
        ("1/2", 0.5, 0.5, 0.5),
        ("-1/4", -0.255, -0.23, -0.19),
        ("1/6", 1 / 6, 1 / 6, 1 / 6),
    ],
)
def test_swung_sixteenths_lie_at_their_share_of_the_half_beat(onset, early, centre, late):
    place = at(onset, feel=FUNK)
    assert place.early_ql == pytest.approx(early)
    assert place.centre_ql == pytest.approx(centre)
    assert place.late_ql == pytest.approx(late)


def test_sixteenths_are_straight_below_their_level_and_in_compound_beats():
    assert at("1/4", feel=FUNK, level=4).centre_ql == 0.25
    assert at("1/4", feel=FUNK, beat=Fraction(3, 2)).centre_ql == 0.25
    assert at("1/4", feel=FUNK, beat=Fraction(2)).centre_ql == pytest.approx(0.27)


def test_swung_sixteenths_ride_on_swung_eighths():
    both = msgspec.structs.replace(JAZZ, swing16=(50.0, 60.0, 62.0))
    ratio = swing_ratio(JAZZ, 120)
    assert at("1/4", feel=both).centre_ql == pytest.approx(0.6 * ratio / (1 + ratio))


@pytest.mark.parametrize(
    ("feel", "level", "beat"),
    [
        (None, 6, QUARTER),
        (ROCK, 6, QUARTER),
        (CLASSICAL, 6, QUARTER),
        (JAZZ, 3, QUARTER),
        (JAZZ, 6, Fraction(3, 2)),
        (JAZZ, 6, Fraction(1, 2)),
    ],
)
def test_straight_is_straight(feel, level, beat):
    place = at("3/2", feel=feel, level=level, beat=beat)
    assert (place.early_ql, place.centre_ql, place.late_ql) == (1.5, 1.5, 1.5)


def test_half_note_beats_swing_by_the_quarter():
    halves = at("1/2", bpm=60, beat=Fraction(2))
    assert halves == at("1/2", bpm=120)


def test_the_pocket_is_read_off_between_the_rows_and_held_outside():
    assert pocket_ms(JAZZ, 115) == (18, 34)
    assert pocket_ms(JAZZ, 130) == pytest.approx((17.75, 33.25))
    assert pocket_ms(JAZZ, 60) == (18, 34)
    assert pocket_ms(JAZZ, 400) == (7, 13)


def test_styles_without_a_table_have_one_pocket():
    assert pocket_ms(ROCK, 100) == (0, 10)
    assert pocket_ms(CLASSICAL, 100) == (0, 0)
    assert pocket_ms(None, 100) == (0, 0)
    assert pocket_ms(Feel(pocket_ms=(-20, -6)), 100) == (-20, -6)


def test_straight_styles_have_the_ratio_one():
    assert swing_ratio(ROCK, 120) == swing_ratio(None, 120) == 1.0


@pytest.mark.parametrize(
    ("ratio", "label"),
    [(1.0, "straight"), (1.12, "light"), (1.5, "medium"), (2.0, "triplet"), (2.5, "dotted")],
)
def test_ratios_have_the_names_of_musicians(ratio, label):
    assert label_ratio(ratio) == label
