"""`first-take takes`: the kept takes, one as files, and all of them graded again."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from game.papers import PAPERS
from game.places import database_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from game.scoring.results import Scorecard
    from game.storage.database import Database
    from game.take import Take, TakeSummary

EVERY = 1_000_000_000
SHOWN = 40
"""Takes in the list for people; `-n` gives more."""
FEW = 24
"""Up to so many takes are graded in this very process: starting others takes longer."""
MOVED = 0.5
"""Points of the total by which a grade has changed for a player."""


@click.group(
    "takes", invoke_without_command=True, short_help="The kept takes; export one, grade all again."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document with every take.")
@click.option("-n", "count", type=click.IntRange(1), default=SHOWN, help="How many are listed.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool, count: int) -> None:
    """The kept takes: `takes`, `takes export ID -o DIR`, `takes rescore`."""
    if ctx.invoked_subcommand is not None:
        return
    with _open() as archive:
        takes = archive.list_takes(EVERY if as_json else count)
        rules = archive.list_rules()
    if as_json:
        rows = [{**msgspec.structs.asdict(take), "rules": rules.get(take.id)} for take in takes]
        print(json.dumps({"format": "first-take/takes", "version": 1, "takes": rows}, indent=1))
    else:
        _show(takes)


@command.command(
    "export", short_help="Write a take as files: its chart, what was played, its grade."
)
@click.argument("take_id", metavar="ID", type=int)
@click.option(
    "-o", "--output", metavar="PATH", help="The folder; with --format the file (else stdout)."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(PAPERS)),
    help="One file: the marked chart (svg, png, musicxml, words) or what was played (midi).",
)
def export(take_id: int, *, output: str | None, form: str | None) -> None:
    """Write a take as files: its chart (JSON and MusicXML), the take (MIDI) and its grade (JSON).

    `first-take grade chart.json take.mid` grades it again. With --format one file alone: svg, png
    and musicxml are the chart with a sign and a colour at each note, words says it in words, midi
    is what was played.
    """
    from game.rescoring import regrade  # noqa: PLC0415 - when it is needed

    if form is None and output is None:
        raise click.UsageError("say where the files go: -o DIR; or choose one with --format")
    if form in {"png", "midi"} and output is None and sys.stdout.isatty():
        raise click.UsageError(f"{form} is not for a terminal; write it to a file with -o")
    with _open() as archive:
        take = archive.load_take(take_id)
        scorecard = archive.load_scorecard(take_id) or regrade(take)
    if form is None:
        _export_all(take_id, take, scorecard, Path(output or ""))
        return
    data = PAPERS[form](f"Take {take_id}", take, scorecard)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise click.UsageError(
            f"{output}: cannot be written ({error.strerror}); choose another place"
        ) from error


def _export_all(take_id: int, take: Take, scorecard: Scorecard, folder: Path) -> None:
    """Everything of a take, to be graded again or kept elsewhere."""
    from exercises.chart import read_chart_json  # noqa: PLC0415 - when it is needed
    from exercises.kit import midi_channel  # noqa: PLC0415 - when it is needed
    from exercises.musicxml import write_musicxml  # noqa: PLC0415 - music21
    from game.rescoring import graded_events  # noqa: PLC0415 - when it is needed
    from game.scoring.results import write_grade_json  # noqa: PLC0415 - when it is needed
    from game.soundfont.patches import program_of  # noqa: PLC0415 - when it is needed
    from game.takefiles import write_take  # noqa: PLC0415 - mido

    chart = read_chart_json(take.chart_json)
    events = graded_events(take, chart)
    files = {
        "chart.json": take.chart_json,
        "chart.musicxml": write_musicxml(chart),
        "take.mid": write_take(
            events,
            quarter_bpm=take.quarter_bpm,
            downbeat_s=0.0,
            channel=midi_channel(chart),
            program=program_of(chart.drill.chair),
        ),
        "grade.json": write_grade_json(scorecard),
        "take.json": json.dumps(_describe(take_id, take), indent=1).encode() + b"\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise click.UsageError(
            f"{folder}: the take cannot be written there ({error.strerror}); choose another folder"
        ) from error
    print(f"take {take_id}: {', '.join(files)} in {folder}")


@command.command("rescore", short_help="Grade the kept takes again by today's rules.")
@click.option("--all", "every", is_flag=True, help="Those that today's rules graded too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def rescore(*, every: bool, as_json: bool) -> None:
    """Grade the kept takes again where an older version of the rules graded them.

    Earlier grades stay beside the new ones. Exit code 1 if a take could not be graded.
    """
    from game.scoring.results import RULES_VERSION  # noqa: PLC0415 - when it is needed

    changed: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    graded = 0
    with _open() as archive:
        before = {take.id: take.total for take in archive.list_takes(EVERY)}
        rules = archive.list_rules()
        old = [n for n in sorted(before) if every or rules.get(n, 0) < RULES_VERSION]
        for take_id, scorecard, why in _grade_all(archive, old):
            if scorecard is None:
                failed.append({"id": take_id, "error": why})
                continue
            archive.add_scorecard(take_id, _keep_inner_time(archive, take_id, scorecard))
            graded += 1
            total, known = scorecard.scores.total, before[take_id]
            if known is None or abs(total - known) >= MOVED:
                changed.append({"id": take_id, "before": known, "after": total})
    failed.sort(key=lambda one: one["id"])
    changed.sort(key=lambda one: one["id"])
    if as_json:
        body = {"rules": RULES_VERSION, "graded": graded, "changed": changed, "failed": failed}
        print(json.dumps({"format": "first-take/rescore", "version": 1, **body}, indent=1))
    else:
        _tell(graded, changed, failed)
    if failed:
        click.get_current_context().exit(1)


def _grade_all(
    archive: Database, numbers: list[int]
) -> Iterator[tuple[int, Scorecard | None, str]]:
    """The new grades as they come, with a progress bar on stderr."""
    from rich.console import Console  # noqa: PLC0415 - only here
    from rich.progress import track  # noqa: PLC0415 - only here

    from game.parallel import run_parallel  # noqa: PLC0415 - only here
    from game.rescoring import try_regrade  # noqa: PLC0415 - only here

    if not numbers:
        return
    failed: list[tuple[int, str]] = []
    items = _load(archive, numbers, failed)
    answers = (
        ((item, try_regrade(item)) for item in items)
        if len(numbers) <= FEW
        else run_parallel(try_regrade, items)
    )
    console = Console(stderr=True)
    for (take_id, _), (scorecard, why) in track(answers, "Grading", len(numbers), console=console):
        yield take_id, scorecard, why
    for take_id, why in failed:
        yield take_id, None, why


def _keep_inner_time(archive: Database, take_id: int, scorecard: Scorecard) -> Scorecard:
    """The grade with what an earlier one knew of the bars without a click.

    Takes of the first versions did not keep which bars those were.
    """
    if scorecard.inner_time is not None:
        return scorecard
    earlier = archive.load_scorecard(take_id)
    inner = None if earlier is None else earlier.inner_time
    return msgspec.structs.replace(scorecard, inner_time=inner)


def _load(
    archive: Database, numbers: Iterable[int], failed: list[tuple[int, str]]
) -> Iterator[tuple[int, Take]]:
    """The takes one by one; those that cannot be read are set aside."""
    from game.storage.archive import StorageError  # noqa: PLC0415 - only here

    for take_id in numbers:
        try:
            take = archive.load_take(take_id)
        except StorageError as error:
            failed.append((take_id, str(error)))
            continue
        if take.region is None:
            # A punch is no pass through the chart: it is graded with what it was laid into.
            yield take_id, take


@contextmanager
def _open() -> Iterator[Database]:
    from game.storage.archive import open_archive  # noqa: PLC0415 - loads SQLAlchemy

    archive = open_archive(database_file())
    try:
        yield archive
    finally:
        archive.close()


def _describe(take_id: int, take: Take) -> dict[str, Any]:
    """A take without its chart and events."""
    body: dict[str, Any] = msgspec.to_builtins(
        msgspec.structs.replace(take, chart_json=b"", events=())
    )
    del body["chart_json"], body["events"]
    return {"format": "first-take/take", "version": 1, "id": take_id, **body}


def _tell(graded: int, changed: list[dict[str, Any]], failed: list[dict[str, Any]]) -> None:
    if not graded and not failed:
        print("every take has its grade by today's rules")
        return
    print(
        f"{graded} {'take' if graded == 1 else 'takes'} graded, {len(changed)} with another total"
    )
    for one in changed[:SHOWN]:
        before = "none" if one["before"] is None else f"{one['before']:.0f}"
        print(f"  take {one['id']}: {before} -> {one['after']:.0f}")
    for one in failed:
        click.echo(f"first-take: take {one['id']}: {one['error']}", err=True)


def _show(takes: list[TakeSummary]) -> None:
    from rich.console import Console  # noqa: PLC0415 - not needed for JSON
    from rich.table import Table  # noqa: PLC0415 - not needed for JSON

    if not takes:
        print("no takes yet; play one: first-take play --style pop --level 1")
        return
    table = Table(title="Takes", title_justify="left")
    for name, justify in (("take", "right"), ("when", "left"), ("genre", "left"),
                          ("level", "right"), ("total", "right"), ("", "left"),
                          ("code", "left")):  # fmt: skip
        # Folded, not cut: half a code plays nothing.
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for take in takes:
        total = "-" if take.total is None else f"{take.total:.0f}"
        notes = [take.ended] * (take.ended != "finished") + [take.source] * (take.source != "midi")
        when = take.started_at[:16].replace("T", " ")
        row = (str(take.id), when, take.style, str(take.level), total, ", ".join(notes), take.code)
        table.add_row(*row)
    Console().print(table)
