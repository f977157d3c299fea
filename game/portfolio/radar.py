"""A radar of values around a circle, as inline SVG. Pure."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = 420
"""Of the picture in its own units; the middle is free of labels by a margin."""
RADIUS = 130
RINGS = 5
LABEL_GAP = 16
NEARLY_UP = 0.2
"""Cosine below which a label stands over or under its spoke, and is centred."""


def draw_radar(values: Sequence[tuple[str, float]], *, most: float, title: str) -> str:
    """A closed line through the values, one spoke each, clockwise from the top.

    Args:
        values: (label, value of 0 to `most`) each; three at least.
        most: the value of the outermost ring.
        title: what is shown, for those who hear the page.

    """
    middle = SIZE / 2
    count = len(values)
    angles = [2 * math.pi * index / count for index in range(count)]

    def place(angle: float, radius: float) -> str:
        return f"{middle + radius * math.sin(angle):.1f},{middle - radius * math.cos(angle):.1f}"

    rings = "".join(
        f'<polygon class="ring" points="'
        f'{" ".join(place(angle, RADIUS * ring / RINGS) for angle in angles)}"/>'
        for ring in range(1, RINGS + 1)
    )
    spokes = "".join(
        f'<polyline class="ring" points="{middle:.1f},{middle:.1f} {place(angle, RADIUS)}"/>'
        for angle in angles
    )
    shape = " ".join(
        place(angle, RADIUS * min(1.0, max(0.0, value / most)))
        for angle, (_, value) in zip(angles, values, strict=True)
    )
    labels = "".join(
        _label(name, angle, place(angle, RADIUS + LABEL_GAP))
        for angle, (name, _) in zip(angles, values, strict=True)
    )
    said = ", ".join(f"{name} {value:.1f}" for name, value in values)
    return (
        f'<svg viewBox="0 0 {SIZE} {SIZE}" role="img" aria-label="{escape(title)}: {escape(said)}">'
        f'{rings}{spokes}<polygon class="shape" points="{shape}"/>{labels}</svg>'
    )


def _label(name: str, angle: float, place: str) -> str:
    x, y = place.split(",")
    side = math.sin(angle)
    anchor = "middle" if abs(side) < NEARLY_UP else "start" if side > 0 else "end"
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" dominant-baseline="middle">'
        f"{escape(name)}</text>"
    )
