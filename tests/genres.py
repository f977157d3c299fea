"""Measure every genre and write docs/genres.md: `python tests/genres.py`, or `make genres`.

The figures come from the commands that the page names; nothing in it is written by hand but the
words between them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from classify import classify, compose_rows, write_table
from novelty import measure_novelty

from exercises.version import COMPOSE_VERSION
from game.commands.fingerprint import LEVELS, describe, measure_many
from styles.loader import load_styles

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "genres.md"
SHOWN = (
    "chords_per_bar", "seventh_share", "dominant_share", "slash_share", "melody_repeat",
    "melody_step", "chord_tone_strong", "offbeat_share", "sixteenth_share", "syncopated_share",
    "rest_share", "notes_per_s", "swing_share", "left_on_beat", "offbeat_chord_share",
)  # fmt: skip
"""Features of the wide table: the ones that tell most genres apart."""


def write_page(charts: int, classified: int, compared: int) -> Iterator[str]:
    """The page, line by line."""
    styles = load_styles().styles
    found = {
        style_id: describe(style, measure_many(style, charts, LEVELS, 0), LEVELS)
        for style_id, style in sorted(styles.items())
    }
    yield "# The genres, measured"
    yield ""
    yield f"Written by `make genres`, from charts of composer version {COMPOSE_VERSION}. What each"
    yield "figure counts is said in `exercises/fingerprint/`; the bands are those of the packs."
    yield ""
    yield "## Fingerprints"
    yield ""
    yield f"`first-take fingerprint --style ID -n {charts}` composes charts of 16 bars at levels"
    yield "6 to 9 in turn and holds every figure of every chart to the style's bands. *Inside* is"
    yield "the share of all these findings; 85 % are wanted."
    yield ""
    yield f"| style | inside | {' | '.join(name.replace('_', ' ') for name in SHOWN)} |"
    yield "|---" * (len(SHOWN) + 2) + "|"
    for style_id, document in found.items():
        rows = {row["name"]: row for row in document["features"]}
        cells = [_mean(rows[name]) for name in SHOWN]
        yield f"| {style_id} | {document['inside']:.0%} | {' | '.join(cells)} |"
    yield ""
    yield "Figures with fewer than 85 % of their charts inside:"
    yield ""
    yield from _outside(found)
    yield ""
    yield from _tell_apart(sorted(styles), classified)
    yield from _novelty(compared)


def _mean(row: dict[str, Any]) -> str:
    return "" if row["mean"] is None else f"{row['mean']:.2f}"


def _outside(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    for style_id, document in found.items():
        for row in document["features"]:
            if row["ok"] is False and row["inside"] is not None:
                yield (
                    f"- {style_id}, {row['name'].replace('_', ' ')}: mean {row['mean']:.2f}, "
                    f"band {row['low']:g} to {row['high']:g}, {row['inside']:.0%} inside"
                )


def _tell_apart(styles: list[str], count: int) -> Iterator[str]:
    rows = compose_rows(styles, count)
    verdict, silent = classify(rows), classify(rows, ("swing",))
    yield "## Told apart"
    yield ""
    yield f"`python tests/classify.py -n {count}` learns from the charts with even seeds (levels 4"
    yield "to 9) and names the others. Balanced accuracy over the styles:"
    yield f"**{verdict.accuracy:.2f}**; by the notes alone, without swing, {silent.accuracy:.2f}."
    yield "Rows are what a chart is, columns what it was taken for, in percent."
    yield ""
    yield write_table(verdict)
    yield ""


def _novelty(count: int) -> Iterator[str]:
    yield "## Nothing comes back"
    yield ""
    yield "`python tests/novelty.py --style ID --level N -n COUNT` compares charts with seeds"
    yield "counted up: the whole of their notes, and of neighbours every four bars of melody"
    yield "(intervals and rhythm)."
    yield ""
    yield "| style | level | charts | the same as another | neighbours that share four bars |"
    yield "|---|---|---|---|---|"
    for style, number in (("jazz", 5), ("classical", 3), ("folk", 4), ("blues", 6)):
        found = measure_novelty(style, number, count)
        yield (
            f"| {style} | {number} | {found.charts} | {found.same} | "
            f"{found.shared} of {found.pairs} ({found.share:.2%}) |"
        )


def main() -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--charts", type=int, default=200, help="measured of each style")
    parser.add_argument("--classified", type=int, default=40, help="of each style")
    parser.add_argument("--compared", type=int, default=10000, help="for novelty")
    options = parser.parse_args()
    lines = list(write_page(options.charts, options.classified, options.compared))
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
