"""The colours of a picture: from paper to ink, the heads' verdicts, and the playhead's paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from game.notation.page import INK_LEVELS

if TYPE_CHECKING:
    from game.ui.score.sixel import Colour


class Palette(NamedTuple):
    """The theme's colours for a picture."""

    paper: Colour
    ink: Colour
    verdicts: tuple[Colour, ...]
    """In the order of `SEVERITY`."""
    head: Colour
    """The paper under the playhead."""

    @property
    def colours(self) -> list[Colour]:
        """By level: from paper to ink, a notehead, a notehead of each verdict."""
        return [
            *(mix(self.paper, self.ink, level / (INK_LEVELS - 1)) for level in range(INK_LEVELS)),
            self.ink,
            *self.verdicts,
        ]

    @property
    def lit(self) -> list[Colour]:
        """Those by level, and after them the same on the playhead's paper."""
        return [*self.colours, *self._replace(paper=self.head).colours]

    @property
    def solid(self) -> list[tuple[int, int, int, int]]:
        """The same as shades that let nothing through."""
        return [(*colour, 255) for colour in self.colours]

    @property
    def shades(self) -> list[tuple[int, int, int, int]]:
        """The same for what lies over the paper and lets it through."""
        opaque = [round(255 * level / (INK_LEVELS - 1)) for level in range(INK_LEVELS)]
        return [
            *((*self.ink, each) for each in opaque),
            (*self.ink, 255),
            *((*colour, 255) for colour in self.verdicts),
        ]


def mix(one: Colour, other: Colour, part: float) -> Colour:
    """A colour between two."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue
