"""Tunes in one hand position: where the hand sits, how much of it plays, what lies under it."""

from exercises.checks.survey import Survey
from exercises.compose.chart import compose_chart
from exercises.compose.contour import right_seat
from exercises.compose.dice import Dice
from exercises.drill import DrillRequest
from exercises.levels import level
from exercises.request import resolve_drill
from styles.loader import load_styles

CLASSICAL = load_styles().styles["classical"]


def compose(seed):
    drill = resolve_drill(DrillRequest("classical", 3, meter="2/4", seed=seed), CLASSICAL)
    return compose_chart(drill, CLASSICAL).chart


def test_a_wider_hand_sits_on_the_tonic_or_on_the_fifth():
    seats = [right_seat(level(3), CLASSICAL.melody, "C", Dice(seed, "seat")) for seed in range(40)]
    # One note below the finger on the tonic, or below the one on the fifth.
    lows = [seat.low % 12 for seat in seats]
    assert lows.count(11) > 10
    assert lows.count(5) > 8
    first = [right_seat(level(1), CLASSICAL.melody, "C", Dice(seed, "seat")) for seed in range(40)]
    on_tonic = sum(seat.low % 12 == 0 for seat in first)
    assert on_tonic > 25


def test_short_tunes_differ_and_use_their_hand():
    tunes, narrow = set(), 0
    for seed in range(60):
        chart = compose(seed)
        tune = [(tone.start, tone.note.pitch) for tone in Survey(chart).melody]
        tunes.add(tuple((onset, pitch - tune[0][1]) for onset, pitch in tune))
        pitches = [pitch for _, pitch in tune]
        narrow += max(pitches) - min(pitches) <= 5
    assert len(tunes) >= 59
    # A fourth is a tune now and then; most use a fifth and more.
    assert narrow <= 12


def test_the_bass_of_two_four_is_in_root_position_where_chords_change():
    for seed in range(24):
        chart = compose(seed)
        lows = {}
        for each in chart.notes:
            if each.staff == 2:
                lows[each.onset_ql] = min(each.pitch, lows.get(each.onset_ql, 127))
        for chord in chart.chords:
            assert lows[chord.onset_ql] % 12 == chord.bass
