"""Takes cut out of known recordings of real scores; see `tests/splicing.py`."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from tests import splicing, strangers

NAMES = (strangers.PIANO[0], strangers.CHORALES[1])
BARS = 12
CLICKS = pytest.mark.parametrize("click", [False, True], ids=["free", "click"])
ERRORS = pytest.mark.parametrize(("errors", "least"), [(0.0, 0.99), (0.15, 0.97)])


@pytest.fixture(scope="module")
def recordings():
    charts = [strangers.cut(chart, 0, BARS) for _, chart in strangers.read_scores(NAMES)]
    dice = Random(7)  # noqa: S311 - dice, no secret
    return [(chart, strangers.play_cleanly(chart, dice)) for chart in charts]


def pool(recordings, *, errors=0.0, click, stumbles=True, kinds=None):
    """What was found in some takes; of all kinds of stumbles, or only of those."""
    found = Counter()
    for number, (chart, recording) in enumerate(recordings):
        for seed in range(3):
            dice = Random(f"{number} {seed}")  # noqa: S311 - dice, no secret
            cuts = splicing.draw_cuts(dice, errors=errors, stumbles=stumbles, click=click)
            if kinds is not None:
                cuts = replace(cuts, kinds=kinds, rate=0.05)
            take = splicing.splice(chart, recording, cuts, dice)
            found += splicing.compare(chart, take, free=not click)
    return found


@CLICKS
@ERRORS
def test_takes_with_wrong_and_missing_notes_are_followed(recordings, errors, least, click):
    found = pool(recordings, errors=errors, click=click, stumbles=False)
    assert splicing.share(found, "found", "given", "true") >= least


@CLICKS
@ERRORS
def test_takes_that_are_broken_off_and_begun_again_are_followed(recordings, errors, least, click):
    found = pool(recordings, errors=errors, click=click, stumbles=True)
    assert splicing.share(found, "found", "given", "true") >= least - 0.02


@CLICKS
def test_what_was_played_again_is_named_so(recordings, click):
    found = pool(recordings, click=click, kinds=("inside", "bars back", "wait"))
    assert found["again"] > 100
    assert splicing.share(found, "named", "again") >= 0.95
    assert splicing.share(found, "found", "given", "true") >= 0.99


def test_a_recording_put_to_a_click_keeps_its_keys_and_its_chords(recordings):
    chart, recording = recordings[0]
    quarter_s = 60 / chart.drill.quarter_bpm
    moments = splicing.put_to_click(splicing.cut_moments(chart, recording), quarter_s)
    assert sum(len(moment.keys) for moment in moments) == len(recording.keys)
    assert all(abs(one.second - one.place * quarter_s) < quarter_s / 4 for one in moments)


def test_what_is_begun_again_is_for_the_same_notes(recordings):
    chart, recording = recordings[0]
    dice = Random(3)  # noqa: S311 - dice, no secret
    take = splicing.splice(chart, recording, splicing.Cuts(kinds=("bars back",), rate=0.05), dice)
    right, again = take.truth()
    assert {name for name, _ in right} == {note.id for note in chart.notes}
    assert len(again) == len(take.keys) - len(right) > 20
