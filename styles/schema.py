"""What a style pack may say: the frozen values that one TOML file becomes.

Unknown keys are refused by the loader, so that a misspelt key is found and not swallowed. Units
are quarter notes unless a name says otherwise; weights are relative and need no common sum.
"""

from __future__ import annotations

import msgspec

from styles.band_schema import RhythmSection
from styles.strict import Strict, StyleError

__all__ = [
    "Band",
    "Cell",
    "Ending",
    "Feel",
    "Fill",
    "Form",
    "Melody",
    "Pattern",
    "Progression",
    "RhythmSection",
    "Strict",
    "Style",
    "StyleError",
    "SwingFit",
    "Tempo",
    "Touch",
    "Vocabulary",
    "Voicing",
]


class Tempo(Strict, frozen=True, kw_only=True):
    """Beats a minute of the notated beat, [slowest, fastest], for each pair of levels."""

    l1: tuple[int, int]
    l3: tuple[int, int]
    l5: tuple[int, int]
    l7: tuple[int, int]
    l9: tuple[int, int]
    meters: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    """Metres that keep a tempo of their own at every level: a slow 12/8 in dotted quarters."""

    def at_level(self, level: int, meter: str = "") -> tuple[int, int]:
        """The range of a level 1 to 10 in a metre."""
        if meter in self.meters:
            return self.meters[meter]
        return (self.l1, self.l3, self.l5, self.l7, self.l9)[(level - 1) // 2]


class Form(Strict, frozen=True, kw_only=True):
    """A plan of phrases: letters name phrases that return, a prime a varied return."""

    name: str
    weight: float
    bars: int
    """Length in bars; a drill takes a form that fits its own."""
    phrases: tuple[str, ...]
    """One entry a phrase of equal length: ["a", "a'"], ["a", "b"], ["a", "a", "b", "a"]; "intro"
    has chords of its own, before the first chorus."""
    cadences: tuple[str, ...]
    """How each phrase ends: half, full, open (keeps going) or turnaround."""


class Progression(Strict, frozen=True, kw_only=True):
    """Chords of a phrase: bars separated by "|", chords of one bar by spaces, equally long.

    A chord is a degree of the parallel major scale with an explicit quality and bass:
    `DEGREE[:quality][/BASSDEGREE]`, such as "bVII:7" or "IV/V" (see `exercises.harmony`).
    """

    weight: float
    bars: str
    mode: str = "major"
    """major or minor: the keys it belongs to."""
    ends: str = "full"
    """How it closes: half, full, open or turnaround."""
    level: int = 1
    """The lowest level that may use it."""


class Vocabulary(Strict, frozen=True, kw_only=True):
    """Chord qualities that come in at a level; lower levels reduce them to what they know."""

    level: int
    qualities: tuple[str, ...]


class Pattern(Strict, frozen=True, kw_only=True):
    """A left-hand or comping pattern: `events` are "offset:duration:role" separated by spaces.

    Times are quarter notes; "t" is 1/3 ("2t" 2/3, "4t" 4/3). Roles: R root, 3 5 6 8 9 10 b7
    degrees above the root, R5 R6 R7 dyads, R10 a tenth (broken), O octave, C close chord, S shell,
    V full voicing, c two inner notes of the chord, L M H low, middle and high note of the close
    chord, l r the lower and the upper note of a rocking pair, A approach note into the next root,
    R+ the next root early, g ghost; a leading "-" is a rest ("-1:.5" rests from beat 1 for an
    eighth).

    With `right` it is a groove of both hands (montuno, bubble, clavinet, house stabs): `events`
    is the left hand, and nothing is sung above it while it runs.
    """

    name: str
    level: int
    """The lowest level that may use it."""
    length: str
    """In quarter notes: "4", "3", "3.5"; it divides a bar, or fills two bars ("8" in 4/4), which
    then keep their order from the first bar of the chart on, as a clave does."""
    events: str
    right: str = ""
    """The right hand of a groove in the same notation: C close chord, V full voicing, c two inner
    notes, O octave of the top line, L M H single notes of the chord, 1 3 5 6 8 b7 9 degrees of
    the chord near the middle of the hand, l r, g ghost."""
    weight: float = 1.0
    tempo: tuple[int, int] | None = None
    """Beats a minute at which it is played, slowest and fastest: a shout is fast, a slow drag is
    slow. Outside of them it comes only where nothing else fits."""
    side: str = ""
    """Which way round the clave it lies, such as "2-3"; patterns of two sides never meet in one
    chart. Empty goes with every side."""
    meters: tuple[str, ...] = ()
    """Metres it fits; empty means every simple metre (of halves or quarters) whose bar it divides;
    compound metres are always named."""


class Cell(Strict, frozen=True, kw_only=True):
    """A rhythm cell of the melody: quarter lengths separated by spaces.

    "-1" is a rest of 1, "~.5" a note tied from before (an anticipation), "t" a triplet eighth
    ("2t" or "t2" a triplet quarter, "t/2" a sixth of a quarter).
    """

    tier: str
    """A (levels 1 to 3), B (4 to 6) or C (7 to 10)."""
    weight: float
    values: str
    meters: tuple[str, ...] = ()
    """Metres it is for, whose bar holds it; empty means every simple metre whose bar the unit of
    the cells divides."""


class Melody(Strict, frozen=True, kw_only=True):
    """How a melody of the style moves."""

    repeat: float
    """Shares of melodic intervals: same pitch, ..."""
    step: float
    third: float
    fourth_fifth: float
    leap: float
    """... a sixth or more."""
    chord_tone: tuple[float, float]
    """Share of chord tones on strong beats, lowest and highest."""
    range_semitones: int
    syncopated: tuple[float, float] | None = None
    """Largest share of syncopated onsets, up to level 5 and from level 6; None leaves it to the
    level alone."""
    scales: tuple[str, ...]
    """In order of liking: major, minor (harmonic and melodic by direction), dorian, mixolydian,
    major pentatonic, minor pentatonic, blues, bebop."""
    scales_minor: tuple[str, ...] = ("minor",)
    """The same for minor keys."""
    end_degrees: tuple[int, ...] = (1, 3, 5)
    devices: tuple[str, ...] = ()
    """What lines of the style do, from `devices_level` on where the level reads it.

    enclosure (a goal from both sides), approach (a semitone into it), appoggiatura, guide tones
    (thirds and sevenths where the chord changes), blue note (flat third and fifth, resolved),
    crushed grace (a semitone below, before the beat), slip note (a step below on the beat under a
    held upper note), pentatonic run, turn, riff (a motif that comes back at its own pitch),
    thirds and sixths (under the tune; double stops is both), octaves.
    """
    devices_level: int = 6
    """The lowest level of the devices."""


class Voicing(Strict, frozen=True, kw_only=True):
    """How chords are laid out from a level on."""

    level: int
    name: str
    """root, open fifth, power, close, shell, rootless (rootless a: from the third; rootless b:
    from the seventh), drop 2, quartal, upper structure, slash or triad over bass, tenth, add9,
    stride."""
    weight: float = 1.0


class Fill(Strict, frozen=True, kw_only=True):
    """A short figure of the right hand in the long note at the end of a phrase."""

    name: str
    values: str
    """Its rhythm as a cell of at most a bar; it ends where the long note ends."""
    scale: str = "major pentatonic"
    contour: str = "down"
    """down, up, arch (up and back), dip (down and back) or zigzag."""
    level: int = 6
    """The lowest level that may use it."""
    weight: float = 1.0


class Ending(Strict, frozen=True, kw_only=True):
    """How charts of the style close, from a level on."""

    name: str
    """held (the last chord rings), ritard (slower into a held chord), stab (short, then silence),
    plagal (IV to I), minor plagal (IV, IV minor, I), blues (chromatic walk in sixths to V and I),
    tag (the last two bars over the dominant's own way home), vamp (the groove to the end, cut),
    button (the last chord struck again in a rhythm), turnaround (the blues lick down to the fifth,
    then the same with the chord a semitone above)."""
    level: int = 1
    weight: float = 1.0
    fades: bool = True
    """Whether the last phrase may grow softer to its end."""
    meters: tuple[str, ...] = ()
    """Of a rhythm: the metres that its bar is in."""
    left: str = ""
    """The rhythm of a button's bar in the left hand, written as a pattern: C the chord, R its bass,
    5 the fifth below it, 8 the octave, A the chord from a semitone above."""
    right: str = ""
    """The same of the right hand, C and A."""


class Touch(Strict, frozen=True, kw_only=True):
    """Articulation and dynamics from a level on."""

    level: int
    articulations: tuple[str, ...] = ()
    dynamics: tuple[str, ...] = ()


class SwingFit(Strict, frozen=True, kw_only=True):
    """Swing ratio (long:short) against tempo: the straight line a + b * beats a minute."""

    centre: tuple[float, float]
    """What the performer plays and asynchrony is measured from: (a, b)."""
    loose: tuple[float, float]
    """The lowest ratio that is accepted in full: (a, b)."""
    tight: tuple[float, float]
    """The highest."""
    margin: float = 0.0
    """How far outside of `widest` a ratio may still lie to be called the style's own."""
    widest: tuple[tuple[float, float], tuple[float, float]] | None = None
    """The lowest and the highest line that players of the style were measured at; None: `loose`
    and `tight`."""


class Feel(Strict, frozen=True, kw_only=True):
    """Where notated onsets are performed."""

    label: str = ""
    """What the chart prints: "Swing"; empty prints nothing."""
    swing: SwingFit | None = None
    """None is straight."""
    swing_level: int = 1
    """The lowest level that swings."""
    pocket_ms: tuple[float, float] = (-8.0, 8.0)
    """Mean offset of on-beat notes from the click that the style takes for its own; negative
    is ahead of the click. Widest where the style tolerates most."""
    swing16: tuple[float, float, float] | None = None
    """Where the second and the fourth sixteenth of a beat are played inside their half-beat, in
    percent of it: lowest, centre, highest that count in full. 50 is straight, 66.7 a triplet."""
    swing16_level: int = 1
    """The lowest level that swings its sixteenths."""
    pocket_table: tuple[tuple[float, float, float], ...] = ()
    """The same against tempo, as rows of (beats a minute, earliest ms, latest ms) in order of
    tempo, read off between the rows and held outside of them; wins over `pocket_ms`."""


class Band(Strict, frozen=True, kw_only=True):
    """A range that a measured feature of composed charts stays in."""

    low: float
    high: float


class Style(Strict, frozen=True, kw_only=True):
    """A whole pack."""

    id: str
    name: str
    summary: str
    """One line for the player."""
    font: str = "Leland"
    """The engraving face: Leland, Bravura or Petaluma (handwritten)."""
    chord_symbols: bool = True
    """Whether charts print chord symbols, from the level on that reads them."""
    tempo: Tempo
    keys: dict[str, float]
    """Key (tonic, "m" for minor) to weight; those above the level's accidentals are passed over."""
    meters: dict[str, float]
    forms: tuple[Form, ...]
    progressions: tuple[Progression, ...]
    vocabulary: tuple[Vocabulary, ...]
    voicings: tuple[Voicing, ...]
    patterns: tuple[Pattern, ...]
    cell_unit: str
    """Quarter lengths that a cell fills where it does not say a metre: "1", "2", "4"."""
    cells: tuple[Cell, ...]
    melody: Melody
    touch: tuple[Touch, ...]
    feel: Feel
    fingerprint: dict[str, Band] = msgspec.field(default_factory=dict)
    turns: tuple[Pattern, ...] = ()
    """What closes four bars of a pattern, from level 5 on: with `right` after a groove of both
    hands, else in the left hand under a tune."""
    enrich: float = 0.45
    """Share of triads and plain sevenths that grow a tension of the vocabulary, from level 5 on in
    styles with chord symbols."""
    comp_variety: float = 0.0
    """Share of bars in which chords alone in the left hand take another of the level's rhythms, as
    a player answers a line; 0 keeps to one through a phrase, as a loop does."""
    runs: bool = False
    """Whether runs of thirty-seconds are of the style; elsewhere three over two stands for them,
    and a run comes only where a chart has nothing else of its level."""
    steady: bool = False
    """Whether the left hand keeps its pattern under a busy tune, where that pattern is the style;
    else it waits between the beats."""
    groove_share: float = 0.0
    """Share of phrases that are grooves of both hands, where the level has a pattern with
    `right`; the others are melody over accompaniment. 1 is a chart without a melody."""
    changes: dict[str, float] = msgspec.field(
        default_factory=lambda: {"key": 0.35, "meter": 0.35, "tempo": 0.1, "rit": 0.0}
    )
    """How often a chart has a change, where its level reads it: key (a phrase in another one),
    meter (a bar cut short), tempo (a slower or faster phrase), rit (a slower end)."""
    roads: dict[str, float] = msgspec.field(default_factory=dict)
    """Weights of the ways to write what returns, where not the usual ones: repeat, fine, coda,
    vamp."""
    loops: bool = False
    """Whether a loop goes on unchanged: else players turn a groove round every four bars."""
    passing: float = 0.0
    """Share of changes of chord that get a passing chord: the target's dominant, a diminished
    chord or its two-five, in the second half of the bar before."""
    passing_level: int = 5
    """The lowest level of passing chords."""
    diminished: float = 0.0
    """Share of a chart's chords that are to be diminished, as near as its changes allow; 0 leaves
    them as the progressions have them."""
    altered: float = 0.0
    """The same of dominants with an altered ninth, eleventh or thirteenth."""
    fills: tuple[Fill, ...] = ()
    endings: tuple[Ending, ...] = ()
    """None: the last chord is held."""
    tempo_words: tuple[str, ...] = ()
    """Words that may stand with the metronome mark, from slow to fast: "Andante", "Allegro"."""
    band: RhythmSection | None = None
    """Drums and bass beside the player; None has neither."""
