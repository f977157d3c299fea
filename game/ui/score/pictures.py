"""The systems as pictures over the cells: which part of which stands where, sent when it changes.

The playhead goes through sixels as strips of one cell's width (see `game.ui.score.light`); through
other pictures it is seen in the cells between their ink. Nothing else is sent again for it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from game.notation.page import DOTS, HEAD_LEVEL
from game.ui.score.iterm import write_inline
from game.ui.score.kitty import drop_picture, place_picture, send_picture, write_png
from game.ui.score.light import Light
from game.ui.score.marks import SEVERITY
from game.ui.score.pieces import Piece, find_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from game.notation.page import HeadBox, Page, Picture
    from game.ui.score.inks import Palette
    from game.ui.score.light import Strip
    from game.ui.score.rows import ScoreRows
    from game.ui.terminal import Graphics

KEPT = 24
"""Encoded parts kept in case that they are shown again."""
FIRST_NUMBER = 7701
"""Of the pictures that a terminal with kitty's protocol is given."""
OVER_PICTURE = 1


def find_verdicts(page: Page, system: int, rows: ScoreRows) -> dict[str, str]:
    """The verdict of each notehead of a system that has one, by the id of its box."""
    found = {}
    for note in page.systems[system].notes:
        verdict = rows.verdict_of(note)
        if verdict is not None:
            found[note.id] = verdict
    return found


class PictureLayer:
    """What the terminal shows of the pictures, and what it has to be sent next."""

    def __init__(self, graphics: Graphics, page: Page, palette: Palette) -> None:
        """Nothing is shown yet."""
        self._graphics = graphics
        self._page = page
        self._palette = palette
        self._shown: list[Piece] = []
        self._levels: dict[int, NDArray] = {}  # type: ignore[type-arg]
        self._tinted: dict[int, tuple[dict[str, str], NDArray]] = {}  # type: ignore[type-arg]
        """By system, the levels with the heads of some verdicts marked."""
        self._verdicts: dict[int, dict[str, str]] = {}
        """By system, those of the heads that are coloured on the terminal."""
        self._kept: OrderedDict[object, str] = OrderedDict()
        self._held: dict[int, _Held] = {}
        """By system, where pictures last."""
        self._next_number = FIRST_NUMBER
        self._light = Light(self._paint_strip)
        self._rows: ScoreRows | None = None
        """Whose verdicts colour the heads of strips, and the terminal's cell of its first: the
        widget's as of the last show."""
        self._origin = (0, 0)

    @property
    def lasts(self) -> bool:
        """Whether pictures stay when characters are written into their cells."""
        return self._graphics.protocol == "kitty"

    def lose(self, top: int, bottom: int) -> None:
        """Some rows have been written over; where pictures last, nothing is lost by that."""
        if not self.lasts:
            self._shown = [p for p in self._shown if p.y + p.last - p.first <= top or p.y >= bottom]

    def forget(self) -> None:
        """Send everything again: verdicts have been taken back."""
        self._shown = []

    def show(self, rows: ScoreRows, x: int, y: int) -> str:
        """What makes the terminal show the slots as they are; empty where it does already.

        Args:
            rows: the slots, and the verdicts so far.
            x: the terminal's column of the widget's first cell, from 0.
            y: its row.
        """
        wanted = find_pieces(rows)
        parts, painted = [], []
        for piece in wanted:
            if piece in self._shown:
                continue
            if not self.lasts and any(shown.holds(piece) for shown in self._shown):
                continue
            painted.append(piece)
            move = f"\x1b[{y + piece.y + 1};{x + piece.x + 1}H"
            verdicts = find_verdicts(self._page, piece.system, rows)
            self._verdicts[piece.system] = dict(verdicts)
            if self.lasts:
                parts.append(self._place(piece, verdicts, move))
            else:
                parts += self._paint(piece, verdicts, x, y)
        parts += self._clear_away(wanted)
        self._shown = wanted
        if self._graphics.protocol == "sixel":
            self._light.lose(painted, wanted)
            self._rows, self._origin = rows, (x, y)
            parts.append(self._light.move(rows, wanted))
        return "".join(parts)

    def hide(self) -> str:
        """What takes all pictures away; sixels go with the characters that come in their place."""
        self._shown = []
        drops = "".join(_drop(held) for held in self._held.values())
        self._held.clear()
        return drops

    def mark(self, box: HeadBox, system: int, verdict: str, x: int, y: int) -> str:
        """What gives a notehead the colour of its verdict, wherever it is shown.

        Args:
            box: the head.
            system: of which it is.
            verdict: its new verdict.
            x: the terminal's column of the widget's first cell, from 0.
            y: its row.
        """
        width, height = self._cell
        left, right = box.left // width, box.right // width + 1
        first, last = box.top // height, box.bottom // height + 1
        parts = []
        for piece in self._shown:
            inside = piece.left <= left and right <= piece.right
            if piece.system == system and inside and piece.first <= first and last <= piece.last:
                column = x + piece.x + left - piece.left
                row = y + piece.y + first - piece.first
                move = f"\x1b[{row + 1};{column + 1}H"
                cells = (left, right, first, last)
                if self._graphics.protocol == "iterm":
                    # A cell shows one picture: the patch has all that is in its cells.
                    known = self._verdicts.setdefault(system, {})
                    known[box.id] = verdict
                    parts.append(move + self._write(self._coloured(system, known), cells))
                    continue
                levels = self._head(system, box, cells, verdict)
                parts.append(move + self._patch(system, levels, (right - left, last - first)))
        return "".join(parts)

    # How it is done

    @property
    def _cell(self) -> tuple[int, int]:
        return self._page.request.cell or DOTS

    def _picture(self, system: int) -> Picture:
        picture = self._page.systems[system].picture
        if picture is None:
            raise ValueError(f"system {system} has no picture")
        return picture

    def _unpack(self, system: int) -> NDArray:  # type: ignore[type-arg]
        from game.notation.levels import unpack_levels  # noqa: PLC0415 - after the first frame

        if system not in self._levels:
            self._levels[system] = unpack_levels(self._picture(system))
        return self._levels[system]

    def _coloured(self, system: int, verdicts: Mapping[str, str]) -> NDArray:  # type: ignore[type-arg]
        """The levels of a system with its heads marked."""
        known, tinted = self._tinted.get(system, (None, None))
        if tinted is not None and known == verdicts:
            return tinted
        levels = self._unpack(system)
        if not verdicts:
            return levels
        levels = levels.copy()
        self._tinted[system] = dict(verdicts), levels
        heads = self._picture(system).heads
        for box in heads:
            if box.id in verdicts:
                here = levels[max(0, box.top) : box.bottom + 1, max(0, box.left) : box.right + 1]
                here[(here == HEAD_LEVEL) & is_own(box, heads)] = level_of(verdicts[box.id])
        return levels

    def _head(
        self, system: int, box: HeadBox, cells: tuple[int, int, int, int], verdict: str
    ) -> NDArray:  # type: ignore[type-arg]
        """The cells around a head, with nothing in them but the head."""
        width, height = self._cell
        left, right, first, last = cells
        x, y = left * width, first * height
        levels = self._unpack(system)[y : last * height, x : right * width]
        alone = levels * 0
        here = (
            slice(max(0, box.top - y), box.bottom + 1 - y),
            slice(max(0, box.left - x), box.right + 1 - x),
        )
        own = is_own(box, self._picture(system).heads)
        alone[here] = ((levels[here] == HEAD_LEVEL) & own) * level_of(verdict)
        return alone

    def _paint(self, piece: Piece, verdicts: Mapping[str, str], x: int, y: int) -> list[str]:
        """The pictures of a piece, as many as the terminal's largest makes of it."""
        width, height = self._cell
        most = self._graphics.most or (1 << 30, 1 << 30)
        columns = max(1, min(piece.right - piece.left, most[0] // width))
        rows = max(1, min(piece.last - piece.first, most[1] // height))
        parts = []
        levels = None
        for left in range(piece.left, piece.right, columns):
            for first in range(piece.first, piece.last, rows):
                right, last = min(left + columns, piece.right), min(first + rows, piece.last)
                key = (piece.system, left, right, first, last, tuple(verdicts.items()))
                sixel = self._kept.pop(key, None)
                if sixel is None:
                    levels = self._coloured(piece.system, verdicts) if levels is None else levels
                    sixel = self._write(levels, (left, right, first, last))
                self._kept[key] = sixel
                row, column = y + piece.y + first - piece.first, x + piece.x + left - piece.left
                parts.append(f"\x1b[{row + 1};{column + 1}H{sixel}")
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return parts

    def _paint_strip(self, strip: Strip, is_lit: bool) -> str:
        """Some cells of a column, on the playhead's paper or back on their own."""
        from game.ui.score.sixel import encode_sixel  # noqa: PLC0415 - after the first frame

        if self._rows is None:
            return ""
        verdicts = find_verdicts(self._page, strip.system, self._rows)
        width, height = self._cell
        x, y = strip.column * width, strip.first * height
        levels = self._coloured(strip.system, verdicts)
        part = levels[y : strip.last * height, x : x + width]
        colours = self._palette.lit
        part = part + len(colours) // 2 * is_lit
        move = f"\x1b[{self._origin[1] + strip.y + 1};{self._origin[0] + strip.x + 1}H"
        return move + encode_sixel(part, colours, clear=False)

    def _write(self, levels: NDArray, cells: tuple[int, int, int, int]) -> str:  # type: ignore[type-arg]
        """The sequence of the picture that some cells of a system show, paper and all."""
        width, height = self._cell
        left, right, first, last = cells
        part = levels[first * height : last * height, left * width : right * width]
        if self._graphics.protocol == "iterm":
            from game.notation.levels import pack_levels  # noqa: PLC0415 - after the first frame

            png = write_png(part.shape[1], part.shape[0], pack_levels(part), self._palette.solid)
            return write_inline(png, (right - left, last - first))
        from game.ui.score.sixel import encode_sixel  # noqa: PLC0415 - as above

        return encode_sixel(part, self._palette.colours, clear=False)

    def _patch(self, system: int, levels: NDArray, cells: tuple[int, int]) -> str:  # type: ignore[type-arg]
        if not self.lasts:
            from game.ui.score.sixel import encode_sixel  # noqa: PLC0415 - as above

            return encode_sixel(levels, self._palette.colours, clear=True)
        from game.notation.levels import pack_levels  # noqa: PLC0415 - as above

        number = self._new_number()
        self._held[system].patches.append(number)
        height, width = levels.shape
        png = write_png(width, height, pack_levels(levels), self._palette.shades)
        whole = (0, 0, width, height)
        return send_picture(number, png) + place_picture(number, whole, cells, OVER_PICTURE)

    def _send(self, number: int, system: int, verdicts: Mapping[str, str]) -> str:
        """Give the terminal a system's picture; without verdicts its bytes go as they came."""
        picture = self._picture(system)
        rows = picture.levels
        if verdicts:
            from game.notation.levels import pack_levels  # noqa: PLC0415 - after the first frame

            rows = pack_levels(self._coloured(system, verdicts))
        png = write_png(picture.width, picture.height, rows, self._palette.shades)
        return send_picture(number, png)

    def _new_number(self) -> int:
        self._next_number += 1
        return self._next_number

    def _place(self, piece: Piece, verdicts: Mapping[str, str], move: str) -> str:
        """Show a piece, or move it; its picture is sent where the terminal has not got it."""
        width, height = self._cell
        size = (piece.right - piece.left, piece.last - piece.first)
        crop = (piece.left * width, piece.first * height, size[0] * width, size[1] * height)
        held = self._held.get(piece.system)
        if held is not None and held.verdicts == verdicts and not held.patches:
            return move + place_picture(held.number, crop, size)
        number = self._new_number()
        self._held[piece.system] = _Held(number, dict(verdicts), [])
        sent = self._send(number, piece.system, verdicts)
        # The new one first, so that there is never nothing.
        return f"{move}{sent}{place_picture(number, crop, size)}{_drop(held)}"

    def _clear_away(self, wanted: list[Piece]) -> list[str]:
        """Drop the pictures of systems that are not shown any more."""
        gone = self._held.keys() - {piece.system for piece in wanted}
        return [_drop(self._held.pop(system)) for system in gone]


class _Held(NamedTuple):
    """A picture that a terminal with kitty's protocol holds."""

    number: int
    verdicts: dict[str, str]
    """Of the heads that are coloured in it."""
    patches: list[int]
    """Numbers of the pictures of heads that have been coloured since."""


def _drop(held: _Held | None) -> str:
    numbers = (held.number, *held.patches) if held else ()
    return "".join(drop_picture(number) for number in numbers)


def is_own(box: HeadBox, heads: Iterable[HeadBox]) -> NDArray[np.bool_]:
    """Which pixels of a head's box are nearer to it than to a head that reaches into the box.

    Heads of a third lie over each other's boxes; each is to keep its oval.

    Returns:
        (rows, columns) of the box, as far as it lies within the picture.
    """
    import numpy as np  # noqa: PLC0415 - after the first frame

    rows, columns = np.ogrid[max(0, box.top) : box.bottom + 1, max(0, box.left) : box.right + 1]

    def distance(head: HeadBox) -> NDArray[np.float64]:
        across = (2 * columns - head.left - head.right) / (head.right - head.left + 1)
        down = (2 * rows - head.top - head.bottom) / (head.bottom - head.top + 1)
        squares: NDArray[np.float64] = across**2 + down**2
        return squares

    own = distance(box)
    mask: NDArray[np.bool_] = np.ones(own.shape, bool)
    for other in heads:
        if (
            other.id != box.id
            and other.left <= box.right
            and box.left <= other.right
            and other.top <= box.bottom
            and box.top <= other.bottom
        ):
            mask &= own <= distance(other)
    return mask


def level_of(verdict: str) -> int:
    """The level that a verdict's noteheads have."""
    return HEAD_LEVEL + 1 + SEVERITY.index(verdict)
