"""Hard checks 4 and 5, harmony and voice leading: each clause is broken once, and left alone."""

from fractions import Fraction

import msgspec
import pytest
from music21 import note as note21
from music21 import voiceLeading

from exercises.chart import Bar, Chart, Chord, Note, Section, number_notes
from exercises.checks.chart import check_chart
from exercises.checks.harmony import check_harmony
from exercises.checks.survey import Survey
from exercises.checks.voices import check_voices
from exercises.compose.chart import compose_chart
from exercises.drill import Drill, DrillRequest
from exercises.harmony import read_token
from exercises.levels import level
from exercises.request import resolve_drill
from exercises.theory import leading_faults, read_spelling
from styles.loader import load_styles

STYLES = load_styles().styles
CLASSICAL, JAZZ, ROCK = STYLES["classical"], STYLES["jazz"], STYLES["rock"]


def note(onset, length, spelling, staff=1):
    pitch = read_spelling(spelling)
    return Note("", Fraction(onset), Fraction(length), pitch, spelling, staff, 1)


def chord(bar, token, key="C", beats=4):
    told = read_token(token, key)
    return Chord(
        Fraction(4 * bar),
        Fraction(beats),
        told.symbol,
        told.root,
        told.bass,
        told.pitch_classes,
    )


def chart_of(notes, tokens, *, key="C", number=5, kind="grand"):
    bars = tuple(Bar(n + 1, Fraction(4 * n), Fraction(4), "4/4") for n in range(len(tokens)))
    drill = Drill("classical", number, kind, key, "4/4", len(tokens), 80.0, "both", 1, "")
    chords = tuple(chord(n, token, key) for n, token in enumerate(tokens))
    return Chart(drill, bars, number_notes(notes), chords)


def tune(names, each=1):
    return [note(n * each, each, name) for n, name in enumerate(names.split())]


def left(*bars):
    """Each bar one chord, held: its notes separated by spaces."""
    return [note(4 * n, 4, name, 2) for n, bar in enumerate(bars) for name in bar.split()]


def harmony(chart, style=CLASSICAL, number=5):
    return list(check_harmony(Survey(chart), style, level(number)))


def voices(chart):
    return list(check_voices(Survey(chart)))


TUNE = "E4 F4 G4 C5 A4 G4 F4 A4 B4 D5 G4 B4 C5"
GROUND = left("C3 G3", "F2 C3", "G2 D3 F3", "C3 G3")
TOKENS = ("I", "IV", "V:7", "I")
GOOD = chart_of([*tune(TUNE), *GROUND], TOKENS)


def test_the_good_chart_is_good():
    assert harmony(GOOD) == []
    assert voices(GOOD) == []


def test_rule_4_a_struck_chord_has_its_third():
    bare = "E4 F4 G4 C5 C5 G4 F4 C5 D5 G4 D5 G4 C5"
    chart = chart_of([*tune(bare), *left("C3 G3", "F2 C3", "G2 D3 F3", "C3 G3")], TOKENS)
    assert harmony(chart) == [(3, "the third of G7 does not sound")]
    # Two notes are no chord: a bare fifth may leave the third to nobody.
    fifth = chart_of([*tune(bare), *left("C3 G3", "F2 C3", "G2 D3", "C3 G3")], TOKENS)
    assert harmony(fifth) == []


def test_rule_4_a_suspension_stands_for_the_third():
    names = "E4 F4 G4 C5 A4 G4 F4 A4 D5 G4 D5 G4 C5"
    ground = left("C3 G3", "F2 C3", "G2 C3 D3", "C3 G3")
    assert harmony(chart_of([*tune(names), *ground], ("I", "IV", "V:sus4", "I"))) == []
    assert harmony(chart_of([*tune(names), *ground], ("I", "IV", "V:7", "I")))[0][0] == 3


def test_rule_4_a_chord_stands_on_its_root_or_bass():
    notes = [*tune("E4 F4 G4 C5 A4 G4 A4 C5 B4 D5 G4 B4 C5"), *GROUND]
    wrong = [n for n in notes if n.onset_ql != 4 or n.staff == 1]
    chart = chart_of([*wrong, note(4, 4, "E2", 2)], TOKENS)
    assert harmony(chart) == [(2, "neither root nor bass of F sounds")]
    inversion = chart_of([*wrong, note(4, 4, "A2", 2)], ("I", "IV/VI", "V:7", "I"))
    assert harmony(inversion) == []
    # Out of the bass register, in rootless styles, with the hands by turns: nobody asks.
    high = chart_of([*wrong, note(4, 4, "E3", 2)], TOKENS)
    assert harmony(high) == []
    assert harmony(chart, JAZZ, 7) == []
    assert harmony(chart, number=2) == []


def test_rule_4_a_bass_may_come_early_and_late():
    early = [note(0, 3, "C3", 2), note(3, 2, "F2", 2), note(6, 2, "A2", 2)]
    rest = left("C3", "F2", "G2", "C3")[2:]
    chart = chart_of([*tune("E4 F4 G4 C5 A4 G4 A4 C5 B4 D5 G4 B4 C5"), *early, *rest], TOKENS)
    assert harmony(chart) == []
    late = [note("3/2", "3/2", "G2", 2), *left("C3", "F2", "G2", "C3")[1:]]
    tumbao = chart_of([*tune("E4 D4 G4 D5 A4 G4 F4 A4 B4 D5 G4 B4 C5"), *late], TOKENS)
    assert harmony(tumbao) == []
    strange = [note("3/2", "3/2", "A2", 2), *late[1:]]
    chart = chart_of([*tune("E4 D4 G4 D5 A4 G4 F4 A4 B4 D5 G4 B4 C5"), *strange], TOKENS)
    assert harmony(chart) == [(1, "neither root nor bass of C sounds")]


def test_rule_4_strong_beats_have_the_styles_share_of_chord_notes():
    wild = "F4 E4 A4 G4 G4 A4 B4 C5 A4 B4 E5 D5 D5 C5 F4 E4"
    found = harmony(chart_of([*tune(wild), *GROUND], TOKENS))
    assert [bar for bar, text in found if "outside their chords" in text] == [1]
    # The same strangers on weak beats pass.
    calm = "E4 F4 G4 A4 A4 G4 C5 B4 B4 A4 D5 E5 C5 D5 E4 F4"
    assert harmony(chart_of([*tune(calm), *GROUND], TOKENS)) == []
    # One stranger is a suspension, not a habit.
    assert harmony(chart_of([*tune("F4 E4 G4 C5 A4 G4 F4 A4 B4"), *GROUND], TOKENS)) == []


def test_rule_4_no_minor_ninth_is_held():
    notes = [*tune("E4 F4 G4 B4 C5 D5 E5 G4", 1), *left("C3 G3 B3", "F2")]
    held = [n for n in notes if n.onset_ql not in {2, 3} or n.staff == 2]
    chart = chart_of([*held, note(2, 2, "C5")], ("I:maj7", "IV"))
    assert harmony(chart) == [(1, f"{chart.notes[5].id} (C5) is held a minor ninth above B3")]
    # In passing it is heard as passing.
    short = chart_of([*held, note(2, "1/2", "C5")], ("I:maj7", "IV"))
    assert harmony(short) == []
    # Over a stranger to the chord it is the left hand's passing note.
    assert harmony(chart_of([*held, note(2, 2, "C5")], ("I", "IV"))) == []


def test_rule_4_flat_ninths_and_blue_notes_may_grate():
    ninth = chart_of([note(0, 4, "Ab4"), *left("G2 F3 B3")], ("V:7b9",))
    assert harmony(ninth) == []
    plain = chart_of([note(0, 4, "Ab4"), *left("G2 F3 B3")], ("V:7",))
    assert [bar for bar, text in harmony(plain) if "minor ninth" in text] == [1]
    blue = chart_of([note(0, 4, "Eb5"), *left("D3 F#3 C4")], ("II:7",))
    assert [text for _, text in harmony(blue) if "minor ninth" in text]
    assert not [text for _, text in harmony(blue, ROCK) if "minor ninth" in text]


def test_rule_5_no_parallels_between_the_outer_parts():
    ground = left("C3", "F3", "G3", "C3")
    fifths = chart_of([note(0, 4, "G4"), note(4, 4, "C5"), note(8, 8, "B4"), *ground], TOKENS)
    assert voices(fifths) == [(2, "parallel fifths to C5 over F3")]
    octaves = chart_of([note(0, 4, "C5"), note(4, 4, "F5"), note(8, 8, "D5"), *ground], TOKENS)
    assert voices(octaves) == [(2, "parallel octaves to F5 over F3")]
    contrary = chart_of(
        [note(0, 4, "C5"), note(4, 4, "F5"), note(8, 8, "D5"), *left("C3", "F2", "G2", "C3")],
        TOKENS,
    )
    assert voices(contrary) == []
    # A note of the tune between them breaks the parallel.
    between = [note(0, 2, "G4"), note(2, 2, "A4"), note(4, 4, "C5"), note(8, 8, "B4")]
    assert voices(chart_of([*between, *ground], TOKENS)) == []


def test_rule_5_a_doubled_line_is_no_fault():
    doubled = [
        note(2 * n, 2, f"{letter}{4 if staff == 1 else 3}", staff)
        for staff in (1, 2)
        for n, letter in enumerate("CDEFEDCC")
    ]
    assert voices(chart_of(doubled, ("I", "I", "V", "I"))) == []
    three = [n for n in doubled if n.onset_ql < 6 or n.staff == 1]
    assert voices(chart_of(three, ("I", "I", "V", "I"))) == [(1, "parallel octaves to D4 over D3")]


def test_rule_5_the_inner_notes_of_a_broken_chord_are_no_bass():
    pah = [note(0, 1, "C3", 2), note(1, 1, "E3", 2), note(2, 1, "G2", 2), note(3, 1, "F3", 2)]
    chart = chart_of([*tune("E5 E5 D5 F5 E5"), *pah, *left("C3", "C3")[1:]], ("I", "I"))
    assert voices(chart) == []


@pytest.mark.parametrize(
    ("names", "key", "words"),
    [
        ("A4 G#4 F4 E4 A4", "Am", "augmented second to F4"),
        ("C5 F4 B4 C5 C5", "C", "augmented fourth to B4"),
        ("C5 B4 F5 G5 C5", "C", "diminished fifth to F5 does not turn back"),
        ("C5 B4 F5 E5 C5", "C", None),
        ("C5 E5 F5 B4 C5", "C", None),
    ],
)
def test_rule_5_voices_sing_no_augmented_leaps(names, key, words):
    found = voices(chart_of(tune(names), ("I", "I"), key=key))
    assert [text for _, text in found] == ([f"an {words}"] if words and "aug" in words else
            [f"the {words}"] if words else [])  # fmt: skip


def test_rule_5_the_interval_between_two_phrases_is_dead():
    chart = chart_of(tune("C5 F4 B4 C5 C5"), ("I", "I"))
    assert voices(chart)
    opened = msgspec.structs.replace(chart, sections=(Section(chart.notes[2].onset_ql, "b"),))
    assert chart.notes[2].spelling == "B4"
    assert voices(opened) == []


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("F4 E4 F4 G4 F4 E4 E4 F4 E4 F4 E4 F4", "the tune hovers on F4 and E4"),
        ("F4 E4 F4 G4 A4 G4 E4 F4 E4 F4 E4 F4", None),
        ("F4 E4 F4 E4 F4 F4 E4", None),
    ],
)
def test_rule_5_a_tune_of_eight_bars_goes_somewhere(names, words):
    notes = [note(2 * place, 2, name) for place, name in enumerate(names.split())]
    chart = chart_of(notes, ("I",) * 8)
    assert [text for _, text in voices(chart) if "tune" in text] == ([words] if words else [])


def test_rule_5_a_rest_begins_a_new_line():
    apart = [note(0, 2, "F4"), note(3, 1, "B4"), note(4, 4, "C5")]
    assert voices(chart_of(apart, ("I", "I"))) == []


@pytest.mark.parametrize(
    ("last", "home", "words"),
    [
        ("B4", "C5", None),
        ("B4", "G4", "the leading note B4 goes to G4"),
        ("F4", "E4", None),
        ("F4", "G4", "the seventh F4 goes to G4"),
        ("D5", "C5", None),
        ("G4", "E5", None),
    ],
)
def test_rule_5_tendencies_resolve_at_the_cadence(last, home, words):
    notes = [note(0, 2, "D5"), note(2, 2, last), note(4, 4, home), *left("G2", "C3")]
    assert voices(chart_of(notes, ("V:7", "I"))) == ([(2, words)] if words else [])


def test_rule_5_the_last_chord_is_the_tonic():
    notes = [note(0, 4, "B4"), note(4, 4, "A4"), *left("G2", "A2")]
    assert voices(chart_of(notes, ("V:7", "VI:m"))) == [(2, "the last chord is Am, not the tonic")]


def test_rule_5_judges_motions_as_music21_does():
    for upper in ((67, 72), (72, 77), (67, 69), (72, 74), (64, 65)):
        for lower in ((48, 53), (48, 50), (53, 48), (48, 48)):
            notes = [note21.Note(pitch) for pitch in (*upper, *lower)]
            quartet = voiceLeading.VoiceLeadingQuartet(*notes)
            told = leading_faults(upper, lower)
            assert ("parallel fifth" in told) == quartet.parallelFifth()
            assert ("parallel octave" in told) == quartet.parallelOctave()


def test_both_rules_are_asked_by_the_check_of_a_chart():
    request = DrillRequest("classical", 6, meter="4/4", bars=8, seed=3)
    chart = compose_chart(resolve_drill(request, CLASSICAL), CLASSICAL).chart
    assert check_chart(chart, CLASSICAL, level(6)) == ()
    moved = tuple(
        msgspec.structs.replace(each, root=(each.root + 1) % 12, bass=(each.bass + 1) % 12,
                                pitch_classes=tuple((pc + 1) % 12 for pc in each.pitch_classes))
        for each in chart.chords
    )  # fmt: skip
    faults = check_chart(msgspec.structs.replace(chart, chords=moved), CLASSICAL, level(6))
    assert {4, 5} <= {fault.rule for fault in faults}
