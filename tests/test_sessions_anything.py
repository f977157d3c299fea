"""A take under anything: notes, plugs, engine and keys in any order, gone at any moment."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from test_sessions_session import VERSIONS, WHEN, make_session

from game.events import (
    EngineFailed,
    NoteEvent,
    PortFound,
    PortLost,
    TransportStarted,
    TransportStopped,
)
from game.sessions.punch import PunchMarker, plan_punch
from game.sessions.session import Phase, TakeSession
from game.take import Region

PHASES = [Phase.PREVIEW, Phase.COUNT_IN, Phase.PLAYING, Phase.DONE]
TIMES = st.floats(-6.0, 12.0)
PORTS = st.sampled_from(["Piano", "Other"])
STEPS = st.one_of(
    st.tuples(st.just("look"), st.floats(0.0, 40.0)),
    st.tuples(st.just("start"), st.none()),
    st.tuples(st.just("engine starts"), st.none()),
    st.tuples(st.just("advance"), st.one_of(st.none(), TIMES)),
    st.tuples(
        st.just("note"), st.tuples(TIMES, st.integers(55, 75), st.sampled_from(["on", "off"]))
    ),
    st.tuples(st.just("lost"), PORTS),
    st.tuples(st.just("found"), PORTS),
    st.tuples(st.just("engine fails"), st.none()),
    st.tuples(st.just("engine stops"), TIMES),
    st.tuples(st.just("stop"), st.none()),
)


def do(session, step, value):
    """One thing that happens to a take."""
    if step == "look":
        session.advance_preview(value)
    elif step == "start":
        session.start()
    elif step == "advance":
        session.advance(value)
    elif step == "stop":
        session.stop()
    else:
        session.feed(
            {
                "engine starts": lambda: TransportStarted(session.plan.start_s, 0),
                "note": lambda: NoteEvent(value[0], value[2], value[1], 64, "midi"),
                "lost": lambda: PortLost(value),
                "found": lambda: PortFound(value),
                "engine fails": lambda: EngineFailed("gone"),
                "engine stops": lambda: TransportStopped(value),
            }[step]()
        )


def make_punch(*, preview_s):
    """A session that records one bar of a chart, led in by the bar before it."""
    whole = make_session()
    region, timeline = Region(Fraction(4), Fraction(8)), whole.timeline
    plan = plan_punch(whole.chart, whole.plan, region, bars=1, timeline=timeline)
    return TakeSession(
        whole.chart,
        plan=plan,
        style=None,
        level=3,
        preview_s=preview_s,
        quarter_bpm=60.0,
        marker=PunchMarker(whole.chart, region, timeline=timeline, style=None, level=3),
        region=region,
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(STEPS, max_size=30),
    st.sampled_from([0.0, 20.0]),
    st.sampled_from([make_session, make_punch]),
)
def test_a_take_goes_one_way_and_keeps_all_that_was_recorded(steps, preview_s, make):
    session = make(preview_s=preview_s)
    on_disk = []
    session.recorder = on_disk.append
    for step, value in steps:
        phase, now_s, events = session.phase, session.now_s, session.events
        do(session, step, value)
        assert PHASES.index(session.phase) >= PHASES.index(phase)
        assert session.now_s >= now_s
        assert session.events[: len(events)] == events
        # Killed here, the journal has all of it.
        assert tuple(e for e in on_disk if isinstance(e, NoteEvent)) == session.events
        if phase is Phase.DONE:
            # What was struck in it may come late; nothing after it belongs to it.
            assert all(e.onset_s <= session.now_s for e in session.events[len(events) :])
    take = session.take(WHEN, VERSIONS, 0.0)
    assert take.events == session.events
    assert take.ended in {"finished", "stopped"}
    for gap in take.interruptions:
        found = len(take.events) if gap.found_after is None else gap.found_after
        assert 0 <= gap.lost_after <= found <= len(take.events)
