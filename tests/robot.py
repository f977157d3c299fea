"""A keyboard player in a process of its own: real MIDI out, following the game's MIDI clock.

Usage: python robot.py CHART_JSON PROFILE SEED PORT [UNPLUG_AT_QL REPLUG_AT_QL]

Plays a performance of the chart when the clock starts. With the last two figures the port is
closed at the first position and opened again at the second (quarter notes from the first
downbeat); what falls between is not played. Prints "ready", and at the end how many keys it
pressed.
"""

import sys
import time
from pathlib import Path

import rtmidi

from exercises.chart import read_chart_json
from exercises.timeline import Timeline
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


def main():
    chart = read_chart_json(Path(sys.argv[1]).read_bytes())
    profile, seed, port = PROFILES[sys.argv[2]], int(sys.argv[3]), sys.argv[4]
    holes = [float(text) for text in sys.argv[5:7]]
    drill = chart.drill
    timeline = Timeline.steady(drill.quarter_bpm)
    events = perform(
        chart,
        profile,
        timeline=timeline,
        style=load_style(drill.style),
        level=drill.level,
        seed=seed,
    ).events
    hole = tuple(timeline.seconds_at(at) for at in holes) or (1e9, 1e9)
    plan = plan_take(chart, quarter_bpm=drill.quarter_bpm)
    keyboard = open_keyboard(port)
    clock, starts = listen_to_clock()
    print("ready", flush=True)
    while not starts:
        time.sleep(0.002)
    downbeat = starts[0] - plan.pulses_s[0]
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
    close_keyboard(keyboard)
    clock.close_port()


if __name__ == "__main__":
    main()
