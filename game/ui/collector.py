"""Keeps Python's garbage collector from stopping a take.

With all that the screen holds, a full collection takes some 70 ms (measured): four frames. Yet it
cannot be done without: each strip that Textual cuts refers to itself, 15 000 objects a second.
"""

from __future__ import annotations

import gc


def spare_living() -> None:
    """Collect now, and set what lives aside: later collections look at what came after alone."""
    gc.collect()
    gc.freeze()


def reclaim_living() -> None:
    """Let collections look at everything again."""
    gc.unfreeze()
