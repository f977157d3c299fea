from fractions import Fraction

import msgspec
import pytest

from exercises.tempi import tempo_map
from game.performer.performance import PROFILES, perform
from game.scoring.align import align_take
from game.scoring.expectation import expect_notes
from game.scoring.performance import pair_notes
from styles.loader import load_styles
from tests.reading import by_rote, composed, counts, grade, make_chart, make_note

FELL_BEHIND = range(8, 16)
"""Quarter notes: the third and fourth bars."""
TUNE = (72, 74, 76, 77, 79, 76, 74, 71, 72, 76, 79, 81)


def beating():
    """A tune over one chord in eighths: 300 ms from one to the next."""
    notes = [make_note(index, TUNE[index * 5 % 12]) for index in range(24)]
    for pitch in (43, 50, 59):
        notes += [make_note(Fraction(index, 2), pitch, "1/2", 2) for index in range(48)]
    return make_chart(notes, bars=6)


def late(chart, events, hand, seconds):
    """One hand so late for two bars."""
    low = min(n.pitch for n in chart.notes if n.staff == 1)
    beat_s = 60 / chart.drill.quarter_bpm
    start, stop = FELL_BEHIND[0] * beat_s, (FELL_BEHIND[-1] + 1) * beat_s

    def when(event):
        inside = start <= event.onset_s < stop or (event.kind == "off" and event.onset_s == stop)
        return event.onset_s + seconds * (inside and (event.pitch < low) == (hand == 2))

    return [msgspec.structs.replace(event, onset_s=when(event)) for event in events]


@pytest.mark.parametrize("hand", [1, 2], ids=["right", "left"])
@pytest.mark.parametrize("ms", [140, 220, 250, 320, 400])
def test_a_hand_that_falls_behind_is_late_and_misses_nothing(hand, ms):
    chart = beating()
    card = grade(chart, late(chart, by_rote(chart), hand, ms / 1000))
    assert counts(card) == (len(chart.notes), 0, 0, 0)
    behind = {
        n.id for n in chart.notes if n.staff == hand and int(n.onset_ql) in FELL_BEHIND
    }  # fmt: skip
    for note in card.notes:
        assert note.asynchrony_ms == pytest.approx(ms if note.id in behind else 0, abs=1)
    assert card.flow.restarts == 0


def test_a_hand_that_falls_behind_did_not_go_back():
    chart, pack = composed("reggae", 8), load_styles().styles["reggae"]
    timeline = tempo_map(chart, chart.drill.quarter_bpm)
    player = msgspec.structs.replace(PROFILES["amateur"], stumbles=0.4, stumble_kinds="hand")
    right = given = true = 0
    for seed in range(3):
        take = perform(chart, player, timeline=timeline, style=pack, level=8, seed=seed)
        expected = expect_notes(chart, timeline=timeline, style=pack, level=8)
        aligned = align_take(expected, pair_notes(take.events))
        assert aligned.restarts == 0
        meant = {(n.id, n.played) for n in take.truth.notes if n.what == "right"}
        right += len(meant & set(aligned.alignment.matches))
        given += len(aligned.alignment.matches)
        true += len(meant)
    assert 2 * right / (given + true) > 0.99


def test_a_late_bass_is_no_late_player():
    """Its notes are alone, the other hand's chords come twice each: they are easily confused."""
    notes = [make_note(Fraction(4 * bar), 38 + bar % 3, "4", 2) for bar in range(6)]
    for place in (Fraction(4 * bar) + beat for bar in range(6) for beat in (1, 2)):
        notes += [make_note(place, pitch) for pitch in (65, 71)]
    chart = make_chart(notes, bars=6)
    behind = [
        msgspec.structs.replace(event, onset_s=event.onset_s + 0.36 * (event.pitch < 48))
        for event in by_rote(chart)
    ]
    card = grade(chart, behind)
    assert counts(card) == (len(notes), 0, 0, 0)
    low = {n.id for n in chart.notes if n.staff == 2}
    assert {n.id for n in card.notes if n.asynchrony_ms and n.asynchrony_ms > 100} == low


def test_what_is_wrong_where_a_hand_falls_behind_is_wrong_not_missed():
    chart, place = beating(), FELL_BEHIND[0]
    wrong = [n.staff == 2 and place <= n.onset_ql < place + 1 for n in chart.notes]
    events = by_rote(chart)
    for number in range(len(events)):
        if wrong[number // 2]:
            pitch = events[number].pitch + 2
            events[number] = msgspec.structs.replace(events[number], pitch=pitch)
    card = grade(chart, late(chart, events, 2, 0.22))
    assert counts(card) == (wrong.count(False), wrong.count(True), 0, 0)
