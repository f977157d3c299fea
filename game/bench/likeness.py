"""How near the built-in sampler comes to FluidSynth with the same bank: in colour, not in level."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from game.bench.measurement import Measurement, missing

if TYPE_CHECKING:
    from game.devices.instrument import Sampler

NAME = "built_in_likeness"
GOAL_DB = 1.5
"""Mean over a third of an octave: a difference in timbre that is heard beside each other only."""
RATE, BLOCK = 48_000, 480
NOTE_BLOCKS, RELEASE_BLOCK = 100, 70
SPANS_S = ((0.0, 0.15), (0.15, 0.65))
"""The stroke, and what follows it until the key is let go."""
KEYS, VELOCITIES = (40, 60, 76), (50, 110)
LOWEST_HZ, BANDS = 62.5, 24
AUDIBLE_DB = 50.0
"""Bands softer than the loudest by more are left out."""


def measure_likeness() -> list[Measurement]:
    """Mean difference of the spectra in thirds of an octave, in dB, over all patches."""
    from game.devices.fluid import load_fluidsynth  # noqa: PLC0415 - looks for a library
    from game.soundfont.places import find_bank  # noqa: PLC0415 - beside the other

    path, binding = find_bank(), load_fluidsynth()
    if path is None or binding is None:
        lacks = "no sound bank is found" if path is None else "FluidSynth is not installed here"
        return [missing(NAME, "dB", lacks)]
    from game.devices.fluid import FluidSampler  # noqa: PLC0415 - loads numpy
    from game.devices.sampler import BuiltInSampler  # noqa: PLC0415 - as above
    from game.soundfont.bank import Bank  # noqa: PLC0415 - as above
    from game.soundfont.patches import PATCHES  # noqa: PLC0415 - beside the others

    bank = Bank(path)
    found: dict[str, float] = {}
    for patch, program in PATCHES.items():
        differences = [
            _compare(
                FluidSampler(binding, path, program, RATE, reverb=False),
                BuiltInSampler(bank, program, RATE),
                key,
                velocity,
            )
            for key in KEYS
            for velocity in VELOCITIES
        ]
        found[patch] = sum(differences) / len(differences)
    value = round(sum(found.values()) / len(found), 2)
    detail = f"{path.name}: " + ", ".join(f"{name} {one:.1f}" for name, one in found.items())
    return [Measurement(NAME, value, "dB", "", None, None, GOAL_DB, value <= GOAL_DB, detail)]


def _compare(one: Sampler, other: Sampler, key: int, velocity: int) -> float:
    """Mean difference of a note's bands in dB, each against the loudest of its sampler."""
    import numpy as np  # noqa: PLC0415 - when it is needed

    differences = []
    notes = [_play(each, key, velocity) for each in (one, other)]
    for first_s, last_s in SPANS_S:
        span = slice(round(first_s * RATE), round(last_s * RATE))
        levels, others = (_weigh(note[span]) for note in notes)
        heard = levels > -AUDIBLE_DB
        differences.append(float(np.abs(levels - others)[heard].mean()))
    return sum(differences) / len(differences)


def _play(sampler: Sampler, key: int, velocity: int) -> Any:  # noqa: ANN401 - an array
    import numpy as np  # noqa: PLC0415 - when it is needed

    from game.devices.midi_parse import KeyMessage  # noqa: PLC0415 - beside the other

    sampler.take(KeyMessage("on", key, velocity))
    blocks = []
    for number in range(NOTE_BLOCKS):
        if number == RELEASE_BLOCK:
            sampler.take(KeyMessage("off", key, 0))
        block = sampler.read(BLOCK)
        blocks.append(np.zeros((BLOCK, 2)) if block is None else block)
    sampler.close()
    return np.concatenate(blocks)


def _weigh(samples: Any) -> Any:  # noqa: ANN401 - arrays in, arrays out
    """The power of both sides in each third of an octave, in dB below the loudest."""
    import numpy as np  # noqa: PLC0415 - when it is needed

    window = np.hanning(len(samples))[:, np.newaxis]
    power = (np.abs(np.fft.rfft(samples * window, axis=0)) ** 2).sum(axis=1)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    edges = LOWEST_HZ * 2.0 ** (np.arange(BANDS + 1) / 3)
    sums = [power[(hertz >= a) & (hertz < b)].sum() for a, b in pairwise(edges)]
    levels = 10 * np.log10(np.array(sums) + 1e-12)
    return levels - levels.max()
