"""Charts that the player fills in with voicings of their own, without a click and with stumbles."""

from functools import cache
from statistics import fmean

import msgspec
import pytest

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from game.events import NoteEvent
from game.performer.performance import perform
from game.performer.profiles import VOICINGS, Profile
from game.performer.voicing import voice_chart
from game.scoring.fitted import find_hidden
from game.scoring.grade import grade_take
from styles.loader import load_styles

STYLES = load_styles().styles
OWN = Profile(
    spread_ms=18, chord_spread_ms=8, touch=6, length=0.8, length_spread=0.1, stays_late=1.0,
    voicing="mixed",
)  # fmt: skip
CHARTS = (("jazz", "comping", 6), ("country", "number", 6), ("bossa", "comping", 6))


@cache
def compose(style, kind, level, seed=3):
    request = DrillRequest(style, level, kind=kind, seed=seed, bars=16)
    return compose_chart(resolve_drill(request, STYLES[style]), STYLES[style]).chart


def play(chart, *, free, seed=3, rate=1.0, **habits):
    """(truth, grade) of a take with the player's own voicings."""
    style, level = STYLES[chart.drill.style], chart.drill.level
    player = msgspec.structs.replace(OWN, **habits)
    timeline = tempo_map(chart, chart.drill.quarter_bpm * rate)
    take = perform(chart, player, timeline=timeline, style=style, level=level, seed=seed)
    clock = tempo_map(chart, chart.drill.quarter_bpm)
    card = grade_take(chart, take.events, timeline=clock, style=style, level=level, free=free)
    return take.truth, card


@pytest.mark.parametrize(("style", "kind", "level"), CHARTS)
@pytest.mark.parametrize("rate", [0.7, 1.4])
def test_own_voicings_in_a_free_tempo_are_followed(style, kind, level, rate):
    chart = compose(style, kind, level)
    _, card = play(chart, free=True, rate=rate, rubato=0.2)
    assert card.scores.notes >= 90
    assert card.scores.total >= 85
    assert card.flow.skipped_bars == 0
    assert [note.id for note in card.notes] == [note.id for note in chart.notes]
    assert "wrong chord" not in {one.kind for one in card.diagnoses}


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize(("style", "kind", "level"), CHARTS)
def test_bars_played_again_count_once(style, kind, level, free):
    """Each return over a change of chord is a restart; what was tried again is in no other score.

    One chord that is struck again may as well be a wait.
    """
    chart = compose(style, kind, level)
    scores = []
    for seed in (3, 4, 5):
        truth, card = play(chart, free=free, seed=seed, stumbles=0.2, stumble_kinds="back,inside")
        surely = sum(stumble.kind == "back" for stumble in truth.stumbles)
        assert surely <= card.flow.restarts <= len(truth.stumbles)
        scores.append(card.accuracy)
    assert fmean(scores) >= 95


def test_a_wrong_chord_is_heard_without_a_click():
    """All of one symbol's chords played as another: the sentence says which."""
    chart = compose("jazz", "comping", 6)
    symbol = chart.chords[4].symbol
    wrong = tuple(
        msgspec.structs.replace(
            chord,
            root=(chord.root + 6) % 12,
            bass=(chord.root + 6) % 12,
            pitch_classes=tuple((pc + 6) % 12 for pc in chord.pitch_classes),
        )
        if chord is chart.chords[4]
        else chord
        for chord in chart.chords
    )
    taken = msgspec.structs.replace(chart, chords=wrong)
    style = STYLES["jazz"]
    clock = tempo_map(chart, chart.drill.quarter_bpm)
    take = perform(taken, OWN, timeline=clock, style=style, level=6, seed=3)
    card = grade_take(chart, take.events, timeline=clock, style=style, level=6, free=True)
    told = [one for one in card.diagnoses if one.kind == "wrong chord"]
    assert told
    assert f"for {symbol} in bar" in told[0].detail
    assert card.scores.notes >= 80


@pytest.mark.parametrize("how", VOICINGS)
def test_the_performer_fills_in_what_the_symbols_ask_for(how):
    from random import Random  # noqa: PLC0415 - beside its use

    chart = compose("jazz", "comping", 6)
    voiced = voice_chart(chart, STYLES["jazz"], how, Random(1))  # noqa: S311 - dice, no secret
    hidden = find_hidden(chart)
    assert {n.id for n in voiced.notes if n.id in hidden} == set()
    own = {n.pitch for n in voiced.notes if n.id.startswith("v")}
    assert own != {n.pitch for n in chart.notes if n.id in hidden}
    _, card = play(chart, free=False, voicing=how)
    assert card.scores.notes >= 95
    assert "wrong chord" not in {one.kind for one in card.diagnoses}


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize(("style", "kind", "level"), CHARTS)
def test_a_key_or_two_tried_long_before_or_after_cost_nothing(style, kind, level, before, free):
    chart = compose(style, kind, level)
    style, timeline = STYLES[style], tempo_map(chart)
    take = perform(chart, OWN, timeline=timeline, style=style, level=level, seed=3)
    ends = [event.onset_s for event in take.events]
    begins = min(ends) - 8.0 if before else max(ends) + 7.0
    tried = [
        NoteEvent(begins + 0.2 * place + held, kind, pitch, 60)
        for place, pitch in enumerate((61, 66))
        for kind, held in (("on", 0.0), ("off", 0.15))
    ]
    where = {"timeline": timeline, "style": style, "level": level, "free": free}
    alone = grade_take(chart, take.events, **where)
    card = grade_take(chart, [*take.events, *tried], **where)
    assert msgspec.to_builtins(card.scores) == pytest.approx(msgspec.to_builtins(alone.scores))
    assert card.flow.restarts == alone.flow.restarts
    assert len(card.extras) == len(alone.extras) + 2
