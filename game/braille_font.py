"""A font of braille cells as solid blocks, for pages in a browser.

Browsers take braille from whatever font has it, most of them with fine points far apart: a staff of
such points is hard to read. Drawn without gaps the same cells are the octants of a terminal.
"""

from __future__ import annotations

import io

BRAILLE = 0x2800
PATTERNS = 256
EM = 1000
ADVANCE = 600
"""A cell's width in thousandths of the letters' size, that of Roboto Mono."""
TOP, BOTTOM = 1048, -271
"""A cell's height about the baseline, that of the same."""
OVERLAP = 40
"""What blocks reach into each other, so that rounding leaves no seam."""
DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each of braille's dots, by its bit."""


def make_font(family: str) -> bytes:
    """The font as a TrueType file under a name."""
    from fontTools.fontBuilder import FontBuilder  # noqa: PLC0415 - for a browser only
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # noqa: PLC0415 - as above

    names = {BRAILLE + bits: f"dots{bits}" for bits in range(PATTERNS)}
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    for code, name in names.items():
        pen = TTGlyphPen(None)
        for bit, (column, row) in enumerate(DOTS):
            if code - BRAILLE >> bit & 1:
                left, bottom, right, top = place_dot(column, row)
                pen.moveTo((left, bottom))
                for point in ((left, top), (right, top), (right, bottom)):
                    pen.lineTo(point)
                pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(names)
    builder.setupGlyf(glyphs)  # and their bounds
    # A bearing that is not the outline's own would move it: lone right dots to the left.
    builder.setupHorizontalMetrics(
        {name: (ADVANCE, getattr(glyph, "xMin", 0)) for name, glyph in glyphs.items()}
    )
    builder.setupHorizontalHeader(ascent=TOP, descent=BOTTOM)
    builder.setupOS2(
        sTypoAscender=TOP, sTypoDescender=BOTTOM, usWinAscent=TOP, usWinDescent=-BOTTOM
    )
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def place_dot(column: int, row: int) -> tuple[int, int, int, int]:
    """A dot's left, bottom, right and top in thousandths of the letters' size."""
    width, height = ADVANCE / 2, (TOP - BOTTOM) / 4
    left, top = round(column * width), round(TOP - row * height)
    right, bottom = round((column + 1) * width), round(TOP - (row + 1) * height)
    return left, bottom - OVERLAP, right + (OVERLAP if column == 0 else 0), top
