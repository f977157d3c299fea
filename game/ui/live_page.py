"""The printed page under music that does not go as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from game.notation.page import Page, Stretch

if TYPE_CHECKING:
    from game.notation.page import NotePlace, System
    from game.sessions.live.surprise import LiveChart

NEVER = "never:"
"""Before the id of a printed note that does not sound."""


def follow_live(page: Page, live: LiveChart) -> Page:
    """The page with the playhead's road and the noteheads of what really sounds."""
    heads = live.heads
    stretches: list[Stretch] = []
    visits: list[tuple[float, int]] = []
    homes = {
        bar.onset_ql: index for index, system in enumerate(page.systems) for bar in system.bars
    }
    printed_bars, before = live.printed.bars, -2
    for bar, printed in zip(live.sounding.bars, live.follow, strict=True):
        if printed == before:
            # A held bar: the playhead stands at its end.
            continue
        shown = float(printed_bars[printed].onset_ql)
        jumps = printed != before + 1
        if jumps:
            stretches.append(Stretch(float(bar.onset_ql), shown))
        system = homes.get(shown, 0)
        if not visits or visits[-1][1] != system or jumps:
            visits.append((float(bar.onset_ql), system))
        before = printed

    def move(place: NotePlace) -> NotePlace:
        first, *later = heads.get(place.id, (NEVER + place.id,))
        return msgspec.structs.replace(place, id=first, later=tuple(later))

    def relabel(system: System) -> System:
        picture = system.picture
        if picture is not None:
            boxes = tuple(
                msgspec.structs.replace(box, id=heads.get(box.id, (NEVER + box.id,))[0])
                for box in picture.heads
            )
            picture = msgspec.structs.replace(picture, heads=boxes)
        notes = tuple(move(place) for place in system.notes)
        return msgspec.structs.replace(system, notes=notes, picture=picture)

    return Page(
        request=page.request,
        systems=tuple(relabel(system) for system in page.systems),
        stretches=tuple(stretches),
        visits=tuple(visits),
    )
