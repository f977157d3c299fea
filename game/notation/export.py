"""A chart for paper and files: SVG, PNG, or the characters of the terminal."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import resvg_py

from exercises.chart import ComposeError
from game.notation.hidden import print_only
from game.notation.layout import FONT, plain_toolkit

if TYPE_CHECKING:
    from game.notation.page import Page

SHEET_WIDTH = 2100
"""In the engraver's pixels: a sheet of A4 at its usual size."""
SHEET_MARGIN = 80
PNG_WIDTH = 2000
WORD_FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSerif.ttf")
"""Fonts for words that every installation has: a bare machine may have none of its own."""

_TEXT_FAMILY = re.compile(r'font-family="(?:Times, serif|[A-Z][a-z]+)"')
_MUSIC_TEXT = re.compile(r'<tspan[^>]*font-family="(?:Leland|Leipzig|Bravura|Petaluma)"[^>]*>')
_LETTER_SIGNS = {
    "\ue260": "♭",
    "\ue261": "♮",
    "\ue262": "♯",
    "\ue263": "𝄪",
    "\ue264": "𝄫",
    "\uea64": "♭",
    "\uea65": "♮",
    "\uea66": "♯",
    "\ueca2": "𝅝",
    "\ueca3": "½",
    "\ueca5": "♩",
    "\ueca7": "♪",
    "\uecb7": ".",
    "\ue048": " ⊕",
    "\ue1d2": "𝅝",
    "\ue1d5": "♩",
    "\ue1d7": "♪",
    "\ue1e7": ".",
}
"""Signs of the music font within words, as letters that text fonts have."""


def render_svg(musicxml: bytes) -> str:
    """The whole chart on one sheet as SVG.

    Raises:
        ComposeError: the engraver cannot read the document.
    """
    toolkit = plain_toolkit()
    toolkit.setOptions(
        {
            "pageWidth": SHEET_WIDTH,
            "pageHeight": 60000,
            "adjustPageHeight": True,
            "pageMarginLeft": SHEET_MARGIN,
            "pageMarginRight": SHEET_MARGIN,
            "pageMarginTop": SHEET_MARGIN,
            "pageMarginBottom": SHEET_MARGIN,
            "header": "auto",
            "footer": "none",
            # Charts that say where a line begins have four bars to it, which a sheet holds.
            "breaks": "line" if b"new-system" in musicxml else "auto",
            "font": FONT,
            "xmlIdSeed": 1,
            "svgViewBox": True,
        }
    )
    if not toolkit.loadData(print_only(musicxml).decode("utf-8")):
        raise ComposeError("the engraver cannot read this chart's MusicXML")
    drawing: str = toolkit.renderToSVG(1)
    return drawing


def render_png(musicxml: bytes) -> bytes:
    """The whole chart on one white sheet as PNG, `PNG_WIDTH` pixels wide.

    Raises:
        ComposeError: the engraver cannot read the document.
    """
    return rasterise(render_svg(musicxml))


def rasterise(svg: str) -> bytes:
    """A sheet of `render_svg` as PNG on white, `PNG_WIDTH` pixels wide."""
    # The signs of music within words come from an embedded font that the renderer does not read.
    svg = "".join(_LETTER_SIGNS.get(letter, letter) for letter in svg)
    svg = _MUSIC_TEXT.sub('<tspan font-size="405px">', svg)
    svg = _TEXT_FAMILY.sub('font-family="DejaVu Sans"', svg)
    image: bytes = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=PNG_WIDTH,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[str(path) for path in word_fonts()],
        font_family="DejaVu Sans",
        serif_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
    )
    return image


def render_text(page: Page) -> str:
    """The rows of all systems, an empty row between two of them."""
    systems = ("\n".join(row.rstrip() for row in system.rows) for system in page.systems)
    return "\n\n".join(systems) + "\n"


def word_fonts() -> list[Path]:
    """Font files for words, as they come with a library that music21 brings."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return [folder / name for name in WORD_FONTS if (folder / name).exists()]
