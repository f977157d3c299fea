import pytest

from exercises.timeline import Timeline
from game.events import NoteEvent
from game.performer.performance import Profile, perform
from game.scoring.grade import grade_take
from game.scoring.live import LiveMarker
from styles.loader import load_styles
from tests.reading import both_hands, by_rote, grade, make_chart, make_note, melody
from tests.test_scoring_comping import comp, compose, rootless_a, semitone_up, shell

VERDICTS = {
    "match": {"right", "early", "late"},
    "substitution": {"wrong"},
    "omission": {"missed"},
}


def marker(chart, level=5):
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    return LiveMarker(chart, timeline=timeline, style=None, level=level)


def strike(when, pitch):
    return NoteEvent(when, "on", pitch, 70)


def test_right_early_late_wrong_extra_and_missed():
    chart = make_chart([make_note(i, 60 + 4 * i) for i in range(5)], bars=2)
    live = marker(chart)
    (mark,) = live.feed(strike(0.0, 60))
    assert (mark.id, mark.verdict, mark.asynchrony_ms) == ("n1", "right", 0.0)
    (mark,) = live.feed(strike(0.49, 64))
    assert (mark.id, mark.verdict) == ("n2", "early")
    assert mark.asynchrony_ms == pytest.approx(-110)
    (mark,) = live.feed(strike(1.31, 68))
    assert (mark.id, mark.verdict) == ("n3", "late")
    (mark,) = live.feed(strike(1.8, 73))
    assert (mark.id, mark.verdict, mark.pitch) == ("n4", "wrong", 73)
    (mark,) = live.feed(strike(1.81, 30))
    assert (mark.id, mark.verdict) == (None, "extra")
    assert live.advance(2.4) == ()
    (mark,) = live.advance(4.0)
    assert (mark.id, mark.verdict, mark.pitch) == ("n5", "missed", 76)
    assert live.advance(5.0) == ()


def test_releases_and_pedal_bring_nothing():
    live = marker(melody())
    assert live.feed(NoteEvent(0.0, "off", 60, 0)) == ()
    assert live.feed(NoteEvent(0.0, "pedal", 0, 127)) == ()


def test_a_note_that_was_given_up_may_still_come_late():
    chart = melody()
    live = marker(chart)
    (missed,) = live.advance(0.16)
    (late,) = live.feed(strike(0.18, chart.notes[0].pitch))
    assert (missed.id, missed.verdict) == ("n1", "missed")
    assert (late.id, late.verdict) == ("n1", "late")


def test_a_key_that_nothing_asked_for_was_meant_for_what_then_does_not_come():
    live = marker(melody())
    (mark,) = live.feed(strike(-0.03, 65))
    assert (mark.id, mark.verdict) == (None, "extra")
    (mark,) = live.advance(0.3)
    assert (mark.id, mark.verdict, mark.pitch) == ("n1", "wrong", 65)


def test_a_wrong_key_is_another_notes_when_the_right_one_comes():
    chart = make_chart([make_note(0, 60), make_note(0, 64), make_note(4, 67)], bars=2)
    live = marker(chart)
    assert [m.id for m in live.feed(strike(0.0, 62))] == ["n1"]
    assert [(m.id, m.verdict) for m in live.feed(strike(0.01, 60))] == [("n1", "right")]
    assert [(m.id, m.verdict) for m in live.advance(1.0)] == [("n2", "wrong")]


def test_a_groove_that_comes_again_ahead_draws_nobody_along():
    # Two bars of the same keys: who breaks off a bar and begins it again went back, not ahead.
    pitches = [60, 62, 64, 65, 67, 69, 71, 72, 60, 62, 64, 65]
    chart = make_chart([make_note(i, pitch) for i, pitch in enumerate(pitches)], bars=3)
    live = marker(chart)
    keys = [(0.6 * i, pitches[i]) for i in range(3)]
    keys += [(2.6 + 0.6 * i, pitches[i]) for i in range(4)]
    marks = [mark.id for when, pitch in keys for mark in live.feed(strike(when, pitch))]
    assert marks[-1] == "n4"
    assert "n9" not in marks


def test_a_right_key_after_a_wrong_one_mends_the_mark():
    live = marker(melody())
    assert live.feed(strike(0.0, 61))[0].verdict == "wrong"
    assert live.feed(strike(0.05, 60))[0].verdict == "right"


@pytest.mark.parametrize(
    "profile",
    [
        Profile(bias_ms=-10, spread_ms=12),
        Profile(spread_ms=25, chord_spread_ms=10),
        Profile(spread_ms=45, chord_spread_ms=12, wrong=0.03, missing=0.02),
        Profile(spread_ms=30, chord_spread_ms=12, wrong=0.08, missing=0.06, extra=0.03),
        Profile(spread_ms=15, lean_ms_per_bar=9, wrong=0.03, octave=0.02, neighbour=0.05),
        Profile(spread_ms=15, wander_ms=60, chord_spread_ms=18, neighbour=0.1),
    ],
)
def test_agrees_with_the_verdict_of_the_whole_take(profile):
    same = total = 0
    for seed in range(6):
        chart = both_hands(16, seed)
        timeline = Timeline.steady(100)
        take = perform(chart, profile, timeline=timeline, style=None, level=5, seed=seed)
        live, marks = marker(chart), {}
        for event in take.events:
            marks |= {mark.id: mark.verdict for mark in live.advance(event.onset_s)}
            marks |= {mark.id: mark.verdict for mark in live.feed(event) if mark.id}
        marks |= {mark.id: mark.verdict for mark in live.advance(1000.0)}
        card = grade(chart, list(take.events))
        assert set(marks) == {note.id for note in chart.notes}
        same += sum(marks[note.id] in VERDICTS[note.verdict] for note in card.notes)
        total += len(card.notes)
    assert same / total >= 0.98


def test_how_often_time_is_told_changes_no_mark():
    chart = both_hands()
    take = perform(
        chart,
        Profile(spread_ms=30, wrong=0.1, missing=0.1),
        timeline=Timeline.steady(100),
        style=None,
        level=5,
        seed=1,
    )
    runs = []
    for frame in (1 / 60, 1 / 13, 0.7):
        live, marks, now = marker(chart), [], -1.0
        for event in take.events:
            while now + frame < event.onset_s:
                now += frame
                marks += live.advance(now)
            marks += live.advance(event.onset_s)
            marks += live.feed(event)
        runs.append(sorted(marks + list(live.advance(99.0)), key=lambda m: (m.onset_s, m.pitch)))
    assert runs[0] == runs[1] == runs[2]


def test_follows_a_player_who_went_back_within_two_beats():
    chart = both_hands(12, 4)
    rote = [event for event in by_rote(chart) if event.kind == "on"]
    first = [event for event in rote if event.onset_s < 16.7]
    second = [NoteEvent(e.onset_s + 8.4, "on", e.pitch, 70) for e in rote if e.onset_s > 9.5]
    live = marker(chart)
    after = []
    for event in first + second:
        live.advance(event.onset_s)
        marks = live.feed(event)
        if event.onset_s > second[0].onset_s + 1.2:
            after += [mark.verdict for mark in marks]
    assert set(after) == {"right"}


def mark_comp(voice):
    """The last marks of a comping chart that is filled in, and what was called of its keys."""
    chart = compose()
    live = LiveMarker(
        chart,
        timeline=Timeline.steady(chart.drill.quarter_bpm),
        style=load_styles().styles[chart.drill.style],
        level=chart.drill.level,
    )
    marks = []
    for event in sorted(comp(chart, voice), key=lambda event: event.onset_s):
        marks += live.advance(event.onset_s)
        marks += live.feed(event)
    marks += live.advance(1000.0)
    return list({mark.id: mark.verdict for mark in marks if mark.id}.values()), marks


@pytest.mark.parametrize("voice", [shell, rootless_a])
def test_any_idiomatic_voicing_is_right_while_it_is_played(voice):
    last, marks = mark_comp(voice)
    assert last.count("right") >= 0.85 * len(last)
    later = marks[len(marks) // 4 :]
    assert sum(mark.verdict in {"wrong", "extra"} for mark in later) <= 0.05 * len(later)


def test_another_chord_is_not():
    last, _ = mark_comp(semitone_up)
    assert last.count("right") <= 0.3 * len(last)


@pytest.mark.parametrize("voicing", ["", "mixed"], ids=["the chart's own", "own voicings"])
@pytest.mark.parametrize("wrong", [0.0, 0.1, 0.2], ids=["right", "with slips", "with many"])
def test_chords_are_marked_as_the_verdict_will_have_them(wrong, voicing):
    chart = compose()
    style = load_styles().styles[chart.drill.style]
    timeline, level = Timeline.steady(chart.drill.quarter_bpm), chart.drill.level
    player = Profile(spread_ms=15, voicing=voicing, wrong=wrong, missing=wrong / 2)
    same = total = 0
    for seed in range(4):
        take = perform(chart, player, timeline=timeline, style=style, level=level, seed=seed)
        live = LiveMarker(chart, timeline=timeline, style=style, level=level)
        marks = [
            mark
            for event in take.events
            for mark in (*live.advance(event.onset_s), *live.feed(event))
        ]
        marks += live.advance(1000.0)
        last = {mark.id: mark.verdict for mark in marks if mark.id}
        card = grade_take(chart, take.events, timeline=timeline, style=style, level=level)
        same += sum(last.get(n.id, "missed") in VERDICTS[n.verdict] for n in card.notes)
        total += len(card.notes)
    assert same >= 0.95 * total


def test_a_comp_of_the_charts_own_notes_is_followed_back():
    chart = compose()
    level = chart.drill.level
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    live = LiveMarker(chart, timeline=timeline, style=None, level=level)
    rote = [event for event in by_rote(chart) if event.kind == "on"]
    bar_s = 4 * 60.0 / chart.drill.quarter_bpm
    first = [event for event in rote if event.onset_s < 5.9 * bar_s]
    again = [
        NoteEvent(event.onset_s + 3 * bar_s + 0.7, "on", event.pitch, 70)
        for event in rote
        if event.onset_s > 2.9 * bar_s
    ]
    right = []
    for event in first + again:
        live.advance(event.onset_s)
        marks = live.feed(event)
        if event.onset_s > again[0].onset_s + 0.5 * bar_s:
            right += [any(m.verdict in VERDICTS["match"] and m.id for m in marks)]
    assert sum(right) >= 0.95 * len(right)
