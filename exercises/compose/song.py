"""A song for several chairs: a part for each, over one form, one harmony and one road map.

Who comes later leaves room: an organ holds chords where the piano has the rhythm, chords are for
the right hand where a bass has the low notes, and a second comp is for one hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from exercises.chairs import CHAIRS, choose_kind, find_chair
from exercises.chart import ComposeError
from exercises.checks.chart import check_chart
from exercises.checks.level import NOTHING_NEW
from exercises.compose.dice import derive_seed
from exercises.compose.draft import draft_chart
from exercises.compose.writing import Whole
from exercises.keyboards import fit_level
from exercises.levels import level
from exercises.request import resolve_drill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.drill import Drill, DrillRequest
    from styles.schema import Style

MOST_SONGS = 12
MOST_DRAFTS = 12
"""Of each part of a song, before another song is tried."""
SHARED = ("bars", "chords", "tempi", "roadmap")
"""What the parts of a song have in common."""
_COMPS = ("comping", "grand")


class Part(NamedTuple):
    """What a chair is asked for in a song."""

    drill: Drill
    holds: bool
    """Whether it is chords that are held, whatever else the chair can play."""


def compose_song(request: DrillRequest, chairs: Sequence[str], style: Style) -> tuple[Chart, ...]:
    """A chart for each chair, in the order in which they are recorded.

    The same request and chairs give the same charts. Bars, chords, changes of tempo and road map
    of all of them are the same, and each keeps the hard checks of its level; that something of the
    level is new in it is not asked of a part.

    Args:
        request: of the song; kind, hands, focus and chair are the parts' own.
        chairs: one or more, each once.
        style: its pack.

    Raises:
        ComposeError: no or unknown chairs, one twice, a drill that cannot be, or no song was found.
    """
    parts = seat_song(request, chairs, style)
    for number in range(MOST_SONGS):
        song = derive_seed(parts[0].drill.seed, number)
        charts: list[Chart] = []
        for part in parts:
            chart = _draft_part(part, song, style, charts[:1])
            if chart is None:
                break
            charts.append(chart)
        if len(charts) == len(parts):
            return tuple(charts)
    drill = parts[0].drill
    raise ComposeError(
        f"{style.name} at level {drill.level}: no song was found in {MOST_SONGS} that all of "
        f"{', '.join(chairs)} can play; take another level"
    )


def seat_song(request: DrillRequest, chairs: Sequence[str], style: Style) -> tuple[Part, ...]:
    """What each chair is asked for.

    Raises:
        ComposeError: no or unknown chairs, one twice, or a drill that cannot be.
    """
    seats = [find_chair(name) for name in chairs]
    if not seats or len({seat.id for seat in seats}) < len(seats):
        raise ComposeError("name the chairs of a song, each once")
    kinds = level(request.level).kinds
    has_bass = CHAIRS["bass"] in seats
    parts = []
    for place, seat in enumerate(seats):
        holds = seat.held or (place > 0 and seat.id == "organ")
        comps = [kind for kind in _COMPS if kind in seat.kinds and kind in kinds]
        kind = "grand" if holds else comps[0] if comps and not seat.mono else None
        asked = msgspec.structs.replace(
            request,
            chair=seat.id,
            kind=kind or choose_kind(seat, kinds),
            hands="right" if place > 0 and not seat.mono and (has_bass or holds) else None,
            focus=None,
        )
        parts.append(Part(resolve_drill(asked, style), holds))
    return tuple(parts)


def _draft_part(part: Part, song: int, style: Style, first: Sequence[Chart]) -> Chart | None:
    """A part that keeps the rules and goes with the first one; None where no draft does."""
    drill = part.drill
    row = fit_level(level(drill.level), drill.keyboard)
    for draft in range(MOST_DRAFTS):
        whole = Whole(song, part.holds)
        chart = draft_chart(drill, style, derive_seed(drill.seed, draft), whole)
        if any(getattr(chart, name) != getattr(each, name) for each in first for name in SHARED):
            continue
        faults = check_chart(chart, style, row)
        if all(fault.detail.startswith(NOTHING_NEW) for fault in faults):
            # Its own code would give it as a chart by itself, over another song.
            return msgspec.structs.replace(chart, drill=msgspec.structs.replace(drill, code=""))
    return None
