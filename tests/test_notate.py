"""The written page: values, ties, rests, tuplets, beams, voices and accidentals."""

from fractions import Fraction

import pytest

from exercises.chart import Bar, Chart, ComposeError, Note, number_notes
from exercises.drill import Drill
from exercises.meter import read_grid
from exercises.notation.notate import notate
from exercises.theory import read_spelling
from exercises.timeline import bar_ql

LETTERS = {
    "whole": "w",
    "half": "h",
    "quarter": "q",
    "eighth": "e",
    "16th": "s",
    "32nd": "t",
}


def chart_of(tones, meter="4/4", *, bars=1, key="C", pickup=Fraction(0)):
    """Tones are (onset, length, spelling[, staff[, voice]])."""
    length = bar_ql(meter)
    grid = [Bar(n + 1, n * length, length, meter) for n in range(bars)]
    if pickup:
        grid.insert(0, Bar(0, -pickup, pickup, meter))
    notes = [
        Note("", Fraction(t[0]), Fraction(t[1]), read_spelling(t[2]), t[2], *(*t[3:], 1, 1)[:2])
        for t in tones
    ]
    drill = Drill("jazz", 5, "grand", key, meter, bars, 100.0, "both", 1, "")
    return Chart(drill, tuple(grid), number_notes(notes))


def line(lengths, meter="4/4", *, bars=1, start=0):
    """One voice from lengths; a negative one rests."""
    tones = []
    here = Fraction(start)
    for text in lengths.split():
        length = Fraction(text)
        if length > 0:
            tones.append((here, length, "A4"))
        here += abs(length)
    return chart_of(tones, meter, bars=bars)


def events(chart, bar=0, staff=1):
    return [event for voice in notate(chart)[bar].staves[staff - 1] for event in voice.events]


def shorthand(chart, bar=0):
    """q a quarter, q. dotted, q~ tied on, -q a rest, W a whole bar's rest, (3 a tuplet starts."""
    words = []
    for event in events(chart, bar):
        if event.whole_bar:
            words.append("W")
            continue
        word = "" if event.notes else "-"
        if event.edge == "start":
            word = f"({event.ratio[0]}" + word
        word += LETTERS[event.type] + "." * event.dots
        if event.notes and event.notes[0].tie in {"start", "continue"}:
            word += "~"
        if event.edge == "stop":
            word += ")"
        words.append(word)
    return " ".join(words)


@pytest.mark.parametrize(
    ("meter", "lengths", "written"),
    [
        ("4/4", "4", "w"),
        ("4/4", "3 1", "h. q"),
        ("4/4", "3/2 1/2 3/2 1/2", "q. e q. e"),
        ("4/4", "1/2 1 1/2 2", "e q e h"),
        ("4/4", "1 2 1", "q h q"),
        ("4/4", "1 3", "q q~ h"),
        ("4/4", "3/2 1 3/2", "q. e~ e e~ q"),
        ("4/4", "1/2 1 1 1 1/2", "e q e~ e q e"),
        ("4/4", "5/2 3/2", "h~ e e~ q"),
        ("4/4", "7/2 1/2", "h~ q. e"),
        ("4/4", "1/2 3/2 2", "e e~ q h"),
        ("4/4", "1/4 1/2 1/4 3", "s e s q~ h"),
        ("4/4", "3/4 1/4 1/4 3/4 2", "e. s s e. h"),
        ("4/4", "3/4 3/4 1/2 2", "e. s~ e e h"),
        ("4/4", "-1 1 -2", "-q q -h"),
        ("4/4", "1 -3", "q -q -h"),
        ("4/4", "1/2 -7/2", "e -e -q -h"),
        ("4/4", "-4", "W"),
        ("3/4", "3", "h."),
        ("3/4", "1 2", "q h"),
        ("3/4", "1/2 1 1 1/2", "e q q e"),
        ("3/4", "3/2 3/2", "q. e~ q"),
        ("3/4", "1 -2", "q -q -q"),
        ("2/4", "1/2 1 1/2", "e q e"),
        ("2/2", "2 2", "h h"),
        ("2/2", "3/2 1 3/2", "q. e~ e e~ q"),
        ("6/8", "3/2 3/2", "q. q."),
        ("6/8", "3", "h."),
        ("6/8", "1 1 1", "q e~ e q"),
        ("6/8", "1 1/2 1/2 1", "q e e q"),
        ("6/8", "3/2 -3/2", "q. -q."),
        ("6/8", "1/2 -1 3/2", "e -e -e q."),
        ("6/8", "-1 1/2 3/2", "-q e q."),
        ("9/8", "9/2", "h.~ q."),
        ("12/8", "6", "w."),
        ("12/8", "3/2 3 3/2", "q. q.~ q. q."),
        ("3/8", "3/2", "q."),
        ("5/4", "5", "h.~ h"),
        ("5/4", "2 2 1", "h q~ q q"),
        ("7/8", "7/2", "h~ q."),
        ("7/8", "1 1 3/2", "q q q."),
        ("5/8", "5/2", "q.~ q"),
        ("4/4", "1/3 1/3 1/3 3", "(3e e e) q~ h"),
        ("4/4", "2/3 1/3 3", "(3q e) q~ h"),
        ("4/4", "2/3 2/3 2/3 2", "(3q q q) h"),
        ("4/4", "4/3 4/3 4/3", "(3h h h)"),
        ("4/4", "1/6 1/6 1/6 1/2 3", "(3s s s) e q~ h"),
        ("4/4", "1/3 -1/3 1/3 3", "(3e -e e) q~ h"),
        ("4/4", "1/5 1/5 1/5 1/5 1/5 3", "(5s s s s s) q~ h"),
        ("4/4", "2/3 1 1/3 2", "(3q e~) (3q e) h"),
        ("3/4", "2/3 2/3 2/3 1", "(3q q q) q"),
    ],
)
def test_a_reader_sees_the_beat(meter, lengths, written):
    assert shorthand(line(lengths, meter)) == written


def test_a_note_is_tied_over_the_bar_line_and_its_heads_count_up():
    chart = line("3 3 2", bars=2)
    assert shorthand(chart, 0) == "h. q~"
    assert shorthand(chart, 1) == "h h"
    heads = [note for bar in (0, 1) for event in events(chart, bar) for note in event.notes]
    assert [(n.id, n.tie) for n in heads] == [
        ("n1", ""),
        ("n2", "start"),
        ("n2-2", "stop"),
        ("n3", ""),
    ]


def test_marks_stand_on_one_head_of_a_tied_note():
    note = Note("n1", Fraction(3), Fraction(2), 69, "A4", 1, 1, ("accent", "fermata"), 3)
    chart = chart_of([(0, 1, "A4")], bars=2)
    chart = Chart(chart.drill, chart.bars, (note,))
    first = events(chart, 0)[-1].notes[0]
    last = events(chart, 1)[0].notes[0]
    assert (first.articulations, first.fingering) == (("accent",), 3)
    assert (last.articulations, last.fingering) == (("fermata",), None)


@pytest.mark.parametrize("meter", ["4/4", "3/4", "6/8", "7/8", "5/4"])
def test_every_voice_fills_every_bar(meter):
    length = bar_ql(meter)
    tones = [(n * Fraction(5, 4), Fraction(3, 4), "C5") for n in range(int(3 * length))]
    tones = [t for t in tones if t[0] + t[1] <= 4 * length]
    tones += [(n * length, length, "C3", 2) for n in range(4)]
    for bar in notate(chart_of(tones, meter, bars=4)):
        for voices in bar.staves:
            for voice in voices:
                assert sum(event.duration_ql for event in voice.events) == bar.duration_ql


def test_a_silent_staff_has_one_whole_rest():
    (rest,) = events(line("4"), staff=2)
    assert rest.whole_bar
    assert rest.duration_ql == 4


def test_a_pickup_is_written_from_the_end_of_its_bar():
    chart = chart_of([(-1, Fraction(1, 2), "C5"), (0, 4, "C5")], pickup=Fraction(3, 2))
    (bar, _) = notate(chart)
    assert bar.is_pickup
    # Half of beat 3, then beat 4: the rests stand where a full bar would have them.
    assert shorthand(chart, 0) == "-e e -e"


def test_notes_that_sound_together_are_one_chord_and_others_get_voices():
    tones = [(0, 4, "C3"), (0, 2, "E4"), (0, 2, "G4"), (2, 2, "F4")]
    upper, lower = notate(chart_of(tones))[0].staves[0]
    assert [len(event.notes) for event in upper.events] == [2, 1]
    assert [note.spelling for note in lower.events[0].notes] == ["C3"]


def test_a_second_voice_hides_its_rests():
    tones = [(0, 4, "C5"), (2, 2, "E4")]
    upper, lower = notate(chart_of(tones))[0].staves[0]
    assert not any(event.hidden for event in upper.events)
    assert [event.hidden for event in lower.events] == [True, False]


def test_a_grace_note_stands_before_its_note():
    chart = chart_of([(0, 2, "C5"), (2, 0, "D#5"), (2, 2, "E5")])
    written = events(chart)
    assert [event.is_grace for event in written] == [False, True, False]
    assert written[1].notes[0].spelling == "D#5"


def beams(lengths, meter="4/4"):
    return [event.beams for event in events(line(lengths, meter)) if event.notes]


@pytest.mark.parametrize(
    ("meter", "lengths", "groups"),
    [
        ("4/4", "1/2 " * 8, [4, 4]),
        ("4/4", "1/2 1/2 1 " + "1/2 " * 4, [2, 4]),
        ("4/4", "1/2 1/4 1/4 " * 4, [3, 3, 3, 3]),
        ("4/4", "1/2 1/2 1/4 1/4 1/2 2", [2, 3]),
        ("3/4", "1/2 " * 6, [6]),
        ("3/4", "1 " + "1/2 " * 4, [2, 2]),
        ("6/8", "1/2 " * 6, [3, 3]),
        ("7/8", "1/2 " * 7, [2, 2, 3]),
        ("5/8", "1/2 " * 5, [3, 2]),
        ("4/4", "1/2 -1/2 1/2 1/2 2", [2]),
        ("4/4", "1/3 1/3 1/3 1/2 1/2 2", [3, 2]),
    ],
)
def test_beams_show_the_beat(meter, lengths, groups):
    sizes = []
    for signs in beams(lengths, meter):
        if signs and signs[0] == "begin":
            sizes.append(0)
        if signs:
            sizes[-1] += 1
    assert sizes == groups


def test_hooks_point_to_their_partner():
    assert beams("3/4 1/4 1/4 3/4 2")[:4] == [
        ("begin",),
        ("end", "backward hook"),
        ("begin", "forward hook"),
        ("end",),
    ]
    assert beams("1/4 1/2 1/4 3")[:3] == [
        ("begin", "forward hook"),
        ("continue",),
        ("end", "backward hook"),
    ]


def accidentals(tones, key="C", bars=1):
    chart = chart_of(tones, key=key, bars=bars)
    return [
        (note.accidental, note.courtesy)
        for bar in range(bars)
        for event in events(chart, bar)
        for note in event.notes
    ]


def test_accidentals_hold_for_the_bar():
    tones = [(0, 1, "F#4"), (1, 1, "F#4"), (2, 1, "F4"), (3, 1, "F4")]
    plain = (None, False)
    assert accidentals(tones) == [("#", False), plain, ("n", False), plain]
    assert accidentals([(0, 2, "F#4"), (2, 2, "Bb4")], key="D") == [plain, ("b", False)]


def test_a_return_to_the_key_is_recalled_once():
    tones = [(0, 4, "F#4"), (4, 2, "F4"), (6, 2, "F4")]
    assert accidentals(tones, bars=2) == [("#", False), ("n", True), (None, False)]


def test_another_octave_recalls_the_key():
    assert accidentals([(0, 2, "F#4"), (2, 2, "F5")]) == [("#", False), ("n", True)]


def test_a_tied_head_prints_no_accidental_but_the_next_note_does():
    tones = [(2, 4, "F#4"), (6, 2, "F#4")]
    signs = accidentals(tones, bars=2)
    assert signs == [("#", False), (None, False), ("#", False)]


def test_what_cannot_be_written_names_its_bar():
    with pytest.raises(ComposeError, match="cannot be written"):
        notate(chart_of([(0, Fraction(1, 11), "C5")]))
    with pytest.raises(ComposeError, match="bar 2, staff 1"):
        notate(chart_of([(Fraction(17, 4), Fraction(1, 13440), "C5")], bars=2))


def test_grids_of_all_metres_cover_their_bars():
    for meter in ("4/4", "3/4", "2/4", "2/2", "3/8", "6/8", "9/8", "12/8", "5/4", "5/8", "7/8"):
        grid = read_grid(meter)
        assert grid.beats[0][0] == 0
        assert grid.beats[-1][1] == grid.length
        assert all(a[1] == b[0] for a, b in zip(grid.beats, grid.beats[1:], strict=False))
    with pytest.raises(ComposeError, match="not a metre"):
        read_grid("x")
