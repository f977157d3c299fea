"""An overdub of three parts with real parts: a real terminal and real MIDI, killed on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import msgspec
import numpy as np
import pytest
from jackd import jackd  # noqa: F401 - a fixture
from test_end_to_end import PORT, Studio

from exercises.chairs import chair_of
from exercises.chart import read_chart_json, write_chart_json
from exercises.compose.song import compose_song
from exercises.drill import DrillRequest
from game.bench.recorder import Recorder, find_onsets
from game.coach.standing import Run
from game.composer.sounding import open_bank, sound_parts
from game.requests import PlayedPart
from game.sessions import overdubs
from game.sessions.overdubs import MODE, Pile
from game.sessions.plan import plan_take
from game.sessions.review import sound_part
from game.soundfont.patches import PATCHES
from game.soundfont.track import render_track
from styles.loader import load_style

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

CHAIRS = ("piano", "organ", "bass")


class Song(Studio):
    """A song whose charts are written, and a robot that plays what is on the stand."""

    def __init__(self, folder, env):
        super().__init__(folder, env)
        self.sounds = folder / "home/cache/sound"
        # Four quick bars: the test waits for every one of them three times.
        request = DrillRequest(style="pop", level=4, seed=3, bars=4, quarter_bpm=140.0)
        self.charts = [
            write_chart_json(chart) for chart in compose_song(request, CHAIRS, load_style("pop"))
        ]
        song = overdubs.put_up(Pile("pop", 4, 3, CHAIRS), self.charts)
        sheet = msgspec.json.encode({"pile": song, "number": 1}).decode()
        # Nothing sounds but the click, and the earlier parts under the one that is recorded.
        sound = {"audio_backend": "jack", "click_volume": 0.3, "band_volume": 0.0, "keys_patch": ""}
        with self.furnish(**sound) as archive:
            number = archive.history.add_run(
                Run(
                    "2026-11-30T20:00:00+00:00",
                    MODE,
                    "piano, organ, bass",
                    None,
                    None,
                    None,
                    0.0,
                    sheet,
                )
            )
        assert number == 1

    def open(self):
        self.show("-m", "game")
        self.terminal.wait_for("Enter plays it")
        self.terminal.press("p")
        self.terminal.wait_for("Overdubs")
        self.terminal.press("u")

    def kill(self):
        """As a power cut would: nothing of the game may say goodbye."""
        pane = ["tmux", "-L", self.terminal.socket, "list-panes", "-F", "#{pane_pid}"]
        pid = int(subprocess.run(pane, capture_output=True, text=True, check=True).stdout)
        os.kill(pid, signal.SIGKILL)
        self.terminal.close()

    def record(self, place):
        """The part that is on, played by a robot; gives the keys it pressed."""
        self.chart.write_bytes(self.charts[place])
        robot = self.seat_robot("expert", place + 3)
        self.terminal.wait_for(f"Enter: record the {CHAIRS[place]}")
        self.terminal.press("Enter")
        self.terminal.wait_for("Space Start")
        self.terminal.wait_for(f"  {CHAIRS[place]}  ", f"of 3, {CHAIRS[place]}")
        self.terminal.wait_for(PORT, "● ")
        self.wait_for_sound(place)
        recorder = Recorder()
        self.terminal.press("Space")
        said = robot.communicate(timeout=60)[0]
        assert robot.returncode == 0, (self.folder / "robot.log").read_text()
        self.heard = recorder.finish()[0], recorder.rate
        return int(said)

    def wait_for_sound(self, place):
        """Until what lies under the part has been rendered: each part has a name of its own."""
        until = time.monotonic() + 30
        while len(list(self.sounds.glob("*-parts.npy"))) < place and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)  # the engine has it in its hands

    def render(self, place, take):
        """What a take of a part sounds like, from its first downbeat on."""
        chair = chair_of(CHAIRS[place])
        part = PlayedPart(sound_part(take.events, chair), PATCHES[chair.id])
        notes, end_s = sound_parts([part]), take.events[-1].onset_s
        return render_track(notes, open_bank(None), start_s=0.0, end_s=end_s, rate=self.heard[1])

    def read_pile(self):
        with self.archive() as archive:
            (run,) = archive.history.list_runs(MODE)
            takes = [archive.load_take(n) for n in archive.jobs.list_mode_takes(f"{MODE} 1")]
            return run, msgspec.convert(json.loads(run.sheet)["pile"], Pile), takes


@pytest.fixture
def song(tmp_path, jackd):  # noqa: F811
    # A game that is left behind would be on the JACK server of the next test.
    with closing(Song(tmp_path, jackd.env)) as song:
        song.open()
        yield song


def check_what_was_heard(song, first):
    """The first part as it was played came out under the second, on the click's own grid."""
    samples, rate = song.heard
    chart = read_chart_json(song.charts[1])
    count_in = plan_take(chart, quarter_bpm=chart.drill.quarter_bpm).clicks[0]
    due = find_onsets(samples, rate)[0] - round(count_in.onset_s * rate)
    part = song.render(0, first)[:, 0]
    length = len(samples) + len(part)
    alike = np.fft.irfft(np.fft.rfft(samples, length) * np.conj(np.fft.rfft(part, length)), length)
    at = int(np.argmax(alike))
    here = samples[at : at + len(part)]
    share = alike[at] / np.linalg.norm(part[: len(here)]) / np.linalg.norm(here)
    sys.stdout.write(f"the first part {at - due} samples from its place, likeness {share:.3f}\n")
    assert abs(at - due) <= 2
    assert share > 0.85  # the click is in it


@pytest.mark.parametrize("jackd", [(512, 48_000)], indirect=True)
def test_three_parts_over_one_another_through_a_kill(song):
    pressed = [song.record(0)]
    pressed.append(song.record(1))
    check_what_was_heard(song, song.read_pile()[2][0])
    # Killed as soon as the second take is on disk, heard of by the desk or not.
    until = time.monotonic() + 30
    while len(song.read_pile()[2]) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    song.kill()
    song.open()
    pressed.append(song.record(2))
    screen = song.terminal.wait_for("Enter: deliver all parts")
    assert screen.count("take 1") == 3
    song.terminal.press("x")
    song.terminal.wait_for("Written", timeout=60)
    song.terminal.press("Enter")
    song.terminal.wait_for("Delivered:")
    run, pile, takes = song.read_pile()
    assert pile.is_over
    assert run.score is not None
    assert run.score > 85
    assert [track.heard.take_id for track in pile.tracks] == [1, 2, 3]
    assert [sum(e.kind == "on" for e in take.events) for take in takes] == pressed
    assert [take.chart_json for take in takes] == song.charts
    written = sorted(path.suffix for path in (song.folder / "home/data/songs").iterdir())
    assert written == [".mid", ".wav"]
