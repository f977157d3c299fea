"""`first-take bench`: the project's own measurements."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click
import msgspec

from game.bench.measurement import BENCH_FORMAT, BENCH_VERSION, Measurement
from game.complaints import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SUITES = {
    "first_frame": ("game.bench.startup", "measure_first_frame"),
    "compose_16_bars_p50": ("game.bench.composing", "measure_composing"),
    "compose_16_bars_p95": ("game.bench.composing", "measure_composing"),
    "midi_to_mark_p50": ("game.bench.marking", "measure_marking"),
    "midi_to_mark_p99": ("game.bench.marking", "measure_marking"),
    "frame_p50": ("game.bench.marking", "measure_frames"),
    "frame_p99": ("game.bench.marking", "measure_frames"),
    "frame_cpu": ("game.bench.marking", "measure_frames"),
    "frame_bytes": ("game.bench.marking", "measure_frames"),
    "pixels_p99": ("game.bench.marking", "measure_pixels"),
    "pixels_cpu": ("game.bench.marking", "measure_pixels"),
    "pixels_bytes": ("game.bench.marking", "measure_pixels"),
    "pixels_systems": ("game.bench.marking", "measure_pixels"),
    "chart_to_screen_p95": ("game.bench.arriving", "measure_arriving"),
    "key_to_sound_p50": ("game.bench.hearing", "measure_keys"),
    "key_to_sound_p99": ("game.bench.hearing", "measure_keys"),
    "key_to_sound_built_in_p50": ("game.bench.hearing", "measure_keys"),
    "key_to_sound_built_in_p99": ("game.bench.hearing", "measure_keys"),
    "sound_block_p99": ("game.bench.mixing", "measure_blocks"),
    "sound_block_built_in_p99": ("game.bench.mixing", "measure_blocks"),
    "built_in_likeness": ("game.bench.likeness", "measure_likeness"),
    "start_wait_p95": ("game.bench.starting", "measure_start"),
    "band_render": ("game.bench.hearing", "measure_rendering"),
    "peak_memory": ("game.bench.memory", "measure_memory"),
    "compose_many_memory": ("game.bench.memory", "measure_composing_many"),
    "home_20000_takes": ("game.bench.progress", "measure_home"),
    "progress_200000_takes": ("game.bench.progress", "measure_progress"),
    "click_deviation": ("game.bench.clicking", "measure_click_deviation"),
    "playing_underruns": ("game.bench.playing", "measure_playing"),
    "playing_callback_p50": ("game.bench.playing", "measure_playing"),
    "playing_callback_p99": ("game.bench.playing", "measure_playing"),
    "playing_stamp_p50": ("game.bench.playing", "measure_playing"),
    "playing_stamp_p99": ("game.bench.playing", "measure_playing"),
    "playing_frame_p50": ("game.bench.playing", "measure_playing"),
    "playing_frame_p99": ("game.bench.playing", "measure_playing"),
    "midi_notes_lost": ("game.bench.flooding", "measure_lost_notes"),
    "midi_stamp_error_p50": ("game.bench.clicking", "measure_midi_stamps"),
    "midi_stamp_error_p99": ("game.bench.clicking", "measure_midi_stamps"),
    "align_100": ("game.bench.aligning", "measure_aligning"),
    "align_1000": ("game.bench.aligning", "measure_aligning"),
    "align_6000": ("game.bench.aligning", "measure_aligning"),
    "align_10000": ("game.bench.aligning", "measure_aligning"),
    "align_growth": ("game.bench.aligning", "measure_aligning"),
    "live_mark_p99": ("game.bench.aligning", "measure_live_marking"),
    "import_scoring": ("game.bench.aligning", "measure_import"),
    "import_scoring_memory": ("game.bench.aligning", "measure_import"),
}
"""Measurement to the function that makes it (some are made together)."""
TAKES_TIME = ("measure_click_deviation", "measure_playing")
"""Those that last as long as is wanted."""


@click.command(short_help="Measure this version on this machine.")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option(
    "--seconds",
    type=click.FloatRange(10, 7200),
    help="Of click_deviation (600 by itself) and of playing_... (60).",
)
def command(names: tuple[str, ...], as_json: bool, seconds: float | None) -> None:
    """Measure this version on this machine, each figure against its baseline in the same run.

    NAMES picks some measurements; without any all are made.
    """
    for name in names:
        if name not in SUITES:
            hint = nearest(name, SUITES) or f"; there are {', '.join(SUITES)}"
            raise click.UsageError(f"no measurement {name!r}{hint}")
    wanted = names or tuple(SUITES)
    results: list[Measurement] = []
    for module, function in dict.fromkeys(SUITES[name] for name in wanted):
        if not as_json:
            click.echo(f"measuring: {function.removeprefix('measure_')} ...", err=True)
        measure: Callable[..., list[Measurement]] = getattr(import_module(module), function)
        asked = {"take_s": seconds} if seconds and function in TAKES_TIME else {}
        results += [result for result in measure(**asked) if result.name in wanted]
    if as_json:
        document = {
            "format": BENCH_FORMAT,
            "version": BENCH_VERSION,
            "machine": describe_machine(),
            "measurements": results,
        }
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document), indent=1))
        sys.stdout.buffer.write(b"\n")
    else:
        print_table(results)
    if not all(result.ok for result in results):
        raise click.exceptions.Exit(1)


def describe_machine() -> dict[str, str | int]:
    """What the figures were measured on."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
    }


def print_table(results: Sequence[Measurement]) -> None:
    """The figures as a table for people."""
    from rich.console import Console  # noqa: PLC0415 - not for JSON
    from rich.table import Table  # noqa: PLC0415

    table = Table("measurement", "value", "baseline", "ratio", "goal", "", title="First Take bench")
    for result in results:
        value = "-" if result.value is None else f"{result.value:g} {result.unit}"
        base = "" if result.baseline_value is None else f"{result.baseline_value:g} {result.unit}: "
        table.add_row(
            result.name,
            value,
            result.detail or base + result.baseline,
            "" if result.ratio is None else f"{result.ratio:.2f}",
            "" if result.goal is None else f"<= {result.goal:g}",
            "ok" if result.ok else "missing" if result.value is None else "over",
        )
    Console().print(table)
