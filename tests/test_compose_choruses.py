"""Blues choruses stay whole, intros have chords of their own, and one chord is written alike."""

import pytest

from exercises.compose.dice import Dice
from exercises.compose.form import plan_form
from exercises.compose.grid import read_metre
from exercises.compose.progression import plan_chords
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.timeline import beat_ql
from styles.loader import load_style

BLUES = load_style("blues")
FORMS = {form.name: form for form in BLUES.forms}
SEEDS = range(40)


def chords(name, seed, level=5):
    form = FORMS[name]
    phrases = plan_form([form], form.bars, Dice(seed, "form"))
    metre = read_metre("4/4")
    slots = plan_chords(phrases, BLUES, "C", level=level, metre=metre, dice=Dice(seed, "harmony"))
    bars = [[] for _ in range(form.bars)]
    for slot in slots:
        bars[slot.bar].append(slot.harmony)
    return bars


@pytest.mark.parametrize(
    ("name", "first"), [("12-bar blues", 0), ("12-bar blues with an intro", 4)]
)
def test_a_chorus_is_not_cut_by_another_form(name, first):
    kept = 0
    for seed in SEEDS:
        chorus = chords(name, seed)[first:]
        roots = [bar[0].degree for bar in chorus]
        kept += roots[0] == "I" and roots[4] == "IV" and roots[8] in {"V", "II"}
    assert kept >= 0.85 * len(SEEDS)


def test_an_intro_is_a_turnaround_and_no_first_half_of_a_chorus():
    for seed in SEEDS:
        intro = chords("12-bar blues with an intro", seed)[:4]
        assert intro[-1][-1].degree in {"V", "I"}
        assert len({bar[0].degree for bar in intro}) > 1


def test_a_chord_that_goes_the_same_way_is_written_alike():
    for seed in SEEDS:
        bars = [bar for bar in chords("12-bar blues", seed, level=7) if len(bar) == 1]
        following = [*bars[1:], None]
        seen = {}
        for bar, after in zip(bars, following, strict=True):
            if after is None or bar[0].degree != "IV" or after[0].degree != "I":
                continue
            assert seen.setdefault("IV to I", bar[0].quality) == bar[0].quality


@pytest.mark.parametrize("style", ["blues", "gospel"])
def test_a_slow_twelve_keeps_its_own_tempo(style):
    pack = load_style(style)
    low, high = pack.tempo.meters["12/8"]
    for level in (6, 8, 9):
        for seed in range(20):
            drill = resolve_drill(DrillRequest(style, level, meter="12/8", seed=seed), pack)
            assert low <= drill.quarter_bpm / beat_ql("12/8") <= high


@pytest.mark.parametrize(("style", "home"), [("bossa", False), ("gospel", False), ("blues", True)])
def test_a_dominant_is_home_only_where_the_style_says_so(style, home):
    pack = load_style(style)
    finals = []
    for seed in SEEDS:
        phrases = plan_form(pack.forms, 16, Dice(seed, "form"))
        slots = plan_chords(
            phrases, pack, "F", level=8, metre=read_metre("4/4"), dice=Dice(seed, "harmony")
        )
        finals.append(slots[-1].harmony.is_dominant)
    assert any(finals) == home
