"""Changes of a chart: what they do, what undoes them, and when they are refused."""

from fractions import Fraction

import msgspec
import pytest
from revising import try_place, without_code
from test_sessions_punch import make_chart

from exercises.chart import (
    Chord,
    ComposeError,
    Mark,
    Note,
    Slash,
    TempoChange,
    number_notes,
    number_slashes,
    read_chart_json,
    write_chart_json,
)
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.feels import asked_style
from exercises.request import resolve_drill
from exercises.revisions.feels import read_label
from exercises.revisions.keys import fifths_of, key_at, name_at
from exercises.revisions.revision import Revision, apply_revision, revise, say_revision, undo_of
from exercises.revisions.wishes import list_wishes
from game.composer.work import Workshop
from game.notation.page import PageRequest
from game.requests import ChartReady, ComposeFailed, ReviseRequest
from game.scoring.expectation import place_chart
from game.scoring.results import BarVerdict, FlowReport, Scorecard, Scores, TimeReport
from game.sessions.plan import take_timeline
from game.sessions.securing import count_bars_until_secure, say_secure
from styles.feel import pocket_ms, swings
from styles.loader import load_styles

STYLES = load_styles().styles


def chart_of(*lengths, key="C", **more):
    """Notes of these lengths one after another up the scale of C, from beat 1."""
    here, notes = Fraction(0), []
    scale = (("C4", 60), ("D4", 62), ("E4", 64), ("F4", 65), ("G4", 67), ("Bb4", 70))
    for index, length in enumerate(lengths):
        name, pitch = scale[index % 6]
        notes.append(Note("", here, Fraction(length), pitch, name, 1, 1))
        here += Fraction(length)
    chart = make_chart(bars=int(here) // 4)
    drill = msgspec.structs.replace(chart.drill, key=key)
    return msgspec.structs.replace(chart, drill=drill, notes=number_notes(notes), **more)


EIGHTHS = ["1/2"] * 16
QUARTERS = [1] * 8
CHORDS = (
    Chord(Fraction(0), Fraction(4), "Bb7/F", 10, 5, (10, 2, 5, 8)),
    Chord(Fraction(4), Fraction(4), "F#m7b5", 6, 6, (6, 9, 0, 4)),
)


@pytest.mark.parametrize(
    ("name", "fifths"), [("C", 0), ("G", 1), ("F", -1), ("Bb", -2), ("F#", 6), ("Ebb", -10)]
)
def test_names_lie_on_the_line_of_fifths(name, fifths):
    assert fifths_of(name) == fifths
    assert name_at(fifths) == name


def test_names_and_keys_too_far_out_are_written_as_their_twins():
    assert all(len(name_at(n)) <= 3 for n in range(-40, 40))
    assert key_at(8, minor=False) == "Ab"
    assert key_at(-8, minor=False) == "E"
    assert key_at(0, minor=True) == "Am"
    assert key_at(-3, minor=True) == "Cm"


def test_another_key_moves_names_pitches_and_symbols():
    chart = chart_of(*QUARTERS, chords=CHORDS)
    new = apply_revision(chart, Revision("key", key="Eb", semitones=3))
    assert [n.spelling for n in new.notes[:6]] == ["Eb4", "F4", "G4", "Ab4", "Bb4", "Db5"]
    assert [n.pitch - o.pitch for n, o in zip(new.notes, chart.notes, strict=True)] == [3] * 8
    assert [c.symbol for c in new.chords] == ["Db7/Ab", "Am7b5"]
    assert (new.chords[0].root, new.chords[0].bass) == (1, 8)
    assert (new.drill.key, new.drill.code) == ("Eb", "")


def test_a_change_of_key_inside_the_chart_goes_along():
    chart = chart_of(*QUARTERS)
    bars = (chart.bars[0], msgspec.structs.replace(chart.bars[1], key="D"))
    new = apply_revision(
        msgspec.structs.replace(chart, bars=bars), Revision("key", key="Bb", semitones=-2)
    )
    assert [bar.key for bar in new.bars] == ["", "C"]


@pytest.mark.parametrize(
    ("lengths", "revision", "onsets"),
    [
        (EIGHTHS, Revision("swing"), [0, "1/2", 1, "3/2", 2]),
        (QUARTERS, Revision("half_time"), [0, 2, 4, 6, 8]),
        (QUARTERS, Revision("double_time"), [0, "1/2", 1, "3/2", 2]),
        (QUARTERS, Revision("repeat", first=1, last=1), [0, 1, 2, 3, 4]),
        (QUARTERS * 2, Revision("cut", first=2, last=3), [0, 1, 2, 3, 4]),
        (QUARTERS, Revision("tempo", quarter_bpm=90.0), [0, 1, 2, 3, 4]),
    ],
)
def test_times_are_moved(lengths, revision, onsets):
    new = apply_revision(chart_of(*lengths), revision)
    assert [note.onset_ql for note in new.notes[:5]] == [Fraction(each) for each in onsets]
    ends = [bar.onset_ql + bar.duration_ql for bar in new.bars]
    assert [bar.onset_ql for bar in new.bars[1:]] == ends[:-1]
    assert [bar.number for bar in new.bars] == list(range(1, len(ends) + 1))
    assert new.drill.bars == len(new.bars)


REVISIONS = [
    Revision("key", key="Eb", semitones=3),
    Revision("key", key="B", semitones=-1),
    Revision("tempo", quarter_bpm=97.0),
    Revision("half_time"),
    Revision("double_time"),
    Revision("swing"),
    Revision("straight"),
    Revision("pocket", pocket="back"),
    Revision("pocket", pocket="on top"),
    Revision("groove", style="bossa", text="Bossa"),
    Revision("repeat", first=2, last=3),
    Revision("register", hand=1, octaves=1),
    Revision("register", octaves=-1),
]


@pytest.mark.parametrize("revision", REVISIONS, ids=lambda each: each.kind)
def test_a_change_and_its_opposite_give_the_chart_back(revision):
    marks = (
        Mark(Fraction(0), "dynamic", "mf"),
        Mark(Fraction(4), "slur", end_ql=Fraction(6)),
    )
    chart = chart_of(*EIGHTHS, *EIGHTHS, marks=marks, tempi=(TempoChange(Fraction(8), 90.0),))
    if revision.kind == "repeat":
        chart = msgspec.structs.replace(chart, tempi=())
    opposite = undo_of(chart, revision)
    assert apply_revision(apply_revision(chart, revision), opposite) == without_code(chart)


def test_two_changes_in_a_row_and_their_opposites_in_turn():
    chart = chart_of(*EIGHTHS)
    for first in REVISIONS:
        for second in REVISIONS:
            if "repeat" in (first.kind, second.kind):
                continue
            try:
                one = apply_revision(chart, first)
                two = apply_revision(one, second)
            except ComposeError:
                continue
            back = apply_revision(two, undo_of(one, second))
            assert without_code(back) == without_code(one)
            assert apply_revision(back, undo_of(chart, first)) == without_code(chart)


@pytest.mark.parametrize(
    ("chart", "revision", "why"),
    [
        ({"pickup": 2}, Revision("half_time"), "pickup would fill a bar"),
        ({"loop": True}, Revision("half_time"), "road map"),
        ({}, Revision("fills"), "too short"),
        ({"loop": True}, Revision("tacet", first=2, last=2), "road map"),
        ({}, Revision("tacet", first=9, last=9), "no bars 9"),
        ({}, Revision("pocket"), "already"),
        ({"loop": True}, Revision("cut", first=1, last=1), "road map"),
        ({"ties": ((3, 2),)}, Revision("cut", first=1, last=1), "rings across"),
        ({}, Revision("cut", first=9, last=9), "no bars 9"),
        ({}, Revision("cut", first=1, last=4), "nothing would be left"),
        ({}, Revision("swing"), "no eighths off the beat"),
        ({}, Revision("tacet", hand=1), "two written hands"),
        ({}, Revision("lead"), "no tune with chords"),
        ({}, Revision("key", key="Am", semitones=-3), "mode"),
        ({}, Revision("key", key="G", semitones=3), "not 3 semitones"),
        ({}, Revision("sideways"), "no change of a chart"),
        ({"bars": 3}, Revision("double_time"), "paired"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(chart, revision, why):
    with pytest.raises(ComposeError, match=why):
        apply_revision(make_chart(**chart), revision)


def slashed(*kinds):
    """A bar a beat slash each, the kinds in turn; a chord struck on each beat."""
    chart = chart_of(*QUARTERS)
    slashes = [Slash("", Fraction(n), Fraction(1), kind, 1) for n, kind in enumerate(kinds)]
    return msgspec.structs.replace(chart, slashes=number_slashes(slashes), chords=CHORDS)


def test_slashes_that_keep_time_are_twice_as_many_in_half_time():
    chart = slashed("push", *["beat"] * 5, "kick", "beat")
    new = apply_revision(chart, Revision("half_time"))
    found = [(slash.onset_ql, slash.duration_ql, slash.kind) for slash in new.slashes]
    assert found[:3] == [(0, 1, "push"), (1, 1, "beat"), (2, 1, "beat")]
    assert found[12:] == [(12, 2, "kick"), (14, 1, "beat"), (15, 1, "beat")]
    back = apply_revision(new, Revision("double_time"))
    assert back == without_code(chart)
    with pytest.raises(ComposeError, match="slashes cannot be paired"):
        apply_revision(slashed("beat", "push", *["beat"] * 6), Revision("double_time"))


def test_a_push_stays_half_a_beat_early_in_half_time():
    chart = slashed(*["beat"] * 4, "push", *["beat"] * 3)
    notes = [n if n.onset_ql != 4 else at(n, "7/2") for n in chart.notes if n.onset_ql != 3]
    chart = msgspec.structs.replace(chart, notes=number_notes(notes))
    new = apply_revision(chart, Revision("half_time"))
    assert Fraction(15, 2) in {note.onset_ql for note in new.notes}
    assert apply_revision(new, Revision("double_time")) == without_code(chart)


def at(note, onset):
    return msgspec.structs.replace(note, onset_ql=Fraction(onset))


def test_a_short_pickup_is_stretched_with_the_rest():
    chart = make_chart(pickup=1)
    new = apply_revision(chart, Revision("half_time"))
    assert (new.bars[0].number, new.bars[0].onset_ql, new.bars[0].duration_ql) == (0, -2, 2)
    assert [bar.number for bar in new.bars[1:]] == list(range(1, 2 * (len(chart.bars) - 1) + 1))
    assert apply_revision(new, Revision("double_time")) == without_code(chart)


def test_a_stretch_rests_and_fills_are_left():
    chart = chart_of(*EIGHTHS * 4, marks=(Mark(Fraction(2), "slur", end_ql=Fraction(6)),))
    new = apply_revision(chart, Revision("tacet", first=2, last=3))
    assert {int(n.onset_ql) // 4 + 1 for n in new.notes} == {1, 4, 5, 6, 7, 8}
    assert new.marks == ()
    assert len(new.bars) == len(chart.bars)
    fills = apply_revision(chart, Revision("fills"))
    assert {int(n.onset_ql) // 4 + 1 for n in fills.notes} == {4, 8}


def test_a_slur_is_parted_where_bars_are_cut():
    chart = chart_of(*EIGHTHS * 2, marks=(Mark(Fraction(2), "slur", end_ql=Fraction(10)),))
    new = apply_revision(chart, Revision("cut", first=2, last=2))
    assert [(m.onset_ql, m.end_ql) for m in new.marks] == [(2, Fraction(7, 2)), (4, 6)]
    assert undo_of(chart, Revision("repeat", first=2, last=2)) is None


def test_what_is_said_over_the_chart_is_what_is_asked():
    pop, bossa = STYLES["pop"], STYLES["bossa"]
    chart = msgspec.structs.replace(
        chart_of(*EIGHTHS), drill=msgspec.structs.replace(make_chart().drill, style="pop")
    )
    beat, level = Fraction(1), chart.drill.level
    swung, _ = revise(chart, Revision("swing"), pop)
    assert not swings(pop.feel, level, beat)
    assert swings(asked_style(pop, swung.drill).feel, level, beat)
    assert read_label(swung) == "Swing"
    timeline = take_timeline(chart, quarter_bpm=120.0)
    placed = [
        place_chart(c, timeline=timeline, style=pop, level=level).performed_s(Fraction(1, 2))[0]
        for c in (chart, swung)
    ]
    assert placed[0] == pytest.approx(0.25)
    assert placed[1] > 0.29
    with pytest.raises(ComposeError, match="straight already"):
        revise(chart, Revision("straight"), pop)
    back, _ = revise(chart, Revision("pocket", pocket="back"), pop)
    assert pocket_ms(asked_style(pop, back.drill).feel, 120.0) == (15.0, 40.0)
    other, _ = revise(chart, Revision("groove", style="bossa", text="Bossa"), pop, bossa)
    assert (other.drill.style, other.drill.written_in, other.notes) == ("bossa", "pop", chart.notes)
    with pytest.raises(ComposeError, match="no genre"):
        revise(chart, Revision("swing"), None)


def test_a_change_may_lead_one_level_up_and_no_further():
    style = STYLES["pop"]
    request = DrillRequest(style="pop", level=2, key="C", kind="grand", seed=1)
    chart = compose_chart(resolve_drill(request, style), style).chart
    found = revise(chart, Revision("key", key="Bb", semitones=-2), style)
    assert found.is_harder
    with pytest.raises(ComposeError, match="Db is a key above level 2"):
        revise(chart, Revision("key", key="Db", semitones=1), style)


def test_a_change_that_breaks_a_rule_is_refused():
    chart = chart_of(*QUARTERS)
    assert revise(chart, Revision("register", octaves=1), None).chart.notes[0].pitch == 72
    with pytest.raises(ComposeError, match="no keys so far out"):
        revise(chart, Revision("register", octaves=5), None)


@pytest.mark.parametrize(
    "place", [("classical", 3, "grand", 1), ("pop", 5, "lead", 2), ("jazz", 5, "comping", 1)]
)
def test_composed_charts_keep_their_rules_or_say_why_not(place):
    counts, _, faults = try_place(place, 2)
    assert faults == []
    assert sum(count for name, count in counts.items() if name.endswith("done")) >= 3


def test_wishes_are_drawn_by_the_seed_and_said_in_words():
    chart = chart_of(*EIGHTHS)
    assert list_wishes(chart, 1, {}) == list_wishes(chart, 1, {})
    assert list_wishes(chart, 1, {}) != list_wishes(chart, 2, {})
    assert {len(say_revision(wish)) > 5 for wish in list_wishes(chart, 1, {})} == {True}
    assert say_revision(Revision("key", key="Ebm", semitones=3)) == "it in Eb minor"
    assert say_revision(Revision("cut", first=5, last=8)) == "bars 5 to 8 out"
    assert say_revision(Revision("groove", style="electronic")) == "an electronic groove under it"
    assert say_revision(Revision("groove", style="rock")) == "a rock groove under it"
    assert say_revision(Revision("register", hand=2, octaves=-1)) == "the left hand an octave lower"
    # No two of a kind follow each other while others are left.
    kinds = [wish.kind for wish in list_wishes(chart, 1, {})]
    assert len(set(kinds[:13])) == 13


def test_the_composer_changes_a_chart_and_engraves_it():
    workshop = Workshop()
    chart = chart_of(*QUARTERS)
    request = ReviseRequest(7, write_chart_json(chart), 3, PageRequest(80))
    ready = workshop.answer(request)
    assert isinstance(ready, ChartReady)
    assert (ready.ticket, bool(ready.wish)) == (7, True)
    assert read_chart_json(ready.chart_json) != chart
    assert ready == workshop.answer(request)
    assert isinstance(workshop.answer(ReviseRequest(8, b"{}", 3, PageRequest(80))), ComposeFailed)


def card(*verdicts):
    bars = tuple(BarVerdict(n, v, 4, 0 if v == "" else 4) for n, v in enumerate(verdicts, 1))
    time = TimeReport(None, None, None, None, None, 0, None)
    scores = Scores(50.0, None, None, None, None, None, None)
    return Scorecard((), (), scores, time, FlowReport(0, 0, 0, 0.0, None), bars=bars)


@pytest.mark.parametrize(
    ("verdicts", "bars"),
    [
        (["clean"] * 4, 0),
        (["late", "clean", "clean"], 1),
        (["late", "clean", "early", "clean", "clean"], 3),
        (["late", "clean", "late"], None),
        (["clean"], 0),
        (["late", "", "clean", "clean"], 2),
        ([], None),
    ],
)
def test_how_soon_it_was_secure(verdicts, bars):
    assert count_bars_until_secure(card(*verdicts)) == bars


def test_security_in_words():
    assert say_secure(card("clean", "clean")) == "The change was secure at once."
    assert say_secure(card("late", "clean", "clean")) == "The change was secure after 1 bar."
    assert say_secure(card("late")) == "The change was never secure."
