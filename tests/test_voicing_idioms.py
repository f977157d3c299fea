"""What players of each style put under a symbol, and what is another chord: a table of voicings."""

from fractions import Fraction

import pytest

from exercises.chart import Chord
from exercises.score.symbols import read_symbol
from exercises.theory import pitch_class
from game.scoring.changes import Over, judge_strikes
from game.scoring.voicings import ask, judge_voicing, name_heard
from styles.loader import load_styles

STYLES = load_styles().styles

IDIOMATIC = [
    # jazz: triads over a dominant's tritone, on its second, sixth and flat sixth
    ("jazz", "G7", "F3 B3 A4 Db5 E5"),
    ("jazz", "G7", "F3 B3 E4 Ab4 B4"),
    ("jazz", "G7", "F3 B3 Eb4 G4 Bb4"),
    # the chord on the flat fifth
    ("jazz", "G7", "F3 B3 Db4 Ab4"),
    ("jazz", "G7", "F3 Ab3 Cb4 Db4"),
    ("bossa", "A7", "G3 Bb3 Db4 F4"),
    ("gospel", "C7", "E3 Bb3 Db4 Gb4"),
    # six-nine for a major seventh, and the other way round
    ("jazz", "Cmaj7", "E3 A3 D4 G4"),
    ("bossa", "C6", "E3 G3 B3 D4"),
    ("jazz", "C69", "E3 A3 D4 G4 B4"),
    # fourths: So What, a third above in major, three upon the root, the thirteenth
    ("jazz", "Dm7", "D3 G3 C4 F4 A4"),
    ("jazz", "Cmaj7", "E3 A3 D4 G4 B4"),
    ("jazz", "Dm7", "D3 G3 C4"),
    ("jazz", "G7", "F3 B3 E4 A4"),
    ("funk", "Em7", "E3 A3 D4 G4"),
    # rootless, both ways, and with the eleventh
    ("jazz", "Dm7", "F3 A3 C4 E4"),
    ("jazz", "Dm7", "C4 E4 F4 A4"),
    ("bossa", "Dm7", "F3 G3 C4 E4"),
    ("jazz", "G13", "F3 A3 B3 E4"),
    ("rnb_soul", "Cm7", "Eb3 G3 Bb3 D4"),
    # suspended for plain dominants
    ("jazz", "G7", "F3 A3 C4 E4"),
    ("gospel", "C7", "Bb3 D4 F4"),
    ("rnb_soul", "D7", "A3 C4 E4 G4"),
    ("pop", "G7", "F3 A3 C4"),
    # shells and guide tones
    ("jazz", "Bm7b5", "B2 D3 A3"),
    ("jazz", "C7", "E3 Bb3"),
    ("jazz", "F#dim7", "F#3 A3 Eb4"),
    # minor with a major seventh, and a diminished with a tension
    ("jazz", "Cm", "Eb3 G3 B3 D4"),
    ("jazz", "Cdim7", "Eb3 Gb3 A3 B3"),
    ("jazz", "E7alt", "G#3 D4 G4 C5"),
    ("bossa", "A7", "C#4 E4 G4 Bb4"),
    # the blues: sevenths on the tonic, crushed thirds, ninths and thirteenths
    ("blues", "C", "C3 E3 Bb3"),
    ("blues", "C7", "Eb4 E4 Bb4"),
    ("blues", "C7", "E3 A3 Bb3 D4"),
    ("funk", "E9", "G#3 D4 F#4"),
    ("funk", "E7", "G#3 D4 G4"),
    # rock: fifths alone
    ("rock", "A", "A2 E3 A3"),
    ("rock", "Am", "A2 E3"),
    # pop, folk, country: seconds, added ninths and sixths, plain triads
    ("pop", "C", "C3 D3 G3"),
    ("pop", "C", "C3 E3 G3 D4"),
    ("pop", "Am", "A3 C4 E4 G4"),
    ("folk", "G", "G2 B2 D3 A3"),
    ("country", "G", "G2 B2 D3 E3"),
    ("country", "D", "F#3 A3 D4"),
    # slash chords, with the bass and without
    ("pop", "D/F#", "D3 A3 D4"),
    ("pop", "C/E", "C4 E4 G4"),
    ("gospel", "F/G", "F3 A3 C4"),
    ("gospel", "Ab/Bb", "Ab3 C4 Eb4 G4"),
    # a bass that walks below
    ("jazz", "C7", "Gb2 E3 Bb3 D4"),
    ("salsa", "Cm7", "G2 G3 Eb4 G4 Bb4"),
    ("cinematic", "Dm", "D2 A2 F3 E4"),
]

ANOTHER = [
    ("jazz", "Cm7", "C3 E3 G3 Bb3", "C7"),
    ("jazz", "C7", "C3 Eb3 G3 Bb3", "Cm7"),
    ("jazz", "Cmaj7", "C3 E3 Bb3", "C7"),
    ("jazz", "C7", "C3 E3 G3 B3", "Cmaj7"),
    ("jazz", "Dm7b5", "D3 F3 A3 C4", "Dm7"),
    ("jazz", "C7", "Eb3 G3 Bb3 D4", "Cm7"),
    ("jazz", "Dm7", "C#3 F#3 C#4 A3 D3", "Dmaj7"),
    ("jazz", "C7", "F3 A3 C4 Eb4", "F7"),
    ("jazz", "C7", "D3 F#3 A3 C4", "D7"),
    ("jazz", "Am7", "A3 C#4 E4 G4", "A7"),
    ("jazz", "Cmaj7", "Db3 F3 Ab3 C4", "Dbmaj7"),
    ("jazz", "C7", "C3 E3 F3 Bb3", "C7 with F"),
    ("jazz", "Cm7", "C3 Db3 Eb3 Bb3", "Cm7 with Db"),
    ("bossa", "Dm7", "D3 F#3 A3 C4", "D7"),
    ("gospel", "Fm7", "F3 A3 C4 Eb4", "F7"),
    ("country", "G", "G3 Bb3 D4", "Gm"),
    ("country", "C7", "C3 E3 G3 B3", "Cmaj7"),
    ("country", "C", "D3 F#3 A3", "D"),
    ("country", "D", "C3 E3 G3", "C"),
    ("pop", "C", "C3 F3 G3", "Csus4"),
    ("pop", "F", "F#3 A#3 C#4", "Gb"),
    ("pop", "Am", "A3 C#4 E4", "A"),
    ("rock", "A", "A2 C3 E3", "Am"),
    ("folk", "Em", "E3 G#3 B3", "E"),
    ("classical", "G7", "G3 C4 D4 F4", "G7sus4"),
]

LACKING = [
    ("jazz", "C7", "C3 G3 Bb3", {4, 5}),
    ("jazz", "Cmaj7", "C3 E3 G3", {9, 11}),
    ("country", "G", "G3 D4", {4}),
    ("classical", "G7", "B3 D4 F4", {0}),
    ("jazz", "Dm7", "D3 F3 A3", {10}),
]


def chord_of(symbol):
    read = read_symbol(symbol)
    bass = pitch_class(read.bass or read.root)
    pcs = tuple(pc for pc in read.pitch_classes if read.bass is None or pc != bass)
    return Chord(Fraction(0), Fraction(4), symbol, pitch_class(read.root), bass, pcs)


def keys(names):
    return tuple(pitch_class(name[:-1]) + 12 * (int(name[-1]) + 1) for name in names.split())


def hear(style, symbol, names):
    """(what is told as another chord, what is told as missing)."""
    chord = chord_of(symbol)
    asked = ask(chord, STYLES[style])
    voicing = judge_voicing(asked, keys(names))
    name = name_heard(keys(names), chord, asked, voicing, flats=True)
    return name, {step for group in voicing.missing for step in group}


@pytest.mark.parametrize(("style", "symbol", "names"), IDIOMATIC)
def test_what_players_of_a_style_play_is_right(style, symbol, names):
    assert hear(style, symbol, names) == ("", set())


@pytest.mark.parametrize(("style", "symbol", "names", "name"), ANOTHER)
def test_another_chord_is_called_by_its_name(style, symbol, names, name):
    assert hear(style, symbol, names)[0] == name


@pytest.mark.parametrize(("style", "symbol", "names", "steps"), LACKING)
def test_a_chord_without_a_tone_that_tells_it_lacks_it(style, symbol, names, steps):
    assert hear(style, symbol, names) == ("", steps)


@pytest.mark.parametrize(
    ("style", "symbol", "strikes", "right"),
    [
        # a suspension that resolves, and one that does not
        ("folk", "C", ("C3 F3 G3", "C3 E3 G3"), True),
        ("folk", "C", ("C3 F3 G3", "C3 F3 G3"), False),
        # two tones that pass by once the chord has been said, and before it has
        ("country", "C", ("C3 E3 G3", "F4 D5", "E4 C5"), True),
        ("country", "C", ("C#4 F#5",), False),
        # single tones: a bass line, a blue note
        ("jazz", "C7", ("C2", "E3 Bb3", "Eb2", "Gb2"), True),
        ("blues", "C7", ("C3 E3 Bb3", "F#5"), True),
        # a chord that leads into the next one, where the style does so
        ("gospel", "C", ("C3 E3 G3", "> C#3 E3 G3 Bb3"), True),
        ("jazz", "Cmaj7", ("E3 G3 B3 D4", "> Eb3 Gb3 Bb3 Db4"), True),
        ("classical", "C", ("C3 E3 G3", "> C#3 E3 G3 Bb3"), False),
        ("gospel", "C", ("C3 E3 G3", "C#3 E3 G3 Bb3"), False),
        ("gospel", "C", ("> C#3 E3 G3 Bb3",), False),
        # tones that come one after the other
        ("pop", "C", ("C3 G3", "E4 G4"), True),
        ("pop", "C", ("C3 G3", "Eb4 G4"), False),
    ],
)
def test_what_is_struck_over_one_chord_is_heard_together(style, symbol, strikes, right):
    """A strike that begins with > comes just before the next chord."""
    over = [Over(keys(names.lstrip("> ")), names.startswith(">")) for names in strikes]
    found = judge_strikes(ask(chord_of(symbol), STYLES[style]), over)
    assert all(voicing.is_right for voicing in found) == right
