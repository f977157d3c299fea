"""The fingerprint: each feature of charts whose figures can be counted by hand."""

import json
from fractions import Fraction

import msgspec
import pytest

from exercises.chart import Bar, Chart, Chord, Mark, Note, number_notes
from exercises.drill import Drill
from exercises.fingerprint import chart as fingerprint
from exercises.fingerprint.chart import BATCH, FEATURES, is_inside, measure_chart
from exercises.harmony import QUALITIES, read_token
from exercises.theory import read_spelling
from game import cli
from game.commands.fingerprint import describe, measure_many
from styles.loader import load_styles
from styles.schema import Band

STYLES = load_styles().styles


@pytest.fixture(autouse=True)
def _short_tunes_count(monkeypatch):
    """The tunes here are short enough to be counted by hand."""
    monkeypatch.setattr(fingerprint, "FEWEST", 1)


def note(onset, length, spelling, staff=1):
    pitch = read_spelling(spelling)
    return Note("", Fraction(onset), Fraction(length), pitch, spelling, staff, 1)


def chord(onset, length, token, key="C"):
    harmony = read_token(token, key)
    return Chord(
        Fraction(onset),
        Fraction(length),
        harmony.symbol,
        harmony.root,
        harmony.bass,
        harmony.pitch_classes,
    )


def chart_of(notes=(), chords=(), *, key="C", meter="4/4", bars=4, bpm=120.0, marks=()):
    length = Fraction(meter.split("/")[0]) * 4 / int(meter.split("/")[1])
    grid = tuple(Bar(n + 1, n * length, length, meter) for n in range(bars))
    drill = Drill("jazz", 7, "grand", key, meter, bars, bpm, "both", 1, "")
    return Chart(drill, grid, number_notes(list(notes)), tuple(chords), marks=tuple(marks))


TURN = chart_of(
    [note(n, 1, name) for n, name in enumerate("C4 C4 D4 F4 E4 C5".split())],  # noqa: SIM905
    [
        chord(0, 4, "II:m7"),
        chord(4, 4, "V:7b9"),
        chord(8, 2, "I:maj9"),
        chord(10, 2, "bVII"),
        chord(12, 4, "IV:sus4/I"),
    ],
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chords_per_bar", 5 / 4),
        ("triad_share", 2 / 5),
        ("seventh_share", 3 / 5),
        ("dominant_share", 1 / 5),
        ("altered_share", 1 / 5),
        ("minor_share", 1 / 5),
        ("diminished_share", 0),
        ("sus_share", 1 / 5),
        ("slash_share", 1 / 5),
        ("ninth_share", 2 / 5),
        ("flat_seven_share", 1 / 5),
        ("primary_share", 3 / 5),
        ("root_up_fourth", 2 / 4),
        ("two_five_share", 1 / 4),
        ("melody_repeat", 1 / 5),
        ("melody_step", 2 / 5),
        ("melody_third", 1 / 5),
        ("melody_leap", 1 / 5),
        ("melody_range", 12),
        ("chord_tone", 4 / 6),
        ("chord_tone_strong", 2 / 3),
        ("onbeat_share", 1),
        ("rest_share", 10 / 16),
        ("onsets_per_bar", 6 / 4),
        ("notes_per_s", 6 / 8),
        ("minor_key_share", 0),
        ("grace_per_bar", 0),
        ("swing_share", None),
        ("left_on_beat", None),
        ("dynamic_range", None),
    ],
)
def test_a_chart_is_counted(name, value):
    measured = measure_chart(TURN)[name]
    assert measured == (value if value is None else pytest.approx(value)), name


def test_a_tune_of_few_notes_tells_no_shares(monkeypatch):
    monkeypatch.setattr(fingerprint, "FEWEST", 7)
    measured = measure_chart(TURN)
    assert measured["melody_step"] is measured["chord_tone"] is measured["melody_range"] is None
    assert measured["onbeat_share"] == 1


def test_grooves_have_no_melody_but_a_rhythm():
    off = [note(Fraction(2 * n + 1, 2), "1/2", "C5") for n in range(8)]
    sung = [note(8 + n, 1, name) for n, name in enumerate("C5 D5 E5 C5".split())]  # noqa: SIM905
    groove = msgspec.structs.replace(chart_of([*off, *sung]), grooves=(1, 2))
    measured = measure_chart(groove)
    assert measured["melody_repeat"] == 0
    assert measured["offbeat_share"] == pytest.approx(8 / 12)
    assert measured["onsets_per_bar"] == 3


SORTS = {
    "triad_share": {"", "m", "dim", "aug", "5", "sus2", "sus4"},
    "seventh_share": {q for q in QUALITIES if "7" in q or "9" in q or "1" in q}
    - {"add9", "madd9", "69"},
    "dominant_share": {q for q in QUALITIES if q[:1] in {"7", "9", "1"}},
    "altered_share": {"7b9", "7#9", "7#11", "7b13", "7alt"},
    "minor_share": {"m", "madd9", "m6", "m7", "m9", "m11", "mM7"},
    "diminished_share": {"dim", "dim7", "m7b5"},
    "sus_share": {q for q in QUALITIES if "sus" in q},
    "ninth_share": {q for q in QUALITIES if "9" in q or "11" in q or "13" in q} | {"7alt"},
}


@pytest.mark.parametrize("feature", SORTS)
def test_qualities_are_sorted_as_musicians_do(feature):
    found = {
        quality
        for quality in QUALITIES
        if measure_chart(chart_of(chords=[chord(0, 16, f"I:{quality}" if quality else "I")]))[
            feature
        ]
    }
    assert found == SORTS[feature]


def test_places_in_the_bar_are_told_apart():
    onsets = [0, "3/2", "9/4", "10/3", 4, "11/2", "25/4", "22/3", 8, 12]
    measured = measure_chart(chart_of([note(at, "1/12", "C5") for at in onsets]))
    assert measured["onbeat_share"] == pytest.approx(0.4)
    assert measured["offbeat_share"] == pytest.approx(0.2)
    assert measured["sixteenth_share"] == pytest.approx(0.2)
    assert measured["syncopated_share"] == pytest.approx(0.6)
    # Bar 2 has the rhythm of bar 1, bar 4 of bar 3; bar 3 is new.
    assert measured["bar_similarity"] == pytest.approx(2 / 3)


def test_the_left_hand_has_its_own_figures():
    off = [note(Fraction(2 * n + 1, 2), "1/2", name, 2) for n in range(8) for name in ("C3", "E3")]
    held = [note(8, 4, "C2", 2), note(12, 1, "C2", 2), note(13, 1, "C3", 2), note(14, 1, "E3", 2)]
    pedal = Mark(Fraction(12), "pedal", end_ql=Fraction(16))
    measured = measure_chart(chart_of([*off, *held], marks=[pedal]))
    assert measured["left_on_beat"] == pytest.approx(4 / 12)
    assert measured["left_similarity"] == pytest.approx(1 / 3)
    assert measured["offbeat_chord_share"] == 1
    assert measured["held_bass_share"] == pytest.approx(2 / 4)
    # Octaves are no chord; chords on the first and third beat are on the beat.
    pairs = [(0, "C2"), (0, "C3"), (2, "E3"), (2, "G3"), (3, "E3"), (3, "G3")]
    measured = measure_chart(chart_of([note(at, 1, name, 2) for at, name in pairs]))
    assert measured["offbeat_chord_share"] == pytest.approx(1 / 2)


def test_swing_is_the_styles_and_the_tempos():
    pairs = [note(Fraction(n, 2), "1/2", "C5") for n in range(8)]
    chart = chart_of(pairs)
    assert measure_chart(chart, STYLES["jazz"])["swing_share"] == 1
    assert measure_chart(chart, STYLES["rock"])["swing_share"] == 0
    assert measure_chart(chart)["swing_share"] == 0
    triplets = [note(n, 1, "C5") for n in range(4)]
    triplets += [note(n + Fraction(2, 3), "1/3", "D5") for n in range(4)]
    assert measure_chart(chart_of(triplets))["swing_share"] == 1
    shuffle = [note(at, "1/2", "C5") for n in range(4) for at in (n * 3, n * 3 + 1)]
    assert measure_chart(chart_of(shuffle, meter="12/8"))["swing_share"] == 1


def test_blue_notes_depend_on_the_key_and_the_chord():
    names = "Eb5 Gb5 Bb5 C5".split()  # noqa: SIM905
    tune = [note(n, 1, name) for n, name in enumerate(names)]
    plain = chart_of(tune, [chord(0, 16, "I")])
    seventh = chart_of(tune, [chord(0, 16, "I:7")])
    minor = chart_of(tune, [chord(0, 16, "I:m", "Cm")], key="Cm")
    found = [measure_chart(each)["blue_share"] for each in (plain, seventh, minor)]
    assert found == [3 / 4, 2 / 4, 1 / 4]


def test_dynamics_are_counted_in_steps():
    marks = [Mark(Fraction(0), "dynamic", "p"), Mark(Fraction(8), "dynamic", "ff")]
    assert measure_chart(chart_of(marks=marks))["dynamic_range"] == 4


def test_a_batch_feature_is_held_by_its_mean():
    band = Band(low=0.2, high=0.5)
    assert {"minor_key_share"} == BATCH
    assert is_inside("minor_key_share", [0, 1, 0], band) == [True] * 3
    assert is_inside("minor_key_share", [0, 1, 1], band) == [False] * 3
    assert is_inside("rest_share", [0.1, 0.2, 0.6], band) == [False, True, False]


def test_packs_name_features_that_there_are():
    for style in STYLES.values():
        assert set(style.fingerprint) <= set(FEATURES), style.id


def test_a_batch_is_described():
    style = STYLES["jazz"]
    measured = [
        dict.fromkeys(FEATURES, 0.0) | {"two_five_share": share, "melody_range": None}
        for share in (0.0, 0.2, 0.3, 0.4)
    ]
    document = describe(style, measured, (6, 7))
    rows = {row["name"]: row for row in document["features"]}
    row = rows["two_five_share"]
    assert (row["charts"], row["mean"], row["p5"], row["p95"]) == (4, 0.225, 0.0, 0.4)
    assert row["inside"] == 0.75
    assert row["ok"] is False
    assert rows["melody_range"]["charts"] == 0
    assert document["ok"] is False
    assert 0 < document["inside"] < document["goal"]


def test_the_command_gives_one_document(monkeypatch, capsysbinary, tmp_path):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    words = ["first-take", "fingerprint", "--style", "rock", "-n", "3", "--level", "6", "--json"]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as leave:
        cli.main()
    out, _ = capsysbinary.readouterr()
    document = json.loads(out)
    assert (document["format"], document["charts"]) == ("first-take/fingerprint", 3)
    assert {row["name"] for row in document["features"]} == set(FEATURES)
    assert leave.value.code == (0 if document["ok"] else 1)
    # In whatever order the workers finish, the figures are the same.
    again = describe(STYLES["rock"], measure_many(STYLES["rock"], 3, (6,), 0), (6,))
    assert again == document
