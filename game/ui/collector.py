"""Keeps Python's garbage collector from stopping a take.

With all that the screen holds, a full collection takes some 70 ms (measured): four frames. Yet it
cannot be done without: each strip that Textual cuts refers to itself, 15 000 objects a second.
"""

from __future__ import annotations

import gc

CALM_S = 0.25
"""How long after a change of screens: it has been painted, and no eye has found its way yet."""


def spare_living() -> None:
    """Collect now, and set what lives aside: later collections look at what came after alone."""
    gc.collect()
    gc.freeze()


def renew_living() -> None:
    """In a calm moment: what is left of earlier screens goes, what stays is set aside.

    A full collection would else come when the next screen is built, between Enter and the chart.
    """
    gc.unfreeze()
    spare_living()
