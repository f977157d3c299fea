"""The engine process: commands come by standard input, events leave by standard output."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading

import msgspec

from game.devices.engine import Engine
from game.devices.errors import DeviceError
from game.devices.priority import raise_priority
from game.events import EngineCommand, EngineEvent, Quit
from game.pipes import read_frame, write_frame

SWITCH_S = 0.0005
"""The longest that another thread keeps a MIDI callback waiting for the interpreter lock."""
CLOSE_S = 0.5
"""A device that hangs on closing does not keep the game open."""

log = logging.getLogger("game.devices")


def main() -> None:
    """Serve until the input ends or Quit comes."""
    sys.setswitchinterval(SWITCH_S)
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # MIDI and sound libraries may print. The frames get a descriptor of their own, and what
    # goes to standard output goes to the log.
    events = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    encode = msgspec.msgpack.Encoder().encode

    def deliver(event: EngineEvent) -> None:
        try:
            write_frame(events, encode(event))
        except OSError:
            os._exit(0)  # the game is gone

    log.info("priority: %s", raise_priority() or "that of any program")
    engine = Engine(deliver)
    # No pause of the collector falls into a take: the engine makes no cycles in its loops, and
    # collects when a take has ended.
    gc.collect()
    gc.freeze()
    gc.disable()
    serve(engine)
    closing = threading.Thread(target=engine.close, daemon=True)
    closing.start()
    closing.join(CLOSE_S)
    os._exit(0)


def serve(engine: Engine) -> None:
    """Do the commands on standard input, one by one."""
    decoder = msgspec.msgpack.Decoder(EngineCommand)
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        try:
            command = decoder.decode(frame)
            if isinstance(command, Quit):
                return
            engine.handle(command)
        except (DeviceError, msgspec.MsgspecError) as error:
            log.warning("%s", error)
        except Exception:
            log.exception("a command failed")


if __name__ == "__main__":
    main()
