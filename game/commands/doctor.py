"""`first-take doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import contextlib
import json
import locale
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from game import places
from game.devices.port_names import CLOCK_PORT
from game.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.devices.checkup import MidiSurvey

OK = "ok"
MISSING = "missing"
"""The game works without it, less well."""
BAD = "bad"
"""The game cannot do its work; the exit code is 1."""

SMALLEST = (80, 24)
COMFORTABLE = (120, 40)
"""Columns and rows in which two to four bars of a grand staff stand beside the panels."""
OLDEST_PYTHON = (3, 11)
LIBRARIES = (
    "textual",
    "rich",
    "click",
    "msgspec",
    "music21",
    "verovio",
    "numpy",
    "miniaudio",
    "python-rtmidi",
    "SQLAlchemy",
    "alembic",
)


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: str
    """ok, missing (works without) or bad (does not work)."""
    detail: str
    advice: str = ""
    """What to do; empty where all is well."""


class Report(msgspec.Struct, frozen=True):
    """All that was looked at."""

    checks: tuple[Check, ...]
    ok: bool
    """False where something essential is bad."""
    format: str = "first-take/doctor"
    version: int = 1


def check_midi() -> list[Check]:
    """The MIDI systems, the keyboards, and where MIDI can be sent."""
    from game.devices.checkup import survey_midi  # noqa: PLC0415 - loads rtmidi
    from game.devices.errors import DeviceError  # noqa: PLC0415 - beside the other

    try:
        found = survey_midi()
    except DeviceError as error:
        advice = "Unset FIRST_TAKE_MIDI_API, or name one of those."
        return [Check("MIDI system", MISSING, str(error), advice)]
    silent = f"; not running: {', '.join(found.silent)}" if found.silent else ""
    if not found.answering:
        advice = {
            "linux": "Load the kernel module snd-seq (modprobe snd-seq), or start JACK.",
        }.get(sys.platform, "Restart the computer's sound and MIDI service.")
        system = Check("MIDI system", MISSING, f"none answers{silent}", advice)
    else:
        system = Check("MIDI system", OK, ", ".join(found.answering) + silent)
    if found.keyboards:
        keys = Check("MIDI keyboard", OK, ", ".join(found.keyboards))
    else:
        keys = Check(
            "MIDI keyboard",
            MISSING,
            "no port to listen to",
            "Connect a keyboard and switch it on; it is noticed while the game runs. "
            "Until then the computer keyboard plays, or see `first-take demo`.",
        )
    return [system, keys, _check_output(found)]


def _check_output(found: MidiSurvey) -> Check:
    """Where MIDI can be sent, and whether the game's clock goes out."""
    outputs = ", ".join(found.outputs) or "no other ports"
    if not found.answering:
        advice = "Comes with the MIDI system; only a MIDI clock for other gear needs it."
        return Check("MIDI output", MISSING, "none without a MIDI system", advice)
    if sys.platform == "win32":
        clock = "no MIDI clock is sent: Windows lets no program offer MIDI ports"
        advice = "Nothing to do unless other gear is to follow the click."
        return Check("MIDI output", MISSING, f"{outputs}; {clock}", advice)
    clock = f"a MIDI clock is sent on {CLOCK_PORT} while a take runs"
    return Check("MIDI output", OK, f"{outputs}; {clock}")


def check_sound() -> list[Check]:
    """The sound device that the click would come from."""
    from game.devices.checkup import survey_sound  # noqa: PLC0415 - loads the sound libraries

    backend, device = _read_sound()
    found = survey_sound(backend, device)
    if found.backend:
        return [Check("sound", OK, found.detail), *_check_priority(), *_check_playing()]
    what, _, advice = found.detail.partition(". ")
    what = what.lower() if device is None else what
    if found.devices:
        what += f"; there is: {', '.join(found.devices)}"
    return [Check("sound", MISSING, what, advice), *_check_playing()]


def _check_priority() -> list[Check]:
    """Whether the sound is made before other programs have their turn; told on Linux."""
    if sys.platform != "linux":
        return []
    from game.devices.priority import probe_priority  # noqa: PLC0415 - beside the others

    if got := probe_priority():
        return [Check("sound priority", OK, got)]
    advice = (
        "On a busy computer the sound may stutter. Allow real time: join the group audio (on some "
        "systems realtime or pipewire), and log in anew."
    )
    return [Check("sound priority", MISSING, "that of any program", advice)]


def _read_sound() -> tuple[str, str | None]:
    """The backend and the device that the player has chosen; read-only, as all of this."""
    chosen: dict[str, Any] = {"audio_backend": "auto", "audio_device": None}
    path = places.database_file()
    if path.exists():
        with (
            contextlib.suppress(sqlite3.Error, ValueError),
            contextlib.closing(
                sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
            ) as connection,
        ):
            for name in chosen:
                row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,))
                if (found := row.fetchone()) is not None:
                    chosen[name] = json.loads(found[0])
    return chosen["audio_backend"], chosen["audio_device"]


def _check_playing() -> list[Check]:
    """What band, guide and keys are played from, and by what the keys sound."""
    from game.devices.fluid import name_fluidsynth  # noqa: PLC0415 - looks for a library

    fluid = name_fluidsynth()
    advice = "Enough; FluidSynth, where it is installed, adds some reverb."
    player = Check("keys", OK, fluid) if fluid else Check("keys", OK, "built-in sampler", advice)
    return [_check_bank(), player]


def _check_bank() -> Check:
    """What band and guide are played from."""
    from game.soundfont.bank import Bank, BankError  # noqa: PLC0415 - loads numpy
    from game.soundfont.places import MISSING as NO_BANK  # noqa: PLC0415 - as above
    from game.soundfont.places import find_bank  # noqa: PLC0415 - as above

    path = find_bank()
    if path is None:
        what, _, advice = NO_BANK.partition(": ")
        return Check("sound bank", MISSING, what.lower(), advice)
    try:
        Bank(path)
    except BankError as error:
        return Check("sound bank", BAD, str(error), "Name another by FIRST_TAKE_SOUNDBANK.")
    return Check("sound bank", OK, str(path))


def check_terminal() -> list[Check]:
    """Size, colours and characters of the terminal that this runs in."""
    size = shutil.get_terminal_size()
    here = (size.columns, size.lines)
    words = f"{size.columns} columns, {size.lines} rows"
    if not sys.stdout.isatty():
        room = Check("terminal size", OK, "not a terminal here (output is redirected)")
    elif here[0] < SMALLEST[0] or here[1] < SMALLEST[1]:
        advice = f"Enlarge the window to {SMALLEST[0]} x {SMALLEST[1]} at least."
        room = Check("terminal size", MISSING, words, advice)
    elif here[0] < COMFORTABLE[0] or here[1] < COMFORTABLE[1]:
        advice = f"Enough; {COMFORTABLE[0]} x {COMFORTABLE[1]} shows more bars at a time."
        room = Check("terminal size", OK, words, advice)
    else:
        room = Check("terminal size", OK, words)
    return [room, _check_colours(), _check_characters()]


def _check_colours() -> Check:
    from rich.console import Console  # noqa: PLC0415 - not needed for --help

    if os.environ.get("NO_COLOR"):
        advice = "Unset NO_COLOR to have colours; marks also differ in shape."
        return Check("colours", MISSING, "switched off by NO_COLOR", advice)
    system = Console(force_terminal=True).color_system
    if system == "truecolor":
        return Check("colours", OK, "16 million")
    if system == "256":
        advice = "Enough; set COLORTERM=truecolor where the terminal can do more."
        return Check("colours", OK, "256", advice)
    advice = "Use a terminal with 256 colours or more (TERM=xterm-256color)."
    return Check("colours", MISSING, system or "none", advice)


def _check_characters() -> Check:
    encoding = (sys.stdout.encoding or locale.getpreferredencoding()).lower()
    if encoding.replace("-", "") in ("utf8", "cp65001"):
        return Check("characters", OK, "UTF-8: staves are drawn in braille dots")
    advice = "Set a UTF-8 locale (LANG=C.UTF-8), or PYTHONUTF8=1."
    return Check("characters", MISSING, encoding, advice)


def check_data() -> list[Check]:
    """Whether progress can be kept, and whether what is kept can be read."""
    checks = []
    for name, folder in (("data folder", places.data_folder()), ("logs", places.cache_folder())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            reason = error.strerror or str(error)
            advice = f"Make {folder} writable, or point FIRST_TAKE_HOME at a folder that is."
            checks.append(Check(name, BAD, f"{folder}: {reason}", advice))
        else:
            checks.append(Check(name, OK, str(folder)))
    return [*checks, _check_database(places.database_file())]


def _check_database(path: Path) -> Check:
    """Read-only: a doctor changes nothing, not even by bringing the file up to date."""
    from game.storage.tables import REVISIONS  # noqa: PLC0415 - loads SQLAlchemy

    try:
        if not path.exists():
            return Check("progress", OK, "none yet: it begins with the first take")
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            health = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        health, row = str(error), None
    if health != OK:
        advice = f"Move {path.name} aside; a new one begins with the next take."
        return Check("progress", BAD, f"{path}: {health}", advice)
    found = row[0] if row else "?"
    words = f"{path} ({path.stat().st_size // 1024} kB, tables of version {found})"
    if found not in REVISIONS:
        advice = "Install the newer First Take, or set FIRST_TAKE_HOME to another folder."
        return Check("progress", BAD, f"{words}: made by a newer First Take", advice)
    return Check("progress", OK, words)


def check_versions() -> list[Check]:
    """The program, Python, and the libraries."""
    python = platform.python_version()
    state = OK if sys.version_info >= OLDEST_PYTHON else BAD
    checks = [
        Check("First Take", OK, VERSION),
        Check("Python", state, f"{python} on {platform.system()} {platform.machine()}"),
    ]
    there, lacking = [], []
    for name in LIBRARIES:
        try:
            there.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lacking.append(name)
    if lacking:
        advice = "Install First Take again: pip install --force-reinstall first-take"
        checks.append(Check("libraries", BAD, f"not installed: {', '.join(lacking)}", advice))
    else:
        checks.append(Check("libraries", OK, ", ".join(there)))
    return checks


GROUPS: tuple[tuple[str, Callable[[], list[Check]]], ...] = (
    ("MIDI", check_midi),
    ("sound", check_sound),
    ("terminal", check_terminal),
    ("data", check_data),
    ("versions", check_versions),
)


def examine() -> Report:
    """Look at everything. A check that breaks is itself a finding, never a traceback."""
    checks: list[Check] = []
    for name, look in GROUPS:
        try:
            checks += look()
        except Exception as error:  # noqa: BLE001 - a doctor must survive any patient
            advice = "Install First Take again: pip install --force-reinstall first-take"
            checks.append(Check(name, BAD, f"{type(error).__name__}: {error}", advice))
    return Report(tuple(checks), ok=all(check.state != BAD for check in checks))


def show(report: Report) -> None:
    """Print a report for eyes."""
    from rich.console import Console  # noqa: PLC0415 - not needed for --json
    from rich.table import Table  # noqa: PLC0415 - beside the other
    from rich.text import Text  # noqa: PLC0415 - beside the other

    looks = {OK: ("✓", "green"), MISSING: ("○", "yellow"), BAD: ("✗", "bold red")}
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for check in report.checks:
        mark, style = looks[check.state]
        words = Text(check.detail)
        if check.advice:
            words.append(f"\n{check.advice}", style="dim" if check.state == OK else style)
        table.add_row(Text(mark, style=style), check.name, words)
    console = Console()
    console.print(table)
    missing = sum(check.state == MISSING for check in report.checks)
    bad = sum(check.state == BAD for check in report.checks)
    if bad:
        console.print(f"\n{bad} to put right before playing.", style="bold red")
    elif missing:
        console.print(f"\nReady to play; {missing} could be better.", style="yellow")
    else:
        console.print("\nReady to play.", style="green")


@click.command("doctor", short_help="Look at MIDI, sound, terminal and data; say what to do.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
def command(as_json: bool) -> None:
    """Look at MIDI ports, sound, terminal, data folder and versions.

    Each is ok, or comes with what to do. Ends with 1 only where the game cannot work.
    """
    report = examine()
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        show(report)
    if not report.ok:
        sys.exit(1)
