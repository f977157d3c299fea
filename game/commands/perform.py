"""`first-take perform`: a performer with a known profile plays a chart."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from game.complaints import nearest
from game.gradefiles import check_tempo, find_level, find_style, read_chart_file
from game.performer.profiles import VOICINGS
from game.performer.stumbling import KINDS
from game.scoring.errors import GradeError

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.events import NoteEvent
    from game.performer.profiles import Profile

SHARES = (
    "wrong", "missing", "extra", "octave", "neighbour", "forgotten_key", "stumbles", "stays_late",
    "rolls", "graces", "trills",
)  # fmt: skip
NEVER_NEGATIVE = ("spread_ms", "chord_spread_ms", "wander_ms", "rubato", "length_spread", "touch")
MOST = {"length": (0.01, 2.0), "drift": (0.25, 4.0), "rubato": (0.0, 1.0)}
GREATEST_MS = 2000.0


@click.command()
@click.argument("chart_file", metavar="CHART")
@click.option("--profile", default="perfect", show_default=True, help="How it plays.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same plays the same.")
@click.option("-o", "--output", metavar="FILE.mid", help="Writes the take as a MIDI file.")
@click.option("--midi-out", metavar="PORT", help="Plays live to this MIDI port.")
@click.option("--clock", metavar="PORT", help="Live: follows the MIDI clock of this port.")
@click.option("--truth", metavar="FILE", help="Writes what was done to each note, as JSON.")
@click.option("--tempo", type=float, metavar="QUARTER_BPM", help="Else the chart's own.")
@click.option("--style", help="Whose swing; else the chart's own.")
@click.option("--level", type=int, help="1 to 10; else the chart's own.")
@click.option("--bias-ms", type=float, help="Mean asynchrony; negative is early.")
@click.option("--spread-ms", type=float, help="Its standard deviation.")
@click.option("--wrong", type=float, help="Share of notes at a key beside, 0 to 1.")
@click.option("--missing", type=float, help="Share of notes left out.")
@click.option("--extra", type=float, help="Share of keys brushed besides.")
@click.option("--octave", type=float, help="Share of notes an octave off.")
@click.option("--neighbour", type=float, help="Share of notes a line or a space off (a third).")
@click.option("--forgotten-key", type=float, help="Share of the key signature's notes without it.")
@click.option("--stumbles", type=float, help="Stumbles for each bar: restarts, waits, skips.")
@click.option("--stumble-kinds", metavar="KIND,...", help=f"Only these of {', '.join(KINDS)}.")
@click.option("--stays-late", type=float, help="Share of restarts after which it stays behind.")
@click.option("--left-late-ms", type=float, help="The left hand behind the right, all the time.")
@click.option("--right-late-ms", type=float, help="The right hand behind the left.")
@click.option("--chord-spread-ms", type=float, help="Standard deviation of a chord's notes.")
@click.option("--rolls", type=float, help="Share of chords that are rolled.")
@click.option("--graces", type=float, help="Share of highest notes with an unwritten grace note.")
@click.option("--trills", type=float, help="Share of long highest notes that are trilled.")
@click.option(
    "--voicing",
    type=click.Choice(VOICINGS),
    help="Fills chord symbols in by these and a rhythm of its own; else the chart's own comp.",
)
@click.option("--length", type=float, help="Share of the written length that is held.")
@click.option("--length-spread", type=float, help="Its standard deviation.")
@click.option("--touch", type=float, help="Standard deviation of the velocity.")
@click.option("--lean-ms-per-bar", type=float, help="How much later each bar is than the last.")
@click.option("--wander-ms", type=float, help="Greatest distance of a slow swaying.")
@click.option("--rubato", type=float, help="Swaying of a free tempo, in octaves, 0 to 1.")
@click.option("--drift", type=float, help="A free tempo's end over its beginning, 0.25 to 4.")
def command(
    chart_file: str,
    *,
    profile: str,
    seed: int,
    output: str | None,
    midi_out: str | None,
    clock: str | None,
    truth: str | None,
    tempo: float | None,
    style: str | None,
    level: int | None,
    **figures: float | str | None,
) -> None:
    """Play CHART into a MIDI file, or live to a MIDI port."""
    if (output is None) == (midi_out is None):
        raise click.UsageError("say where to play: -o FILE.mid, or --midi-out PORT")
    if clock is not None and midi_out is None:
        raise click.UsageError("--clock goes with --midi-out PORT")
    from exercises.tempi import tempo_map  # noqa: PLC0415 - after the cheap checks
    from game.performer.performance import perform  # noqa: PLC0415 - numpy

    player = choose_profile(profile, figures)
    chart = read_chart_file(Path(chart_file))
    quarter_bpm = check_tempo(chart.drill.quarter_bpm if tempo is None else tempo)
    performance = perform(
        chart,
        player,
        timeline=tempo_map(chart, quarter_bpm),
        style=find_style(style, chart),
        level=find_level(level, chart),
        seed=seed,
    )
    if truth is not None:
        document = msgspec.json.encode(performance.truth)
        _write(Path(truth), msgspec.json.format(document, indent=1) + b"\n")
    if output is not None:
        _record(chart, performance.events, quarter_bpm, Path(output))
    elif midi_out is not None:
        _play(chart, performance.events, quarter_bpm, midi_out, clock)


def choose_profile(name: str, figures: dict[str, float | str | None]) -> Profile:
    """A profile by name, with the figures that were given.

    Raises:
        GradeError: no such profile, or a figure that nobody can play.

    """
    from game.performer.profiles import PROFILES, adjust_profile  # noqa: PLC0415 - after the cheap checks

    if name not in PROFILES:
        raise GradeError(
            f"no profile {name!r}{nearest(name, PROFILES)}; there are {', '.join(PROFILES)}"
        )
    for figure, value in figures.items():
        option = f"--{figure.replace('_', '-')}"
        if value is None:
            continue
        if isinstance(value, str):
            if figure == "stumble_kinds":
                _check_kinds(option, value)
            continue
        if not math.isfinite(value) or abs(value) > GREATEST_MS:
            raise GradeError(f"{option} {value:g}: give a number up to {GREATEST_MS:g}")
        if figure in SHARES and not 0 <= value <= 1:
            raise GradeError(f"{option} {value:g}: give a share from 0 to 1")
        if figure in NEVER_NEGATIVE and value < 0:
            raise GradeError(f"{option} {value:g}: a spread is never negative")
        low, high = MOST.get(figure, (-GREATEST_MS, GREATEST_MS))
        if not low <= value <= high:
            raise GradeError(f"{option} {value:g}: give a number from {low:g} to {high:g}")
    return adjust_profile(PROFILES[name], **figures)


def _check_kinds(option: str, value: str) -> None:
    for kind in value.split(","):
        if kind not in KINDS:
            raise GradeError(
                f"{option} {kind!r}{nearest(kind, KINDS)}: there are {', '.join(KINDS)}"
            )


def _record(chart: Chart, events: tuple[NoteEvent, ...], quarter_bpm: float, output: Path) -> None:
    """Write the take; the file begins with the count-in."""
    from exercises.kit import midi_channel  # noqa: PLC0415 - only for a file
    from game.sessions.plan import plan_take  # noqa: PLC0415 - as above
    from game.takefiles import write_take  # noqa: PLC0415 - mido

    start_s = plan_take(chart, quarter_bpm=quarter_bpm).start_s
    channel = midi_channel(chart)
    data = write_take(events, quarter_bpm=quarter_bpm, downbeat_s=-start_s, channel=channel)
    _write(output, data)


def _play(
    chart: Chart,
    events: tuple[NoteEvent, ...],
    quarter_bpm: float,
    port: str,
    clock: str | None,
) -> None:
    """Play live, after a count-in or with another program's clock."""
    from game.devices.performer_port import play_live  # noqa: PLC0415 - MIDI
    from game.sessions.plan import plan_take  # noqa: PLC0415 - only live

    plan = plan_take(chart, quarter_bpm=quarter_bpm)
    play_live(events, port=port, clock=clock, start_s=plan.start_s, pulses_s=plan.pulses_s)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise GradeError(f"{path}: cannot be written ({error.strerror})") from error
