"""The engine before other programs, where the system lets it.

A JACK or sound server's thread runs in real time, and still waits whenever another thread of this
process holds the interpreter while the system gives its core to somebody else: with both cores busy
the sound came too late by whole periods, several times a minute. So all threads of the process
run in real time, below the sound's own; they sleep nearly always.
"""

from __future__ import annotations

import contextlib
import os

REAL_TIME = 1
"""The lowest: JACK's clients run at 5 and more, PipeWire's at 20 and more."""
NICE = -11
"""What PipeWire and PulseAudio give themselves where they get no real time."""


def raise_priority() -> str:
    """Put this process, and each thread that it starts from now on, before others.

    Gives what the system allowed: "real time", "before others", or nothing.
    """
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_setscheduler") and cores > 1:  # one core is the screen's too
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REAL_TIME))
            return "real time"
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICE)
            return "before others"
    return ""


def probe_priority() -> str:
    """What `raise_priority` would get on Linux; nothing stays changed."""
    policy, param = os.sched_getscheduler(0), os.sched_getparam(0)
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    got = raise_priority()
    os.sched_setscheduler(0, policy, param)
    os.setpriority(os.PRIO_PROCESS, 0, nice)
    return got
