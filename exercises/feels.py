"""The feel that is asked of a chart: the style's own, or what a producer wants in its place.

A chart stays straight on paper; what is said over it ("swing it", "lay back") stands in its drill,
and is put into the style here, wherever a chart is placed in time, performed or graded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from styles.schema import SwingFit

if TYPE_CHECKING:
    from exercises.drill import Drill
    from styles.schema import Feel, Style

SWUNG, STRAIGHT = "swung", "straight"
BACK, ON_TOP = "back", "on top"
SWING = SwingFit(centre=(2.15, -0.0035), loose=(1.7, -0.0025), tight=(2.6, -0.0045), margin=0.2)
"""What "swing it" asks for where a style has no swing of its own: near a triplet, evener where it
is fast, and wide, because nobody said how much (by ear, between shuffle and jazz)."""
POCKETS_MS = {BACK: (15.0, 40.0), ON_TOP: (-28.0, -8.0)}
"""Where one sits who lays back or pushes: what is told from the click and is no fault yet (by ear,
beside the pockets of the packs)."""


def asked_style(style: Style | None, drill: Drill) -> Style | None:
    """The style with the feel that is asked of a chart; None stays None.

    Asked twice it gives the same.
    """
    if style is None or not (drill.eighths or drill.pocket):
        return style
    return msgspec.structs.replace(style, feel=asked_feel(style.feel, drill))


def asked_feel(feel: Feel, drill: Drill) -> Feel:
    """The style's feel with what is said over the chart."""
    if drill.eighths == STRAIGHT:
        feel = msgspec.structs.replace(feel, swing=None, swing16=None)
    elif drill.eighths == SWUNG and (feel.swing is None or feel.swing_level > drill.level):
        swing = feel.swing or SWING
        feel = msgspec.structs.replace(feel, swing=swing, swing_level=1, swing16=None)
    if drill.pocket:
        feel = msgspec.structs.replace(feel, pocket_ms=POCKETS_MS[drill.pocket], pocket_table=())
    return feel
