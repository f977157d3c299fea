"""What the home screen suggests."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest

from game.coach.suggestion import suggest
from game.take import TakeSummary

STYLES = {
    name: SimpleNamespace(name=name.title()) for name in ("jazz", "classical", "bossa", "gospel")
}


def history(*rows):
    """(style, level, total) newest first."""
    return [
        TakeSummary(100 - index, "2026-05-01", "c", style, level, total, "finished")
        for index, (style, level, total) in enumerate(rows)
    ]


def test_a_newcomer_starts_with_classical_at_level_one():
    assert suggest([], STYLES) == ("classical", 1, "Welcome: start with Classical, level 1.")


def test_without_classical_the_first_style_will_do():
    assert suggest([], {"jazz": STYLES["jazz"]})[:2] == ("jazz", 1)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("jazz", 3, 85.0), ("jazz", 3, 99.0), ("jazz", 3, 90.0)], ("jazz", 4)),
        ([("jazz", 3, 84.9), ("jazz", 3, 99.0), ("jazz", 3, 90.0)], ("classical", 3)),
        ([("jazz", 3, 90.0), ("jazz", 3, 90.0)], ("classical", 3)),
        ([("jazz", 3, 55.0), ("jazz", 3, 10.0), ("jazz", 3, 40.0)], ("jazz", 2)),
        ([("jazz", 3, 55.1), ("jazz", 3, 10.0), ("jazz", 3, 40.0)], ("classical", 3)),
        ([("jazz", 1, 20.0)] * 3, ("classical", 1)),
        ([("jazz", 10, 95.0)] * 3, ("classical", 10)),
        # takes of other levels and styles between do not count, nor does a fourth
        (
            [
                *[("jazz", 3, 90.0), ("bossa", 3, 10.0), ("jazz", 3, 90.0), ("jazz", 2, 10.0)],
                *[("jazz", 3, 90.0), ("jazz", 3, 0.0)],
            ],
            ("jazz", 4),
        ),
    ],
)
def test_the_level_follows_the_last_three_takes(rows, expected):
    assert suggest(history(*rows), STYLES)[:2] == expected


def test_otherwise_the_style_that_rested_longest_is_next():
    rows = [(style, 2, 70.0) for style in ("jazz", "bossa", "gospel", "classical", "bossa")]
    assert suggest(history(*rows), STYLES)[:2] == ("classical", 2)
    assert "rested longest" in suggest(history(*rows), STYLES).sentence
    assert suggest(history(*rows[:3]), STYLES).sentence.endswith("you have not played it yet.")


def test_ungraded_takes_and_unknown_styles_are_passed_over():
    rows = [("jazz", 3, None), ("polka", 9, 90.0), ("bossa", 2, 90.0)]
    assert suggest(history(*rows), STYLES)[:2] == ("jazz", 2)
    assert suggest(history(*rows[:2]), STYLES)[:2] == ("classical", 1)


def test_takes_broken_off_or_not_the_players_are_passed_over():
    good = history(("jazz", 3, 90.0))[0]
    broken_off = msgspec.structs.replace(good, ended="stopped", style="bossa", level=7)
    robots = msgspec.structs.replace(good, source="performer", style="bossa", level=7)
    assert suggest([broken_off, good, robots, good, good], STYLES)[:2] == ("jazz", 4)
    assert suggest([broken_off, robots], STYLES)[:2] == ("classical", 1)


def test_with_a_single_style_it_goes_on():
    only = {"jazz": STYLES["jazz"]}
    assert suggest(history(("jazz", 3, 70.0)), only)[:2] == ("jazz", 3)


def test_no_style_at_all_is_an_error():
    with pytest.raises(ValueError, match="no style"):
        suggest([], {})


def test_every_sentence_is_one_line():
    for rows in ([], [("jazz", 3, 90.0)] * 3, [("jazz", 3, 9.0)] * 3, [("jazz", 3, 70.0)]):
        sentence = suggest(history(*rows), STYLES).sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert len(sentence) < 100
