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
    FILTER,
    FINE,
    HOLD,
    MODULATION_TO_FILTER,
    MODULATION_TO_PITCH,
    PAN,
    RELEASE,
    RESONANCE,
    SCALE,
    SUSTAIN,
)
from game.soundfont.lowpass import STEP, LowPass, run_filters
from game.soundfont.modulation import Modulation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from game.soundfont.bank import Bank, Zone
    from game.soundfont.tones import Tone

    Floats = npt.NDArray[np.float64]
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
LOWEST_CUTOFF, HIGHEST_CUTOFF = 1500, 13500
"""Cents over `CENTS_ZERO_HZ` (specification, 8.1.2, initialFilterFc); the highest is no filter. The
specification's default, by which a soft stroke is duller, is left out: banks turn it off, and
FluidSynth does so for all."""
CENTS_ZERO_HZ = 8.176
DB_TO_NEPER = -float(np.log(10.0)) / 20.0


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
        self.sides = np.array([np.cos(angle), np.sin(angle)]) * gain
        """How loud on the left and on the right."""
        self._delay = round(zone.seconds(DELAY, delays=True) * rate)
        self._attack, self._hold, self._decay, self._release = (
            round(zone.seconds(part) * rate) for part in (ATTACK, HOLD, DECAY, RELEASE)
        )
        self._sustain_db = min(FALL_DB, max(0.0, zone.get(SUSTAIN) / 10.0))
        self._at = 0
        self._released: int | None = None
        self._release_db = 0.0
        self._modulation = Modulation(zone, rate)
        self._bend = zone.get(MODULATION_TO_PITCH) / 1200.0
        self._bent = 0.0
        """Samples of the bank by which a moving pitch has led it ahead."""
        self._cutoff = min(HIGHEST_CUTOFF, max(LOWEST_CUTOFF, zone.get(FILTER)))
        self._sweep = zone.get(MODULATION_TO_FILTER)
        resonance_db = zone.get(RESONANCE) / 10.0
        is_open = self._cutoff == HIGHEST_CUTOFF and self._sweep >= 0 and resonance_db <= 0
        self.filter = None if is_open else LowPass(resonance_db, rate)

    def release(self, after: int = 0, *, within_s: float | None = None) -> None:
        """Let the key go so many samples after the next one; a choke falls silent `within_s`."""
        if within_s is not None:
            self._release = round(within_s * self._rate)
        elif self._released is not None:
            return
        self._released = self._at + after
        level = self._level(np.array([float(self._released)]))
        self._release_db = float(level[0])
        self._modulation.release(self._released)
        self._release = max(self._release, round(SHORTEST_RELEASE_S * self._rate))

    def read(self, frames: int) -> Samples:
        """The next samples (frames, 2)."""
        return mix_voices([self], frames)

    def begin(self, frames: int) -> tuple[Floats, Floats, Floats | None]:
        """The next samples (frames,) before the filter, how loud each is to be after it, and the
        filter's cutoff in Hz at each of its steps; None without one.
        """  # noqa: D205 - one thought
        first = self._at
        places = np.arange(first, first + frames)
        self._at += frames
        steps = range(first - first % STEP, first + frames, STEP)
        # Where the envelope is at the end of each: a sharp attack is open at once.
        ends = [each + STEP for each in steps]
        heights = self._modulation.heights(ends) if self._sweep or self._bend else None
        wave, inside = self._wave(places, self._lead(heights, first % STEP, frames))
        level_db = self._level(places.astype(np.float64))
        if self._released is not None:
            gone = places - self._released
            fallen = self._release_db + FALL_DB * gone / self._release
            level_db = np.where(gone >= 0, np.maximum(fallen, level_db * 0), level_db)
        amplitude = np.where(inside, np.exp(DB_TO_NEPER * level_db), 0.0)
        amplitude *= np.clip((places - self._delay) / max(1, self._attack), 0.0, 1.0)
        self.is_over = not inside[-1] or (level_db[-1] > SILENT_DB)
        if self.filter is None:
            return wave, amplitude, None
        sweep = np.zeros(len(steps)) if heights is None else self._sweep * heights
        return wave, amplitude, CENTS_ZERO_HZ * 2.0 ** ((self._cutoff + sweep) / 1200.0)

    def _lead(self, heights: Floats | None, late: int, frames: int) -> Any:  # noqa: ANN401 - array or 0
        """Samples of the bank by which the envelope's pitch has led ahead at each of the next."""
        if not self._bend or heights is None:
            return 0.0
        pace = self._step * (2.0 ** (self._bend * heights) - 1.0)
        ahead = self._bent + np.cumsum(np.repeat(pace, STEP)[late : late + frames])
        lead = np.concatenate(([self._bent], ahead[:-1]))
        self._bent = float(ahead[-1])
        return lead

    def _wave(self, places: Any, lead: Any) -> tuple[Any, Any]:  # noqa: ANN401 - arrays
        """The sample at its pitch, by linear interpolation, and whether it still sounds."""
        zone = self._zone
        read = np.maximum(0.0, np.maximum(0, places - self._delay) * self._step + lead) + zone.start
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


def mix_voices(voices: Sequence[Voice | Tone], frames: int) -> Samples:
    """The next samples of all voices together (frames, 2)."""
    out = np.zeros((frames, CHANNELS), np.float32)
    begun = []
    for voice in voices:
        if isinstance(voice, Voice):
            begun.append((voice, *voice.begin(frames)))
        else:
            out += voice.read(frames)
    if not begun:
        return out
    waves = np.array([wave for _, wave, _, _ in begun])
    filtered = [
        (at, voice.filter, hertz)
        for at, (voice, _, _, hertz) in enumerate(begun)
        if voice.filter is not None and hertz is not None
    ]
    if filtered:
        rows = [at for at, _, _ in filtered]
        filters = [each for _, each, _ in filtered]
        waves[rows] = run_filters(filters, waves[rows], [hertz for _, _, hertz in filtered])
    waves *= [amplitude for _, _, amplitude, _ in begun]
    out += waves.T @ np.array([voice.sides for voice, _, _, _ in begun])
    return out
