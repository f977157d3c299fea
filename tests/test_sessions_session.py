"""A take from preview to last bar: phases, what is kept, and no dependence on frame times."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.chart import Bar, Chart, Note, read_chart_json
from exercises.drill import Drill
from exercises.timeline import Timeline
from game.events import (
    AudioState,
    EngineFailed,
    NoteEvent,
    PortFound,
    PortLost,
    PortsChanged,
    Start,
    Stop,
    TransportStarted,
    TransportStopped,
    Underrun,
)
from game.performer.performance import PROFILES, perform
from game.sessions.plan import plan_take
from game.sessions.session import HOLD_S, TakeSession
from game.take import Interruption, Versions
from styles.loader import load_style

VERSIONS = Versions("0.1.0", "1")
WHEN = "2026-05-01T20:15:00+02:00"


def make_chart(pickup=Fraction(0), bars=2, quarter_bpm=60.0):
    rows = [Bar(0, -pickup, pickup, "4/4")] if pickup else []
    rows += [Bar(index + 1, Fraction(4 * index), Fraction(4), "4/4") for index in range(bars)]
    notes = tuple(
        Note(f"n{index + 1}", -pickup + index, Fraction(1), 60 + index % 12, "C4", 1, 1)
        for index in range(int(pickup) + 4 * bars)
    )
    drill = Drill("classical", 3, "grand", "C", "4/4", bars, quarter_bpm, "both", 7, "FT1-x")
    return Chart(drill=drill, bars=tuple(rows), notes=notes)


class Mark(NamedTuple):
    id: str | None
    verdict: str
    onset_s: float


class PlainMarker:
    """A note is right within a tenth of a second, else it is missed; order and time matter."""

    WINDOW_S = 0.1

    def __init__(self, chart):
        self.open = {note.id: (float(note.onset_ql), note.pitch) for note in chart.notes}
        self.now_s = float("-inf")

    def feed(self, event):
        if event.kind != "on":
            return ()
        for name, (onset_s, pitch) in self.open.items():
            if pitch == event.pitch and abs(event.onset_s - onset_s) <= self.WINDOW_S:
                del self.open[name]
                return (Mark(name, "right", event.onset_s),)
        return (Mark(None, "extra", event.onset_s),)

    def advance(self, now_s):
        assert now_s >= self.now_s
        self.now_s = now_s
        gone = [name for name, (at, _) in self.open.items() if at + self.WINDOW_S < now_s]
        return tuple(Mark(name, "missed", self.open.pop(name)[0]) for name in gone)


def make_session(chart=None, preview_s=0.0, quarter_bpm=60.0):
    chart = chart or make_chart()
    return TakeSession(
        chart,
        plan=plan_take(chart, quarter_bpm=quarter_bpm),
        style=None,
        level=3,
        preview_s=preview_s,
        quarter_bpm=quarter_bpm,
        marker=PlainMarker(chart),
    )


def start(session):
    """What the screen does, and the engine's answer."""
    session.start()
    session.feed(TransportStarted(session.plan.start_s, 0))


def on(onset_s, pitch=60, source="midi"):
    return NoteEvent(onset_s, "on", pitch, 64, source)


def keep(session):
    return session.take(WHEN, VERSIONS, 5.0)


def test_the_phases_of_a_take():
    session = make_session(preview_s=30)
    assert session.advance_preview(10) == "preview"
    assert session.preview_left_s == 20
    assert session.advance(None) == "preview"
    session.advance_preview(31)
    assert session.preview_left_s == 0
    assert session.start() == (session.plan, Start())
    assert session.start() == ()
    assert session.phase == "count_in"
    assert session.count is None
    seen = []
    for now_s in (-4, -3.5, -3, -2.001, -2, -1, -0.001, 0, 3.9, 4, 8.5, 9):
        session.advance(now_s)
        seen.append((session.phase.value, session.count, session.bar_number, session.position_ql))
    assert seen == [
        ("count_in", 1, None, -4),
        ("count_in", 1, None, -3.5),
        ("count_in", 2, None, -3),
        ("count_in", 2, None, -2.001),
        ("count_in", 3, None, -2),
        ("count_in", 4, None, -1),
        ("count_in", 4, None, -0.001),
        ("playing", None, 1, 0),
        ("playing", None, 1, 3.9),
        ("playing", None, 2, 4),
        ("playing", None, 2, 8.5),
        ("done", None, 2, 9),
    ]
    assert keep(session).ended == "finished"


def test_the_preview_runs_one_way():
    session = make_session(preview_s=30)
    session.advance_preview(20)
    session.advance_preview(5)
    session.advance_preview(-1)
    assert session.preview_left_s == 10


def test_a_pickup_is_counted_one_two_three_four_one_two_three():
    session = make_session(make_chart(pickup=Fraction(1)))
    start(session)
    counts = []
    for now_s in range(-8, 1):
        session.advance(now_s)
        counts.append((session.count, session.bar_number))
    spoken = [(count, None) for count in (1, 2, 3, 4, 1, 2, 3)]
    assert counts == [*spoken, (None, 0), (None, 1)]


def test_each_count_begins_on_its_beat_at_any_tempo():
    for bpm in (33.0, 47.0, 92.5, 133.0, 199.0, 271.0):
        session = make_session(quarter_bpm=bpm)
        start(session)
        counts = []
        for click in session.plan.clicks:
            session.advance(click.onset_s)
            counts.append(session.count)
        counted = sum(click.onset_s < 0 for click in session.plan.clicks)
        assert counts[:counted] == [1, 2, 3, 4] * (counted // 4)
        assert counts[counted:] == [None] * 8


def test_time_never_runs_back_on_the_screen():
    session = make_session()
    start(session)
    session.advance(2.0)
    session.advance(1.0)
    session.advance(None)
    assert session.now_s == 2.0
    assert session.phase == "playing"


def test_every_raw_event_of_the_take_is_kept_and_early_noodling_is_not_graded():
    session = make_session()
    session.feed(on(-3.9))  # preview: the transport stands still
    start(session)
    events = [
        NoteEvent(-3.0, "pedal", 0, 127),
        on(-2.5, 72),
        NoteEvent(-2.0, "off", 72, 0),
        on(-0.2, 60),
        NoteEvent(0.7, "off", 60, 0),
    ]
    for event in (on(-4.5), *events, on(9.01)):
        session.feed(event)
    assert session.drain_marks() == (Mark(None, "extra", -0.2), Mark("n1", "missed", 0.0))
    assert session.drain_marks() == ()
    session.advance(9.5)
    take = keep(session)
    assert take.events == tuple(events)
    assert session.performance == (events[0], events[3], events[4])
    assert [mark.verdict for mark in session.drain_marks()] == ["missed"] * 7


def test_events_stamped_before_now_are_taken_in():
    session = make_session()
    start(session)
    session.advance(0.5)
    session.feed(on(0.05))
    session.advance(9.2)
    session.feed(on(7.0, 67))
    assert keep(session).events == (on(0.05), on(7.0, 67))


def test_a_take_says_what_it_was_of():
    chart = make_chart()
    session = make_session(chart, quarter_bpm=72.0)
    start(session)
    session.feed(on(1.0, source="keys"))
    session.feed(on(2.0, source="keys"))
    session.feed(on(3.0))
    session.advance(session.plan.end_s)
    take = keep(session)
    assert read_chart_json(take.chart_json) == chart
    assert (take.code, take.style, take.level, take.seed) == ("FT1-x", "classical", 3, 7)
    assert (take.quarter_bpm, take.latency_ms, take.source) == (72.0, 5.0, "keys")
    assert (take.started_at, take.versions, take.ended) == (WHEN, VERSIONS, "finished")


def test_a_plan_of_another_tempo_is_refused():
    chart = make_chart()
    plan = plan_take(chart, quarter_bpm=90)
    with pytest.raises(ValueError, match="not of this chart at 60"):
        TakeSession(chart, plan=plan, style=None, level=1, preview_s=0, marker=PlainMarker(chart))


def test_breaking_off_keeps_what_was_played():
    session = make_session()
    start(session)
    session.feed(on(0.0))
    session.advance(3.0)
    assert session.stop() == (Stop(),)
    assert session.stop() == ()
    session.feed(on(2.9, 62))  # was on its way
    session.feed(on(3.1, 64))  # came after
    assert session.advance(8.0) == "done"
    take = keep(session)
    assert (take.ended, take.events) == ("stopped", (on(0.0), on(2.9, 62)))
    missed = [mark for mark in session.drain_marks() if mark.verdict == "missed"]
    assert [mark.id for mark in missed] == ["n2", "n3"]  # nothing is missed that was not reached


def test_leaving_the_preview_gives_the_engine_no_command():
    session = make_session(preview_s=30)
    assert session.stop() == ()
    assert session.start() == ()
    assert (keep(session).ended, keep(session).events) == ("stopped", ())


def test_a_lost_port_interrupts_and_the_take_goes_on():
    session = make_session()
    start(session)
    session.feed(on(0.0))
    session.feed(PortLost("Piano"))
    session.feed(PortLost("Piano"))
    assert session.is_cut_off
    session.feed(on(1.0, 61, source="keys"))
    session.feed(PortFound("Other"))
    assert session.is_cut_off
    session.feed(PortFound("Piano"))
    assert not session.is_cut_off
    session.feed(on(2.0, 62))
    session.feed(PortLost("Piano"))
    session.advance(9.0)
    take = keep(session)
    assert take.interruptions == (Interruption("Piano", 1, 2), Interruption("Piano", 3, None))
    assert [event.pitch for event in take.events] == [60, 61, 62]
    assert take.ended == "finished"


def test_an_engine_that_dies_and_comes_back_is_an_interruption():
    session = make_session()
    start(session)
    session.feed(on(0.0))
    session.advance(1.0)
    session.feed(EngineFailed("signal 9"))
    assert session.is_cut_off
    assert session.advance(1.5) == "playing"
    session.feed(on(1.4, 61, source="keys"))
    assert session.is_cut_off
    session.feed(PortFound("Piano"))
    assert not session.is_cut_off
    session.feed(on(2.0, 62))
    session.advance(9.0)
    take = keep(session)
    assert take.ended == "finished"
    assert take.events == (on(0.0), on(1.4, 61, source="keys"), on(2.0, 62))
    assert take.interruptions == (Interruption("engine", 1, 2),)


def test_an_engine_that_stays_dead_ends_the_take_with_all_that_was_played():
    session = make_session()
    start(session)
    session.feed(on(0.0))
    session.feed(EngineFailed("does not start"))
    session.feed(TransportStopped(1.0))
    assert session.phase == "done"
    take = keep(session)
    assert (take.ended, take.events) == ("stopped", (on(0.0),))
    assert take.interruptions == (Interruption("engine", 1, None),)


def test_what_is_left_over_from_the_take_before_is_not_this_takes():
    session = make_session()
    session.feed(TransportStopped(3.0))
    session.start()
    for stale in (on(2.5), TransportStopped(3.0), PortLost("Piano"), EngineFailed("x")):
        session.feed(stale)
    assert session.phase == "count_in"
    assert not session.is_cut_off
    session.feed(TransportStarted(-4.0, 0))
    session.feed(on(0.0))
    assert keep(session).events == (on(0.0),)


def test_the_transport_stopping_at_the_end_is_the_end():
    session = make_session()
    start(session)
    session.advance(8.99)
    session.feed(TransportStopped(9.0))
    assert session.phase == "done"
    assert keep(session).ended == "finished"


def test_the_transport_stopping_before_is_a_break():
    session = make_session()
    start(session)
    session.feed(TransportStopped(4.0))
    assert (session.phase, keep(session).ended) == ("done", "stopped")


def test_other_reports_change_nothing():
    session = make_session()
    start(session)
    for event in (
        *(AudioState(ok=False, backend="none", detail="no sound"), PortsChanged(("a", "b"))),
        *(TransportStarted(-4.0, 5), Underrun(3)),
    ):
        session.feed(event)
    assert keep(session).events == keep(session).interruptions == ()


HUNDREDTHS = st.integers(-450, 950)


@st.composite
def performances(draw):
    """Stamped events in order, each with the milliseconds that it is on its way."""
    stamps = sorted(draw(st.lists(HUNDREDTHS, max_size=40)))
    kinds = st.sampled_from(["on", "on", "on", "off", "pedal"])
    delays = st.integers(0, int(HOLD_S * 1000) - 1)
    return [
        (
            NoteEvent(stamp / 100, draw(kinds), draw(st.integers(60, 68)), 64),
            draw(delays) / 1000,
        )
        for stamp in stamps
    ]


def play(performance, frames):
    """Run a take: at each frame the events that have arrived, then the position."""
    session = make_session()
    start(session)
    waiting = []
    ready_s = float("-inf")
    for event, delay in performance:
        ready_s = max(ready_s, event.onset_s + delay)  # a pipe keeps the order
        waiting.append((ready_s, event))
    marks = []
    for now_s in [*sorted(frames), 10.0]:
        while waiting and waiting[0][0] <= now_s:
            session.feed(waiting.pop(0)[1])
        session.advance(now_s)
        marks.extend(session.drain_marks())
    take = keep(session)
    marks.extend(session.drain_marks())
    return msgspec.msgpack.encode(take), Counter(marks), session.performance


@given(
    performances(),
    st.lists(st.floats(-4.0, 9.5), max_size=60),
    st.lists(st.floats(-4.0, 9.5), max_size=60),
)
@settings(max_examples=150, deadline=None)
def test_other_frame_times_give_the_same_take_and_marks(performance, frames, others):
    assert play(performance, frames) == play(performance, others)


def test_marks_of_a_sixtieth_and_of_a_single_frame_are_the_same():
    performance = [(on(index + 0.05 * index, 60 + index), 0.02) for index in range(8)]
    sixtieths = [-4 + index / 60 for index in range(60 * 13)]
    take, marks, _ = play(performance, sixtieths)
    assert (take, marks) == play(performance, [])[:2]
    assert Counter(mark.verdict for mark in marks.elements()) == {
        "right": 2,
        "missed": 6,
        "extra": 6,
    }


def play_for_real(events, frames):
    """A take of the built-in performer with the game's own marker."""
    chart = make_chart(bars=8)
    style = load_style("classical")
    plan = plan_take(chart, quarter_bpm=60)
    session = TakeSession(chart, plan=plan, style=style, level=3, preview_s=0)
    start(session)
    waiting = list(events)
    marks = []
    for now_s in frames:
        while waiting and waiting[0].onset_s <= now_s:
            session.feed(waiting.pop(0))
        session.advance(now_s)
        marks.extend(session.drain_marks())
    take = keep(session)
    return take, Counter([*marks, *session.drain_marks()])


@pytest.mark.parametrize("profile", ["perfect", "sloppy"])
def test_a_performer_is_marked_alike_at_any_frame_rate(profile):
    chart = make_chart(bars=8)
    events = perform(
        chart,
        PROFILES[profile],
        timeline=Timeline.steady(60),
        style=load_style("classical"),
        level=3,
        seed=5,
    ).events
    results = [
        play_for_real(events, [-4 + index / rate for index in range(38 * rate)])
        for rate in (60, 37, 4)
    ]
    assert results[0] == results[1] == results[2]
    verdicts = Counter(mark.verdict for mark in results[0][1])
    if profile == "perfect":
        assert verdicts == {"right": 32}
    else:
        assert verdicts["right"] < 32
