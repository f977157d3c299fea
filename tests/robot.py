"""A keyboard player in a process of its own: real MIDI out, following the game's MIDI clock.

Usage: python robot.py CHART_JSON PROFILE SEED PORT [UNPLUG_AT_QL REPLUG_AT_QL]

Plays a performance of the chart when the clock starts. With the last two figures the port is
closed at the first position and opened again at the second (quarter notes from the first
downbeat); what falls between is not played. Prints "ready", and at the end how many keys it
pressed. ROBOT_START_S tells where the clock starts, in seconds from the first downbeat, where that
is not the count-in (a punch); what comes before is not played. With ROBOT_READS_LATE it reads the
chart when it is put on the stand: when the file changes.
"""

import os
import sys
import time
from pathlib import Path

import rtmidi

from exercises.chart import read_chart_json
from exercises.tempi import tempo_map
from game.performer.performance import PROFILES, perform
from game.sessions.plan import plan_take
from styles.loader import load_style

START = 0xFA
CLOCK = 0xF8
API = rtmidi.API_UNIX_JACK
CLOCK_PORT = "First Take Clock"
SETTLE_S = 3.0


def open_keyboard(port):
    keyboard = rtmidi.MidiOut(rtapi=API, name=port)
    keyboard.open_virtual_port(port)
    return keyboard


def close_keyboard(keyboard):
    keyboard.close_port()
    keyboard.delete()


def listen_to_clock():
    """Wait for the game's clock port and hear it; gives the input and the list of start stamps."""
    clock = rtmidi.MidiIn(rtapi=API, name="robot ears")
    clock.ignore_types(timing=False)
    starts = []

    def hear(message, _):
        if message[0][0] == START:
            starts.append(time.monotonic())

    clock.set_callback(hear)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for index, name in enumerate(clock.get_ports()):
            if CLOCK_PORT in name:
                clock.open_port(index)
                return clock, starts
        time.sleep(0.1)
    raise SystemExit("the game's clock port did not come")


def rehearse(path, profile, seed):
    """Reads the chart; gives its plan, its timeline and what will be played."""
    chart = read_chart_json(Path(path).read_bytes())
    drill = chart.drill
    timeline = tempo_map(chart, drill.quarter_bpm)
    events = perform(
        chart,
        PROFILES[profile],
        timeline=timeline,
        style=load_style(drill.style),
        level=drill.level,
        seed=seed,
    ).events
    return plan_take(chart, quarter_bpm=drill.quarter_bpm), timeline, events


def main():
    path, profile, seed, port = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    holes = [float(text) for text in sys.argv[5:7]]
    reads_late = "ROBOT_READS_LATE" in os.environ
    rehearsed = None if reads_late else rehearse(path, profile, seed)
    known = Path(path).read_bytes() if Path(path).exists() else b""
    keyboard = open_keyboard(port)
    clock, starts = listen_to_clock()
    print("ready", flush=True)
    while not starts:
        time.sleep(0.002)
        if reads_late and Path(path).exists() and Path(path).read_bytes() != known:
            known = Path(path).read_bytes()
            rehearsed = rehearse(path, profile, seed)
    plan, timeline, events = rehearsed or rehearse(path, profile, seed)
    hole = tuple(timeline.seconds_at(at) for at in holes) or (1e9, 1e9)
    start_s = float(os.environ.get("ROBOT_START_S", plan.pulses_s[0]))
    events = [event for event in events if event.onset_s > start_s]
    downbeat = starts[0] - start_s
    pressed = 0
    plugged = True
    for event in sorted(events, key=lambda event: event.onset_s):
        if plugged and hole[0] <= event.onset_s < hole[1]:
            time.sleep(max(0.0, downbeat + hole[0] - time.monotonic()))
            close_keyboard(keyboard)
            plugged = False
        if not plugged and event.onset_s >= hole[1]:
            time.sleep(max(0.0, downbeat + hole[1] - time.monotonic()))
            keyboard = open_keyboard(port)
            plugged = True
        # The game looks for ports twice a second; a player checks the plug before playing on.
        if not plugged or (hole[1] <= event.onset_s < hole[1] + SETTLE_S):
            continue
        time.sleep(max(0.0, downbeat + event.onset_s - time.monotonic()))
        if event.kind == "pedal":
            keyboard.send_message([0xB0, 64, event.velocity])
        else:
            status = 0x90 if event.kind == "on" else 0x80
            keyboard.send_message([status, event.pitch, event.velocity])
            pressed += event.kind == "on"
    time.sleep(0.5)
    print(pressed, flush=True)
    clock.cancel_callback()
    close_keyboard(keyboard)
    sys.stdout.flush()
    # Taking JACK's threads down with the interpreter crashes now and then.
    os._exit(0)


if __name__ == "__main__":
    main()
