"""Takes on pads: graded by instrument and time, by accents and ghosts, and by nothing else."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from exercises.chart import Bar, Chart, Note, number_notes
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.kit import KIT
from exercises.own import imported_drill
from exercises.request import resolve_drill
from exercises.strokes import write_strokes
from exercises.tempi import tempo_map
from game.events import NoteEvent
from game.performer.performance import PROFILES, adjust_profile, perform
from game.scoring.grade import grade_take
from game.scoring.live import LiveMarker
from game.scoring.results import PlayedNote
from game.scoring.scores import WEIGHTS
from game.scoring.waiting import Waiting
from game.sessions.splice import read_music
from game.ui.words import say_missing
from styles.loader import load_styles

STYLES = load_styles().styles
KICK, STICK, SNARE, HAT, OPEN = 36, 37, 38, 42, 46
BARS = 4
BEAT_S = 0.5


def groove(ghosts=False):
    """Four bars of kick, backbeat and eighths at 120, perhaps with a ghost before each bar line."""
    bars = tuple(Bar(at + 1, Fraction(4 * at), Fraction(4), "4/4") for at in range(BARS))
    struck = []
    for bar in bars:
        here = bar.onset_ql
        struck += [(here + Fraction(half, 2), HAT, ()) for half in range(8)]
        struck += [(here, KICK, ()), (here + 2, KICK, ())]
        struck += [(here + 1, SNARE, ()), (here + 3, SNARE, ("accent",) if ghosts else ())]
        if ghosts:
            struck.append((here + Fraction(15, 4), SNARE, ("ghost",)))
    notes = [
        Note("", onset, Fraction(0), key, "", 1, 1, articulations=signs)
        for onset, key, signs in struck
    ]
    drill = imported_drill(key="C", meter="4/4", bars=bars, quarter_bpm=120.0)
    drill = msgspec.structs.replace(drill, kind="pads")
    return Chart(drill, bars, number_notes(write_strokes(notes, bars)))


def as_written(_note, key, velocity):
    return key, velocity


def play(chart, change=as_written, late_s=0.0):
    """The strokes of a chart; `change` gives each another key and velocity, or None."""
    events = []
    for note in chart.notes:
        found = change(note, note.pitch, 80)
        if found is not None:
            key, velocity = found
            onset = float(note.onset_ql) * BEAT_S + late_s
            events.append(NoteEvent(onset, "on", key, velocity, "midi"))
            events.append(NoteEvent(onset + 0.02, "off", key, 0, "midi"))
    return events


def grade(chart, events):
    return grade_take(chart, events, timeline=tempo_map(chart), style=None, level=5)


def test_strokes_in_their_places_are_all_that_is_asked_for():
    card = grade(groove(), play(groove()))
    assert card.scores.total == 100
    # Let go after 20 ms each, at one velocity: neither is a fault, and neither is a score.
    assert (card.scores.lengths, card.scores.dynamics, card.scores.feel) == (None, None, None)
    assert all(note.length_ratio is None for note in card.notes)
    assert not card.extras


def test_other_keys_of_an_instrument_are_that_instrument():
    others = {KICK: 35, SNARE: 40, HAT: 22}
    card = grade(groove(), play(groove(), lambda _note, key, v: (others[key], v)))
    assert card.scores.notes == 100


@pytest.mark.parametrize(("wrong", "meant"), [(OPEN, HAT), (STICK, SNARE), (49, SNARE), (76, KICK)])
def test_another_instrument_is_a_substitution_however_far_its_key(wrong, meant):
    chart = groove()
    first = next(note for note in chart.notes if note.pitch == meant)
    card = grade(chart, play(chart, lambda note, key, v: (wrong if note is first else key, v)))
    verdicts = {note.id: note.verdict for note in card.notes}
    assert verdicts.pop(first.id) == "substitution"
    assert set(verdicts.values()) == {"match"}
    count = len(chart.notes)
    assert card.accuracy == pytest.approx(100 * (count - 0.8) / count)


def test_a_stroke_more_is_stray_and_no_ornament():
    chart = groove()
    more = [NoteEvent(0.375, "on", OPEN, 80, "midi"), NoteEvent(0.4, "off", OPEN, 0, "midi")]
    card = grade(chart, [*play(chart), *more])
    assert [extra.reason for extra in card.extras] == ["stray"]
    count = len(chart.notes)
    assert card.accuracy == pytest.approx(100 * count / (count + 0.5))


def test_late_strokes_cost_time_and_nothing_else():
    card = grade(groove(), play(groove(), late_s=0.06))
    assert card.scores.notes == 100
    assert card.scores.flow == 100
    assert card.scores.time < 90


@pytest.mark.parametrize(
    ("ghost", "accent", "score"),
    [(40, 100, 100), (80, 80, 0), (40, 80, 50), (80, 100, 50), (72, 100, 75)],
)
def test_dynamics_are_accents_over_and_ghosts_under_the_plain_strokes(ghost, accent, score):
    chart = groove(ghosts=True)
    signed = {"ghost": ghost, "accent": accent}

    def touch(note, key, _):
        # The hi-hat may be as loud or soft as it likes.
        plain = 80 if key != HAT else 110
        return key, next((signed[sign] for sign in note.articulations), plain)

    assert grade(chart, play(chart, touch)).scores.dynamics == pytest.approx(score)


def test_the_weights_of_pads_have_no_lengths_and_make_100():
    assert WEIGHTS["pads"]["lengths"] == 0
    assert sum(WEIGHTS["pads"].values()) == 100


def told(chart, change):
    card = grade(chart, play(chart, change))
    return [(each.kind, each.detail) for each in card.diagnoses]


def test_what_goes_wrong_again_and_again_is_named_as_a_drummer_would():
    chart = groove()
    assert told(chart, lambda _, key, v: (OPEN if key == HAT else key, v)) == [
        ("other instrument", "the open hat for the hi-hat")
    ]
    assert told(chart, lambda _, key, v: None if key == KICK else (key, v)) == [
        ("instrument left out", "the kick")
    ]
    strange = {KICK: 60, SNARE: 62, HAT: 64}
    shifted = grade(chart, play(chart, lambda _, key, v: (strange[key], v)))
    assert shifted.scores.notes < 25
    assert shifted.scores.total < 50


def test_pads_of_another_bank_are_told_so():
    chart = groove()
    half = {KICK: 60, SNARE: 62}
    (found,) = grade(chart, play(chart, lambda _, key, v: (half.get(key, key), v))).diagnoses
    assert found.kind == "pads set otherwise"
    assert found.detail == "your pads send keys of no drum (60, 62): choose their General MIDI bank"


def test_marks_while_playing_know_the_instruments():
    chart = groove()
    marker = LiveMarker(chart, timeline=tempo_map(chart), style=None, level=5)
    kick = next(note for note in chart.notes if note.pitch == KICK)
    (mark,) = marker.feed(NoteEvent(0.0, "on", 35, 80, "midi"))
    assert (mark.id, mark.verdict) == (kick.id, "right")
    (mark,) = marker.feed(NoteEvent(0.01, "on", 76, 80, "midi"))
    assert mark.verdict == "wrong"


@pytest.mark.parametrize(
    ("style", "number"), [("rock", 1), ("jazz", 4), ("funk", 7), ("salsa", 9), ("hiphop", 10)]
)
def test_the_performer_plays_them_and_perfect_is_100(style, number):
    pack = STYLES[style]
    drill = resolve_drill(DrillRequest(style, number, kind="pads", seed=2), pack)
    chart = compose_chart(drill, pack).chart
    timeline = tempo_map(chart)

    def card(profile):
        take = perform(chart, profile, timeline=timeline, style=pack, level=number, seed=1)
        return take, grade_take(chart, take.events, timeline=timeline, style=pack, level=number)

    _, perfect = card(PROFILES["perfect"])
    assert perfect.scores.total == 100
    assert not perfect.diagnoses
    take, wrong = card(adjust_profile(PROFILES["perfect"], wrong=0.1, neighbour=0.05))
    assert {note.pitch for note in take.truth.notes} - {None} <= set(KIT)
    truth = [note for note in take.truth.notes if note.played is not None]
    struck = sum(note.what != "right" for note in truth)
    assert sum(note.verdict == "substitution" for note in wrong.notes) == struck > 0


def test_music_that_waits_knows_the_instruments_and_names_them():
    waiting = Waiting(groove())
    assert say_missing(waiting.missing, 0, on_pads=True) == "strike kick and hi-hat"
    (mark,) = waiting.feed(NoteEvent(0.0, "on", 35, 80, "midi"))
    assert mark.verdict == "right"
    (mark,) = waiting.feed(NoteEvent(0.1, "on", SNARE, 80, "midi"))
    assert mark.verdict == "wrong"
    (mark,) = waiting.feed(NoteEvent(0.2, "on", 22, 80, "midi"))
    assert mark.verdict == "right"


def test_a_seam_knows_the_instruments():
    music = read_music(groove(), timeline=tempo_map(groove()), style=None, level=5)
    played = PlayedNote(0, 0.51, None, 40, 80)
    snare = music.meant(played)
    assert (snare.pitch, snare.onset_ql) == (SNARE, 1)
    assert music.find_played(snare, [played]) is played
    assert music.name_of(40) == "the snare"
