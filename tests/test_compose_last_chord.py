"""What the last chord says, and small faults of drafts that are composed right the first time."""

from collections import Counter
from itertools import pairwise

import msgspec
import pytest

from exercises.compose.chart import compose_chart
from exercises.compose.draft import _plan, _sing
from exercises.drill import Drill, DrillRequest
from exercises.levels import level
from exercises.request import resolve_drill
from styles.loader import load_style, load_styles
from styles.schema import Ending

STYLES = load_styles().styles


def compose(name, number, seed, **wanted):
    style = STYLES[name]
    request = DrillRequest(style=name, level=number, seed=seed, **wanted)
    return compose_chart(resolve_drill(request, style), style).chart


def last_classes(chart):
    last = max(note.onset_ql for note in chart.notes)
    sounding = [n for n in chart.notes if n.onset_ql + n.duration_ql > last]
    return {note.pitch % 12 for note in sounding}


@pytest.mark.parametrize("name", ["salsa", "folk", "ragtime", "funk"])
def test_the_third_sounds_in_the_last_chord(name):
    said = 0
    for seed in range(8):
        chart = compose(name, 6, seed)
        chord = chart.chords[-1]
        thirds = {(chord.root + up) % 12 for up in (3, 4)} & set(chord.pitch_classes)
        said += bool(thirds & last_classes(chart)) or not thirds
    assert said >= 7


def test_a_blues_comes_home_to_its_seventh_in_jazz_too():
    style = msgspec.structs.replace(
        load_style("jazz"),
        progressions=tuple(
            each for each in load_style("jazz").progressions if each.bars.startswith("I:7 | IV:7")
        ),
        endings=(Ending(name="held"),),
    )
    assert style.progressions
    drill = Drill("jazz", 6, "grand", "F", "4/4", 12, 120.0, "both", 1, "")
    assert compose_chart(drill, style).chart.chords[-1].symbol in {"F7", "F9", "F13", "F7#9"}


def test_ragtime_keeps_its_oom_pah_under_sixteenths():
    """Bars of two beats with two and more notes a beat in the left hand."""
    full = every = 0
    for seed in range(5):
        chart = compose("ragtime", 9, seed, meter="2/4")
        for bar in chart.bars[:-1]:
            below = {
                n.onset_ql for n in chart.notes
                if n.staff == 2 and bar.onset_ql <= n.onset_ql < bar.onset_ql + bar.duration_ql
            }  # fmt: skip
            full += len(below) >= 3
            every += 1
    assert full / every > 0.7


def test_a_slow_tune_of_a_song_style_is_not_dotted():
    for seed in range(6):
        chart = compose("gospel", 6, seed, meter="4/4", quarter_bpm=66.0)
        sung = [n for n in chart.notes if n.staff == 1 and n.duration_ql >= 1]
        assert not any("staccato" in note.articulations for note in sung)


def test_turns_are_made_of_seconds():
    seen = 0
    for seed in range(4):
        chart = compose("classical", 9, seed, key="Em")
        tune = sorted((n for n in chart.notes if n.staff == 1), key=lambda n: n.onset_ql)
        for one, two in pairwise(tune):
            if one.onset_ql == two.onset_ql or two.duration_ql > 0.25:
                continue
            seen += 1
            steps = abs("CDEFGAB".index(one.spelling[0]) - "CDEFGAB".index(two.spelling[0]))
            assert not (abs(one.pitch - two.pitch) == 3 and steps in {1, 6})
    assert seen


def test_trills_close_phrases_and_what_a_phrase_rests_on_is_left_alone():
    signs = Counter()
    for seed in range(8):
        chart = compose("classical", 10, seed)
        tune = [n for n in chart.notes if n.staff == 1]
        for note in tune:
            signs.update(note.articulations)
        assert not {"turn", "mordent", "trill"} & set(tune[-1].articulations)
    assert signs["trill"] >= 2


def test_a_chart_of_hip_hop_is_silent_for_a_good_part():
    shares = []
    for seed in range(6):
        chart = compose("hiphop", 7, seed, meter="4/4")
        sounding = sum(
            any(n.staff == 1 and n.onset_ql <= at / 4 < n.onset_ql + n.duration_ql
                for n in chart.notes)
            for at in range(int(chart.end_ql * 4))
        )  # fmt: skip
        shares.append(1 - sounding / int(chart.end_ql * 4))
    assert sum(shares) / len(shares) > 0.2
    assert level(7).rests


def test_a_pushed_root_a_semitone_above_a_flat_is_a_natural():
    for seed in range(6):
        chart = compose("gospel", 8, seed, key="Eb", meter="4/4")
        assert not [n for n in chart.notes if n.staff == 2 and n.spelling.startswith("Fb")]


def test_a_bar_of_twelve_ends_on_whole_beats():
    for seed in range(6):
        chart = compose("gospel", 6, seed, meter="12/8")
        last = [n for n in chart.notes if n.staff == 2 and n.onset_ql >= chart.bars[-1].onset_ql]
        assert all((n.duration_ql * 2).denominator == 1 for n in last)
        assert all(n.duration_ql % 1.5 == 0 for n in last if n.duration_ql > 3)


def test_a_funk_bass_keeps_to_the_syncopation_of_its_level_the_first_time():
    style = STYLES["funk"]
    first = 0
    for seed in range(12):
        request = DrillRequest(style="funk", level=10, kind="bass", seed=seed)
        first += compose_chart(resolve_drill(request, style), style).rejections == 0
    assert first >= 10


@pytest.mark.parametrize("name", ["bossa", "blues", "hiphop"])
def test_runs_of_thirty_seconds_are_left_to_the_styles_that_have_them(name):
    assert not STYLES[name].runs
    runs = 0
    for seed in range(6):
        chart = compose(name, 9, seed)
        runs += any(note.duration_ql * 8 == 1 for note in chart.notes)
    assert runs <= 2


def test_the_climax_is_known_where_notes_lean_into_others_before_it():
    for seed in range(6):
        style = STYLES["cinematic"]
        request = DrillRequest(style="cinematic", level=9, seed=seed, meter="4/4")
        plan = _plan(resolve_drill(request, style), style, level(9), seed, is_part=False)
        places, climax = _sing(plan, [], seed)
        assert places[climax].note.pitch == max(place.note.pitch for place in places)


def test_phrases_rest_below_the_climax_where_they_can():
    over = 0
    for name in ("blues", "jazz", "pop", "country"):
        style = STYLES[name]
        for seed in range(6):
            request = DrillRequest(style=name, level=8, seed=seed, meter="4/4")
            plan = _plan(resolve_drill(request, style), style, level(8), seed, is_part=False)
            places, climax = _sing(plan, [], seed)
            over += max(place.note.pitch for place in places) > places[climax].note.pitch
    assert over <= 5
