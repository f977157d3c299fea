"""The page itself: values in, one HTML document out, with nothing that is loaded from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape

from game.portfolio.radar import draw_radar

LEVELS = 10.0
FEWEST_SPOKES = 3

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #d5dae1;
  --page: #fbfaf7; --accent: #9a4a12; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --soft: #a0a7b1; --line: #3a414c;
  --page: #15181d; --accent: #e9a15f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2.5rem 1.5rem; background: var(--page);
  color: var(--ink); font: 1rem/1.55 Georgia, "Times New Roman", serif; }
h1 { font-size: 2.2rem; margin: 0; letter-spacing: .02em; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; color: var(--accent); }
p.lead { margin: .3rem 0 0; color: var(--soft); }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 2rem;
  align-items: center; }
svg { width: 100%; height: auto; }
svg .ring { fill: none; stroke: var(--line); }
svg .shape { fill: var(--accent); fill-opacity: .22; stroke: var(--accent); stroke-width: 2.5; }
svg text { fill: var(--ink); font-size: 13px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .6rem .35rem 0; text-align: left; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: normal; font-size: .9rem; }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 9rem; }
meter::-webkit-meter-optimum-value { background: var(--accent); }
meter::-moz-meter-bar { background: var(--accent); }
table + table { margin-top: 1.2rem; }
audio { display: block; width: 100%; margin: .4rem 0; }
article { border-top: 1px solid var(--line); padding: .8rem 0; }
a { color: var(--accent); }
footer { margin-top: 3rem; color: var(--soft); font-size: .9rem; }
@media print { audio { display: none; } body { background: none; } }
"""


@dataclass(frozen=True)
class Piece:
    """A take or comp to be heard."""

    title: str
    """What was played: "Jazz, level 6, lead sheet"."""
    words: str
    """Where it comes from: "Studio session, 3 Nov 2026, second take"."""
    total: float
    midi: bytes
    wav: bytes = b""
    """Empty where it is not rendered."""


@dataclass(frozen=True)
class Row:
    """A credit in the list."""

    day: str
    job: str
    music: str
    total: str
    takes: str


@dataclass(frozen=True)
class Portfolio:
    """All that is on the page."""

    name: str
    lead: str
    """A line under the name."""
    levels: tuple[tuple[str, float], ...]
    """(genre, level that is read at 80 of 100), for genres that were played."""
    said: tuple[tuple[str, float], ...]
    """(reliable ..., 0 to 100)."""
    first_takes: tuple[Row, ...]
    """Best first takes, best first."""
    pieces: tuple[Piece, ...]
    credits: tuple[Row, ...]
    """Jobs whose track is used, newest first."""
    made: str
    """When, in words."""


def write_page(portfolio: Portfolio) -> str:
    """The document."""
    header = (
        f"<header><h1>{escape(portfolio.name)}</h1>"
        f'<p class="lead">{escape(portfolio.lead)}</p></header>'
    )
    footer = (
        f"<footer>Made with First Take, {escape(portfolio.made)}. Grades are the game's: notes, "
        "time, lengths, dynamics, flow and feel of one pass, of 100. Jobs are the game's too."
        "</footer>"
    )
    parts = [
        header,
        _write_levels(portfolio),
        _write_pieces(portfolio.pieces),
        _write_rows("Best first takes", portfolio.first_takes),
        _write_rows("Credits", portfolio.credits),
        footer,
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(portfolio.name)}: portfolio</title><style>{STYLE}</style></head>\n"
        f"<body>\n{chr(10).join(part for part in parts if part)}\n</body></html>\n"
    )


def _write_levels(portfolio: Portfolio) -> str:
    said = "".join(
        f"<tr><td>{escape(name.capitalize())}</td><td>"
        f'<meter min="0" max="100" value="{value:.0f}">{value:.0f}</meter></td>'
        f'<td class="figure">{value:.0f}</td></tr>'
        for name, value in portfolio.said
    )
    figures = "".join(
        f'<tr><td>{escape(name)}</td><td class="figure">{value:.1f}</td></tr>'
        for name, value in sorted(portfolio.levels, key=lambda each: -each[1])
    )
    title = "Level that is read at first sight, by genre"
    has_radar = len(portfolio.levels) >= FEWEST_SPOKES
    left = draw_radar(portfolio.levels, most=LEVELS, title=title) if has_radar else ""
    figures = f"<table>{figures}</table>" if figures else "<p>No first takes yet.</p>"
    return (
        '<h2>At first sight</h2><p class="lead">Levels 1 to 10 that are read at 80 of 100, '
        "and what is said of the player.</p>"
        f'<div class="two"><div>{left}</div><div><table>{said}</table>{figures}</div></div>'
    )


def _write_pieces(pieces: tuple[Piece, ...]) -> str:
    if not pieces:
        return ""
    articles = []
    for number, piece in enumerate(pieces, 1):
        sound = _link("audio/wav", piece.wav)
        audio = f'<audio controls preload="none" src="{sound}"></audio>' if piece.wav else ""
        file = f"take-{number}.mid"
        midi = f'<a download="{file}" href="{_link("audio/midi", piece.midi)}">MIDI</a>'
        articles.append(
            f"<article><strong>{escape(piece.title)}</strong>, {piece.total:.0f} of 100<br>"
            f"{escape(piece.words)}{audio} {midi}</article>"
        )
    return f"<h2>To be heard</h2>{''.join(articles)}"


def _link(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{b64encode(data).decode('ascii')}"


def _write_rows(title: str, rows: tuple[Row, ...]) -> str:
    if not rows:
        return ""
    body = "".join(
        f"<tr><td>{escape(row.day)}</td><td>{escape(row.job)}</td><td>{escape(row.music)}</td>"
        f'<td class="figure">{escape(row.total)}</td><td class="figure">{escape(row.takes)}</td>'
        "</tr>"
        for row in rows
    )
    head = '<tr><th>Day</th><th>For</th><th>Music</th><th class="figure">Grade</th>'
    return f'<h2>{escape(title)}</h2><table>{head}<th class="figure">Takes</th></tr>{body}</table>'
