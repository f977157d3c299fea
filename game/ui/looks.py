"""Themes of our own, and words that can be read in every theme.

Verdicts are in blue, orange and red that every eye tells apart.

The hues begin with those that Okabe and Ito (2008) chose for all common kinds of colour vision; on
light paper they are darker, and the red is crimson, which stays apart from ochre.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import BLACK, WHITE, Color
from textual.constants import DIM_FACTOR
from textual.filter import LineFilter
from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.color import Color as RichColor
    from rich.segment import Segment

BLUE, SKY, ORANGE = "#0072B2", "#56B4E9", "#E69F00"

THEMES = (
    Theme(
        name="every-eye-dark",
        primary=SKY,
        secondary="#CC79A7",
        accent="#F0E442",
        success=SKY,
        warning=ORANGE,
        error="#F07A3A",
        foreground="#E8E8E8",
        background="#121416",
        surface="#1C1F22",
        panel="#272C31",
        dark=True,
    ),
    Theme(
        name="every-eye-light",
        primary=BLUE,
        secondary="#A3527F",
        accent="#8A5A00",
        success=BLUE,
        warning="#8F6400",
        error="#A0002A",
        foreground="#1A1A1A",
        background="#FBFAF7",
        surface="#F1EFEA",
        panel="#E2DFD8",
        dark=False,
    ),
)


LEAST_CONTRAST = 4.9
"""Of words to what lies behind them. WCAG 2.2, success criterion 1.4.3 (level AA) asks for 4.5;
rows that are tinted to stand out take a little of what is more."""
PAPERS = ("background", "surface", "panel")
"""Theme colours that words stand on."""
INKS = ("foreground", "primary", "accent")
"""Theme colours that words are written in, on any of these."""
VERDICTS = ("success", "warning", "error")
"""Those of verdicts, which stand on all but panels: what is moved less stays more of a colour."""
MUTED, STEP = 60, 5
"""Per cent: how strong Textual's muted words are, and by how much colours move on."""


def make_legible(variables: Mapping[str, str]) -> dict[str, str]:
    """A theme's colours, with those for words moved away from the paper until they can be read.

    Of ours: `quiet` for what is less important and has no paper of its own, `ink-on-primary`.
    Half of Textual's themes have one or more that stand out by less than `LEAST_CONTRAST`; what
    does so already stays as it is.
    """
    papers = [Color.parse(variables[name]) for name in PAPERS]
    far = WHITE if papers[0].brightness < 0.5 else BLACK  # noqa: PLR2004 - half of the way
    legible = dict(variables)
    for name in INKS:
        legible[name] = _move(Color.parse(variables[name]), far, papers).hex
    for name in VERDICTS:
        legible[name] = _move(Color.parse(variables[name]), far, papers[:-1]).hex
    if variables["text-muted"].startswith("auto"):
        legible["text-muted"] = f"auto {_strengthen(papers)}%"
    faint = papers[0].blend(Color.parse(legible["foreground"]), MUTED / 100)
    legible["quiet"] = _move(faint, far, papers).hex
    legible["ink-on-primary"] = _write_on(Color.parse(legible["primary"]))
    cursor = Color.parse(variables["block-cursor-background"])
    legible["block-cursor-foreground"] = _write_on(cursor)
    return legible


def measure_contrast(one: Color, other: Color) -> float:
    """From 1 to 21, by WCAG 2.2."""
    dark, bright = sorted(_luminance(color) for color in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    """Relative luminance of sRGB, by WCAG 2.2."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _write_on(paper: Color) -> str:
    return max((WHITE, BLACK), key=lambda ink: measure_contrast(ink, paper)).hex


def _move(ink: Color, far: Color, papers: Sequence[Color]) -> Color:
    for way in range(0, 100, STEP):
        moved = ink.blend(far, way / 100)
        if all(_is_legible(moved, paper) for paper in papers):
            return moved
    return far


def _strengthen(papers: Sequence[Color]) -> int:
    """Per cent of full strength at which muted words can be read on all papers."""
    for strength in range(MUTED, 100, STEP):
        inks = [paper + paper.get_contrast_text(strength / 100) for paper in papers]
        if all(map(_is_legible, inks, papers)):
            return strength
    return 100


def _is_legible(ink: Color, paper: Color) -> bool:
    return measure_contrast(ink, paper) >= LEAST_CONTRAST


class LegibleDim(LineFilter):
    """Draws dim words as dim as they can be read; Textual's own are told from the paper by less."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Segments with the colours that are seen."""
        if not any(style is not None and style.dim for _, style, _ in segments):
            return segments
        paper = background.rich_color
        return [
            type(each)(each.text, _dim(each.style, paper), each.control)
            if each.style is not None and each.style.dim
            else each
            for each in segments
        ]


@lru_cache(1024)
def _dim(style: Style, paper: RichColor) -> Style:
    if style.color is None or style.color.triplet is None:
        return style
    behind = style.bgcolor if style.bgcolor and style.bgcolor.triplet else paper
    ink, back = (Color(*color.get_truecolor()) for color in (style.color, behind))
    for strength in range(round(100 * DIM_FACTOR), 100, STEP):
        dimmed = back.blend(ink, strength / 100)
        if _is_legible(dimmed, back):
            break
    else:
        dimmed = ink
    return style + Style(color=dimmed.rich_color, dim=False)
