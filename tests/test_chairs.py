"""The chairs: what they read, how they are judged, and what their keys do to the sound."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from exercises.chairs import CHAIRS, STEADY_VELOCITY, chair_of, choose_kind, find_chair
from exercises.chart import Bar, Chart, ComposeError, Mark, Note, number_notes, write_chart_json
from exercises.compose.chart import compose_chart
from exercises.drill import Drill, DrillRequest
from exercises.levels import level
from exercises.request import read_code, resolve_drill
from exercises.seating import seat_chart
from exercises.tempi import tempo_map
from game.commands.grade import command as grade_command
from game.devices.action import Action
from game.devices.midi_parse import KeyMessage
from game.events import NoteEvent
from game.scoring.chairs import INSTEAD, hear_chair, weigh
from game.scoring.grade import grade_take
from game.scoring.performance import pair_notes
from game.scoring.scores import WEIGHTS
from game.scoring.sentences import explain_scores
from game.soundfont.patches import PATCHES
from game.takefiles import write_take
from styles.loader import load_style

BEAT_S = 0.6
PITCHES = (60, 62, 64, 65, 67, 69, 71, 72) * 2


def line(chair: str = "") -> Chart:
    """Four bars of quarter notes at 100, with a louder half."""
    names = dict(zip(PITCHES, ("C4", "D4", "E4", "F4", "G4", "A4", "B4", "C5"), strict=False))
    drill = Drill("pop", 5, "grand", "C", "4/4", 4, 100.0, "right", 0, "", chair=chair)
    notes = [
        Note("", Fraction(at), Fraction(1), pitch, names[pitch], 1, 1)
        for at, pitch in enumerate(PITCHES)
    ]
    marks = (Mark(Fraction(0), "dynamic", "p"), Mark(Fraction(8), "dynamic", "f"))
    bars = tuple(Bar(n + 1, Fraction(4 * n), Fraction(4), "4/4") for n in range(4))
    return Chart(drill, bars, number_notes(notes), marks=marks)


def play(*, held: float = 1.0, loud: tuple[int, int] = (50, 90), shift_s: float = 0.0):
    """The line as it is written; `held` of each length, at these velocities in its halves."""
    events = []
    for at, pitch in enumerate(PITCHES):
        onset = at * BEAT_S + shift_s
        events.append(NoteEvent(onset, "on", pitch, loud[at >= 8]))
        events.append(NoteEvent(onset + held * BEAT_S, "off", pitch, 64))
    return events


def grade(chair: str, events):
    chart = line(chair)
    return grade_take(
        chart, events, timeline=tempo_map(chart, 100.0), style=load_style("classical"), level=5
    )


def test_every_chair_has_a_sound_and_a_kind_at_every_level() -> None:
    assert [chair.id for chair in CHAIRS.values() if not chair.struck] == list(PATCHES)
    for chair in CHAIRS.values():
        for number in range(1, 11):
            assert choose_kind(chair, level(number).kinds) in level(number).kinds


@pytest.mark.parametrize(
    ("chair", "rule"),
    [
        ("piano", "Piano: touch counts"),
        ("e-piano", "Electric piano: touch counts"),
        ("organ", "Organ: touch does not count, fingers hold"),
        ("clav", "Clavinet: fingers hold"),
        ("synth lead", "Synth lead: touch does not count, one key at a time"),
        ("pad", "Synth pad: touch does not count, hold the chords"),
        ("strings", "Strings: hold the chords"),
        ("drums", "Drum pads: kick 36, snare 38, hi-hat 42"),
        ("bass", "Bass: one key at a time"),
    ],
)
def test_a_chair_says_what_it_asks_for(chair: str, rule: str) -> None:
    assert CHAIRS[chair].rule == rule
    assert len(CHAIRS[chair].hint) <= 34  # what 80 columns have room for over the preview


# -- the judging


@pytest.mark.parametrize(
    ("chair", "flow", "time", "notes", "lengths", "dynamics", "feel"),
    [
        ("", 30, 30, 25, 6, 4, 5),
        ("piano", 30, 30, 25, 6, 4, 5),
        ("e-piano", 30, 30, 25, 6, 4, 5),
        ("organ", 29.4, 29.4, 24.5, 11.8, 0, 4.9),
        ("clav", 28.8, 28.8, 24.0, 9.6, 3.8, 4.8),
        ("synth lead", 30, 30, 25, 10, 0, 5),
        ("pad", 31.6, 15.8, 26.3, 21.1, 0, 5.3),
        ("strings", 30.3, 15.2, 25.3, 20.2, 4, 5.1),
        ("bass", 28.8, 28.8, 24.0, 9.6, 3.8, 4.8),
    ],
)
def test_the_weights_of_a_page_by_chair(
    chair: str, flow: float, time: float, notes: float, lengths: float, dynamics: float, feel: float
) -> None:
    expected = {
        "flow": flow, "time": time, "notes": notes,
        "lengths": lengths, "dynamics": dynamics, "feel": feel,
    }  # fmt: skip
    weights = weigh(WEIGHTS["reading"], chair_of(chair))
    assert {name: round(weight, 1) for name, weight in weights.items()} == expected
    assert sum(weights.values()) == pytest.approx(100.0)


def test_weights_are_set_only_for_what_a_chair_is_scored_on() -> None:
    for name, instead in INSTEAD.items():
        assert (instead.get("dynamics") == 0) == (not CHAIRS[name].touch)


@pytest.mark.parametrize("chair", list(CHAIRS))
def test_the_line_as_written_is_all_that_can_be_had(chair: str) -> None:
    card = grade(chair, play())
    assert card.scores.total == pytest.approx(100.0)
    assert card.chair == chair
    assert (card.scores.dynamics is None) == (not CHAIRS[chair].touch)


@pytest.mark.parametrize(
    ("chair", "dynamics", "total"),
    [("piano", 0.0, 95.8), ("bass", 0.0, 96.0), ("organ", None, 100.0), ("pad", None, 100.0)],
)
def test_the_wrong_half_loud(chair: str, dynamics: float | None, total: float) -> None:
    card = grade(chair, play(loud=(90, 50)))
    assert card.scores.dynamics == dynamics
    assert round(card.scores.total, 1) == total


@pytest.mark.parametrize(
    ("chair", "total"),
    [
        ("piano", 96.8), ("e-piano", 96.8), ("organ", 93.8), ("clav", 94.9),
        ("synth lead", 94.7), ("pad", 88.9), ("strings", 89.4), ("bass", 94.9),
    ],
)  # fmt: skip
def test_held_half_costs_more_where_fingers_hold(chair: str, total: float) -> None:
    card = grade(chair, play(held=0.5))
    assert card.scores.lengths == pytest.approx(50.0)
    assert round(card.scores.total, 1) == total


@pytest.mark.parametrize(
    ("chair", "lengths"),
    [("piano", 25.0), ("organ", 25.0), ("synth lead", 95.3), ("bass", 95.3)],
)
def test_a_key_held_under_the_next_is_a_fault_only_where_it_sounds(
    chair: str, lengths: float
) -> None:
    # The last note has no next one that would end it.
    assert grade(chair, play(held=1.625)).scores.lengths == pytest.approx(lengths, abs=0.1)


def test_one_key_sounds_at_a_time() -> None:
    events = [
        NoteEvent(0.0, "on", 60, 80), NoteEvent(0.5, "on", 62, 80), NoteEvent(0.8, "off", 60, 0),
        NoteEvent(1.0, "on", 64, 80), NoteEvent(1.1, "off", 62, 0), NoteEvent(1.4, "off", 64, 0),
    ]  # fmt: skip
    played = pair_notes(events)
    lengths = [note.duration_s for note in hear_chair(played, CHAIRS["synth lead"])]
    assert lengths == pytest.approx([0.5, 0.5, 0.4])
    assert hear_chair(played, CHAIRS["organ"]) == played
    assert hear_chair((), CHAIRS["bass"]) == ()


def test_the_scorecard_says_that_touch_does_not_count() -> None:
    assert explain_scores(grade("organ", play()))["dynamics"] == "Organ: touch does not count."
    assert "even touch" in explain_scores(grade("piano", play()))["dynamics"]


def test_a_file_is_graded_in_the_chair_that_is_named(tmp_path: Path) -> None:
    chart, take = tmp_path / "line.json", tmp_path / "take.mid"
    chart.write_bytes(write_chart_json(line()))
    take.write_bytes(write_take(play(loud=(90, 50)), quarter_bpm=100.0, downbeat_s=1.0))
    for asked, name, scored in (([], "piano", True), (["--chair", "organ"], "organ", False)):
        done = CliRunner().invoke(grade_command, [str(chart), str(take), "--json", *asked])
        found = msgspec.json.decode(done.stdout)
        assert found["chair"] == name
        assert (found["scores"]["dynamics"] is not None) == scored


def test_a_chair_that_is_not_there_is_one_line() -> None:
    with pytest.raises(ComposeError, match="no chair 'kazoo'; take one of piano, e-piano"):
        find_chair("kazoo")
    assert find_chair("Synth-Lead") is CHAIRS["synth lead"]
    assert find_chair("electric piano") is CHAIRS["e-piano"]


# -- the charts


def test_what_an_instrument_cannot_do_is_not_printed() -> None:
    chart = msgspec.structs.replace(
        line(),
        notes=number_notes(
            [
                *line().notes,
                Note("", Fraction(0), Fraction(3), 52, "E3", 1, 1, articulations=("accent",)),
                Note("", Fraction(4), Fraction(1), 55, "G3", 1, 1, articulations=("staccato",)),
            ]
        ),
        marks=(*line().marks, Mark(Fraction(0), "pedal", end_ql=Fraction(3))),
    )
    organ = seat_chart(chart, CHAIRS["organ"])
    assert organ.marks == ()
    assert [note.articulations for note in organ.notes if note.articulations] == [("staccato",)]
    assert organ.drill.chair == "organ"
    assert {mark.kind for mark in seat_chart(chart, CHAIRS["pad"]).marks} == {"pedal"}
    lead, bass = seat_chart(chart, CHAIRS["synth lead"]), seat_chart(chart, CHAIRS["bass"])
    assert [note.pitch for note in lead.notes] == list(PITCHES)
    assert [note.pitch for note in bass.notes][:5] == [52, 62, 64, 65, 55]
    assert bass.notes[0].duration_ql == 1


@pytest.mark.parametrize("chair", list(CHAIRS))
@pytest.mark.parametrize("style", ["classical", "jazz", "reggae"])
@pytest.mark.parametrize("number", [1, 5, 9])
def test_every_chair_has_charts(chair: str, style: str, number: int) -> None:
    # An orchestra's drums are no kit: in its place the genre that has the largest.
    pack = load_style("funk" if (chair, style) == ("drums", "classical") else style)
    style = pack.id
    drill = resolve_drill(DrillRequest(style=style, level=number, seed=3, chair=chair), pack)
    chart = compose_chart(drill, pack).chart
    assert chart.drill.chair == chair
    assert read_code(drill.code) == drill
    seat = CHAIRS[chair]
    if not seat.touch:
        assert not {mark.kind for mark in chart.marks} & {"dynamic", "hairpin"}
    if seat.mono:
        assert max(Counter(n.onset_ql for n in chart.notes if n.duration_ql).values()) == 1
    if seat.held:
        starts = {chord.onset_ql for chord in chart.chords}
        assert {note.onset_ql for note in chart.notes} == starts


def test_a_chair_refuses_a_kind_that_it_does_not_read() -> None:
    pack = load_style("pop")
    with pytest.raises(ComposeError, match="the synth lead reads no comping chart; take lead or"):
        resolve_drill(
            DrillRequest(style="pop", level=5, seed=1, chair="synth lead", kind="comping"), pack
        )
    with pytest.raises(ComposeError, match="the bass has nothing for the right hand"):
        resolve_drill(
            DrillRequest(style="pop", level=5, seed=1, chair="bass", kind="grand", hands="right"),
            pack,
        )


def test_a_drill_without_a_chair_has_the_code_it_always_had() -> None:
    pack = load_style("pop")
    plain = resolve_drill(DrillRequest(style="pop", level=5, seed=1), pack)
    organ = resolve_drill(DrillRequest(style="pop", level=5, seed=1, chair="organ"), pack)
    small = resolve_drill(
        DrillRequest(style="pop", level=5, seed=1, chair="organ", keyboard=49), pack
    )
    assert plain.chair == ""
    assert "chair" not in msgspec.to_builtins(plain)
    assert len({plain.code, organ.code, small.code}) == 3
    assert read_code(small.code) == small


# -- the keys


def struck(action: Action, *messages: tuple[str, int, int]) -> list[tuple[str, int]]:
    sounding = [each for message in messages for each in action.feed(KeyMessage(*message))]
    return [(each.kind, each.pitch) for each in sounding]


def test_an_organ_knows_no_touch_and_no_pedal() -> None:
    organ = Action(touch=False, pedal=False)
    assert organ.feed(KeyMessage("on", 60, 12)) == [KeyMessage("on", 60, STEADY_VELOCITY)]
    assert organ.feed(KeyMessage("pedal", 0, 127)) == []
    assert organ.feed(KeyMessage("off", 60, 3)) == [KeyMessage("off", 60, 3)]


def test_a_drum_rings_out_whenever_its_pad_is_let_go() -> None:
    kit = Action(pedal=False, drums=True)
    assert struck(kit, ("on", 49, 80), ("off", 49, 0), ("on", 49, 80)) == [("on", 49), ("on", 49)]


def test_a_chart_for_pads_has_the_drums_chair_and_no_other_chair_reads_it() -> None:
    style = load_style("rock")
    drill = resolve_drill(DrillRequest("rock", 3, kind="pads", seed=1), style)
    assert drill.chair == "drums"
    assert read_code(drill.code) == drill
    assert resolve_drill(DrillRequest("rock", 3, chair="drum pads", seed=1), style) == drill
    with pytest.raises(ComposeError, match="the organ reads no pads chart"):
        resolve_drill(DrillRequest("rock", 3, kind="pads", chair="organ", seed=1), style)


def test_the_last_key_sounds_and_the_one_before_it_comes_back() -> None:
    lead = Action(mono=True)
    down = [("on", 60, 80), ("on", 64, 80), ("off", 64, 0), ("off", 60, 0)]
    assert struck(lead, *down) == [
        ("on", 60), ("off", 60), ("on", 64), ("off", 64), ("on", 60), ("off", 60),
    ]  # fmt: skip
    assert struck(lead, ("on", 60, 80), ("on", 62, 80), ("off", 60, 0), ("off", 62, 0)) == [
        ("on", 60), ("off", 60), ("on", 62), ("off", 62),
    ]  # fmt: skip
    lead.feed(KeyMessage("on", 60, 80))
    lead.let_go()
    assert struck(lead, ("on", 62, 80)) == [("on", 62)]
