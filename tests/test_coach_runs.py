"""Drills, exams, gauntlets, the daily call, the assessment: played by a robot without a clock."""

import os
import subprocess
import sys
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.code import STYLES
from exercises.levels import load_levels
from exercises.request import resolve_drill
from game.coach.assessment import Assessment
from game.coach.gauntlet import Gauntlet, earn_badges, geometric_mean, judge_genre
from game.coach.runs import Drill, Endurance, Played, pick_style, seed_from
from game.coach.series import call_daily, mark_exam, sit_exam, warm_up
from styles.loader import load_styles

THREE = ("jazz", "rock", "folk")


def played(turn, total=80.0, **changes):
    request = turn.request
    take = Played(
        request.style, request.level, request.kind or "grand", total, 40, round(0.4 * total), 20.0,
        notes_score=total, time_score=total, flow_score=total,
    )  # fmt: skip
    return msgspec.structs.replace(take, **changes)


def play_through(run, totals=None, every_s=30.0, most=40, **changes):
    """Play a run to its end; gives it and the turns."""
    turns = []
    while (turn := run.turn) is not None and len(turns) < most:
        total = 80.0 if totals is None else totals[len(turns) % len(totals)]
        turns.append(turn)
        run = run.after(played(turn, total, **changes), every_s * len(turns))
    return run, turns


@pytest.mark.parametrize("minutes", [1, 3, 5, 10])
def test_a_drill_lasts_its_minutes_and_ends_with_the_chart_that_is_on(minutes):
    run, turns = play_through(Drill(minutes, 4, 1, THREE), every_s=50.0)
    assert len(turns) == -(-60 * minutes // 50)
    assert {turn.request.level for turn in turns} == {4}
    assert {turn.preview_s for turn in turns} == {8}
    assert len({turn.request.seed for turn in turns}) == len(turns)
    assert run.turn is None


def test_a_drills_report_has_notes_a_minute_and_accuracy():
    run, turns = play_through(Drill(1, 4, 1, ("jazz",)), [100.0, 50.0], every_s=30.0)
    report = run.report()
    assert len(turns) == 2
    assert (report.score, report.accuracy, report.notes_per_minute) == (75.0, 0.75, 60.0)
    assert report.name == "1 min, level 4, jazz"
    assert report.lines[0].value == "2"


def test_a_drill_that_has_not_begun_has_a_report():
    report = Drill(1, 4, 1, THREE).report()
    assert (report.score, report.accuracy, report.notes_per_minute) == (None, None, None)


def test_a_chart_that_was_seen_before_is_said_to_be():
    run, _ = play_through(Drill(1, 4, 1, THREE), is_first_sight=False)
    assert run.report().lines[-1].value == "2 of 2"


def test_all_genres_come_before_one_comes_again():
    order = [pick_style(THREE, 7, number) for number in range(9)]
    assert all(set(order[n : n + 3]) == set(THREE) for n in (0, 3, 6))


def test_endurance_forgives_one_slip():
    run, turns = play_through(Endurance(3, 1, THREE), [80.0, 59.9, 60.0, 90.0, 10.0, 99.0])
    assert len(turns) == 5
    assert run.report().score == 3.0


@pytest.mark.parametrize(
    ("total", "word"),
    [(86.7, "distinction"), (86.6, "merit"), (80, "merit"), (66.7, "pass"), (66.6, "not passed")],
)
def test_exam_marks(total, word):
    assert mark_exam(total) == word


def test_an_exam_is_one_pass_after_half_a_minute():
    run, turns = play_through(sit_exam("jazz", 5, 3), [90.0], flow_score=60.0, feel_score=None)
    assert len(turns) == 1
    assert turns[0].preview_s == 30
    report = run.report()
    assert report.title.endswith("distinction")
    assert [line.value for line in report.lines] == ["60  broke down", "90  secure", "90  accurate"]
    assert report.badges == ("Exam with distinction",)


def test_a_warm_up_rises_to_just_below():
    _, turns = play_through(warm_up(THREE, 5, 1))
    assert [turn.request.level for turn in turns] == [2, 3, 4]
    assert [turn.request.level for turn in warm_up(THREE, 1, 1).turns] == [1, 1, 1]


# -- gauntlet


@pytest.mark.parametrize("size", [3, 7, 17])
def test_a_gauntlet_plays_each_genre_once(size):
    run, turns = play_through(Gauntlet(size, 6, 5))
    assert len({turn.request.style for turn in turns}) == len(turns) == size
    assert [turn.rest_s for turn in turns] == [0.0] + [10.0] * (size - 1)
    assert {turn.request.kind for turn in turns} <= set(load_levels()[6].kinds)
    assert run.report().score == pytest.approx(80.0)


def test_one_weak_genre_shows():
    run, _ = play_through(Gauntlet(3, 6, 5), [90.0, 90.0, 30.0])
    assert run.report().score == pytest.approx((90 * 90 * 30) ** (1 / 3))
    assert run.report().score < 70.0


def test_a_genre_is_notes_time_and_feel():
    turn = Gauntlet(3, 6, 5).turn
    take = played(turn, 80.0, notes_score=90.0, time_score=60.0, feel_score=30.0)
    assert judge_genre(take) == 60.0
    assert judge_genre(msgspec.structs.replace(take, feel_score=None)) == 75.0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_the_geometric_mean_is_never_above_the_arithmetic(scores):
    held = [max(1.0, score) for score in scores]
    assert geometric_mean(scores) <= sum(held) / len(held) + 1e-9
    assert min(held) - 1e-9 <= geometric_mean(scores) <= max(held) + 1e-9


def test_badges_mean_what_they_say():
    run, _ = play_through(Gauntlet(7, 6, 5))
    assert "First take, seven genres, no stops" in run.report().badges
    assert "First take, seven genres, 80 or better in each" in run.report().badges
    one_stop = (*run.played[1:], msgspec.structs.replace(run.played[0], stops=1))
    assert "First take, seven genres, no stops" not in earn_badges(one_stop)
    seen = (*run.played[1:], msgspec.structs.replace(run.played[0], is_first_sight=False))
    assert earn_badges(seen) == ()
    broken = Gauntlet(7, 6, 5)
    broken = broken.after(played(broken.turn), 30.0)
    assert broken.report().badges == ()
    assert broken.report().name.endswith("broken off")


# -- the daily call


def test_the_daily_call_goes_through_all_genres_and_the_week():
    days = [date(2026, 1, 5) + timedelta(days=n) for n in range(17 * 2)]
    start = -days[0].toordinal() % 17
    requests = [call_daily(day).turn.request for day in days]
    assert {r.style for r in requests[start : start + 17]} == set(STYLES)
    assert [r.level for r in requests[:7]] == [2, 3, 4, 5, 6, 7, 8]
    assert len({r.seed for r in requests}) == len(requests)


def test_every_daily_call_of_two_years_can_be_composed():
    styles = load_styles().styles
    for number in range(730):
        request = call_daily(date(2026, 1, 1) + timedelta(days=number)).turn.request
        assert resolve_drill(request, styles[request.style]).code


CHARTS = """
from datetime import date
from hashlib import sha256
from exercises.chart import write_chart_json
from exercises.compose.chart import compose_chart
from exercises.request import resolve_drill
from game.coach.gauntlet import Gauntlet
from game.coach.runs import Played
from game.coach.series import call_daily
from styles.loader import load_styles
styles = load_styles().styles
run, requests = Gauntlet(3, 2, 9), [call_daily(date(2026, 11, 24)).turn.request]
while run.turn:
    requests.append(run.turn.request)
    run = run.after(Played("", 2, "grand", 80, 40, 32, 20.0), 0.0)
for request in requests:
    style = styles[request.style]
    chart = compose_chart(resolve_drill(request, style), style).chart
    print(sha256(write_chart_json(chart)).hexdigest())
"""


def test_two_processes_get_the_same_charts_whatever_their_hash_seed_and_zone():
    answers = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Los_Angeles")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        done = subprocess.run(
            [sys.executable, "-c", CHARTS],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        answers.add(done.stdout)
    assert len(answers) == 1
    assert len(answers.pop().split()) == 4


def test_seeds_hang_on_their_parts_alone():
    assert seed_from("daily", "2026-11-24") == 2761320641
    assert seed_from("a", 1) != seed_from("a", 2)


# -- the assessment


def test_the_assessment_adapts():
    well, turns = play_through(Assessment(seed=1), [97.0], every_s=50.0)
    badly, _ = play_through(Assessment(seed=1), [15.0], every_s=50.0)
    assert turns[-1].request.level > turns[0].request.level
    assert well.rating.mean > 7
    assert badly.rating.mean < 1.5
    assert len(turns) <= 21


def test_the_assessment_stops_when_the_time_is_up():
    run, turns = play_through(Assessment(seed=1), every_s=200.0)
    assert len(turns) == 6
    assert "±" in run.report().unit
