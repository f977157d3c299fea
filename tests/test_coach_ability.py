"""Abilities and their uncertainty, the assessment, and what comes back: against known players."""

import math
from datetime import UTC, datetime, timedelta

import pytest
import simulate
from fakes import make_chart
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.code import STYLES
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from game.coach.ability import (
    Abilities,
    ability_of,
    add_take,
    estimate,
    expect_total,
    expected_share,
)
from game.coach.elements import group_notes, name_quality
from game.coach.gauntlet import rate_versatility
from game.coach.rating import rate
from game.coach.repetition import Review, Strength, due_now, review
from styles.loader import load_style

AT = datetime(2026, 5, 1, 20, tzinfo=UTC)


def taken(abilities, total, level=5, style="jazz", day=1, kind="grand"):
    return add_take(abilities, style=style, kind=kind, level=level, total=total, day=day)


def test_an_ability_reads_its_level_at_eighty():
    assert expected_share(5.0, 5) == pytest.approx(0.8)
    assert ability_of(0.8, 5) == pytest.approx(5.0)
    assert expected_share(ability_of(0.63, 7), 7) == pytest.approx(0.63)


def test_takes_move_the_estimate_and_make_it_surer():
    before = estimate(Abilities(), "jazz", "grand")
    after = estimate(taken(Abilities(), 95.0), "jazz", "grand")
    assert after.mean > before.mean
    assert after.error < before.error
    assert estimate(taken(Abilities(), 20.0)).mean < before.mean


def test_one_genre_says_something_of_the_others_but_less():
    abilities = Abilities()
    for _ in range(10):
        abilities = taken(abilities, 90.0, level=7)
    jazz, rock = estimate(abilities, "jazz"), estimate(abilities, "rock")
    assert 3.0 < rock.mean < jazz.mean
    assert rock.error > jazz.error


def test_days_without_practice_make_it_less_sure_and_not_worse():
    abilities = Abilities()
    for _ in range(20):
        abilities = taken(abilities, 80.0)
    soon, late = taken(abilities, 80.0, day=2), taken(abilities, 80.0, day=300)
    assert estimate(late).error > estimate(soon).error
    assert estimate(late).mean == pytest.approx(estimate(soon).mean, abs=0.2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 100), st.integers(1, 10), st.sampled_from(STYLES), st.integers(-5, 900)
        ),
        max_size=25,
    )
)
def test_whatever_is_played_the_estimate_stays_sound(takes):
    abilities = Abilities()
    for total, level, style, day in takes:
        abilities = taken(abilities, total, level, style, day)
    for row, line in enumerate(abilities.covariance):
        assert line[row] > 0
        for column, value in enumerate(line):
            assert value == pytest.approx(abilities.covariance[column][row])
    for style in STYLES:
        found = estimate(abilities, style, "grand")
        assert math.isfinite(found.mean)
        assert 0 < found.error < 4


@pytest.mark.parametrize("kind", ["fixed", "uneven", "unreliable"])
def test_the_assessment_finds_what_is_there(kind):
    r, held, error, most, charts = simulate.measure_assessment(60, kind)
    assert r >= 0.95
    assert 0.8 <= held <= 1.0
    assert error <= 1 / 3 + 0.01
    assert most <= 0.55
    assert 12 <= charts <= 21


def test_a_rating_is_as_sure_as_its_takes_agree():
    """Seventeen genres at one level: even ones, and ones that lie far apart."""
    even = rate([(style, 5, 70.0) for style in STYLES])
    apart = rate([(style, 5, 70.0 + 25.0 * (-1) ** n) for n, style in enumerate(STYLES)])
    assert even.error < apart.error
    assert even.low < apart.mean < even.high
    few = rate([(style, 5, 70.0) for style in STYLES[:5]])
    assert few.error > even.error


@given(
    st.lists(st.tuples(st.sampled_from(STYLES), st.integers(1, 10), st.floats(0, 100)), max_size=22)
)
def test_whatever_was_scored_there_is_a_rating(takes):
    found = rate(takes)
    assert math.isfinite(found.mean)
    assert 0 < found.error <= 4.0
    assert -10 < found.mean < 20


@pytest.mark.parametrize("kind", ["fixed", "uneven", "learning", "forgetting"])
def test_the_coach_keeps_success_near_eighty(kind):
    mean, share, overall, genres = simulate.measure_coach(6, kind, charts=45)
    assert 74 <= mean <= 85
    assert share >= 4 / 6
    assert overall >= 3 / 6
    assert genres >= 0.75


def test_in_the_model_the_coach_teaches_more_than_chance():
    coached, by_chance = simulate.measure_learning(4, charts=60)
    assert coached > by_chance


def test_what_is_expected_of_takes():
    assert expect_total(Abilities(), [("jazz", "grand", 5, 40)]) is None
    known = taken(Abilities(), 80.0, 5)
    assert expect_total(known, []) is None
    at_level = expect_total(known, [("jazz", "grand", 5, 40)])
    harder = expect_total(known, [("jazz", "grand", 7, 40)])
    assert harder < at_level < 100
    both = expect_total(known, [("jazz", "grand", 5, 30), ("jazz", "grand", 7, 10)])
    assert both == pytest.approx(0.75 * at_level + 0.25 * harder)


def test_versatility_shows_a_weak_genre():
    even, uneven = Abilities(), Abilities()
    for _ in range(3):
        for style in STYLES:
            even = taken(even, 80.0, 5, style)
            uneven = taken(uneven, 10.0 if style == "salsa" else 80.0, 5, style)
    assert rate_versatility(even).mean == pytest.approx(5.0, abs=0.3)
    assert rate_versatility(uneven).mean < rate_versatility(even).mean
    few = taken(Abilities(), 80.0)
    assert rate_versatility(few).error > rate_versatility(even).error


# -- elements


def test_a_composed_chart_is_sorted_by_what_it_asks():
    style = load_style("jazz")
    drill = resolve_drill(DrillRequest("jazz", 6, key="Eb", seed=5), style)
    chart = compose_chart(drill, style).chart
    groups = group_notes(chart)
    ids = {note.id for note in chart.notes}
    assert groups["key", "Eb"] == groups["style", "jazz"] == ids
    assert groups["hand", "left hand"] == groups["element", "left"]
    assert groups["hand", "left hand"] | groups["hand", "right hand"] == ids
    flats = {n.id for n in chart.notes if n.pitch % 12 in (10, 3, 8)}
    assert groups["element", "accidentals"] == flats
    assert any(name.startswith("interval:") for _, name in groups)
    assert all(members <= ids for members in groups.values())


def test_steps_are_named_by_the_notes_they_lead_to():
    groups = group_notes(make_chart(bars=2))
    assert ("element", "accidentals") not in groups
    assert ("element", "sixteenths") not in groups
    assert groups["meter", "4/4"] == {f"n{n}" for n in range(1, 9)}


@pytest.mark.parametrize(
    ("symbol", "quality"),
    [("F", "maj"), ("Bbmaj7", "maj7"), ("F#m7b5", "m7b5"), ("C/E", "maj"), ("C6/9", "69")],
)
def test_chord_qualities(symbol, quality):
    assert name_quality(symbol) == quality


# -- what comes back


def repeat(strength, *shares, trials=20, every=1):
    at = AT
    for share in shares:
        strength = review(strength, Review(trials, round(share * trials), at))
        at += timedelta(days=every)
    return strength


def test_what_is_read_well_is_not_repeated():
    assert repeat(Strength("ties"), 0.9, 1.0, 0.95).card == ""


def test_what_is_weak_gets_a_date():
    weak = repeat(Strength("ties"), 0.4, 0.5)
    assert weak.card
    assert not weak.is_due(AT)
    assert weak.is_due(AT + timedelta(days=60))
    assert due_now([weak, Strength("left")], AT + timedelta(days=60)) == [weak]


def test_the_better_it_goes_the_later_it_comes_back():
    weak = repeat(Strength("ties"), 0.4, 0.5)
    dates = []
    for right in (20, 5):
        strength = weak
        for days in (3, 8, 15):
            strength = review(strength, Review(20, right, AT + timedelta(days=days)))
        dates.append(datetime.fromisoformat(strength.due))
    assert dates[0] > dates[1]


def test_what_is_secure_is_let_go():
    strength = repeat(Strength("ties"), 0.3, 0.4)
    at = AT
    for _ in range(12):
        at = max(datetime.fromisoformat(strength.due), at) + timedelta(days=1)
        strength = review(strength, Review(40, 40, at))
        if not strength.card:
            break
    assert strength.card == ""
    assert strength.share >= strength.expected_share


def test_a_clock_set_back_does_not_hurt():
    weak = repeat(Strength("ties"), 0.4, 0.5)
    assert review(weak, Review(20, 18, AT - timedelta(days=100))).due


def test_an_element_is_weak_beside_the_rest_of_its_charts():
    """A hard week makes nothing weak that goes like everything else."""
    hard = Strength("ties")
    for days in range(6):
        hard = review(hard, Review(20, 10, AT + timedelta(days=days), whole=0.5))
    assert hard.card == ""


def test_few_notes_are_no_repetition():
    weak = repeat(Strength("ties"), 0.4, 0.5)
    assert review(weak, Review(2, 0, AT)).due == weak.due
