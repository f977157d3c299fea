from itertools import pairwise
from statistics import fmean, pstdev

import pytest
from msgspec.structs import replace

from exercises.chart import Mark
from exercises.timeline import Timeline
from game.performer.performance import PROFILES, Profile, adjust_profile, perform
from game.performer.stumbling import KINDS
from game.scoring.performance import pair_notes
from styles.loader import load_styles
from tests.reading import both_hands, make_chart, make_note, melody


def play(chart, profile, *, seed=1, style=None, level=5):
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    return perform(chart, profile, timeline=timeline, style=style, level=level, seed=seed)


def test_profiles_are_those_of_the_contract():
    figures = {
        name: (p.bias_ms, p.spread_ms, round(p.wrong + p.missing, 3))
        for name, p in PROFILES.items()
    }
    assert figures == {
        "perfect": (0, 0, 0),
        "expert": (-10, 12, 0),
        "solid": (0, 25, 0),
        "laid-back": (35, 15, 0),
        "amateur": (0, 45, 0.05),
        "sloppy": (0, 80, 0.15),
    }


def test_perfect_plays_what_is_written():
    chart = both_hands()
    notes = pair_notes(play(chart, PROFILES["perfect"]).events)
    written = sorted(
        (float(n.onset_ql) * 0.6, n.pitch, float(n.duration_ql) * 0.6) for n in chart.notes
    )
    for note, (onset, pitch, length) in zip(notes, written, strict=True):
        assert note.pitch == pitch
        assert note.onset_s == pytest.approx(onset, abs=1e-9)
        assert note.duration_s == pytest.approx(length, abs=1e-9)


def test_a_seed_gives_the_same_and_another_does_not():
    chart = both_hands()
    once, again = (play(chart, PROFILES["sloppy"], seed=7) for _ in range(2))
    assert once == again
    assert play(chart, PROFILES["sloppy"], seed=8).events != once.events


@pytest.mark.parametrize("name", ["expert", "solid", "laid-back", "amateur", "sloppy"])
def test_bias_and_spread_are_exact(name):
    chart = melody(16)
    profile = PROFILES[name]
    truth = play(chart, profile, seed=5).truth
    away = [note.asynchrony_ms for note in truth.notes if note.what == "right"]
    assert fmean(away) == pytest.approx(profile.bias_ms, abs=1e-6)
    assert pstdev(away) == pytest.approx(profile.spread_ms, rel=1e-6)


@pytest.mark.parametrize("name", ["expert", "solid", "amateur", "sloppy"])
def test_onsets_keep_their_order(name):
    chart = both_hands(16, 2, 140)
    truth = play(chart, PROFILES[name], seed=2).truth
    heard: dict[object, list[float]] = {}
    for note, told in zip(chart.notes, truth.notes, strict=True):
        if told.asynchrony_ms is not None:
            onset = float(note.onset_ql) * 60 / 140 + told.asynchrony_ms / 1000
            heard.setdefault(note.onset_ql, []).append(onset)
    middles = [fmean(heard[onset]) for onset in sorted(heard)]
    assert middles == sorted(middles)


def test_errors_are_as_many_as_asked_for_and_told():
    chart = both_hands(16)
    count = len(chart.notes)
    profile = Profile(wrong=0.1, missing=0.05, octave=0.02, extra=0.04)
    performance = play(chart, profile)
    told = [note.what for note in performance.truth.notes]
    assert told.count("missing") == round(0.05 * count)
    assert told.count("wrong") == pytest.approx(0.1 * count, abs=2)
    assert told.count("octave") == pytest.approx(0.02 * count, abs=3)
    assert len(performance.truth.extras) == pytest.approx(0.04 * count, abs=2)
    notes = pair_notes(performance.events)
    for written, note in zip(chart.notes, performance.truth.notes, strict=True):
        if note.played is not None:
            assert notes[note.played].pitch == note.pitch
        if note.what == "right":
            assert note.pitch == written.pitch
        if note.what == "octave":
            assert abs(note.pitch - written.pitch) == 12
    used = [n.played for n in performance.truth.notes if n.played is not None]
    used += [extra.played for extra in performance.truth.extras]
    assert sorted(used) == list(range(len(notes)))


def test_stumbles_go_back_wait_and_skip():
    chart = both_hands(64)
    takes = [play(chart, Profile(stumbles=0.6), seed=seed) for seed in (1, 2)]
    stumbles = [stumble for take in takes for stumble in take.truth.stumbles]
    assert {stumble.kind for stumble in stumbles} == set(KINDS)
    assert {stumble.after for stumble in stumbles} <= {note.id for note in chart.notes}
    reasons = {extra.reason for take in takes for extra in take.truth.extras}
    assert reasons == {"restart", "repeat"}


def first_onsets(take):
    """Seconds at which each charted note was played."""
    notes = pair_notes(take.events)
    return {n.id: notes[n.played].onset_s for n in take.truth.notes if n.played is not None}


@pytest.mark.parametrize("kind", ["restart", "inside", "back"])
def test_who_goes_back_plays_again_and_the_last_attempt_counts(kind):
    chart = melody(8)
    profile = Profile(stumbles=0.3, stumble_kinds=kind, stays_late=1.0)
    take = play(chart, profile)
    assert {stumble.kind for stumble in take.truth.stumbles} == {kind}
    assert {extra.reason for extra in take.truth.extras} == {"restart"}
    played = [note.played for note in take.truth.notes]
    assert played == sorted(played)
    late = [note.asynchrony_ms for note in take.truth.notes]
    assert max(late) == 0  # asynchrony is told without what the stumbles cost
    assert first_onsets(take)["n32"] > 31 * 0.6 + 0.6


def test_after_a_dropped_bar_the_player_is_on_the_click_again():
    chart = melody(8)
    take = play(chart, Profile(stumbles=0.3, stumble_kinds="drop"))
    onsets = first_onsets(take)
    assert len(onsets) < 32
    assert all(onset == pytest.approx(0.6 * (int(name[1:]) - 1)) for name, onset in onsets.items())


def test_who_skips_may_be_ahead_of_the_click_from_then_on():
    take = play(melody(16), Profile(stumbles=0.2, stumble_kinds="skip", stays_late=1.0))
    (name, onset) = list(first_onsets(take).items())[-1]
    assert onset < 0.6 * (int(name[1:]) - 1) - 0.5


def test_one_hand_may_be_late_for_a_bar_or_all_the_time():
    chart = both_hands(16)
    staffs = {note.id: note.staff for note in chart.notes}
    told = play(chart, Profile(left_late_ms=200)).truth.notes
    assert {round(n.asynchrony_ms) for n in told if staffs[n.id] == 2} == {200}
    assert {n.asynchrony_ms for n in told if staffs[n.id] == 1} == {0}
    slips = play(chart, Profile(stumbles=0.2, stumble_kinds="hand"), seed=3).truth.notes
    late = [n.asynchrony_ms for n in slips if n.asynchrony_ms]
    assert late
    assert all(120 <= one <= 400 for one in late)


def test_a_neighbour_is_a_third_off_and_in_the_key():
    scale = [(60, "C4"), (62, "D4"), (64, "E4"), (66, "F#4"), (67, "G4"), (69, "A4"), (71, "B4")]
    notes = [replace(make_note(i, scale[i % 7][0]), spelling=scale[i % 7][1]) for i in range(64)]
    chart = make_chart(notes, bars=16)
    chart = replace(chart, drill=replace(chart.drill, key="G"))
    told = play(chart, Profile(neighbour=0.3)).truth.notes
    wrong = [(n.pitch - w.pitch, n.pitch % 12) for n, w in zip(told, chart.notes, strict=True)
             if n.what == "neighbour"]  # fmt: skip
    assert len(wrong) >= 8
    assert {abs(step) for step, _ in wrong} <= {3, 4}
    assert {pc for _, pc in wrong} <= {pitch % 12 for pitch, _ in scale}
    forgot = play(chart, Profile(forgotten_key=1.0)).truth.notes
    assert [n.pitch for n in forgot if n.what == "key"] == [65] * 9
    assert all(n.what == "right" for n, w in zip(forgot, chart.notes, strict=True) if w.pitch != 66)


def test_ornaments_are_extras_about_right_notes():
    chart = make_chart([make_note(4 * i, 72 + i % 5, 4) for i in range(8)], bars=8)
    trilled = play(chart, Profile(trills=1.0))
    assert {extra.reason for extra in trilled.truth.extras} == {"ornament"}
    assert len(trilled.truth.extras) > 40
    assert [n.what for n in trilled.truth.notes] == ["right"] * 8
    graced = play(chart, Profile(graces=1.0))
    assert len(graced.truth.extras) == 8
    before = [note.played - 1 for note in graced.truth.notes]
    assert [extra.played for extra in graced.truth.extras] == before


def test_a_rolled_chord_rises_about_its_middle():
    chart = make_chart([make_note(0, pitch, 4) for pitch in (60, 64, 67)], bars=1)
    notes = pair_notes(play(chart, Profile(rolls=1.0)).events)
    assert [note.pitch for note in notes] == [60, 64, 67]
    assert notes[1].onset_s == pytest.approx(0, abs=1e-9)
    assert 0.05 <= notes[2].onset_s - notes[0].onset_s <= 0.16


def test_rubato_sways_between_half_and_double_and_drift_ends_elsewhere():
    chart = melody(32)
    onsets = list(first_onsets(play(chart, Profile(rubato=1.0))).values())
    steps = [(later - sooner) / 0.6 for sooner, later in pairwise(onsets)]
    assert min(steps) >= 0.5 - 1e-6
    assert max(steps) <= 2 + 1e-6
    assert max(steps) / min(steps) > 1.5
    onsets = list(first_onsets(play(chart, Profile(drift=2.0))).values())
    first, last = onsets[1] - onsets[0], onsets[-1] - onsets[-2]
    assert first / last == pytest.approx(2.0, rel=0.05)


def test_a_lean_grows_from_bar_to_bar_and_a_wandering_comes_back():
    chart = melody(32)
    told = play(chart, Profile(lean_ms_per_bar=3)).truth.notes
    assert told[0].asynchrony_ms == 0
    assert told[-1].asynchrony_ms == pytest.approx(3 * 31)
    swayed = [n.asynchrony_ms for n in play(chart, Profile(wander_ms=40)).truth.notes]
    assert -40 <= min(swayed) < -5
    assert 5 < max(swayed) <= 40


def test_no_release_cuts_the_next_note_of_its_pitch():
    chart = make_chart([make_note(f"{i}/2", 60, "1/2") for i in range(16)], bars=2)
    for name in PROFILES:
        notes = pair_notes(play(chart, PROFILES[name]).events)
        for pitch in {note.pitch for note in notes}:
            same = [note for note in notes if note.pitch == pitch]
            assert all(note.duration_s > 0 for note in same)
            for note, following in pairwise(same):
                assert note.onset_s + note.duration_s <= following.onset_s + 1e-9


def test_swing_is_played_and_the_pocket_is_the_performers_own():
    jazz = load_styles().styles["jazz"]
    chart = make_chart(
        [make_note(f"{i}/2", 60 + i, "1/2") for i in range(8)], bars=1, quarter_bpm=120
    )
    notes = pair_notes(play(chart, PROFILES["perfect"], style=jazz, level=8).events)
    assert [notes[i].onset_s for i in (0, 2, 4, 6)] == pytest.approx([0, 0.5, 1.0, 1.5])
    assert all(0.27 < notes[i].onset_s - notes[i - 1].onset_s < 0.35 for i in (1, 3, 5, 7))


def test_velocity_and_length_follow_the_signs():
    notes = [
        make_note(0, 60),
        make_note(1, 62, articulations=("accent",)),
        make_note(2, 64, articulations=("staccato",)),
        make_note(4, 65),
        make_note(5, 67),
    ]
    marks = (
        Mark(0, "dynamic", "p"),
        Mark(4, "dynamic", "f"),
        Mark(4, "hairpin", "<", end_ql=notes[-1].onset_ql),
    )
    played = pair_notes(play(make_chart(notes, bars=2, marks=marks), PROFILES["perfect"]).events)
    soft, accent, short, loud, louder = played
    assert accent.velocity > soft.velocity
    assert loud.velocity > soft.velocity
    assert louder.velocity > loud.velocity
    assert short.duration_s == pytest.approx(0.3)


def test_a_chord_is_spread_about_its_middle_and_stays_one():
    chart = make_chart([make_note(0, pitch, 4) for pitch in (60, 64, 67)], bars=1)
    onsets = [n.onset_s for n in pair_notes(play(chart, Profile(chord_spread_ms=20)).events)]
    assert len(set(onsets)) == 3
    assert sorted(onsets)[1] == pytest.approx(0, abs=1e-9)
    assert max(onsets) - min(onsets) < 0.09


def test_figures_change_a_profile():
    assert adjust_profile(PROFILES["solid"], bias_ms=4.0, wrong=None).bias_ms == 4.0
    assert adjust_profile(PROFILES["solid"], wrong=None) == PROFILES["solid"]


def test_an_empty_chart_is_silence():
    assert play(make_chart([], bars=1), PROFILES["sloppy"]).events == ()
