"""Keeps Python's garbage collector from stopping a take.

With all that the screen holds, a full collection takes some 70 ms (measured): four frames. Yet it
cannot be done without: each strip that Textual cuts refers to itself, 15 000 objects a second.
"""

from __future__ import annotations

import gc

CALM_S = 0.25
"""How long after a change of screens: it has been painted, and no eye has found its way yet."""


class Living:
    """What lives is set aside, so that collections look at what came after alone."""

    def __init__(self) -> None:
        """Nothing is set aside yet."""
        self._has_left_over = False

    def spare(self) -> None:
        """Before a take: collect now. What ends with the take stays set aside until `renew`."""
        self._collect()
        self._has_left_over = True

    def renew(self) -> None:
        """In a calm moment: what is left of earlier screens goes, what is new is set aside.

        A full collection would else come between Enter and the chart, while the stage is built.
        """
        if self._has_left_over:
            gc.unfreeze()
            self._has_left_over = False
        self._collect()

    @staticmethod
    def _collect() -> None:
        gc.collect()
        gc.freeze()


LIVING = Living()
"""Of this process: there is one collector."""
