"""The composer process: requests come by standard input, charts leave by standard output."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from queue import LifoQueue

import msgspec

from game.composer.queue import RequestQueue
from game.pipes import read_frame, write_frame
from game.requests import ComposerRequest, PlayedRequest, SoundRequest

NICE = 10
"""Composing ahead gives way to the take that is being played."""

log = logging.getLogger("game.composer")


def main() -> None:
    """Serve until the input ends."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # Libraries may print. The frames get a descriptor of their own, and what goes to standard
    # output goes to the log.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(NICE)
    queue = RequestQueue()
    sounds: LifoQueue[SoundRequest | PlayedRequest] = LifoQueue()
    # Reads from the first moment on, so that the screen never waits on a full pipe.
    threading.Thread(target=_read, args=(queue, sounds), name="requests", daemon=True).start()

    from game.composer.work import Workshop  # noqa: PLC0415 - heavy; the reader is at work first

    workshop = Workshop()
    workshop.warm_up()
    # What is loaded now stays. To look through it for garbage takes a fifth of a chart's time.
    gc.collect()
    gc.freeze()
    log.info("ready")
    encode = msgspec.msgpack.Encoder().encode
    writing = threading.Lock()

    def answer(request: ComposerRequest) -> None:
        frame = encode(workshop.answer(request))
        try:
            with writing:
                write_frame(answers, frame)
        except OSError:
            os._exit(0)  # the game is gone

    def render() -> None:
        """Beside the charts: nobody waits for a chart because a band is being rendered."""
        while True:
            answer(sounds.get())

    threading.Thread(target=render, name="sounds", daemon=True).start()
    while (request := queue.get()) is not None:
        answer(request)


def _read(queue: RequestQueue, sounds: LifoQueue[SoundRequest | PlayedRequest]) -> None:
    decoder = msgspec.msgpack.Decoder(ComposerRequest)
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        try:
            request = decoder.decode(frame)
            if isinstance(request, SoundRequest | PlayedRequest):
                sounds.put(request)  # the newest goes first
            else:
                queue.put(request)
        except msgspec.MsgspecError as error:
            log.warning("a request that cannot be read: %s", error)
    queue.close()
    # A chart in the making is wanted by nobody any more.
    os._exit(0)


if __name__ == "__main__":
    main()
