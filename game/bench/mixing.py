"""How much processor time of a block it takes to make it, with all that can sound."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from game.bench.measurement import Measurement, missing, percentile

if TYPE_CHECKING:
    from game.devices.mixer import Mixer

NAMES = {"sound_block_p99": False, "sound_block_built_in_p99": True}
"""Measurement to whether it is without FluidSynth."""
RATE = 48_000
FRAMES = 480
"""Ten milliseconds, as the device is asked for."""
BLOCKS = 1000
TRACK_S = 15.0
KEYS = range(36, 56)
"""Twenty keys under the pedal."""
GOAL = 0.2
"""Of the block: the rest is left to a machine that is busy with other things."""


def measure_blocks() -> list[Measurement]:
    """Processor time for a block at p99: click, band, reference, twenty keys under the pedal."""
    return [_measure(name, built_in=built_in) for name, built_in in NAMES.items()]


def _measure(name: str, *, built_in: bool) -> Measurement:
    from game.devices.instrument import Instrument  # noqa: PLC0415 - loads numpy
    from game.devices.mixer import Mixer  # noqa: PLC0415 - as above
    from game.events import InstrumentReady, SetInstrument  # noqa: PLC0415 - beside the others

    said: list[InstrumentReady] = []
    mixer = Mixer()
    mixer.voice = instrument = Instrument(said.append)
    instrument.choose(SetInstrument(0, built_in=built_in))
    if not built_in and "FluidSynth" not in said[0].player:
        return missing(name, "of the block", "FluidSynth is not installed here")
    _load(mixer)
    instrument.play([0xB0, 64, 127])
    for key in KEYS:
        instrument.play([0x90, key, 100])
    took = []
    for number in range(BLOCKS):
        began = time.thread_time()
        mixer.mix(number * FRAMES, FRAMES)
        took.append((time.thread_time() - began) * RATE / FRAMES)
    share = round(percentile(took, 0.99), 3)
    return Measurement(
        name, share, "of the block", "", None, None, GOAL, share <= GOAL, said[0].player
    )


def _load(mixer: Mixer) -> None:
    """The tracks of a take, as loud as they come."""
    import numpy as np  # noqa: PLC0415 - when it is needed

    frames = round(TRACK_S * RATE)
    noise = np.random.default_rng(1).uniform(-0.2, 0.2, (frames, 2)).astype(np.float32)
    mixer.load(0, {"click": noise[:, 0], "band": noise, "reference": noise})
