"""The result card of a daily call: plain text and SVG, with the code of the chart."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from game.coach.runs import Played

DOTS = 10
FULL, EMPTY = "●", "○"
WIDTH, HEIGHT = 480, 240


class Card(NamedTuple):
    """What is on a card, in words."""

    title: str
    chart: str
    """Genre, level and key."""
    total: float
    parts: tuple[tuple[str, float], ...]
    code: str
    is_first_take: bool


def fill_card(title: str, chart: str, played: Played) -> Card:
    """The card of a take."""
    scores = (
        ("notes", played.notes_score),
        ("time", played.time_score),
        ("flow", played.flow_score),
        ("feel", played.feel_score),
    )
    parts = tuple((name, score) for name, score in scores if score is not None)
    return Card(title, chart, played.total, parts, played.code, played.is_first_sight)


def write_card_text(card: Card) -> str:
    """The card as lines of plain text, to paste anywhere."""
    full = max(0, min(round(card.total / 100 * DOTS), DOTS))
    parts = "  ".join(f"{name} {score:.0f}" for name, score in card.parts)
    take = "first take" if card.is_first_take else "not a first take"
    lines = (
        f"First Take: {card.title}",
        card.chart,
        f"{FULL * full}{EMPTY * (DOTS - full)}  {card.total:.0f} of 100, {take}",
        parts,
        f"code {card.code}",
    )
    return "\n".join(line for line in lines if line) + "\n"


def write_card_svg(card: Card) -> str:
    """The card as a picture of 480 by 240."""
    full = max(0, min(round(card.total / 100 * DOTS), DOTS))
    dots = "".join(
        f'<circle cx="{32 + 20 * n}" cy="150" r="7" fill="{"#f2b33d" if n < full else "#3a4250"}"/>'
        for n in range(DOTS)
    )
    parts = "   ".join(f"{name} {score:.0f}" for name, score in card.parts)
    take = "first take" if card.is_first_take else "not a first take"

    def line(y: int, size: int, text: str, fill: str = "#e8e8e8", weight: str = "normal") -> str:
        return (
            f'<text x="24" y="{y}" font-size="{size}" fill="{fill}" font-weight="{weight}">'
            f"{escape(text)}</text>"
        )

    body = (
        line(40, 14, "F I R S T   T A K E", "#f2b33d", "bold"),
        line(68, 18, card.title, weight="bold"),
        line(92, 14, card.chart),
        line(132, 28, f"{card.total:.0f} of 100", weight="bold"),
        dots,
        line(186, 13, f"{take}   {parts}"),
        line(214, 13, f"code {card.code}", "#9aa4b2"),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="12" fill="#1b2230"/>'
        + "".join(body)
        + "</svg>\n"
    )
