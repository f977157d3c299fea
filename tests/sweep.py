"""Compose over styles, levels and seeds, and hold every chart to every reader.

Run it with `python tests/sweep.py --seeds 20`. Each chart is checked, written as MusicXML, read
back by our own reader (music21's), engraved by verovio, read by partitura, and played without a
fault, which must be graded 100. Over the charts of a cell no eight bars of melody may come back.
Every cell has its first chart before any has its second. With `--out FILE` every finished chart is
kept as a line of JSON: the same command goes on where it was stopped, and `--minutes 9` stops by
itself. Charts for pads are asked for neither key nor melody, and are not read by partitura, which
fails on chords without pitches. The summary tells how many drafts were rejected by which rules, and
in how many charts the key that is heard is the chart's own, its relative or the dominant of either.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import mido

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.band.parts import DRUM_CHANNEL
from exercises.chart import Chart, read_chart_json, write_chart_json
from exercises.checks.chart import check_chart
from exercises.checks.survey import Survey
from exercises.code import KINDS
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.kit import PADS_KIND, is_pads
from exercises.levels import level
from exercises.meter import TICKS
from exercises.musicxml import read_chart, write_midi, write_musicxml
from exercises.notation.notate import notate
from exercises.novelty import LONG_BARS, melody_windows
from exercises.passes import print_chart
from exercises.request import resolve_drill
from exercises.theory import OCTAVE, hear_key, read_key
from exercises.timeline import Timeline
from exercises.version import COMPOSE_VERSION
from game.notation.engrave import engrave
from game.notation.hidden import print_only
from game.notation.layout import plain_toolkit
from game.notation.page import PageRequest
from game.parallel import run_parallel
from game.performer.performance import PROFILES, perform
from game.scoring.grade import grade_take
from styles.loader import load_styles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from styles.schema import Style

LEVELS = range(1, 11)
PERFECT = 100
Place = tuple[str, int, str, int]
"""Style, level, kind and seed of a chart."""
REMEMBERED = 50
"""Charts before a chart that it must not repeat."""


@dataclass
class Outcome:
    """What became of one chart, or of all charts of one style, level and kind together."""

    style: str
    level: int
    kind: str
    charts: int = 0
    rejections: int = 0
    slowest_s: float = 0.0
    """Of composing and writing one chart."""
    rules: Counter[str] = field(default_factory=Counter)
    """Faults of rejected drafts by the number of their rule."""
    heard: int = 0
    """Charts that are heard in their key, its relative or a neighbour of it."""
    troubles: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    """Of one chart: the digests of its eight-bar stretches of melody."""


def sweep_cell(
    style_id: str, number: int, seeds: int, first: int = 0, *, kind: str = "grand"
) -> Outcome:
    """Compose, read and play the charts of one style, level and kind."""
    cell = (style_id, number, kind)
    return join_outcomes({seed: sweep_chart((*cell, seed)) for seed in range(first, first + seeds)})


def sweep_chart(place: Place) -> Outcome:
    """Compose, read and play one chart."""
    warnings.simplefilter("ignore")
    style_id, number, kind, seed = place
    style = load_styles().styles[style_id]
    outcome = Outcome(style_id, number, kind)
    start = time.perf_counter()
    try:
        drill = resolve_drill(DrillRequest(style_id, number, kind=kind, seed=seed), style)
        composition = compose_chart(drill, style)
        chart = composition.chart
        document = write_musicxml(chart, font=style.font)
        outcome.slowest_s = time.perf_counter() - start
        outcome.charts = 1
        outcome.rejections = composition.rejections
        outcome.rules.update(reason.split(",")[0] for reason in composition.reasons)
        if kind != PADS_KIND:
            outcome.heard = int(_is_heard(chart))
            outcome.windows = sorted(w.hex() for w in melody_windows(chart, LONG_BARS))
        faults = check_chart(chart, style, level(number))
        outcome.troubles += [f"rule {f.rule}, bar {f.bar}: {f.detail}" for f in faults]
        outcome.troubles += find_troubles(chart, document)
        outcome.troubles += play_perfectly(chart, style, seed)
    except Exception as error:  # noqa: BLE001 - the sweep reports whatever happens
        outcome.troubles.append(f"{type(error).__name__}: {error}")
    return outcome


def join_outcomes(found: dict[int, Outcome]) -> Outcome:
    """The charts of one style, level and kind, by seed, as one; their melodies are compared."""
    first = next(iter(found.values()))
    cell = Outcome(first.style, first.level, first.kind)
    recent: deque[set[str]] = deque(maxlen=REMEMBERED)
    for seed, each in sorted(found.items()):
        cell.charts += each.charts
        cell.rejections += each.rejections
        cell.slowest_s = max(cell.slowest_s, each.slowest_s)
        cell.rules += each.rules
        cell.heard += each.heard
        cell.troubles += [f"seed {seed}: {trouble}" for trouble in each.troubles]
        windows = set(each.windows)
        if any(windows & before for before in recent):
            cell.troubles.append(f"seed {seed}: rule 9: eight bars of its melody came before")
        recent.append(windows)
    return cell


def find_troubles(chart: Chart, document: bytes) -> Iterator[str]:
    """What a reader of the chart's files finds amiss."""
    yield from _add_up(chart)
    if read_chart_json(write_chart_json(chart)) != chart:
        yield "the JSON gives another chart"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chart.musicxml"
        path.write_bytes(document)
        back = read_chart(path)
        if _facts(back) != _facts(chart):
            yield "the MusicXML gives other notes"
        if back.bars != chart.bars:
            yield "the MusicXML gives other bars"
        if back.slashes != chart.slashes:
            yield "the MusicXML gives other slashes"
        if chart.show_chords and _symbols(back) != _symbols(chart):
            yield "the MusicXML gives other chords"
        midi = Path(folder) / "chart.mid"
        midi.write_bytes(write_midi(chart))
        played = (
            _read_strokes(midi) if is_pads(chart) else [n.pitch for n in read_chart(midi).notes]
        )
        if Counter(played) != Counter(n.pitch for n in chart.notes):
            yield "the MIDI file gives other notes"
        if not is_pads(chart):
            yield from _read_by_partitura(path, chart)
    page = engrave(document, chart, PageRequest(100))
    places = {note.id for system in page.systems for note in system.notes}
    if {note.id for note in print_chart(chart).notes} - places:
        yield "on the page a note has no place"
    heads = set(re.findall(r'<note [^>]*?id="([^"]+)"', print_only(document).decode()))
    # Under a slash the page has the places of the notes that it stands for.
    missing = heads - (places if not chart.slashes else _draw(document))
    if missing:
        yield f"verovio does not draw {sorted(missing)[:3]}"


def play_perfectly(chart: Chart, style: Style, seed: int) -> Iterator[str]:
    """What the grade finds amiss with a performance that has no fault."""
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    number = chart.drill.level
    played = perform(
        chart, PROFILES["perfect"], timeline=timeline, style=style, level=number, seed=seed
    )
    card = grade_take(chart, played.events, timeline=timeline, style=style, level=number)
    total = card.scores.total
    if total is None or total < PERFECT:
        yield f"played perfectly the total is {total}"


def _is_heard(chart: Chart) -> bool:
    """Whether tune and bass are heard in the chart's key, its relative or a neighbour of it.

    A neighbour is a fifth away on either side: where the fourth degree is as strong as the first,
    as in blues and rock, the finder takes the key for the dominant of it.
    """
    survey = Survey(chart)
    outer = [*survey.melody, *survey.lows]
    heard = read_key(hear_key((t.note.pitch, (t.end - t.start) / TICKS) for t in outer))
    key = read_key(chart.drill.key)
    away = (heard.fifths - key.fifths) % OCTAVE
    return away in {0, 1, OCTAVE - 1} or heard.tonic_pc == key.tonic_pc


def _read_strokes(path: Path) -> list[int]:
    """The keys that are struck on the channel of the drums."""
    file = mido.MidiFile(path)
    on = (each for track in file.tracks for each in track if each.type == "note_on")
    return [each.note for each in on if each.channel == DRUM_CHANNEL and each.velocity]


def _facts(chart: Chart) -> list[tuple[object, ...]]:
    return sorted((n.onset_ql, n.duration_ql, n.pitch, n.spelling, n.staff) for n in chart.notes)


def _symbols(chart: Chart) -> list[tuple[object, ...]]:
    return [(c.onset_ql, c.root, c.bass, sorted({*c.pitch_classes, c.bass})) for c in chart.chords]


def _add_up(chart: Chart) -> Iterator[str]:
    for bar in notate(chart):
        for staff, voices in enumerate(bar.staves, 1):
            for voice in voices:
                total = sum(event.duration_ql for event in voice.events)
                if total != bar.duration_ql:
                    yield f"bar {bar.number}, staff {staff}: {total} of {bar.duration_ql}"


def _draw(document: bytes) -> set[str]:
    """The ids of the heads that verovio draws; of a document that it cannot read, none."""
    toolkit = plain_toolkit()
    toolkit.setOptions({"pageHeight": 60000, "adjustPageHeight": True, "breaks": "auto"})
    if not toolkit.loadData(print_only(document).decode()):
        return set()
    return set(re.findall(r'<g id="([ns]\d+(?:-\d+)?)" class="note"', toolkit.renderToSVG(1)))


def _read_by_partitura(path: Path, chart: Chart) -> Iterator[str]:
    from offline import partitura  # noqa: PLC0415 - each worker once

    score = partitura.load_musicxml(str(path))
    pitches = Counter(int(note["pitch"]) for note in score.note_array(include_grace_notes=True))
    if pitches != Counter(n.pitch for n in print_chart(chart).notes):
        yield "partitura reads other notes"


def sweep(
    styles: list[str],
    levels: list[int],
    kinds: list[str],
    seeds: int,
    workers: int,
    *,
    out: Path | None = None,
    minutes: float = float("inf"),
) -> list[Outcome]:
    """All cells, in worker processes.

    Kinds that a level does not read are left out, and pads of a style without drums. Every cell's
    first seed comes before any second, so that a sweep that is cut short has seen them all. Charts
    that `out` has already are not composed again; after `minutes` no new ones are begun.
    """
    cells = [
        (style, number, kind)
        for kind in kinds
        for style in styles
        for number in levels
        if kind in level(number).kinds and (kind != PADS_KIND or _has_drums(style))
    ]
    places = [(*cell, seed) for seed in range(seeds) for cell in cells]
    found = read_outcomes(out) if out is not None else {}
    until = time.monotonic() + 60 * minutes
    left = [place for place in places if place not in found]
    begun = itertools.takewhile(lambda _: time.monotonic() < until, left)
    for place, outcome in run_parallel(sweep_chart, begun, workers):
        found[place] = outcome
        if out is not None:
            keep_outcome(out, place, outcome)
        if sys.stderr.isatty():
            print(f"\r{len(found)} of {len(places)}", end="", file=sys.stderr, flush=True)
    by_cell = (
        {seed: found[*cell, seed] for seed in range(seeds) if (*cell, seed) in found}
        for cell in cells
    )
    return [join_outcomes(charts) for charts in by_cell if charts]


def _has_drums(style_id: str) -> bool:
    band = load_styles().styles[style_id].band
    return band is not None and bool(band.drums)


def keep_outcome(path: Path, place: Place, outcome: Outcome) -> None:
    """Add a finished chart to a file of them."""
    line = {**vars(outcome), "seed": place[-1], "compose_version": COMPOSE_VERSION}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def read_outcomes(path: Path) -> dict[Place, Outcome]:
    """The charts of this composer that a file has; of a line that was cut short, nothing."""
    found: dict[Place, Outcome] = {}
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    for text in lines:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        seed = line.pop("seed")
        if line.pop("compose_version") == COMPOSE_VERSION:
            outcome = Outcome(**{**line, "rules": Counter(line["rules"])})
            found[outcome.style, outcome.level, outcome.kind, seed] = outcome
    return found


def summarise(outcomes: list[Outcome]) -> Iterator[str]:
    """A line for each style: rejected drafts, by which rules, and the key that is heard."""
    for style in dict.fromkeys(each.style for each in outcomes):
        ours = [each for each in outcomes if each.style == style]
        charts = sum(each.charts for each in ours)
        thrown = sum(each.rejections for each in ours)
        rules = sum((each.rules for each in ours), Counter())
        grand = [each for each in ours if each.kind == "grand"]
        heard = sum(each.heard for each in grand) / max(1, sum(each.charts for each in grand))
        yield (
            f"{style:<14}{thrown / max(1, charts + thrown):>7.1%} of drafts rejected "
            f"{dict(sorted(rules.items()))}, {heard:.0%} heard in their key"
        )


def peak_mb() -> float:
    """The most memory that this process or one of its workers had, in MB."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    most = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> int:
    """Print a table; exit 1 where there is trouble."""
    known = sorted(load_styles().styles)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--style", action="append", choices=known, help="only these")
    parser.add_argument("--level", action="append", type=int, choices=LEVELS, help="only these")
    parser.add_argument("--kind", action="append", choices=[*KINDS, "all"], help="only these")
    parser.add_argument("--out", type=Path, help="keep what is finished here, and go on from it")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no chart later")
    options = parser.parse_args()
    kinds = options.kind or ["grand"]
    outcomes = sweep(
        options.style or known,
        options.level or list(LEVELS),
        list(KINDS) if "all" in kinds else kinds,
        options.seeds,
        os.cpu_count() or 1,
        out=options.out,
        minutes=options.minutes,
    )
    print(
        f"{'style':<14}{'level':>6} {'kind':<8}{'charts':>8}{'rejected':>10}"
        f"{'slowest':>10}  trouble"
    )
    for each in outcomes:
        print(
            f"{each.style:<14}{each.level:>6} {each.kind:<8}{each.charts:>8}{each.rejections:>10}"
            f"{each.slowest_s * 1000:>7.0f} ms  {len(each.troubles) or ''}"
        )
    print(*summarise(outcomes), sep="\n")
    troubles = [f"{o.style} {o.level} {o.kind}, {t}" for o in outcomes for t in o.troubles]
    for trouble in troubles:
        print(trouble)
    charts = sum(each.charts for each in outcomes)
    print(
        f"{charts} charts, {sum(o.rejections for o in outcomes)} rejected drafts, "
        f"{len(troubles)} troubles; largest process {peak_mb():.0f} MB"
    )
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
