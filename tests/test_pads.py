"""Charts for pads: composed, written, read back, engraved, and held to their rules."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from fractions import Fraction

import mido
import msgspec
import pytest
from click.testing import CliRunner

from exercises.band.ensemble import compose_band
from exercises.chart import ComposeError, read_chart_json, write_chart_json
from exercises.checks.chart import BARS, BEAT, HAND, KIT, LEVEL, check_chart
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.imports import read_own
from exercises.kit import KIT as PADS
from exercises.kit import PAD_LEVELS, find_pad, meant_key, name_pad
from exercises.levels import level
from exercises.midi import write_midi
from exercises.musicxml import write_musicxml
from exercises.notation.notate import notate
from exercises.request import read_code, resolve_drill
from exercises.revisions.revision import Revision, apply_revision, revise, undo_of
from exercises.score.reader import read_score
from exercises.spoken import speak_chart
from game.commands.grade import command as grade_command
from game.commands.perform import command as perform_command
from game.notation.engrave import engrave
from game.notation.page import PageRequest
from styles.loader import load_styles

STYLES = load_styles().styles
DRUMMED = [name for name, style in STYLES.items() if style.band and style.band.drums]


def compose(style="rock", number=5, seed=3, **wishes):
    request = DrillRequest(style, number, kind="pads", seed=seed, **wishes)
    return compose_chart(resolve_drill(request, STYLES[style]), STYLES[style]).chart


def strokes(chart, bar):
    """The strokes of a bar: (place in quarter notes, instrument, signs)."""
    start, end = bar.onset_ql, bar.onset_ql + bar.duration_ql
    return [
        (float(note.onset_ql - start), PADS[note.pitch].name, *note.articulations)
        for note in chart.notes
        if start <= note.onset_ql < end
    ]


def test_level_1_of_rock_is_kick_and_snare_in_quarters():
    chart = compose("rock", 1)
    for bar in chart.bars[:-1]:
        beats = [(0.0, "kick"), (1.0, "snare"), (2.0, "kick"), (3.0, "snare")]
        assert strokes(chart, bar) == beats
    assert strokes(chart, chart.bars[-1]) == [(0.0, "kick")]


def test_level_5_of_rock_has_its_groove_its_fill_and_its_ending():
    chart = compose("rock", 5, quarter_bpm=100.0)
    hats = [(half / 2, "hi-hat") for half in range(8)]
    assert set(strokes(chart, chart.bars[0])) == {
        *hats, (0.0, "kick"), (1.0, "snare"), (1.5, "kick"), (2.0, "kick"), (3.0, "snare")
    }  # fmt: skip
    # Four sixteenths at the end of the phrase, the last accented among softer ones.
    assert strokes(chart, chart.bars[6])[-4:] == [
        (3.0, "snare"), (3.25, "snare"), (3.5, "snare"), (3.75, "snare", "accent")
    ]  # fmt: skip
    assert strokes(chart, chart.bars[7]) == [(0.0, "kick"), (0.0, "crash")]


def test_ghosts_stand_in_parentheses_from_level_6_on():
    chart = compose("funk", 6)
    ghosts = {n.pitch for n in chart.notes if "ghost" in n.articulations}
    assert ghosts == {38}
    assert not any("ghost" in n.articulations for n in compose("funk", 5).notes)


@pytest.mark.parametrize("style", DRUMMED)
def test_every_genre_keeps_the_rules_and_uses_its_level(style):
    at = DRUMMED.index(style)
    for number in (1 + at % 3, 4 + at % 3, 7 + at % 4):
        chart = compose(style, number, seed=number)
        assert not check_chart(chart, STYLES[style], level(number))
        used = {note.pitch for note in chart.notes}
        assert 2 <= len(used) <= PAD_LEVELS[number].pads
        assert all(strokes(chart, bar) for bar in chart.bars)
        assert read_code(chart.drill.code) == chart.drill
        assert read_chart_json(write_chart_json(chart)) == chart
        notate(chart)


def test_the_band_beside_pads_is_the_bass_alone():
    chart = compose("funk", 6)
    assert [part.name for part in compose_band(chart, STYLES["funk"]).parts] == ["Bass"]
    assert not chart.show_chords


def test_what_cannot_be_asked_for_is_said():
    with pytest.raises(ComposeError, match="Classical is played without drums"):
        compose("classical", 3)
    with pytest.raises(ComposeError, match="leans on nothing"):
        compose("rock", 5, focus="syncopation")
    with pytest.raises(ComposeError, match="nothing for the left hand alone"):
        compose("rock", 5, hands="left")


def test_a_kit_is_written_in_its_places_and_known_by_them():
    places = {pad.name: (pad.place, pad.head) for pad in PADS.values()}
    assert places["kick"] == ("F4", "normal")
    assert places["snare"] == ("C5", "normal")
    assert places["side stick"] == ("C5", "x")
    assert places["hi-hat"] == ("G5", "x")
    assert places["ride"] == ("F5", "x")
    assert places["crash"] == ("A5", "x")
    assert places["pedal hat"] == ("D4", "x")
    for pad in PADS.values():
        assert find_pad(pad.place, pad.head, pad.sign) is pad
    assert [meant_key(key) for key in (35, 40, 43, 45, 48, 57, 59, 26)] == [
        36, 38, 41, 47, 50, 49, 51, 46
    ]  # fmt: skip
    assert (name_pad(40), name_pad(90)) == ("snare", "pad 90")


def read_document(chart):
    return ET.fromstring(write_musicxml(chart, font="Bravura"))  # noqa: S314 - our own


def test_the_document_says_instruments_heads_and_stems():
    chart = compose("funk", 6)
    root = read_document(chart)
    assert root.findtext("part/measure/attributes/clef/sign") == "percussion"
    assert root.find("part/measure/attributes/key") is None
    sounds = {
        each.get("id"): (each.findtext("midi-channel"), int(each.findtext("midi-unpitched")) - 1)
        for each in root.iterfind("part-list/score-part/midi-instrument")
    }
    assert {key for _, key in sounds.values()} == {note.pitch for note in chart.notes}
    assert {channel for channel, _ in sounds.values()} == {"10"}
    notes = {note.id: note for note in chart.notes}
    heads = [each for each in root.iter("note") if each.find("unpitched") is not None]
    assert len(heads) == len(notes)
    for head in heads:
        note = notes[head.get("id")]
        pad = PADS[note.pitch]
        assert sounds[head.find("instrument").get("id")][1] == note.pitch
        place = head.findtext("unpitched/display-step") + head.findtext("unpitched/display-octave")
        assert place == pad.place
        assert head.findtext("notehead", "normal") == pad.head
        assert head.findtext("stem") == ("down" if pad.is_foot else "up")
        shape = head.find("notehead")
        in_parentheses = shape is not None and shape.get("parentheses") == "yes"
        assert in_parentheses == ("ghost" in note.articulations)


@pytest.mark.parametrize(
    ("style", "number"), [("jazz", 6), ("salsa", 7), ("electronic", 8), ("ragtime", 9), ("folk", 4)]
)
def test_the_file_gives_the_same_strokes_back(style, number):
    chart = compose(style, number)
    own = read_score(write_musicxml(chart, font="Bravura"), "x")
    assert own.chart.notes == chart.notes
    assert own.chart.bars == chart.bars
    assert own.chart.drill.kind == "pads"
    assert not own.left_out
    assert not check_chart(own.chart, None, None)


DRUM_FILE = """<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Drumset
</part-name></score-part></part-list><part id="P1"><measure number="1"><attributes>
<divisions>2</divisions><time><beats>2</beats><beat-type>4</beat-type></time>
<clef><sign>percussion</sign></clef></attributes>
<note><unpitched><display-step>G</display-step><display-octave>5</display-octave></unpitched>
<duration>2</duration><voice>1</voice><type>quarter</type><notehead>x</notehead>
<notations><technical><open-string/></technical></notations></note>
<note><chord/><unpitched><display-step>C</display-step><display-octave>5</display-octave>
</unpitched><duration>2</duration><voice>1</voice><type>quarter</type></note>
<note><unpitched><display-step>B</display-step><display-octave>3</display-octave></unpitched>
<duration>2</duration><voice>1</voice><type>quarter</type></note>
<backup><duration>4</duration></backup>
<note><unpitched><display-step>F</display-step><display-octave>4</display-octave></unpitched>
<duration>4</duration><voice>2</voice><type>half</type></note></measure></part></score-partwise>"""


def test_a_foreign_drum_part_is_read_by_its_places():
    own = read_score(DRUM_FILE.encode(), "x")
    # A half note of the kick is a quarter: a stroke has no length.
    assert [(n.pitch, n.onset_ql, n.duration_ql, n.voice) for n in own.chart.notes] == [
        (36, 0, 1, 2), (38, 0, 1, 1), (46, 0, 1, 1)
    ]  # fmt: skip
    assert [(each.bar, each.reason) for each in own.left_out] == [
        (1, "a drum that is not of the kit")
    ]


def test_the_stage_shows_a_head_for_every_stroke_in_its_place():
    chart = compose("rock", 5)
    page = engrave(write_musicxml(chart, font="Bravura"), chart, PageRequest(columns=120))
    places = {place.id: place for system in page.systems for place in system.notes}
    assert set(places) == {note.id for note in chart.notes}
    rows = {note.pitch: places[note.id].row for note in chart.notes if note.onset_ql < 4}
    assert rows[42] < rows[38] < rows[36]
    assert all(len(system.staff_rows) == 1 for system in page.systems)


def test_midi_is_on_channel_10_with_ghosts_and_accents():
    chart = compose("funk", 6)
    file = mido.MidiFile(file=io.BytesIO(write_midi(chart)))
    assert [track.name for track in file.tracks[1:]] == ["Pads"]
    struck = [m for m in file.tracks[1] if m.type == "note_on"]
    assert {m.channel for m in struck} == {9}
    assert sorted(m.note for m in struck) == sorted(n.pitch for n in chart.notes)
    assert {m.velocity for m in struck} == {36, 80, 100}


def test_a_screen_reader_hears_hands_and_feet():
    lines = speak_chart(compose("rock", 1))
    assert lines[0] == "pads, 4/4, quarter = 72, 4 bars."
    assert lines[2] == "Bar 1, hands: quarter rest, quarter snare, quarter rest, quarter snare."
    assert lines[3] == "Bar 1, feet: quarter kick, quarter kick."


def broken(chart, **changes):
    """The chart with its first note changed."""
    first = msgspec.structs.replace(chart.notes[0], **changes)
    return msgspec.structs.replace(chart, notes=(first, *chart.notes[1:]))


def test_each_rule_finds_what_breaks_it():
    chart = compose("rock", 5)
    style, row = STYLES["rock"], level(5)

    def rules(spoilt):
        return {fault.rule for fault in check_chart(spoilt, style, row)}

    assert chart.notes[0].pitch == 36
    assert KIT in rules(broken(chart, pitch=35))
    assert KIT in rules(broken(chart, spelling="C5"))
    assert KIT in rules(broken(chart, voice=1))
    assert rules(broken(chart, duration_ql=Fraction(2))) == {BEAT}
    assert rules(broken(chart, duration_ql=Fraction(-1))) == {BARS}
    assert rules(broken(chart, articulations=("ghost",))) == {LEVEL}
    crowd = [
        msgspec.structs.replace(chart.notes[1], pitch=key, spelling=PADS[key].place)
        for key in (38, 49, 50)
    ]
    notes = sorted([*chart.notes, *crowd], key=lambda n: (n.onset_ql, n.staff, n.pitch))
    ids = tuple(msgspec.structs.replace(n, id=f"n{i}") for i, n in enumerate(notes, 1))
    assert HAND in rules(msgspec.structs.replace(chart, notes=ids))
    assert LEVEL in {fault.rule for fault in check_chart(chart, style, level(3))}


def test_a_producer_changes_what_a_drum_part_has_and_takes_it_back():
    style, chart = STYLES["rock"], compose("rock", 5, quarter_bpm=100.0)
    slow = Revision("half_time")
    changed = revise(chart, slow, style).chart
    assert len(changed.bars) == 2 * len(chart.bars)
    assert not check_chart(changed, None, None)
    assert apply_revision(changed, undo_of(chart, slow)).notes == chart.notes
    cut = revise(chart, Revision("cut", first=3, last=4), style).chart
    assert strokes(cut, cut.bars[2]) == strokes(chart, chart.bars[4])
    for revision, why in (
        (Revision("key", key="D", semitones=2), "a drum part has no key"),
        (Revision("register", hand=1, octaves=1), "a drum part has no register"),
        (Revision("groove", style="funk"), "a drum part is the groove"),
    ):
        with pytest.raises(ComposeError, match=why):
            revise(chart, revision, style)


@pytest.mark.parametrize(("style", "number"), [("rock", 5), ("jazz", 6), ("hiphop", 8)])
def test_a_midi_file_of_drums_alone_is_a_chart_for_pads(tmp_path, style, number):
    chart = compose(style, number)
    path = tmp_path / "drums.mid"
    path.write_bytes(write_midi(chart))
    own = read_own(path)
    assert own.chart.drill.kind == "pads"
    assert [(n.onset_ql, n.duration_ql, n.pitch, n.voice) for n in own.chart.notes] == [
        (n.onset_ql, n.duration_ql, n.pitch, n.voice) for n in chart.notes
    ]
    assert not own.left_out
    assert not check_chart(own.chart, None, None)


def test_drums_that_are_not_of_the_kit_are_left_out_and_named(tmp_path):
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    for key in (36, 62, 40, 75):
        track.append(mido.Message("note_on", channel=9, note=key, velocity=90, time=0))
        track.append(mido.Message("note_off", channel=9, note=key, time=480))
    file.tracks.append(track)
    path = tmp_path / "drums.mid"
    file.save(path)
    own = read_own(path)
    assert [(n.onset_ql, n.pitch) for n in own.chart.notes] == [(0, 36), (2, 38)]
    assert [each.reason for each in own.left_out] == ["drums that are not of the kit (62, 75)"]


def test_what_is_played_on_pads_is_written_to_the_drums_channel(tmp_path):
    chart, output = compose("rock", 2), tmp_path / "take.mid"
    path = tmp_path / "chart.json"
    path.write_bytes(write_chart_json(chart))
    done = CliRunner().invoke(perform_command, [str(path), "-o", str(output)])
    assert done.exit_code == 0, done.output
    struck = [m for m in mido.MidiFile(output).tracks[0] if m.type == "note_on"]
    assert {m.channel for m in struck} == {9}
    assert [m.note for m in struck] == [note.pitch for note in chart.notes]
    graded = CliRunner().invoke(grade_command, [str(path), str(output)])
    assert "100" in graded.output
