"""A cable of a known length on a JACK server: `devices_cable.py FRAMES`.

Joins the game's output with its ear, so many frames later, and says "ready" when both are there.
Ends with its input.
"""

from __future__ import annotations

import sys
import time

import jack
import numpy as np

SOURCE, EAR = "First Take(-[0-9]+)?:playback0", "First Take Ear.*:capture0"


def join(client, find_ends):
    """Connect two ports as soon as they are there and their client runs."""
    until = time.monotonic() + 10.0
    while True:
        try:
            return client.connect(*find_ends())
        except (IndexError, jack.JackError):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def main():
    client = jack.Client("Cable", no_start_server=True)
    end_in, end_out = client.inports.register("in"), client.outports.register("out")
    line = [np.zeros(int(sys.argv[1]) + client.blocksize, np.float32)]

    def process(frames):
        line[0] = np.concatenate((line[0][frames:], end_in.get_array()))
        end_out.get_array()[:] = line[0][:frames]

    client.set_process_callback(process)
    client.activate()
    join(client, lambda: (client.get_ports(SOURCE, is_output=True)[0], end_in))
    join(client, lambda: (end_out, client.get_ports(EAR, is_input=True)[0]))
    print("ready", flush=True)
    sys.stdin.read()
    client.deactivate()
    client.close()


if __name__ == "__main__":
    main()
