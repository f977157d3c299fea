"""What tells a genre: basses that lead on, guide tones, tunes of chords or of tensions, fills."""

from statistics import mean

import msgspec

from exercises.checks.chart import check_chart
from exercises.compose.chart import compose_chart
from exercises.compose.draft import draft_chart
from exercises.compose.fills import read_fill
from exercises.compose.grid import TICKS, read_metre
from exercises.compose.shapes import guide_tones, telling
from exercises.drill import Drill
from exercises.fingerprint.chart import measure_chart
from exercises.harmony import read_token
from exercises.levels import level
from exercises.theory import read_key
from styles.loader import load_style
from styles.schema import Fill, Form, Pattern, Progression

FORMS = (
    Form(name="x", weight=1, bars=16, phrases=("a", "b", "a", "b"), cadences=("open", "full") * 2),
)


def compose(style, number, seed, *, key="C", bpm=110.0, meter="4/4"):
    drill = Drill(style.id, number, "grand", key, meter, 16, bpm, "both", seed, "")
    chart = compose_chart(drill, style).chart
    assert check_chart(chart, style, level(number)) == ()
    return chart


def test_a_bass_that_pushes_over_the_bar_line_has_the_root_of_the_bar_it_pushes_into():
    bossa = load_style("bossa")
    bass = "0:1.5:R 1.5:.5:5 2:1.5:5 3.5:.5:R+"
    push = Pattern(
        name="push", level=1, length="8",
        events=bass + " 4:1.5:R 5.5:.5:5 6:1.5:5 7.5:.5:R+", right="0:2:C 2:2:C 4:2:C 6:2:C",
    )  # fmt: skip
    style = msgspec.structs.replace(
        bossa, patterns=(push,), groove_share=1.0, forms=FORMS, endings=(), passing=0.0,
        progressions=(Progression(weight=1, bars="I:maj7 | IV:maj7 | V:7 | II:m7", ends="open"),),
    )  # fmt: skip
    roots = [0, 5, 7, 2]
    tonic = read_key("C").tonic_pc
    drill = Drill("bossa", 7, "grand", "C", "4/4", 16, 110.0, "both", 1, "")
    chart = draft_chart(drill, style, 1)
    left = {n.onset_ql: n.pitch for n in chart.notes if n.staff == 2}
    for bar in (0, 1, 2, 4, 5, 6):  # Before the ends of phrases, where the chords go as written.
        pushed = left[4 * bar + 3.5]
        assert (pushed - tonic) % 12 == roots[(bar + 1) % 4]


def test_two_keys_say_third_and_seventh():
    ninth = read_token("I:9", "C")
    assert {pitch % 12 for pitch in guide_tones(range(60, 72), ninth)} == {4, 10}
    assert guide_tones(range(60, 72), read_token("I", "C")) == []
    assert telling([(60, 67), (64, 70), (60, 64)], ninth) == ((64, 70),)
    assert telling([(60, 67), (64, 67), (60, 64)], read_token("I", "C")) == ((64, 67), (60, 64))


def test_two_keys_of_a_groove_have_the_chord_s_third():
    salsa = load_style("salsa")
    stabs = Pattern(
        name="stabs", level=1, length="4", events="0:2:R 2:2:5", right="0:1:c 1:1:C 2:1:c 3:1:C"
    )
    style = msgspec.structs.replace(
        salsa, patterns=(stabs,), groove_share=1.0, forms=FORMS, endings=(), passing=0.0,
        progressions=(Progression(weight=1, bars="I:7 | IV:7 | II:m7 | V:7", ends="open"),),
    )  # fmt: skip
    chart = draft_chart(Drill("salsa", 6, "grand", "C", "4/4", 16, 110.0, "both", 1, ""), style, 1)
    thirds = [4, 9, 5, 11]
    for bar in (0, 1, 2, 4, 5, 6):
        heard = {n.pitch % 12 for n in chart.notes if n.staff == 1 and n.onset_ql == 4 * bar + 1}
        assert thirds[bar % 4] in heard


def test_fills_of_triplets_are_eighths_where_the_beat_has_three():
    run = Fill(name="run", values="t t t 1", contour="down", level=6)
    eighths = [length for length, _ in read_fill(run, read_metre("12/8")).values]
    assert eighths == [TICKS // 2] * 3 + [TICKS * 3 // 2]
    thirds = [length for length, _ in read_fill(run, read_metre("4/4")).values]
    assert thirds == [TICKS // 3] * 3 + [TICKS]
    gospel = msgspec.structs.replace(load_style("gospel"), groove_share=0.0, forms=FORMS)
    for seed in range(6):
        chart = compose(gospel, 8, seed, bpm=96.0, meter="12/8")
        assert all((n.onset_ql * 12) % 3 == 0 for n in chart.notes if n.duration_ql)


def share(name, feature, seeds=6):
    style = load_style(name)
    style = msgspec.structs.replace(style, groove_share=0.0, forms=FORMS)
    values = [measure_chart(compose(style, 7, seed), style)[feature] for seed in range(seeds)]
    return mean(value for value in values if value is not None)


def test_bossa_tunes_sit_on_tensions_and_montunos_on_chords():
    assert share("bossa", "chord_tone_strong") < 0.8
    assert share("salsa", "chord_tone") > 0.82


def test_blues_tunes_bend():
    assert share("blues", "blue_share") >= 0.07


def test_both_bass_notes_of_an_oom_pah_lie_below_its_chords() -> None:
    ragtime = load_style("ragtime")
    beats = Pattern(name="beats", level=1, length="2", events="0:.5:R .5:.5:c 1:.5:5 1.5:.5:c")
    style = msgspec.structs.replace(ragtime, patterns=(beats,), turns=(), groove_share=0)
    for key in ("F", "Bb", "C", "G"):
        chart = compose(style, 6, 3, key=key, bpm=77.0, meter="2/4")
        struck: dict[object, list[int]] = {}
        for note in chart.notes:
            if note.staff == 2 and note.onset_ql < chart.bars[-1].onset_ql:
                struck.setdefault(note.onset_ql, []).append(note.pitch)
        booms = [pitches[0] for onset, pitches in sorted(struck.items()) if onset % 1 == 0]
        chucks = [min(pitches) for onset, pitches in sorted(struck.items()) if onset % 1]
        inside = [boom for boom, chuck in zip(booms, chucks, strict=False) if boom >= chuck]
        assert len(inside) <= 1, (key, inside)
