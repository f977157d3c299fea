"""Photographs the game in terminals and a browser: `python docs/draw_screens.py [NAME...]`.

A name may be the beginning of one: `pixels`, `browser-card`. All of them take a quarter of an hour.
Needs Xvfb, xterm with sixel, Chromium, xdotool and scrot. A performer plays; nothing is posed but
the keys.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exercises.drill import DrillRequest
from game.performer.profiles import PROFILES
from game.settings import Settings
from game.storage.archive import open_archive
from game.ui.services import Opening

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = ROOT / "docs" / "screens"
DISPLAY = ":77"
SCREEN = (1640, 1060)
PORT = 8077
COLOURS = 224
OPENS_S = 20.0
PAGE = "1080,880"
"""Of the browser, in pixels."""
CHROMIUM = (
    "chromium", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-position=0,0",
    f"--window-size={PAGE}", "--kiosk", "--incognito", "--hide-scrollbars",
)  # fmt: skip
XTERM = (
    "xterm", "-b", "0", "-bw", "0", "-ti", "vt340", "-fa", "DejaVu Sans Mono",
    "-xrm", "XTerm*decTerminalID: vt340", "-xrm", "XTerm*numColorRegisters: 256",
    "-xrm", "XTerm*maxGraphicSize: 2000x1200", "-xrm", "XTerm*cursorBlink: false",
)  # fmt: skip


class Shot(msgspec.Struct, frozen=True):
    """One terminal, and what is photographed in it."""

    theme: str
    drawing: str
    size: str
    letters: int
    drill: dict[str, object] | None
    steps: tuple[str, ...]
    """Keys as xdotool names them, seconds to wait (2.5s), or =NAME for a picture."""
    in_browser: bool = False


JAZZ = {"style": "jazz", "level": 5, "bars": 16, "quarter_bpm": 112.0, "seed": 7}
CLASSICAL = {"style": "classical", "level": 6, "bars": 8, "quarter_bpm": 92.0, "seed": 3}
PADS = {"style": "funk", "level": 6, "kind": "pads", "bars": 8, "quarter_bpm": 96.0, "seed": 3}

JOB = (
    *("Escape", "2s", "c", "2s", "=calls", "Return", "4s", "t", "k", "r", "1s", "=brief"),
    *("Return", "3s", "space", "55s", "=control-room", "d", "2s", "=diary"),
)
"""A day's call is what the day brings; a minute is enough for any of a beginner's charts."""
SONG = (
    *("Escape", "3s", *("Down",) * 4, "5", "p", "2s", "u", "12s", "Return", "6s", "space", "45s"),
    *("=overdubs", "Return", "6s", "=overdub"),
)
"""The first part is recorded; the second is on the stand. Chairs are those that the song brings."""
EAR = ("Escape", "2s", "c", "3s", "e", "6s", "space", "16s", "=by-ear")
SET = ("Escape", "2s", "6", "p", "1s", "s", "5s", "space", "9s", "=live")


PLACES = (
    ("pixels", "auto", "120x48", 11),
    ("braille-80x24", "braille", "80x24", 14),
    ("braille-160x50", "braille", "160x50", 9),
    ("browser", "auto", "", 15),
)
"""Name, way of drawing, columns and rows, size of letters."""


def tour(place: str, theme: str, drill: dict[str, object], length_s: float) -> Shot:
    """One take from its preview to its review, and home."""
    name, drawing, size, letters = next(each for each in PLACES if each[0] == place)
    tone = theme.rpartition("-")[2]
    steps = (
        *(f"=preview-{tone}", "space", "9s", f"=take-{tone}", f"{length_s}s", f"=card-{tone}"),
        *("v", "4s", f"=review-{tone}", "v", "2s", f"=plot-{tone}", "Escape", "1s"),
        *("h", "4s", f"=home-{tone}"),
    )
    named = tuple(step.replace("=", f"={name}-") for step in steps)
    return Shot(theme, drawing, size, letters, drill, named, in_browser=not size)


TOURS = tuple(
    tour(place[0], theme, {**drill, "bars": 8}, length_s)
    for place in PLACES
    for theme, drill, length_s in (("textual-dark", JAZZ, 20.0), ("textual-light", CLASSICAL, 20.0))
)


SHOTS = (
    *TOURS,
    Shot("textual-dark", "auto", "120x40", 11, JAZZ, JOB),
    Shot("textual-dark", "auto", "120x40", 11, JAZZ, SET),
    Shot("textual-dark", "auto", "120x40", 11, JAZZ, SONG),
    Shot("textual-dark", "auto", "120x40", 11, JAZZ, EAR),
    Shot("textual-dark", "braille", "80x24", 14, PADS, ("space", "9s", "=pads-80x24")),
    Shot("textual-dark", "braille", "160x50", 9, PADS, ("space", "9s", "=pads-160x50")),
    Shot(
        *("textual-light", "auto", "120x40", 11, PADS),
        ("=preview-pads", "space", "9s", "=take-pads", "22s", "=card-pads"),
    ),
)


def play(home: Path) -> None:
    """Within the terminal: the game, with a performer at the keys."""
    from game.app_factory import open_game  # noqa: PLC0415 - in the terminal only

    shot = msgspec.json.decode((home / "shot.json").read_bytes(), type=Shot)
    performer, drill = None, None
    if shot.drill is not None:
        performer, drill = PROFILES["amateur"], DrillRequest(**shot.drill)  # type: ignore[arg-type]
    open_game(Opening(drill=drill, performer=performer, audio_backend="none", preview_s=60))


def serve(home: Path) -> None:
    """The same in a browser: each page that is opened is a game."""
    from game.commands import serve as serving  # noqa: PLC0415 - in its own process only

    serving.game_command = lambda **_: f"{sys.executable} {__file__} --play {home}"
    serving.make_server("localhost", PORT, demo=True).serve()


@contextmanager
def opened(shot: Shot, home: Path) -> Iterator[None]:
    """The terminal or the browser with the game in it."""
    surroundings = {**os.environ, "DISPLAY": DISPLAY, "FIRST_TAKE_HOME": str(home)}
    game = f"COLORTERM=truecolor {sys.executable} {__file__} --play {home}"
    terminal = (*XTERM, "-fs", str(shot.letters), "-geometry", f"{shot.size}+0+0")
    commands = [(*terminal, "-e", "sh", "-c", game)]
    if shot.in_browser:
        address = f"http://localhost:{PORT}/?fontsize={shot.letters}"
        profile = f"--user-data-dir={home / 'browser'}"
        commands = [
            (sys.executable, __file__, "--serve", str(home)),
            (*CHROMIUM, profile, address),
        ]
    running = []
    try:
        for command in commands:
            running.append(subprocess.Popen(command, env=surroundings, start_new_session=True))
            time.sleep(3.0)
        time.sleep(OPENS_S - 3.0)
        if shot.in_browser:
            press("click", "1")
        yield
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()


def press(verb: str, what: str) -> None:
    """Have a key or a button pressed."""
    subprocess.run(["xdotool", verb, what], env={**os.environ, "DISPLAY": DISPLAY}, check=True)


def photograph(shot: Shot, wanted: list[str]) -> None:
    """Open a terminal, go through the steps, and close it."""
    names = [step[1:] for step in shot.steps if step.startswith("=")]
    if wanted and not any(name.startswith(tuple(wanted)) for name in names):
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "shot.json").write_bytes(msgspec.json.encode(shot))
        archive = open_archive(home / "data" / "first-take.db")
        archive.save_settings(Settings(theme=shot.theme, drawing=shot.drawing))
        archive.close()
        with opened(shot, home):
            for step in shot.steps:
                if step.startswith("="):
                    keep(step[1:])
                elif step.endswith("s") and step[:-1].replace(".", "").isdigit():
                    time.sleep(float(step[:-1]))
                else:
                    press("key", step)


def keep(name: str) -> None:
    """Photograph the terminal alone, in few colours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "screen.png"
        subprocess.run(["scrot", str(path)], env={**os.environ, "DISPLAY": DISPLAY}, check=True)
        picture = Image.open(path).convert("RGB")
    box = Image.eval(picture.convert("L"), lambda level: 255 if level else 0).getbbox()
    small = picture.crop(box).quantize(COLOURS)
    small.save(TARGET / f"{name}.png", optimize=True)
    print(name)


def main() -> None:
    """All pictures, or those that are named."""
    if sys.argv[1:2] == ["--play"]:
        play(Path(sys.argv[2]))
        return
    if sys.argv[1:2] == ["--serve"]:
        serve(Path(sys.argv[2]))
        return
    TARGET.mkdir(exist_ok=True)
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    server = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", size])
    time.sleep(1.0)
    try:
        for shot in SHOTS:
            photograph(shot, sys.argv[1:])
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
