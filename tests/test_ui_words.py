"""What the screens say, as pure functions."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from fakes import make_chart
from msgspec.structs import replace

from exercises.chart import Bar
from game.click_style import ClickStyle
from game.events import AudioState, EngineFailed, NoteEvent, PortFound, PortLost, PortsChanged
from game.performer.demo import DemoPlayer
from game.scoring.marks import final_marks
from game.scoring.results import BarVerdict, NoteJudgement, Scorecard, Scores, TimeReport
from game.sessions.plan import plan_take, take_timeline
from game.ui.bar_row import draw_bars
from game.ui.beats import find_beat
from game.ui.status import Status, news_of
from game.ui.words import (
    BAR_SIGNS,
    draw_bar,
    say_asynchrony,
    say_bias,
    say_chart,
    say_day,
    say_key,
    say_port,
    say_tempo,
)


@pytest.mark.parametrize(
    ("key", "said"),
    [("Bb", "B♭ major"), ("F#m", "F♯ minor"), ("C", "C major"), ("Ebm", "E♭ minor")],
)
def test_keys_are_said_as_musicians_do(key, said):
    assert say_key(key) == said


@pytest.mark.parametrize(
    ("meter", "quarter_bpm", "said"),
    [
        ("4/4", 96, "♩ = 96"),
        ("6/8", 90, "♩. = 60"),
        ("3/8", 60, "♪ = 120"),
        ("2/2", 120, "♩ = 120"),
    ],
)
def test_the_tempo_is_said_in_the_beat_that_is_counted(meter, quarter_bpm, said):
    assert say_tempo(meter, quarter_bpm) == said


def test_a_chart_is_said_in_one_line():
    line = say_chart(make_chart(), "Classical")
    assert line.split("  ·  ") == ["Classical", "level 1", "C major", "4/4", "♩ = 120", "4 bars"]


def test_a_chart_of_your_own_goes_by_its_title():
    chart = make_chart()
    drill = replace(chart.drill, style="imported")
    own = replace(chart, drill=drill, title="The Night Ferry")
    assert say_chart(own, "Own chart").startswith("The Night Ferry  ·  ")
    assert "level" not in say_chart(own, "Own chart")
    assert say_chart(replace(own, title=""), "Own chart").startswith("Own chart  ·  ")


@pytest.mark.parametrize("columns", [64, 70, 76, 156])
def test_a_chart_with_the_longest_names_fits_its_line(columns):
    chart = make_chart(bars=32)
    drill = replace(
        chart.drill, style="hiphop", level=10, chair="e-piano", kind="number", key="F#m"
    )
    line = say_chart(replace(chart, drill=drill), "Hip-hop / neo-soul", columns)
    assert len(line) <= columns
    assert line.startswith("Hip-hop / neo-soul")
    assert "level 10" in line
    assert "number chart" in line
    assert ("32 bars" in line) == (columns > 100)
    assert say_chart(replace(chart, drill=drill), "Hip-hop / neo-soul").count("  ·  ") == 7


@pytest.mark.parametrize(
    ("bias", "said"),
    [(-12.4, "12 ms ahead of the click"), (25.0, "25 ms behind the click"), (2.9, "on the click")],
)
def test_a_lean_is_said_in_a_musicians_words(bias, said):
    assert say_bias(bias) == said


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("Stage 73:Stage 73 MIDI 1 20:0", "Stage 73"),
        ("First Take Robot:First Take Robot", "First Take Robot"),
        ("a2j:Keys", "a2j:Keys"),
        ("Keystation 49", "Keystation 49"),
        (":odd", ":odd"),
    ],
)
def test_a_port_is_called_as_its_player_knows_it(port, said):
    assert say_port(port) == said


def test_early_and_late_of_one_note():
    assert say_asynchrony(-14.6) == "15 ms early"
    assert say_asynchrony(14.4) == "14 ms late"
    assert say_asynchrony(0.0) == "on the click"


@pytest.mark.parametrize("score", [None, 0.0, 1.0, 49.9, 99.9, 100.0, 120.0])
def test_a_bar_keeps_its_width(score):
    assert len(draw_bar(score, 10)) == 10
    assert draw_bar(100.0, 4) == "████"
    assert draw_bar(50.0, 4) == "██  "


def judgement(note_id, verdict, grade=None, away=None):
    return NoteJudgement(note_id, Fraction(0), 60, 1, verdict, 0, away, grade, None, None)


def test_final_marks_are_the_verdicts_of_the_grade():
    scorecard = Scorecard(
        notes=(
            judgement("n1", "match", "perfect", 1.0),
            judgement("n2", "match", "out", -90.0),
            judgement("n3", "match", "out", 90.0),
            judgement("n4", "omission"),
            judgement("n5", "substitution"),
        ),
        extras=(),
        scores=Scores(50, 50, 50, 50, 50, 50, None),
        time=TimeReport(None, None, None, None, None, 0, None),
        flow=None,
    )
    assert list(final_marks(scorecard).values()) == ["right", "early", "late", "missed", "wrong"]


def test_days_are_said_as_one_says_them():
    now = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)

    def said(**ago):
        return say_day((now - timedelta(**ago)).isoformat(), now)

    assert said(hours=2) == "today 10:00"
    assert said(hours=20) == "yesterday 16:00"
    assert said(days=3) == "Sun 12:00"
    assert said(days=30) == "6 Apr"
    assert said(days=400) == "1 Apr 2025"
    assert say_day("not a date", now) == ""


def beat_at(chart, position_ql, **click):
    """The beat that is shown at a position, at 60 quarter notes a minute."""
    plan = plan_take(chart, quarter_bpm=60.0, click=ClickStyle(**click))
    timeline = take_timeline(chart, quarter_bpm=60.0)
    return find_beat(chart, position_ql, plan, timeline.seconds_at(position_ql))


def test_beats_before_and_in_a_chart():
    chart = make_chart()
    assert beat_at(chart, -4.0) == (1, 4, True)
    assert beat_at(chart, -1.0) == (4, 4, True)
    assert beat_at(chart, -0.5) == (4, 4, False)
    assert beat_at(chart, 0.0) == (1, 4, True)
    assert beat_at(chart, 6.5) == (3, 4, False)
    assert beat_at(chart, 99.0).number == 4


def test_the_light_is_on_where_the_click_is_and_nowhere_else():
    chart = make_chart()
    backbeat = [beat_at(chart, at, beats="backbeat").is_lit for at in (0.0, 1.0, 2.0, 3.0)]
    assert backbeat == [False, True, False, True]
    assert [beat_at(chart, at, beats="downbeats").is_lit for at in (0.1, 0.4, 1.0)] == [
        True,
        False,
        False,
    ]
    behind = [beat_at(chart, at, shift_ms=50).is_lit for at in (1.0, 1.06, 1.3, 1.45)]
    assert behind == [False, True, True, False]
    assert [beat_at(chart, at, division="8ths").is_lit for at in (1.1, 1.2, 1.5, 1.7)] == [
        True,
        False,
        True,
        False,
    ]


def test_nothing_tells_the_beat_where_the_click_drops_out():
    chart = make_chart()
    assert beat_at(chart, 3.0, bars_on=1, bars_off=1) == (4, 4, True)
    assert {beat_at(chart, 4 + at / 8, bars_on=1, bars_off=1) for at in range(32)} == {
        (0, 4, False)
    }
    assert beat_at(chart, -1.0, bars_on=1, bars_off=1).number == 4


def test_compound_metres_are_shown_in_dotted_beats():
    bars = (Bar(1, Fraction(0), Fraction(3), "6/8"), Bar(2, Fraction(3), Fraction(3), "6/8"))
    chart = make_chart()
    chart = type(chart)(drill=chart.drill, bars=bars, notes=())
    assert beat_at(chart, 0.0) == (1, 2, True)
    assert beat_at(chart, 1.5) == (2, 2, True)
    assert beat_at(chart, -1.5) == (2, 2, True)


def test_the_status_follows_the_ports():
    status = Status()
    assert "looking" in status.keyboard_line
    status = status.after(PortsChanged(()))
    assert "computer keys" in status.keyboard_line
    status = status.after(PortFound("Piano"))
    assert status.keyboard_line == "● Piano"
    assert news_of(PortFound("Piano"), Status(lost="Piano")) == ("Piano is back.", "information")
    # Another instrument that goes is no loss of this one.
    assert status.after(PortLost("Drums")) == status
    status = status.after(PortLost("Piano"))
    assert status.lost == "Piano"
    assert status.after(EngineFailed("it died")) == Status()


def test_missing_sound_is_news_once_and_only_if_it_was_wanted():
    silence = AudioState(ok=False, backend="none", detail="No sound device found.")
    line, severity = news_of(silence, Status())
    assert line == "No sound device found."
    assert severity == "warning"
    assert news_of(silence, Status(audio=silence)) is None
    assert news_of(silence, Status(), wants_sound=False) is None


def test_a_demo_hands_out_each_event_once_and_exactly():
    events = [NoteEvent(at, "on", 60, 80) for at in (0.5, 0.1, 0.3)]
    player = DemoPlayer(events)
    assert player.due(0.05) == ()
    assert [event.onset_s for event in player.due(0.3)] == [0.1, 0.3]
    assert player.due(0.3) == ()
    assert not player.is_done
    assert [event.source for event in player.due(9.0)] == ["performer"]
    assert player.is_done


def a_row(*verdicts, columns=76):
    bars = [BarVerdict(n, verdict, 1, 1) for n, verdict in enumerate(verdicts, 1)]
    return draw_bars(bars, columns, defaultdict(str)).plain.split("\n")


def test_bars_stand_in_a_row_and_the_signs_that_came_up_below_it():
    bars, signs = a_row("clean", "early", "clean")
    assert bars.split() == ["Bars", "1•", f"2{BAR_SIGNS['early']}", "3•"]
    assert signs.split() == ["•", "clean", BAR_SIGNS["early"], "early"]


@pytest.mark.parametrize("columns", [56, 76])
def test_where_not_all_bars_fit_it_is_those_that_are_not_clean(columns):
    verdicts = ["clean"] * 32
    verdicts[10], verdicts[30] = "early", "wrong notes"
    bars, signs = a_row(*verdicts, columns=columns)
    assert bars.split() == ["Bars", f"11{BAR_SIGNS['early']}", "31✗", "and", "30", "clean"]
    assert len(bars) <= columns
    assert "• clean" in signs
    bars, _ = a_row(*["silent"] * 32, columns=columns)
    count = bars.count(BAR_SIGNS["silent"])
    assert count > 5
    assert bars.endswith(f"and {32 - count} more")
    assert len(bars) <= columns
    assert a_row(*["clean"] * 32, columns=columns)[0].split() == ["Bars", "all", "32", "clean"]


def test_sixteen_bars_fit_in_eighty_columns():
    bars, _ = a_row(*["clean"] * 16)
    assert bars.split()[1:] == [f"{n}•" for n in range(1, 17)]
    assert len(bars.rstrip()) <= 76
