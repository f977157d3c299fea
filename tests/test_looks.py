"""In every theme words can be read."""

import pytest
from rich.segment import Segment
from rich.style import Style
from test_ui_keys import linear, luminance
from textual.color import BLACK, WHITE, Color
from textual.theme import BUILTIN_THEMES

from game.ui.looks import THEMES, LegibleDim, make_legible

ALL = [theme for theme in (*BUILTIN_THEMES.values(), *THEMES) if not theme.ansi]
LEAST = 4.5
"""WCAG 2.2, 1.4.3."""


def contrast(one, other):
    dark, bright = sorted(luminance(linear(name)) for name in (one, other))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ALL, ids=lambda theme: theme.name)
def test_words_can_be_read_on_whatever_they_stand(theme):
    before = {**theme.to_color_system().generate(), **theme.variables}
    after = make_legible(before)
    papers = [after[name] for name in ("background", "surface", "panel")]
    assert papers == [before[name] for name in ("background", "surface", "panel")]
    for name in ("foreground", "primary", "accent", "quiet"):
        assert min(contrast(after[name], paper) for paper in papers) >= LEAST, name
    for name in ("success", "warning", "error"):
        assert min(contrast(after[name], paper) for paper in papers[:2]) >= LEAST, name
    assert contrast(after["ink-on-primary"], after["primary"]) >= LEAST
    assert contrast(after["block-cursor-foreground"], after["block-cursor-background"]) >= LEAST
    # Muted words are black or white, let through a little.
    word, strength = after["text-muted"].removesuffix("%").split()
    assert word == "auto"
    for paper in map(Color.parse, papers):
        ink = WHITE if paper.brightness < 0.5 else BLACK
        assert contrast(paper.blend(ink, int(strength) / 100).hex, paper.hex) >= LEAST


def test_colours_that_can_be_read_stay_as_they_are():
    dracula = {**BUILTIN_THEMES["dracula"].to_color_system().generate()}
    assert {make_legible(dracula)[name] for name in ("foreground", "accent", "success")} == {
        dracula[name] for name in ("foreground", "accent", "success")
    }


@pytest.mark.parametrize(("ink", "paper"), [("#444444", "#FAFAFA"), ("#C8CCD5", "#3B414D")])
def test_dim_words_are_dim_and_can_be_read(ink, paper):
    dim = Style(color=ink, dim=True)
    words, rest = LegibleDim().apply(
        [Segment("dim", dim), Segment("not", Style(color=ink))], Color.parse(paper)
    )
    shown = words.style.color.triplet.hex
    assert not words.style.dim
    assert LEAST <= contrast(shown, paper) < contrast(ink, paper)
    assert rest == Segment("not", Style(color=ink))
