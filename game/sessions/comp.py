"""A comp: one performance put together from several takes of a chart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from game.sessions.seam import Seam, judge_seam
from game.sessions.splice import read_music, splice
from game.take import CompPart, Region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.sessions.splice import Music
    from styles.schema import Style


@dataclass(frozen=True)
class Layer:
    """A take and where it is heard; what lies under it is covered there."""

    take_id: int | None
    """None where takes are not kept."""
    events: tuple[NoteEvent, ...]
    region: Region


@dataclass(frozen=True)
class Comp:
    """Layers from the lowest up; the lowest is a whole pass."""

    layers: tuple[Layer, ...]

    def punch(self, layer: Layer) -> Comp:
        """With another layer on top."""
        return replace(self, layers=(*self.layers, layer))

    def undo(self) -> Comp:
        """Without the topmost layer; the lowest stays."""
        return replace(self, layers=self.layers[:-1]) if len(self.layers) > 1 else self

    @property
    def is_punched(self) -> bool:
        """Whether it is more than one take."""
        return len(self.layers) > 1

    @property
    def parts(self) -> tuple[CompPart, ...]:
        """Its sources by number; empty where one of them is not kept."""
        parts = tuple(
            CompPart(layer.take_id, layer.region)
            for layer in self.layers
            if layer.take_id is not None
        )
        return parts if len(parts) == len(self.layers) else ()

    @property
    def sources(self) -> tuple[int, ...]:
        """The numbers of the takes in it, each once, in order of the layers."""
        return tuple(dict.fromkeys(part.take_id for part in self.parts))


def open_comp(chart: Chart, take_id: int | None, events: Iterable[NoteEvent]) -> Comp:
    """A comp of one whole pass."""
    whole = Region(chart.onset_ql, chart.end_ql)
    return Comp((Layer(take_id, tuple(events), whole),))


@dataclass(frozen=True)
class Assembly:
    """What is heard of a comp."""

    events: tuple[NoteEvent, ...]
    seams: tuple[Seam, ...]
    """Of each layer above the lowest, judged as it was laid on what was there."""


def assemble(
    comp: Comp, chart: Chart, *, timeline: Timeline, style: Style | None, level: int
) -> Assembly:
    """Lay a comp's layers over each other, and judge every seam.

    Args:
        comp: whose layers are takes of this chart at this tempo.
        chart: what is played.
        timeline: the click of all its takes.
        style: whose feel is played to; None for own material.
        level: 1 and up.

    """
    return lay_over(comp, read_music(chart, timeline=timeline, style=style, level=level))


def lay_over(comp: Comp, music: Music) -> Assembly:
    """The same with the music read already."""
    events = comp.layers[0].events
    seams = []
    for layer in comp.layers[1:]:
        spliced = splice(music, events, layer.events, layer.region)
        seams.append(judge_seam(music, spliced, layer.region))
        events = spliced.events
    return Assembly(events, tuple(seams))
