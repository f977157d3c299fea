"""One sounding note: a sample read at a pitch, through its envelope. Pure; block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from game.soundfont.bank import (
    ATTACK,
    ATTENUATION,
    COARSE,
    DECAY,
    DELAY,
    EXCLUSIVE,
    FINE,
    HOLD,
    PAN,
    RELEASE,
    SCALE,
    SUSTAIN,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from game.soundfont.bank import Bank, Zone

    Samples = npt.NDArray[np.float32]

CHANNELS = 2
SILENT_DB = 96.0
"""Softer than this below its peak a note is over: the range of 16 bits."""
FALL_DB = 100.0
"""Decay and release times are those of a fall by so much (specification, 8.1.2)."""
ATTENUATION_SHARE = 0.4
"""Of the attenuation in the file that the sound cards of the format's maker really applied; banks
are tuned to it, and FluidSynth does the same."""
SHORTEST_RELEASE_S = 0.01
"""Shorter ones crackle."""
CHOKE_S = 0.02
FULL_SCALE = 32768.0


class Voice:
    """A note of one zone."""

    def __init__(self, bank: Bank, zone: Zone, key: int, velocity: int, rate: int) -> None:
        """Strike it.

        Args:
            bank: whose samples it reads.
            zone: one that has this key and velocity.
            key: MIDI pitch.
            velocity: 1 to 127.
            rate: samples a second of what is given.
        """
        self.key = key
        self.exclusive = zone.get(EXCLUSIVE)
        self.is_over = False
        self._samples = bank.samples
        self._zone = zone
        self._rate = rate
        cents = (key - zone.root) * zone.get(SCALE) + 100 * zone.get(COARSE) + zone.get(FINE)
        self._step = zone.rate / rate * 2.0 ** ((cents + zone.cents) / 1200.0)
        quiet_db = ATTENUATION_SHARE * zone.get(ATTENUATION) / 10.0
        quiet_db += 40.0 * float(np.log10(127.0 / velocity))
        angle = (np.clip(zone.get(PAN), -500, 500) + 500) / 1000.0 * np.pi / 2
        gain = 10.0 ** (-quiet_db / 20.0) * np.sqrt(2.0) / FULL_SCALE
        self._sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(gain)
        self._delay, self._attack, self._hold, self._decay, self._release = (
            round(2.0 ** (zone.get(part) / 1200.0) * rate)
            for part in (DELAY, ATTACK, HOLD, DECAY, RELEASE)
        )
        self._sustain_db = min(FALL_DB, max(0.0, zone.get(SUSTAIN) / 10.0))
        self._at = 0
        self._released: int | None = None
        self._release_db = 0.0

    def release(self, after: int = 0, *, within_s: float | None = None) -> None:
        """Let the key go so many samples after the next one; a choke falls silent `within_s`."""
        if within_s is not None:
            self._release = round(within_s * self._rate)
        elif self._released is not None:
            return
        self._released = self._at + after
        level = self._level(np.array([float(self._released)]))
        self._release_db = float(level[0])
        self._release = max(self._release, round(SHORTEST_RELEASE_S * self._rate))

    def read(self, frames: int) -> Samples:
        """The next samples (frames, 2)."""
        places = np.arange(self._at, self._at + frames)
        self._at += frames
        wave, inside = self._wave(places)
        level_db = self._level(places.astype(np.float64))
        if self._released is not None:
            gone = places - self._released
            fallen = self._release_db + FALL_DB * gone / self._release
            level_db = np.where(gone >= 0, np.maximum(fallen, level_db * 0), level_db)
        amplitude = np.where(inside, 10.0 ** (-level_db / 20.0), 0.0)
        amplitude *= np.clip((places - self._delay) / max(1, self._attack), 0.0, 1.0)
        self.is_over = not inside[-1] or (level_db[-1] > SILENT_DB)
        mono = (wave * amplitude).astype(np.float32)
        sides: Samples = mono[:, np.newaxis] * self._sides
        return sides

    def _wave(self, places: Any) -> tuple[Any, Any]:  # noqa: ANN401 - arrays in, arrays out
        """The sample at its pitch, by linear interpolation, and whether it still sounds."""
        zone = self._zone
        read = np.maximum(0, places - self._delay) * self._step + zone.start
        if zone.loop is not None:
            start, end = zone.loop
            read = np.where(read >= end, start + (read - start) % (end - start), read)
            inside = np.ones(len(places), bool)
        else:
            inside = read < zone.end - 1
            read = np.minimum(read, zone.end - 1)
        whole = read.astype(np.int64)
        part = read - whole
        following = np.minimum(whole + 1, len(self._samples) - 1)
        if zone.loop is not None:
            following = np.where(following >= zone.loop[1], zone.loop[0], following)
        return self._samples[whole] * (1.0 - part) + self._samples[following] * part, inside

    def _level(self, places: Any) -> Any:  # noqa: ANN401 - as above
        """How many dB below its peak, before the key is let go."""
        fall = (places - self._delay - self._attack - self._hold) * (FALL_DB / max(1, self._decay))
        return np.clip(fall, 0.0, self._sustain_db)


def strike(
    bank: Bank, program: int, key: int, velocity: int, rate: int, *, drums: bool = False
) -> list[Voice]:
    """The voices of a note; none where the bank has nothing there."""
    return [
        Voice(bank, zone, key, velocity, rate)
        for zone in bank.zones(program, drums=drums)
        if zone.keys[0] <= key <= zone.keys[1]
        and zone.velocities[0] <= velocity <= zone.velocities[1]
    ]
