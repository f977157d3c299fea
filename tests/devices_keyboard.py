"""A MIDI keyboard in a process of its own: `devices_keyboard.py CLIENT`.

It offers the port CLIENT:out and says "ready". Each line on its input is a list of messages as
JSON, `[[wait_s, [bytes]], ...]`; it sends them and answers with the clock of each sending.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path


class Keyboard:
    """The test's side: plugs the keyboard in, plays, and pulls it out."""

    def __init__(self, client="Keys"):
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), client],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError("the keyboard did not open its port")

    def play(self, messages):
        """Send messages, each after its wait; gives the monotonic clocks in ns."""
        self.process.stdin.write(json.dumps(messages) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def unplug(self):
        self.process.stdin.close()
        self.process.wait(5)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.unplug()


def serve(client):
    import rtmidi  # noqa: PLC0415 - only the keyboard's own process touches MIDI

    port = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name=client)
    port.open_virtual_port("out")
    print("ready", flush=True)
    for line in sys.stdin:
        clocks = []
        due = time.monotonic_ns()
        for wait_s, octets in json.loads(line):
            due += round(wait_s * 1e9)
            while (left := due - time.monotonic_ns()) > 0:
                time.sleep(min(left / 1e9, 0.001))
            clocks.append(time.monotonic_ns())
            port.send_message(octets)
        print(json.dumps(clocks), flush=True)
    port.delete()


if __name__ == "__main__":
    serve(sys.argv[1])
