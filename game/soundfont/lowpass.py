"""A sound bank's filter: two poles, a cutoff that moves, resonance. Pure; block by block.

A recursive filter takes each sample from the two before it, which in Python would be a loop over
samples. Here it is a sum: with the poles p and p*, and w(n) = y(n) - p* y(n-1), the filter
y(n) = u(n) + 2 Re(p) y(n-1) - |p|^2 y(n-2) is w(n) = p w(n-1) + u(n), whose solution is p^n times
the running sum of u(k) / p^k. The cutoff stands still for `STEP` samples at a time, in which p^-k
stays far from the largest number there is. All voices of a block are filtered together: most of
what it costs is the calling of numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Complexes = npt.NDArray[np.complex128]

STEP = 64
"""Samples: 1.3 ms, in which a moving cutoff is not heard to step."""
FLAT_DB = 3.01
"""A resonance of 0 is the response without a hump: 3 dB down at the cutoff (specification, 8.1.3,
initialFilterQ)."""
HIGHEST_SHARE = 0.45
"""Of the rate: higher cutoffs fold."""
LOWEST_HZ = 5.0


class LowPass:
    """The filter of one voice."""

    def __init__(self, resonance_db: float, rate: int) -> None:
        """At rest.

        Args:
            resonance_db: height of the hump above the flat response, 0 and more; half of it is
                taken off the whole (specification, 8.1.3).
            rate: samples a second.
        """
        self.rate = rate
        self.quality = 10.0 ** ((max(0.0, resonance_db) - FLAT_DB) / 20.0)
        self.gain = 10.0 ** (-max(0.0, resonance_db) / 40.0)
        self.at = 0
        """Samples that it has had."""
        self.inputs = (0.0, 0.0)
        """The last sample and the one before, ..."""
        self.outputs = (0.0, 0.0)
        """... and what became of them."""


def run_filters(filters: Sequence[LowPass], waves: Floats, hertz: Sequence[Floats]) -> Floats:
    """Filter the next samples of some voices.

    Args:
        filters: one for each voice, all at one rate.
        waves: (voices, n).
        hertz: of each voice the cutoff in each step that its samples lie in. Steps are counted
            from the voice's first sample; the first of these may have begun already.

    Returns:
        What comes out (voices, n).
    """
    voices, count = waves.shape
    rows = max(map(len, hertz))
    cutoffs = np.full((voices, rows), LOWEST_HZ)
    for cutoff, one in zip(cutoffs, hertz, strict=True):
        cutoff[: len(one)] = one
    pole, scale = _tune(filters, cutoffs)
    padded = np.zeros((voices, rows * STEP + 2))
    late = [each.at % STEP for each in filters]
    for line, wave, begin, each in zip(padded, waves, late, filters, strict=True):
        line[begin + 1], line[begin] = each.inputs
        line[begin + 2 : begin + 2 + count] = wave
        before = each.inputs[0] if count == 1 else float(wave[-2])
        each.inputs = (float(wave[-1]), before)
    driven = padded[:, 2:] + 2 * padded[:, 1:-1] + padded[:, :-2]
    for line, begin in zip(driven, late, strict=True):
        line[:begin] = 0.0
    powers = _raise(pole)
    state = driven.reshape(voices, rows, STEP) * scale[..., np.newaxis] / powers
    state = powers * np.cumsum(state, axis=2)
    carried = _carry(filters, pole, powers, state)
    state += powers * carried[..., np.newaxis]
    whole = ((pole[..., np.newaxis] * state).imag / pole.imag[..., np.newaxis]).reshape(voices, -1)
    out = np.stack([one[begin : begin + count] for one, begin in zip(whole, late, strict=True)])
    for each, one in zip(filters, out, strict=True):
        each.outputs = (float(one[-1]), float(one[-2]) if count > 1 else each.outputs[0])
        each.at += count
    return out


def _tune(filters: Sequence[LowPass], hertz: Floats) -> tuple[Complexes, Floats]:
    """Pole and scale for each cutoff (voices, rows): Bristow-Johnson's low pass, normalized.

    Its poles are complex for any quality over 1/2.
    """
    rate = filters[0].rate
    quality = np.array([[each.quality] for each in filters])
    gain = np.array([[each.gain] for each in filters])
    omega = (2 * np.pi / rate) * np.clip(hertz, LOWEST_HZ, HIGHEST_SHARE * rate)
    cosine, alpha = np.cos(omega), np.sin(omega) / (2 * quality)
    real = cosine / (1 + alpha)
    pole = real + 1j * np.sqrt((1 - alpha) / (1 + alpha) - real * real)
    return pole, gain * (1 - cosine) / (2 * (1 + alpha))


def _raise(pole: Complexes) -> Complexes:
    """The first `STEP` powers of each pole, from the first on; by doubling."""
    powers = np.empty((*pole.shape, STEP), np.complex128)
    powers[..., 0] = factor = pole
    known = 1
    while known < STEP:
        powers[..., known : 2 * known] = powers[..., :known] * factor[..., np.newaxis]
        factor = factor * factor
        known *= 2
    return powers


def _carry(
    filters: Sequence[LowPass], pole: Complexes, powers: Complexes, state: Complexes
) -> Complexes:
    """What w before each step adds to it, from the outputs at the end of the one before."""
    ends = np.stack((powers[..., -2], powers[..., -1], state[..., -2], state[..., -1]), axis=2)
    found = []
    for each, poles, rows in zip(filters, pole.tolist(), ends.tolist(), strict=True):
        last, before = each.outputs
        # A step that has begun already: its first sample is as many powers further back.
        begun = each.at % STEP
        for p, (power_before, power_last, state_before, state_last) in zip(
            poles, rows, strict=True
        ):
            w = last - p.conjugate() * before
            if begun:
                w /= p**begun
                begun = 0
            found.append(w)
            last = (p * (state_last + power_last * w)).imag / p.imag
            before = (p * (state_before + power_before * w)).imag / p.imag
    return np.array(found).reshape(pole.shape)
