"""`first-take grade`: grades recorded takes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from game.gradefiles import GradeRequest, grade_files
from game.scoring.errors import GradeError
from game.scoring.results import write_grade_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from game.scoring.results import Scorecard

OURS = frozenset({"GradeError", "ComposeError", "StyleError"})
FEW = 8
"""Up to so many takes are graded in this very process: starting others takes longer."""
ON_CLICK_MS = 0.5
"""Less is called on the click."""
SHOWN_BARS = 4
"""Bar verdicts in a row."""


@click.command(short_help="Grade a recorded TAKE (.mid) of a CHART, and say why.")
@click.argument("chart", required=False)
@click.argument("take", required=False)
@click.option("--tempo", type=float, metavar="QUARTER_BPM", help="The click's tempo.")
@click.option("--free", is_flag=True, help="No click: the tempo is found.")
@click.option("--downbeat-s", type=float, help="Second of the file with the first downbeat.")
@click.option("--style", help="Whose swing and pocket; else the chart's own.")
@click.option("--level", type=int, help="1 to 10; else the chart's own.")
@click.option("--chair", help="What it was played on: organ, bass ...; else the chart's own.")
@click.option("--latency-ms", type=float, default=0.0, help="Taken off every stamp.")
@click.option("--bars-on", type=int, default=4, help="Bars with the click, with --bars-off.")
@click.option("--bars-off", type=int, default=0, help="Then bars without: tells your inner time.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--batch", metavar="FILE.jsonl", help="Grades many: a request on each line.")
@click.option("-o", "--output", metavar="OUT.jsonl", help="Where a batch's grades go.")
def command(
    chart: str | None,
    take: str | None,
    *,
    as_json: bool,
    batch: str | None,
    output: str | None,
    **asked: Any,  # noqa: ANN401 - the options above, as click types them
) -> None:
    """Grade a recorded TAKE (.mid) of a CHART (.musicxml, .mxl, .mid or .json)."""
    if batch is not None:
        if chart is not None or output is None:
            raise click.UsageError("--batch FILE.jsonl needs -o OUT.jsonl, and no CHART and TAKE")
        grade_batch(Path(batch), Path(output))
        return
    if chart is None or take is None or output is not None:
        raise click.UsageError("give a CHART and a TAKE, or --batch FILE.jsonl -o OUT.jsonl")
    scorecard = grade_files(GradeRequest(chart=chart, take=take, **asked))
    if as_json:
        sys.stdout.buffer.write(write_grade_json(scorecard))
    else:
        show_scorecard(scorecard)


def show_scorecard(scorecard: Scorecard) -> None:
    """Print a scorecard for people."""
    from rich.console import Console  # noqa: PLC0415 - only for people
    from rich.text import Text  # noqa: PLC0415 - only for people

    from game.scoring.words import describe_grade  # noqa: PLC0415 - only for people

    console = Console()
    console.print(Text(f"Total {scorecard.scores.total:.0f}", style="bold"))
    console.print(describe_grade(scorecard), highlight=False)
    console.print(_score_table(scorecard))
    if figures := _list_figures(scorecard):
        console.print(figures, highlight=False)
    if scorecard.bars:
        console.print(_bar_table(scorecard))
    console.print(_list_faults(scorecard))


def _score_table(scorecard: Scorecard) -> Table:
    """Each score, and in a sentence what it rests on."""
    from rich.table import Table  # noqa: PLC0415 - only for people

    from game.scoring.inner_time import say_inner_time  # noqa: PLC0415 - only for people
    from game.scoring.sentences import explain_scores  # noqa: PLC0415 - only for people

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(justify="right")
    table.add_column()
    for name, sentence in explain_scores(scorecard).items():
        score = getattr(scorecard.scores, name)
        table.add_row(name, "-" if score is None else f"{score:.0f}", sentence)
    if scorecard.inner_time is not None:
        table.add_row("inner time", "", say_inner_time(scorecard.inner_time))
    return table


def _list_faults(scorecard: Scorecard) -> Table:
    """The examiner's line, and what to mend with which drill."""
    from rich.table import Table  # noqa: PLC0415 - only for people
    from rich.text import Text  # noqa: PLC0415 - only for people

    from game.scoring.words import (  # noqa: PLC0415 - only for people
        say_diagnosis,
        say_drill,
        write_rubric,
    )

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    if rubric := write_rubric(scorecard):
        table.add_row("examiner", rubric)
    for diagnosis in scorecard.diagnoses:
        table.add_row("mend", Text(say_diagnosis(diagnosis)))
        if drill := say_drill(diagnosis):
            table.add_row("", Text(drill, style="dim"))
    return table


def _list_figures(scorecard: Scorecard) -> str:
    """Time in exact figures."""
    time, figures = scorecard.time, []
    if time.bias_ms is not None:
        side = "behind" if time.bias_ms > 0 else "ahead of"
        plain = abs(time.bias_ms) < ON_CLICK_MS
        figures.append("on the click" if plain else f"{abs(time.bias_ms):.1f} ms {side} the click")
    if time.spread_ms is not None:
        figures.append(f"spread {time.spread_ms:.1f} ms")
    if time.drift_ms_per_bar is not None:
        figures.append(f"drift {time.drift_ms_per_bar:+z.1f} ms a bar")
    if time.swing_ratio is not None:
        figures.append(f"swing {time.swing_ratio:.2f} : 1")
    return ", ".join(figures)


def _bar_table(scorecard: Scorecard) -> Table:
    from rich.table import Table  # noqa: PLC0415 - only for people

    table = Table(title="Bars", title_justify="left", box=None, show_header=False)
    for start in range(0, len(scorecard.bars), SHOWN_BARS):
        row = scorecard.bars[start : start + SHOWN_BARS]
        table.add_row(
            *(
                f"{bar.number} {bar.verdict}"
                + ("" if bar.right == bar.written else f" {bar.right}/{bar.written}")
                for bar in row
            )
        )
    return table


def grade_batch(batch: Path, output: Path) -> None:
    """Grade many takes in parallel; answers come in the order of the requests.

    Raises:
        GradeError: the batch cannot be read, or the output not written.

    """
    try:
        lines = [line for line in batch.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise GradeError(f"{batch}: the batch cannot be read ({error.strerror})") from error
    try:
        with output.open("wb") as out:
            for answer in _in_parallel(lines):
                out.write(answer + b"\n")
    except OSError as error:
        raise GradeError(f"{output}: the grades cannot be written ({error.strerror})") from error


def _in_parallel(lines: list[bytes]) -> Iterator[bytes]:
    """Answer each line, with a progress bar on stderr."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only for a batch
    from multiprocessing import get_context  # noqa: PLC0415 - only for a batch

    from rich.console import Console  # noqa: PLC0415 - only for a batch
    from rich.progress import track  # noqa: PLC0415 - only for a batch

    console = Console(stderr=True)
    if len(lines) <= FEW:
        yield from track(map(answer_line, lines), "Grading", len(lines), console=console)
        return
    workers = min(len(lines), os.cpu_count() or 1)
    chunk = max(1, min(16, len(lines) // (4 * workers)))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        answers = pool.map(answer_line, lines, chunksize=chunk)
        yield from track(answers, "Grading", len(lines), console=console)


def answer_line(line: bytes) -> bytes:
    """Answer one request of a batch: its grade, or its error; nothing stops the others."""
    name: object = None
    try:
        document = msgspec.json.decode(line)
        name = document.get("id") if isinstance(document, dict) else None
        request = msgspec.convert(document, GradeRequest)
        grade = msgspec.json.decode(write_grade_json(grade_files(request)))
        return msgspec.json.encode({"id": name, **grade})
    except msgspec.MsgspecError as error:
        return msgspec.json.encode({"id": name, "error": f"not a request: {error}"})
    except Exception as error:  # noqa: BLE001 - one take must not sink the batch
        known = type(error).__name__ in OURS
        text = str(error) if known else f"{type(error).__name__}: {error}"
        return msgspec.json.encode({"id": name, "error": text})
