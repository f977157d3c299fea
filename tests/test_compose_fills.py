"""Fills at the ends of phrases."""

import msgspec

from exercises.checks.chart import check_chart
from exercises.compose.chart import compose_chart
from exercises.drill import Drill
from exercises.levels import level
from exercises.theory import read_key
from styles.loader import load_style
from styles.schema import Fill, Form

COUNTRY = load_style("country")
RUN = Fill(name="run", values=".5 .5 .5 .5", contour="down", level=6)
FORMS = (
    Form(name="x", weight=1, bars=16, phrases=("a", "b", "a", "b"), cadences=("half", "full") * 2),
)


def compose(seed, number=7, fills=(RUN,)):
    style = msgspec.structs.replace(COUNTRY, fills=fills, groove_share=0.0, forms=FORMS, endings=())
    drill = Drill("country", number, "grand", "C", "4/4", 16, 84.0, "both", seed, "")
    chart = compose_chart(drill, style).chart
    assert check_chart(chart, style, level(number)) == ()
    return chart


def tops(chart, bar):
    notes = [n for n in chart.notes if n.staff == 1 and n.duration_ql and n.onset_ql // 4 == bar]
    return {n.onset_ql % 4: max(o.pitch for o in notes if o.onset_ql == n.onset_ql) for n in notes}


def runs(chart):
    """Downward runs of four eighths in the second half of the bars that end phrases."""
    found = []
    for bar in (3, 7, 11):
        line = [tops(chart, bar).get(2 + at / 2) for at in range(4)]
        if None not in line and line == sorted(line, reverse=True) and len(set(line)) == 4:
            found.append(line)
    return found


def test_long_notes_at_the_ends_of_phrases_are_filled_in_the_fill_s_scale():
    filled = [line for seed in range(8) for line in runs(compose(seed))]
    assert len(filled) >= 3
    tonic = read_key("C").tonic_pc
    for line in filled:
        assert {(pitch - tonic) % 12 for pitch in line} <= {0, 2, 4, 7, 9}


def test_fills_stay_away_below_their_level_and_without_a_pack_s_wish():
    assert sum(len(runs(compose(seed, number=5))) for seed in range(6)) <= 1
    assert sum(len(runs(compose(seed, fills=()))) for seed in range(6)) <= 1


def dressed(device, number=8, seed=1):
    melody = msgspec.structs.replace(COUNTRY.melody, devices=(device,), devices_level=6)
    style = msgspec.structs.replace(
        COUNTRY, melody=melody, fills=(), groove_share=0.0, forms=FORMS, endings=()
    )
    drill = Drill("country", number, "grand", "C", "4/4", 16, 84.0, "both", seed, "")
    chart = compose_chart(drill, style).chart
    assert check_chart(chart, style, level(number)) == ()
    return chart


def test_slip_notes_rise_a_whole_step_under_a_held_note():
    slips = 0
    for seed in range(4):
        chart = dressed("slip note", seed=seed)
        for grace in (n for n in chart.notes if not n.duration_ql):
            held = [
                n for n in chart.notes
                if n.onset_ql == grace.onset_ql and n.staff == 1 and n.duration_ql
            ]  # fmt: skip
            assert grace.pitch + 2 in {n.pitch for n in held}
            assert len(held) >= 2
            slips += 1
    assert slips >= 4
    assert not [n for n in dressed("slip note", number=5).notes if not n.duration_ql]


def test_figures_change_the_line_only_where_the_style_has_them():
    for device in ("turn", "pentatonic run"):
        seeds = range(6)
        changed = [dressed(device, seed=at).notes != dressed("riff", seed=at).notes for at in seeds]
        assert any(changed)
        assert not any(
            dressed(device, number=5, seed=at).notes != dressed("riff", number=5, seed=at).notes
            for at in seeds
        )


def test_fills_leave_the_highest_note_to_the_climax():
    for seed in range(6):
        chart = compose(seed)
        highest = max(n.pitch for n in chart.notes if n.staff == 1)
        assert all(max(line) < highest for line in runs(chart))
