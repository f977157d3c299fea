"""The whole game with real parts: a real terminal, real MIDI through JACK from another process."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from jackd import jackd  # noqa: F401 - a fixture
from terminal import Terminal

from exercises.chart import read_chart_json
from game.settings import Settings
from game.storage.archive import open_archive

ROOT = Path(__file__).resolve().parent.parent
PORT = "First Take Robot"
DRILL = ("--style", "classical", "--level", "3", "--seed", "7", "--bars", "8", "--tempo", "90")

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


class Studio:
    """A folder of its own, the game in a terminal, and a robot at the keys."""

    def __init__(self, folder, env):
        self.folder = folder
        self.env = {**env, "FIRST_TAKE_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
        self.robots = []
        self.chart = folder / "chart.json"
        self.database = folder / "home/data/first-take.db"
        self.terminal = None

    def play(self, drill, size):
        """Open the game with a chart, which the robot is given too."""
        self.run("compose", *drill, "--format", "json", "-o", str(self.chart))
        self.show("-m", "game", "play", *drill, "--midi-in", PORT, "--audio", "none", size=size)

    def show(self, *arguments, size=(80, 24)):
        """Run Python in a terminal."""
        command, (columns, rows) = [sys.executable, *arguments], size
        self.terminal = Terminal(command, columns=columns, rows=rows, env=self.env)

    def run(self, *args):
        subprocess.run(
            [sys.executable, "-m", "game", *args],
            cwd=ROOT,
            env={**os.environ, **self.env},
            check=True,
            capture_output=True,
            timeout=60,
        )

    def seat_robot(self, profile, seed, *hole):
        log = (self.folder / "robot.log").open("w")
        robot = subprocess.Popen(
            [
                *(sys.executable, str(ROOT / "tests/robot.py")),
                *(str(self.chart), profile, str(seed), PORT, *map(str, hole)),
            ],
            cwd=ROOT,
            env={**os.environ, **self.env},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        log.close()
        self.robots.append(robot)
        assert robot.stdout.readline().strip() == "ready"
        return robot

    def play_take(self, robot):
        """Start the take; gives the screen with the scorecard and the keys the robot pressed."""
        self.terminal.wait_for("♩")
        self.terminal.wait_for(PORT)
        self.terminal.press("Space")
        screen = self.terminal.wait_for("of 100", timeout=60)
        said = robot.communicate(timeout=20)[0]
        assert robot.returncode == 0, (self.folder / "robot.log").read_text()
        return screen, int(said)

    def close(self):
        """Nothing of it may outlive the test: a robot left behind would be heard by the next."""
        if self.terminal is not None:
            self.terminal.close()
        for robot in self.robots:
            robot.kill()
            robot.wait()

    def archive(self):
        """What is kept in the folder, for a `with` block."""
        return closing(open_archive(self.database))

    def furnish(self, **wishes):
        """The same with the settings of a player who has this robot for a keyboard."""
        own = {"preview_s": 60, "midi_in": PORT, "audio_backend": "none"}
        with self.archive() as archive:
            archive.save_settings(Settings(**{**own, **wishes}))
        return self.archive()

    def last_take(self):
        with self.archive() as archive:
            summary = archive.list_takes(1)[0]
            return summary, archive.load_take(summary.id)


@pytest.fixture(params=[(80, 24), (160, 50)], ids=["80x24", "160x50"])
def studio(request, tmp_path, jackd):  # noqa: F811
    with closing(Studio(tmp_path, jackd.env)) as studio:
        studio.play(DRILL, request.param)
        yield studio


def count_ons(take):
    return sum(event.kind == "on" for event in take.events)


def test_a_take_on_a_real_keyboard(studio):
    screen, pressed = studio.play_take(studio.seat_robot("expert", 3))
    bias = re.search(r"(\d+) ms (ahead of|behind) the click", screen)
    spread = re.search(r"spread\s+(\d+) ms", screen)
    assert bias, screen
    assert bias[2] == "ahead of"
    # The profile says 10 ms ahead with a spread of 12; some 40 notes and one MIDI period say so.
    assert 5 <= int(bias[1]) <= 15, screen
    assert 8 <= int(spread[1]) <= 17, screen
    summary, take = studio.last_take()
    assert summary.total > 90
    assert take.source == "midi"
    assert count_ons(take) == pressed

    # Between two takes the plug is pulled (the robot leaves) and put back (another sits down).
    studio.terminal.press("a")
    screen, pressed = studio.play_take(studio.seat_robot("solid", 4))
    summary, take = studio.last_take()
    assert count_ons(take) == pressed
    assert len(re.findall("spread", screen)) == 1


def test_the_plug_is_pulled_in_mid_take(studio):
    _, pressed = studio.play_take(studio.seat_robot("expert", 5, 8, 11))
    summary, take = studio.last_take()
    assert summary.ended == "finished"
    assert count_ons(take) == pressed
    assert pressed > 0
    assert summary.total < 95


PADS = ("--kind", "pads", "--style", "rock", "--level", "5", "--seed", "3", "--bars", "4",
        "--tempo", "120")  # fmt: skip


def test_a_take_on_real_pads(tmp_path, jackd):  # noqa: F811
    with closing(Studio(tmp_path, jackd.env)) as studio:
        studio.play(PADS, (80, 24))
        screen, pressed = studio.play_take(studio.seat_robot("expert", 3))
        summary, take = studio.last_take()
    assert count_ons(take) == pressed
    chart = read_chart_json(take.chart_json)
    assert chart.drill.kind == "pads"
    assert {event.pitch for event in take.events if event.kind == "on"} == {
        note.pitch for note in chart.notes
    }
    assert summary.total > 85
    assert "drum pads" in screen
    assert "A stroke has no length." in screen
