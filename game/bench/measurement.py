"""What a measurement is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

BENCH_FORMAT = "first-take/bench"
BENCH_VERSION = 1


class Measurement(msgspec.Struct, frozen=True):
    """One figure beside its baseline, both from the same run."""

    name: str
    value: float | None
    """None where this machine lacks a part; `detail` says which."""
    unit: str
    baseline: str
    """What the baseline is, in words."""
    baseline_value: float | None
    ratio: float | None
    """value over baseline_value."""
    goal: float | None
    """The bound on the ratio, or on the value where no baseline fits."""
    ok: bool
    detail: str = ""


def compare(
    name: str, value: float, unit: str, *, baseline: str, baseline_value: float, goal: float
) -> Measurement:
    """A measurement whose goal bounds the ratio to the baseline."""
    ratio = value / baseline_value
    return Measurement(
        name=name,
        value=round(value, 4),
        unit=unit,
        baseline=baseline,
        baseline_value=round(baseline_value, 4),
        ratio=round(ratio, 3),
        goal=goal,
        ok=ratio <= goal,
    )


def missing(name: str, unit: str, detail: str) -> Measurement:
    """A measurement that this machine cannot make."""
    return Measurement(
        name=name,
        value=None,
        unit=unit,
        baseline="",
        baseline_value=None,
        ratio=None,
        goal=None,
        ok=False,
        detail=detail,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie: nearest rank, no smoothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
