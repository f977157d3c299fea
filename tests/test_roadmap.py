"""Road maps: the order in which printed bars sound, on paper, in files and on the screen."""

import io
from fractions import Fraction

import msgspec
import pytest
from offline import partitura
from test_musicxml import facts, make_chart

from exercises.band.ensemble import compose_band
from exercises.chart import Bar, ComposeError, number_notes
from exercises.checks.changes import check_changes
from exercises.checks.roads import check_road
from exercises.checks.survey import Survey
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.levels import level
from exercises.midi import write_midi
from exercises.midi_reader import read_midi
from exercises.musicxml import read_chart, write_musicxml
from exercises.passes import map_passes, print_chart
from exercises.request import resolve_drill
from exercises.roadmap import drop_unfollowed, read_roadmap, read_sign, sound_bars
from exercises.tempi import tempo_map
from game.notation.engrave import engrave
from game.notation.page import PageRequest
from game.performer.performance import PROFILES, perform
from game.scoring.grade import grade_take
from game.ui.score.slots import arrange_slots, find_repeat, find_system
from styles.loader import load_styles

ENDINGS = ("repeat 1-4", "ending 1 3-4", "ending 2 5-6")
CODA = ("segno 3", "To Coda 5", "D.S. al Coda 8", "coda 9")

ROADS = [
    (4, (), "1 2 3 4"),
    (4, ("repeat 1-4",), "1 2 3 4 1 2 3 4"),
    (4, ("repeat 2-3 3x",), "1 2 3 2 3 2 3 4"),
    (4, ("vamp 1-2 4x",), "1 2 1 2 1 2 1 2 3 4"),
    (6, ENDINGS, "1 2 3 4 1 2 5 6"),
    (
        6,
        ("repeat 1-3 3x", "ending 1 3-3", "ending 2 4-4", "ending 3 5-5"),
        "1 2 3 1 2 4 1 2 5 6",
    ),
    (6, ("repeat 1-3 3x", "ending 1,2 3-3", "ending 3 4-4"), "1 2 3 1 2 3 1 2 4 5 6"),
    (8, ("Fine 4", "D.C. al Fine 8"), "1 2 3 4 5 6 7 8 1 2 3 4"),
    (6, ("D.C. 4",), "1 2 3 4 1 2 3 4 5 6"),
    (6, ("segno 2", "Fine 3", "D.S. al Fine 6"), "1 2 3 4 5 6 2 3"),
    (10, CODA, "1 2 3 4 5 6 7 8 3 4 5 9 10"),
    (8, ("To Coda 2", "D.C. al Coda 6", "coda 7"), "1 2 3 4 5 6 1 2 7 8"),
    # After a jump repeats are not played again, and of endings the last is taken ...
    (8, (*ENDINGS, "Fine 6", "D.C. al Fine 8"), "1 2 3 4 1 2 5 6 7 8 1 2 5 6"),
    (6, ("repeat 2-3", "Fine 4", "D.C. al Fine 6"), "1 2 3 2 3 4 5 6 1 2 3 4"),
    # ... but a repeat that comes only after the jump is.
    (10, (*CODA, "vamp 9-10 3x"), "1 2 3 4 5 6 7 8 3 4 5 9 10 9 10 9 10"),
    (4, ("repeat 1-2", "repeat 3-4"), "1 2 1 2 3 4 3 4"),
    (4, ("cue 2 Horns",), "1 2 3 4"),
]


@pytest.mark.parametrize(("bars", "road", "order"), ROADS)
def test_printed_bars_sound_in_the_order_of_their_signs(bars, road, order):
    numbers = range(1, bars + 1)
    sounding = [numbers[at] for at in sound_bars(numbers, read_roadmap(road))]
    assert " ".join(map(str, sounding)) == order
    assert tuple(str(sign) for sign in read_roadmap(road)) == road


UNFOLLOWED = [
    (("D.S. 4",), "bar 4: D.S., but there is no segno before it"),
    (("D.S. al Coda 4", "segno 2"), "bar 4: D.S. al Coda, but there is no To Coda"),
    (("D.C. al Coda 4", "To Coda 2"), "there is no coda after it"),
    (("D.C. al Fine 4",), "bar 4: D.C. al Fine, but there is no Fine"),
    (("ending 1 3-4",), "bar 3: an ending without a repeat before it"),
    (("repeat 2-9",), "there is no bar 9"),
    (("repeat 3-2",), "it ends before it begins"),
]


@pytest.mark.parametrize(("road", "words"), UNFOLLOWED)
def test_what_cannot_be_followed_is_said_by_bar(road, words):
    numbers = range(1, 7)
    with pytest.raises(ComposeError, match=words):
        sound_bars(numbers, read_roadmap(road))
    left = drop_unfollowed(numbers, read_roadmap(road))
    assert sound_bars(numbers, left) == tuple(range(6))
    assert any(sign.kind == "unread" and words in sign.text for sign in left)


def test_a_road_map_in_other_words_is_refused():
    with pytest.raises(ComposeError, match="no sign of a road map"):
        read_sign("da capo 4")


def fold(bars, *road):
    """A wild chart whose bars come back as a road map says."""
    chart = make_chart(3, "4/4", bars=bars)
    order = sound_bars([bar.number for bar in chart.bars], read_roadmap(road))
    sounding, first, notes = [], {}, []
    here = Fraction(0)
    for at in order:
        bar = chart.bars[at]
        sounding.append(Bar(bar.number, here, Fraction(4), "4/4", first.get(at)))
        for note in chart.notes:
            away = note.onset_ql - bar.onset_ql
            if 0 <= away < 4:
                length = min(note.duration_ql, 4 - away)
                notes.append(
                    msgspec.structs.replace(note, onset_ql=here + away, duration_ql=length)
                )
        first.setdefault(at, len(sounding) - 1)
        here += 4
    return msgspec.structs.replace(
        chart, bars=tuple(sounding), notes=number_notes(notes), roadmap=road
    )


@pytest.mark.parametrize(("bars", "road"), [each[:2] for each in ROADS[1:]])
def test_a_road_map_comes_back_from_its_file(bars, road, tmp_path):
    chart = fold(bars, *road)
    assert not list(check_road(chart))
    path = tmp_path / "road.musicxml"
    path.write_bytes(write_musicxml(chart))
    back = read_chart(path)
    assert back.bars == chart.bars
    assert facts(back) == facts(chart)
    assert sorted(back.roadmap) == sorted(each for each in road if "cue" not in each)
    assert path.read_bytes().count(b"<measure ") == bars


def test_midi_is_in_sounding_order():
    chart = fold(6, *ENDINGS)
    back = read_midi(write_midi(chart), "road.mid")
    assert len(back.bars) == 8
    assert [n.onset_ql for n in back.notes if n.staff == 2] == [
        n.onset_ql for n in chart.notes if n.staff == 2
    ]


def test_other_readers_know_the_repeats():
    chart = fold(6, *ENDINGS)
    part = partitura.load_musicxml(io.BytesIO(write_musicxml(chart)))[0]
    unfolded = partitura.score.unfold_part_maximal(part)
    played = [note for note in chart.notes if note.duration_ql > 0]
    sounding = [n for n in unfolded.notes_tied if not isinstance(n, partitura.score.GraceNote)]
    assert len(sounding) == len(played)
    assert sorted(n.midi_pitch for n in sounding) == sorted(n.pitch for n in played)


def test_a_false_pass_is_a_fault():
    chart = fold(6, *ENDINGS)
    second = next(note for note in chart.notes if note.onset_ql >= 16)
    others = [note for note in chart.notes if note is not second]
    shorter = msgspec.structs.replace(chart, notes=number_notes(others))
    assert any("other notes" in detail for _, detail in check_road(shorter))
    straight = msgspec.structs.replace(chart, roadmap=())
    assert any("order of the road map" in detail for _, detail in check_road(straight))


def test_every_pass_has_its_place_on_the_page():
    chart = fold(10, *CODA)
    page = engrave(write_musicxml(chart), chart, PageRequest(60))
    shown = {n.id for s in page.systems for n in s.notes}
    later = {name for s in page.systems for n in s.notes for name in n.later}
    assert {note.id for note in chart.notes} <= shown | later
    assert not shown & later
    assert [bar.number for s in page.systems for bar in s.bars] == list(range(1, 11))
    homes = {bar.number: at for at, s in enumerate(page.systems) for bar in s.bars}
    for bar in chart.bars:
        for away in (0.0, 1.5, 3.9):
            position = float(bar.onset_ql) + away
            assert find_system(page, position) == homes[bar.number]
            (place,) = [b for s in page.systems for b in s.bars if b.number == bar.number]
            system = page.systems[homes[bar.number]]
            column = system.playhead_column(page.shown_ql(position))
            # Within a run it is on its way to the first note of the next bar.
            assert place.left <= column <= place.right + (0 if bar.number in {5, 8} else 8)
    words = {word.text for s in page.systems for word in s.words}
    assert {"D.S. al Coda", "To Coda ⊕"} <= words


def test_systems_scroll_back_at_a_repeat():
    chart = fold(12, *CODA)
    page = engrave(write_musicxml(chart), chart, PageRequest(50))
    rows = max(len(s.rows) for s in page.systems) + 2
    back = next(bar for bar in chart.bars if bar.printed is not None)
    before = float(back.onset_ql) - 0.1
    homes = {bar.number: at for at, s in enumerate(page.systems) for bar in s.bars}
    two = arrange_slots(page, 2 * rows + 8, 0, before)
    # What is read next is in sight before the music jumps.
    assert len(two) == 2
    assert {slot.system for slot in two} == {homes[8], homes[3]}
    lone = arrange_slots(page, rows, 0, float(back.onset_ql) + 0.1)
    assert [slot.system for slot in lone] == [homes[3]]
    again = find_repeat(page, before, float(back.onset_ql))
    assert again is not None
    assert again[0] == float(chart.bars[back.printed].onset_ql)


def test_composed_charts_come_back_on_their_roads(tmp_path):
    packs = load_styles().styles
    kinds = set()
    for style, seed in (("jazz", 2), ("rock", 1), ("classical", 2)):
        drill = resolve_drill(DrillRequest(style=style, level=10, seed=seed), packs[style])
        chart = compose_chart(drill, packs[style]).chart
        kinds |= {sign.kind for sign in read_roadmap(chart.roadmap)}
        assert len(chart.bars) == drill.bars
        assert len(print_chart(chart).bars) < drill.bars
        assert set(map_passes(chart)) == {note.id for note in chart.notes}
        path = tmp_path / f"{style}.musicxml"
        path.write_bytes(write_musicxml(chart))
        assert facts(read_chart(path)) == facts(chart)
        timeline = tempo_map(chart)
        more = {"timeline": timeline, "style": packs[style], "level": 10}
        played = perform(chart, PROFILES["perfect"], seed=1, **more)
        assert round(grade_take(chart, played.events, **more).scores.total) == 100
    assert {"repeat", "ending"} <= kinds


def drums_of_bars(chart, style):
    """For each bar what the drums strike in it, as (place, drum)."""
    hits = compose_band(chart, style).parts[0].hits
    return {
        index: {
            (hit.onset_ql - bar.onset_ql, hit.pitch)
            for hit in hits
            if bar.onset_ql <= hit.onset_ql < bar.onset_ql + bar.duration_ql
        }
        for index, bar in enumerate(chart.bars)
    }


def test_a_drum_fill_is_cued_where_the_drums_play_one():
    packs = load_styles().styles
    request = DrillRequest(style="rock", level=10, kind="comping", seed=2)
    chart = compose_chart(resolve_drill(request, packs["rock"]), packs["rock"]).chart
    cues = [sign for sign in read_roadmap(chart.roadmap) if sign.kind == "cue"]
    assert {cue.text for cue in cues} == {"Drum fill"}
    drums = drums_of_bars(chart, packs["rock"])
    letters = {each.onset_ql: each.letter for each in chart.sections}
    for cue in cues:
        for index, bar in enumerate(chart.bars):
            if bar.number == cue.first:
                assert drums[index] != drums[index - 1], "the groove goes on"
                after = chart.bars[index + 1].onset_ql
                assert letters[after] not in {s for at, s in letters.items() if at < after}
    page = engrave(write_musicxml(chart), chart, PageRequest(80))
    assert sum(word.text == "Drum fill" for s in page.systems for word in s.words) == len(cues)
    # It can be read at its own level, and not below; and it is no turn of the road.
    assert not list(check_changes(Survey(chart), level(10)))
    below = msgspec.structs.replace(level(10), roads=level(10).roads[:-1])
    faults = list(check_changes(Survey(chart), below))
    assert faults == [(cue.first, "cue is above the level") for cue in cues]
