"""Punch-ins: the place, the plan, the splice and the seam, as a table of exact expectations."""

from dataclasses import dataclass, field
from fractions import Fraction

import msgspec
import numpy as np
import pytest

from exercises.chart import Bar, Chart, Note, TempoChange, number_notes
from exercises.drill import Drill
from game.devices.click import render_clicks
from game.events import NoteEvent
from game.scoring.grade import grade_take
from game.sessions.comp import Layer, assemble, open_comp
from game.sessions.plan import plan_take, take_timeline
from game.sessions.punch import plan_punch, rings_over, settle_region, suggest_region
from game.sessions.seam import judge_seam
from game.sessions.session import TakeSession
from game.sessions.splice import read_music, splice
from game.sessions.spots import list_spots, move_bar, move_spot, say_spot
from game.take import Region

TEMPO = 120.0
"""A beat is half a second."""


def make_chart(*, bars=4, pickup=0, ties=(), tempi=(), loop=False, meter="4/4"):
    """A note on every beat, up and down five keys; `ties` (onset, length) last longer."""
    rows = [Bar(0, Fraction(-pickup), Fraction(pickup), meter)] if pickup else []
    for index in range(bars):
        played = index >= bars // 2 and loop
        number = index - bars // 2 + 1 if played else index + 1
        printed = index - bars // 2 if played else None
        rows.append(Bar(number, Fraction(4 * index), Fraction(4), meter, printed))
    covered = {Fraction(at) + step for at, long in ties for step in range(1, long)}
    notes = [
        Note("", Fraction(at), Fraction(dict(ties).get(at, 1)), 60 + 2 * (at % 4), "C4", 1, 1)
        for at in range(-pickup, 4 * bars)
        if Fraction(at) not in covered
    ]
    names = {60: "C4", 62: "D4", 64: "E4", 66: "F#4"}
    notes = [msgspec.structs.replace(note, spelling=names[note.pitch]) for note in notes]
    drill = Drill("rock", 3, "grand", "C", meter, bars, TEMPO, "both", 7, "")
    return Chart(drill=drill, bars=tuple(rows), notes=number_notes(notes), tempi=tuple(tempi))


def play(chart, *, late_ms=0.0, velocity=70, length=0.9, only=None, shifts=None, holds=None):
    """Every note as asked; `shifts` (ms) and `holds` (quarters) by onset; `only` a range."""
    timeline = take_timeline(chart, quarter_bpm=TEMPO)
    events = []
    for note in chart.notes:
        if only and not only[0] <= note.onset_ql < only[1]:
            continue
        away = late_ms + (shifts or {}).get(int(note.onset_ql), 0.0)
        start = timeline.seconds_at(note.onset_ql)
        held = (holds or {}).get(int(note.onset_ql), float(note.duration_ql) * length)
        end = timeline.seconds_at(float(note.onset_ql) + held)
        events.append(NoteEvent(start + away / 1000, "on", note.pitch, velocity))
        events.append(NoteEvent(end + away / 1000, "off", note.pitch, 0))
    return tuple(sorted(events, key=lambda event: event.onset_s))


def lay(chart, old, new, region, *, style=None):
    timeline = take_timeline(chart, quarter_bpm=TEMPO)
    music = read_music(chart, timeline=timeline, style=style, level=3)
    spliced = splice(music, old, new, region)
    return spliced, judge_seam(music, spliced, region)


@dataclass(frozen=True)
class Case:
    name: str
    region: tuple
    new: dict = field(default_factory=dict)
    old: dict = field(default_factory=dict)
    chart: dict = field(default_factory=dict)
    heard: tuple = ()
    """(edge, code, amount rounded), in order."""
    count: int | None = None
    """Notes that sound; None is one for each written one."""


TIE = {"ties": ((7, 2),)}
"""Beat 4 of bar 2 tied into bar 3."""
IN_TIE = {"ties": ((3, 2),)}
CASES = [
    Case("as the old one", (4, 8)),
    Case("early by 30 ms is caught and heard", (4, 8), {"shifts": {4: -30}},
         heard=(("in", "early", -30),)),
    Case("early by 20 ms is not heard", (4, 8), {"shifts": {4: -20}}),
    Case("early by 100 ms is still the region's", (4, 8), {"shifts": {4: -100}},
         heard=(("in", "early", -100),)),
    Case("early by 150 ms is in the pre-roll, and lost", (4, 8), {"shifts": {4: -150}},
         heard=(("in", "lost", 0),), count=15),
    Case("late by 30 ms at the punch-in", (4, 8), {"shifts": {4: 30}},
         heard=(("in", "late", 30),)),
    Case("late by 20 ms is not heard", (4, 8), {"shifts": {4: 20}}),
    Case("last note early by 40 ms", (4, 8), {"shifts": {7: -40}},
         heard=(("out", "early", -40),)),
    Case("last note late by 60 ms", (4, 8), {"shifts": {7: 60}}, heard=(("out", "late", 60),)),
    Case("the old one's next note early by 50 ms stays", (4, 8), old={"shifts": {8: -50}}),
    Case("the old one's last note late by 50 ms stays", (4, 8), old={"shifts": {3: 50}}),
    Case("the old one's first covered note early is gone", (4, 8), old={"shifts": {4: -90}}),
    Case("a key held over the punch-out is cut", (4, 8), {"holds": {7: 1.5}},
         heard=(("out", "hangs", 250),)),
    Case("a key held 75 ms over is trimmed unheard", (4, 8), {"holds": {7: 1.15}}),
    Case("a key held 100 ms over is heard", (4, 8), {"holds": {7: 1.2}},
         heard=(("out", "hangs", 100),)),
    Case("a pre-roll key held 400 ms in", (4, 8), {"only": (3, 8), "holds": {3: 1.8}}),
    Case("a pre-roll key held in that the old one has not", (4, 8),
         {"only": (3, 8), "holds": {3: 1.8}}, {"only": (4, 16)}, heard=(("in", "lost", 0),),
         count=12),
    Case("a pre-roll key held 75 ms in is nothing", (4, 8),
         {"only": (3, 8), "holds": {3: 1.15}}, {"only": (4, 16)}, count=12),
    Case("louder by 20", (4, 8), {"velocity": 90},
         heard=(("in", "energy", 20), ("out", "energy", 20))),
    Case("softer by 18", (4, 8), {"velocity": 52},
         heard=(("in", "energy", -18), ("out", "energy", -18))),
    Case("louder by 12 is not heard", (4, 8), {"velocity": 82}),
    Case("notes half as long", (4, 8), {"length": 0.45},
         heard=(("in", "length", -0.45), ("out", "length", -0.45))),
    Case("notes a fifth shorter are not heard", (4, 8), {"length": 0.7}),
    Case("all behind by 40 ms", (4, 8), {"late_ms": 40},
         heard=(("in", "late", 40), ("in", "pocket", 40), ("out", "late", 40),
                ("out", "pocket", 40))),
    Case("all ahead by 40 ms", (4, 8), {"late_ms": -40},
         heard=(("in", "early", -40), ("in", "pocket", -40), ("out", "early", -40),
                ("out", "pocket", -40))),
    Case("all behind by 20 ms is not heard", (4, 8), {"late_ms": 20}),
    Case("laid back as the old one", (4, 8), {"late_ms": 35}, {"late_ms": 35}),
    Case("on the click in a laid-back take", (4, 8), {}, {"late_ms": 40},
         heard=(("in", "early", -40), ("in", "pocket", -40), ("out", "early", -40),
                ("out", "pocket", -40))),
    Case("nothing was played", (4, 8), {"only": (0, 4)}, heard=(("in", "empty", 0),), count=12),
    Case("a region of one beat", (5, 6)),
    Case("one beat, late by 40 ms, told once", (5, 6), {"shifts": {5: 40}},
         heard=(("in", "late", 40),)),
    Case("one beat, louder", (5, 6), {"velocity": 100},
         heard=(("in", "energy", 30), ("out", "energy", 30))),
    Case("punch-out inside a tie, held on", (4, 8), {}, chart=TIE),
    Case("punch-out inside a tie, let go before", (4, 8), {"holds": {7: 0.5}}, chart=TIE,
         heard=(("out", "broken", -250),)),
    Case("punch-out inside a tie, not played", (4, 8), {"only": (4, 7)}, chart=TIE,
         heard=(("out", "cut", 0),), count=14),
    Case("punch-in inside a tie cuts it", (4, 8), {"only": (4, 8)}, chart=IN_TIE,
         heard=(("in", "cut", 0),)),
    Case("punch-in inside a tie, held through", (4, 8), {"only": (3, 8)}, chart=IN_TIE),
    Case("a tie inside the region", (4, 12), chart=TIE),
    Case("the pickup", (-1, 4), chart={"pickup": 1}),
    Case("the pickup, late by 40 ms: nothing before it to compare", (-1, 0),
         {"shifts": {-1: 40}}, chart={"pickup": 1}, heard=(("out", "late", 40),)),
    Case("the first bar, early by 30 ms", (0, 4), {"shifts": {0: -30}}),
    Case("the last bar", (12, 16)),
    Case("the last bar, last note held long", (12, 16), {"holds": {15: 1.4}},
         heard=(("out", "hangs", 200),)),
    Case("the whole chart", (0, 16), {"late_ms": 40, "velocity": 110}),
    Case("into a slower tempo", (4, 8), chart={"tempi": (TempoChange(Fraction(8), 60.0),)}),
    Case("inside a slower tempo, early by 30 ms", (12, 16), {"shifts": {12: -30}},
         chart={"tempi": (TempoChange(Fraction(8), 60.0),)}, heard=(("in", "early", -30),)),
    Case("the second time round", (8, 12), chart={"loop": True}),
    Case("the second time round, louder", (8, 12), {"velocity": 95}, chart={"loop": True},
         heard=(("in", "energy", 25), ("out", "energy", 25))),
    Case("from within a bar to within the next", (6, 9)),
    Case("wrong notes of the old one are gone", (4, 8), old={"only": (0, 5)}, count=8),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_punch_is_judged_as_expected(case):
    chart = make_chart(**case.chart)
    region = Region(Fraction(case.region[0]), Fraction(case.region[1]))
    spliced, seam = lay(chart, play(chart, **case.old), play(chart, **case.new), region)
    heard = [(f.edge, f.code, round(f.amount, 2)) for f in seam.findings]
    assert sorted(heard) == sorted(case.heard)
    assert seam.is_inaudible is (not case.heard)
    sounding = [event for event in spliced.events if event.kind == "on"]
    assert len(sounding) == (len(chart.notes) if case.count is None else case.count)


def test_the_table_is_as_long_as_it_says():
    assert len(CASES) >= 40


def test_the_line_names_the_worst_and_counts_the_rest():
    chart = make_chart()
    region = Region(Fraction(6), Fraction(9))
    _, clean = lay(chart, play(chart), play(chart), region)
    assert clean.line == "The seam is inaudible."
    new = play(chart, velocity=90, holds={8: 1.6})
    _, seam = lay(chart, play(chart), new, region)
    assert seam.line == (
        "The seam is heard at punch-out 3.2: C4 is held 300 ms too long and is cut off"
        " (and 2 more)."
    )


def test_ends_are_cut_where_the_region_ends():
    chart = make_chart()
    spliced, _ = lay(
        chart, play(chart), play(chart, holds={7: 1.5}), Region(Fraction(4), Fraction(8))
    )
    assert [e.onset_s for e in spliced.events if e.kind == "off" and e.pitch == 66][1] == 4.0


def test_a_held_key_goes_on_from_the_older_note():
    chart = make_chart(ties=((3, 2),))
    new = play(chart, only=(3, 8), holds={3: 1.9})
    spliced, seam = lay(chart, play(chart, holds={3: 1.5}), new, Region(Fraction(4), Fraction(8)))
    assert seam.is_inaudible
    pair = [(e.kind, e.onset_s) for e in spliced.events if e.pitch == 66][:2]
    assert pair == [("on", 1.5), ("off", pytest.approx(2.45))]


def test_the_pedal_is_set_anew_at_both_edges():
    chart = make_chart()
    down = (NoteEvent(0.1, "pedal", 0, 127), NoteEvent(7.9, "pedal", 0, 0))
    spliced, _ = lay(chart, play(chart) + down, play(chart), Region(Fraction(4), Fraction(8)))
    pedal = [(e.onset_s, e.velocity) for e in spliced.events if e.kind == "pedal"]
    assert pedal == [(0.1, 127), (2.0, 0), (4.0, 127), (7.9, 0)]


def test_a_punch_with_the_very_take_changes_nothing():
    chart = make_chart(pickup=1, ties=((7, 2),))
    take = play(chart, late_ms=11, velocity=63)
    for start in (-1, 0, 3, 4, 5, 8, 12):
        spliced, seam = lay(chart, take, take, Region(Fraction(start), Fraction(start + 3)))
        assert seam.is_inaudible
        assert sorted(map(repr, spliced.events)) == sorted(map(repr, take))


def test_layers_lie_over_each_other_and_can_be_undone():
    chart = make_chart()
    comp = open_comp(chart, 1, play(chart, velocity=40))
    first = comp.punch(Layer(2, play(chart, velocity=80), Region(Fraction(4), Fraction(12))))
    second = first.punch(Layer(3, play(chart, velocity=90), Region(Fraction(8), Fraction(10))))
    timeline = take_timeline(chart, quarter_bpm=TEMPO)
    made = assemble(second, chart, timeline=timeline, style=None, level=3)
    struck = [e.velocity for e in made.events if e.kind == "on"]
    assert struck == [40] * 4 + [80] * 4 + [90] * 2 + [80] * 2 + [40] * 4
    assert len(made.seams) == 2
    assert second.undo() == first
    assert first.undo().undo() == comp
    assert second.sources == (1, 2, 3)
    assert comp.punch(Layer(None, (), Region(Fraction(0), Fraction(4)))).parts == ()


def test_a_comp_of_bad_and_good_is_graded_as_good():
    chart = make_chart()
    timeline = take_timeline(chart, quarter_bpm=TEMPO)
    bad = play(chart, shifts={5: 150, 6: -150})
    comp = open_comp(chart, 1, bad).punch(Layer(2, play(chart), Region(Fraction(4), Fraction(8))))
    made = assemble(comp, chart, timeline=timeline, style=None, level=3)
    grade = grade_take(chart, made.events, timeline=timeline, style=None, level=3)
    clean = grade_take(chart, play(chart), timeline=timeline, style=None, level=3)
    assert grade.scores == clean.scores


def _grade(chart, events):
    timeline = take_timeline(chart, quarter_bpm=TEMPO)
    return grade_take(chart, events, timeline=timeline, style=None, level=3), timeline


@pytest.mark.parametrize(
    ("bad", "region"),
    [
        ({9: 150, 10: 150}, (9, 11)),
        ({0: 150}, (0, 1)),
        ({15: -150}, (15, 16)),
        ({2: 150, 9: 150, 10: 150, 11: 150}, (9, 12)),
    ],
)
def test_the_worst_place_is_suggested(bad, region):
    chart = make_chart()
    events = play(chart, shifts=bad)
    grade, timeline = _grade(chart, events)
    assert suggest_region(chart, grade, events, timeline=timeline) == Region(*map(Fraction, region))


def test_nothing_is_suggested_for_a_clean_take_and_a_part_for_a_lost_one():
    chart = make_chart(bars=8)
    grade, timeline = _grade(chart, play(chart))
    assert suggest_region(chart, grade, play(chart), timeline=timeline) is None
    grade, timeline = _grade(chart, ())
    assert suggest_region(chart, grade, (), timeline=timeline) == Region(Fraction(0), Fraction(16))


def test_an_extra_key_is_a_place_too():
    chart = make_chart()
    events = (*play(chart), NoteEvent(5.25, "on", 85, 70), NoteEvent(5.4, "off", 85, 0))
    grade, timeline = _grade(chart, events)
    assert suggest_region(chart, grade, events, timeline=timeline) == Region(
        Fraction(10), Fraction(11)
    )


def test_edges_move_out_of_ties():
    chart = make_chart(ties=((3, 2), (7, 2)))
    assert rings_over(chart, Fraction(4))
    assert settle_region(chart, Region(Fraction(4), Fraction(8))) == Region(
        Fraction(3), Fraction(9)
    )
    assert settle_region(chart, Region(Fraction(5), Fraction(7))) == Region(
        Fraction(5), Fraction(7)
    )


def test_spots_are_named_as_musicians_do():
    chart = make_chart(pickup=1, loop=True)
    assert say_spot(chart, Fraction(-1)) == "0.4"
    assert say_spot(chart, Fraction(6)) == "2.3"
    assert say_spot(chart, Fraction(8)) == "1.1 (2nd time)"
    assert say_spot(chart, Fraction(16)) == "3.1"
    assert len(list_spots(chart)) == 18
    assert move_spot(chart, Fraction(-1), -3) == Fraction(-1)
    assert move_spot(chart, Fraction(3), 2) == Fraction(5)
    assert move_bar(chart, Fraction(5), -1) == Fraction(4)
    assert move_bar(chart, Fraction(4), -1) == Fraction(0)
    assert move_bar(chart, Fraction(5), 1) == Fraction(8)
    assert move_bar(chart, Fraction(14), 9) == Fraction(16)


RATE = 48_000


@pytest.mark.parametrize(
    ("chart", "region", "bars", "start_ql"),
    [
        ({}, (9, 11), 1, 4),
        ({}, (9, 11), 2, 0),
        ({}, (4, 8), 2, -4),
        ({}, (0, 4), 1, -4),
        ({}, (12, 16), 2, 4),
        ({"pickup": 1}, (-1, 4), 1, -8),
        ({"tempi": (TempoChange(Fraction(8), 60.0),)}, (8, 12), 1, 4),
        ({"loop": True}, (8, 10), 2, 0),
    ],
)
def test_clicks_do_not_stumble_at_the_edges(chart, region, bars, start_ql):
    """Every sample of a punch's click is the whole take's at the same second."""
    chart = make_chart(**chart)
    timeline = take_timeline(chart, quarter_bpm=TEMPO)
    whole = plan_take(chart, quarter_bpm=TEMPO)
    plan = plan_punch(chart, whole, Region(*map(Fraction, region)), bars=bars, timeline=timeline)
    assert plan.start_s == max(whole.start_s, timeline.seconds_at(Fraction(start_ql)))

    def render(of):
        return render_clicks(of.clicks, start_s=of.start_s, end_s=of.end_s, rate=RATE)

    all_of_it, part = render(whole), render(plan)
    first = round((plan.start_s - whole.start_s) * RATE)
    assert np.array_equal(part, all_of_it[first : first + len(part)])
    clicked = [click.onset_s for click in plan.clicks]
    spots = [timeline.seconds_at(s) for s in list_spots(chart)[:-1] if region[0] <= s < region[1]]
    assert set(spots) <= set(clicked)


def test_a_punch_session_keeps_its_region_and_ends_a_beat_after_it():
    chart = make_chart()
    timeline = take_timeline(chart, quarter_bpm=TEMPO)
    region = Region(Fraction(8), Fraction(10))
    plan = plan_punch(chart, plan_take(chart, quarter_bpm=TEMPO), region, bars=1, timeline=timeline)
    session = TakeSession(
        chart, plan=plan, style=None, level=3, preview_s=0, quarter_bpm=TEMPO, region=region
    )
    session.start()
    assert (plan.start_s, plan.end_s) == (2.0, 5.5)
    assert session.advance(2.1) == "playing"
    assert session.bar_number == 2
    assert session.advance(5.5) == "done"
