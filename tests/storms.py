"""The game in a real terminal under a storm: keys without sense, a window that is torn about.

    python tests/storms.py [--keys N] [--resizes N] [--seed N]

Keys are pressed by chance on every screen that a key of the home screen leads to, at sizes that
change under them; then a performer plays a take in a window that is resized as fast as the terminal
lets it. The game has withstood a storm if it still answers at home, and no fault stands on the
screen or in its log. Needs tmux; some two minutes. Ends with 1, and the last screen, where it has
not.
"""

import argparse
import random
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
FAULTS = ("Traceback", "Pane is dead")
KEYS = (
    *"abcdefghijklmnoprstuvwxyz0123456789?+-=,./[]",  # without q, which ends the game
    *("Space", "Enter", "Escape", "Tab", "BTab", "Up", "Down", "Left", "Right", "PageUp"),
    *("PageDown", "Home", "End", "BSpace", "DC", "C-l", "C-p"),
    *(f"F{number}" for number in range(1, 13)),
)
ROOMS = ("p", "c", "r", "t", "s", "o", "w", "Enter")
"""Keys of the home screen."""
EACH = 60
"""Keys that are pressed in a room."""
SIZES = ((40, 12), (80, 24), (160, 50), (100, 30))
CALM_S = 20.0


class FallenError(Exception):
    """The game did not withstand it."""


def open_terminal(folder, *arguments):
    """The game with a folder of its own."""
    env = {"FIRST_TAKE_HOME": str(folder), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "faulthandler", "-m", "game", *arguments]
    return closing(Terminal(command, columns=100, rows=30, env=env))


def look(terminal, moment):
    """What the screen says; a fault ends the storm."""
    screen = terminal.read()
    if any(fault in screen for fault in FAULTS):
        raise FallenError(f"{moment}:\n{screen}")
    return screen


def come_home(terminal):
    """Whether the game still answers: from wherever it is to the home screen."""
    terminal.resize(80, 24)
    until = time.monotonic() + CALM_S
    while time.monotonic() < until:
        if "Enter plays it" in look(terminal, "on the way home"):
            return
        terminal.press("Escape")
        time.sleep(0.3)
    raise FallenError(f"it does not come home any more:\n{terminal.read()}")


def storm_keys(folder, count, dice):
    """Keys by chance in every room."""
    with open_terminal(folder) as terminal:
        terminal.wait_for("Enter plays it", timeout=60)
        for number in range(count):
            if number % EACH == 0:
                come_home(terminal)
                terminal.press(ROOMS[number // EACH % len(ROOMS)])
                time.sleep(0.4)
            terminal.press(dice.choice(KEYS))
            time.sleep(0.03)
            if number % 25 == 0:
                terminal.resize(*dice.choice(SIZES))
                look(terminal, f"after key {number}")
        come_home(terminal)


def storm_sizes(folder, count, dice):
    """A take in a window whose corner is dragged about."""
    with open_terminal(folder, "demo", "--audio", "none") as terminal:
        terminal.wait_for("Look it through", timeout=60)
        terminal.press("Space")
        terminal.wait_for("Bar 1", timeout=30)
        for number in range(count):
            terminal.resize(dice.randint(20, 200), dice.randint(6, 60))
            time.sleep(dice.uniform(0.0, 0.05))
            if number % 25 == 0:
                look(terminal, f"after size {number}")
        come_home(terminal)


def read_logs(folder):
    """Faults that were caught and only written down."""
    for log in sorted(Path(folder).rglob("*.log")):
        said = log.read_text(errors="replace")
        if "Traceback" in said:
            raise FallenError(f"{log.name}:\n{said[-2000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=len(ROOMS) * EACH)
    parser.add_argument("--resizes", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    storms = ((storm_keys, wanted.keys, "keys"), (storm_sizes, wanted.resizes, "sizes"))
    for storm, count, what in storms:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                storm(folder, count, random.Random(wanted.seed))  # noqa: S311 - a storm
                read_logs(folder)
            except (FallenError, AssertionError) as error:
                sys.exit(f"fallen in a storm of {what}: {error}")
        print(f"{count} {what}: withstood")


if __name__ == "__main__":
    main()
