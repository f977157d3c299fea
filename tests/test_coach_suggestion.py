"""What the coach suggests, and the plan of a week."""

import itertools
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import msgspec
import pytest

from game.coach.ability import Abilities, add_take
from game.coach.plan import plan_week
from game.coach.repetition import Strength
from game.coach.standing import Standing
from game.coach.suggestion import fold_takes, read_level, say_element, suggest
from game.take import TakeSummary
from styles.loader import load_styles

STYLES = {
    name: SimpleNamespace(name=name.title()) for name in ("jazz", "classical", "bossa", "gospel")
}
NOW = datetime(2026, 5, 20, 18, tzinfo=UTC)


def history(*rows):
    """(style, level, total) newest first."""
    return [
        TakeSummary(100 - index, "2026-05-01", "c", style, level, total, "finished")
        for index, (style, level, total) in enumerate(rows)
    ]


def test_a_newcomer_starts_with_classical_at_level_one():
    assert suggest([], STYLES) == ("classical", 1, "Welcome: start with Classical, level 1.", None)


def test_without_classical_the_first_style_will_do():
    assert suggest([], {"jazz": STYLES["jazz"]})[:2] == ("jazz", 1)


def test_without_a_style_there_is_nothing_to_suggest():
    with pytest.raises(ValueError, match="no style"):
        suggest([], {})


@pytest.mark.parametrize(("total", "level"), [(80.0, 5), (95.0, 6), (50.0, 4), (15.0, 3)])
def test_the_level_is_where_eighty_is_expected(total, level):
    takes = history(*[(style, 5, total) for style in STYLES] * 2)
    found = suggest(takes, STYLES).level
    assert found >= level if total > 80 else found <= level
    assert abs(found - level) <= 3


def test_genres_are_interleaved():
    takes, asked = history(("jazz", 3, 80.0)), []
    for number in range(8):
        found = suggest(takes, STYLES)
        asked.append(found.style)
        new = TakeSummary(200 + number, "2026-05-02", "", found.style, 3, 80.0, "finished")
        takes = [new, *takes]
    assert all(a != b for a, b in itertools.pairwise(asked))
    assert set(asked[:4]) >= set(STYLES) - {"jazz"}


def test_what_is_no_first_take_of_the_players_says_nothing():
    good = history(("jazz", 5, 99.0))[0]
    others = [
        msgspec.structs.replace(good, **change)
        for change in (
            {"ended": "stopped"},
            {"source": "performer"},
            {"is_first_sight": False},
            {"total": None},
            {"style": "polka"},
        )
    ]
    assert suggest(others, STYLES)[:2] == ("classical", 1)


def test_a_genre_that_lags_comes_sooner_and_says_so():
    rows = [("jazz", 5, 80.0), ("classical", 5, 80.0), ("gospel", 5, 25.0), ("bossa", 5, 80.0)]
    found = suggest(history(*rows * 6), STYLES)
    assert found.style == "gospel"
    assert found.level < 5
    assert "behind your other genres" in found.sentence


def test_who_is_stuck_at_the_first_level_hears_of_the_music_that_waits():
    rows = [("jazz", 1, 30.0), ("classical", 1, 45.0), ("gospel", 1, 20.0)]
    found = suggest(history(*rows), STYLES)
    assert found.level == 1
    assert "wait for you" in found.sentence
    better = suggest(history(*rows[:2], ("gospel", 1, 60.0)), STYLES)
    assert "wait for you" not in better.sentence


def standing_with(strength, takes=2, level=5):
    abilities = Abilities()
    for _ in range(takes):
        abilities = add_take(abilities, style="jazz", kind="", level=level, total=80.0, day=0)
    return Standing(abilities=abilities, strengths=(strength,))


DUE = Strength("ledger", 30, 50, 40, card="{}", due="2026-05-19T00:00:00+00:00")


def test_a_weak_element_that_is_due_is_leant_on_every_third_chart():
    styles = load_styles().styles
    found = suggest([], styles, standing_with(DUE), NOW)
    assert found.focus == "ledger"
    assert found.request.focus == "ledger"
    assert "Ledger lines come back today (62 % right so far)" in found.sentence
    assert suggest([], styles, standing_with(DUE, takes=3), NOW).focus is None
    assert suggest([], styles, standing_with(DUE), NOW - timedelta(days=3)).focus is None


def test_what_no_chart_has_room_for_is_not_leant_on():
    sevenths = msgspec.structs.replace(DUE, name="chords:m7b5")
    standing = standing_with(sevenths, level=1)
    assert suggest([], load_styles().styles, standing, NOW).focus is None


def test_the_plan_has_seven_days_of_about_ten_minutes():
    styles = load_styles().styles
    plan = plan_week([], styles, standing_with(DUE), date(2026, 5, 20), UTC)
    assert [one.day.day for one in plan] == [20, 21, 22, 23, 24, 25, 26]
    assert plan == plan_week([], styles, standing_with(DUE), date(2026, 5, 20), UTC)
    genres = {one.series.turns[-1].request.style for one in plan}
    assert len(genres) == 7
    for one in plan:
        assert 6 <= len(one.series.turns) <= 8
        assert one.series.turns[1].request.focus == "ledger"
        assert "ledger lines" in one.words


def test_a_newcomers_plan_begins_at_level_one():
    plan = plan_week([], load_styles().styles, Standing(), date(2026, 5, 20), UTC)
    assert {turn.request.level for one in plan for turn in one.series.turns} == {1}


def test_elements_have_names():
    assert say_element("interval:6") == "sixths"
    assert say_element("chords:m7b5") == "m7b5 chords"
    assert say_element("left") == "left-hand notes"


def test_abilities_can_be_had_from_takes_alone():
    assert read_level(fold_takes(history(("jazz", 6, 80.0))), "jazz") == 6
