"""What the composer process does with a request: compose, engrave, answer."""

from __future__ import annotations

import logging
from collections import OrderedDict

import msgspec

from exercises.chart import Chart, ComposeError, read_chart_json, write_chart_json
from exercises.compose.chart import compose_chart
from exercises.compose.song import compose_song
from exercises.drill import DrillRequest
from exercises.musicxml import write_musicxml
from exercises.request import resolve_drill
from exercises.revisions.revision import revise, say_revision
from exercises.revisions.wishes import list_wishes
from game.complaints import nearest
from game.composer.sounding import render_played, render_sound
from game.notation.engrave import engrave
from game.notation.page import PageRequest
from game.places import user_packs_folder
from game.requests import (
    ChartReady,
    ComposeFailed,
    ComposeRequest,
    ComposerReply,
    ComposerRequest,
    PlayedRequest,
    ReviseRequest,
    SheetReady,
    SheetRequest,
    SongReady,
    SongRequest,
    SoundReady,
    SoundRequest,
)
from game.sheet import write_sheet
from styles.loader import load_styles
from styles.schema import Style, StyleError

KEPT_ANSWERS = 16
"""Answers kept in case that the same is asked again: a prefetch that someone now waits for."""
WARM_LEVEL = 1
WARM_COLUMNS = 80

log = logging.getLogger("game.composer")


class Workshop:
    """The styles, and the answers of late."""

    def __init__(self) -> None:
        """Load the styles, the player's own with them."""
        loaded = load_styles(user_packs_folder())
        for fault in loaded.faults:
            log.warning("style pack: %s", fault)
        self._styles = loaded.styles
        self._answers: OrderedDict[bytes, ChartReady] = OrderedDict()
        self._written: OrderedDict[bytes, bytes] = OrderedDict()
        """MusicXML by the chart's JSON: a window that is dragged asks for many widths of one."""

    def answer(self, request: ComposerRequest) -> ComposerReply:
        """Do one request. Whatever goes wrong becomes one line for the player."""
        try:
            return self._do(request)
        except (ComposeError, StyleError) as error:
            return ComposeFailed(request.ticket, " ".join(str(error).split()))
        except Exception as error:
            log.exception("request %s failed", request.ticket)
            detail = " ".join(f"{type(error).__name__}: {error}".split())
            return ComposeFailed(request.ticket, f"the chart could not be made ({detail})")

    def warm_up(self) -> None:
        """Compose and engrave a small chart, so that the first that is asked for is quick."""
        for name in self._styles:
            drill = DrillRequest(style=name, level=WARM_LEVEL, seed=0)
            self.answer(ComposeRequest(0, drill, PageRequest(WARM_COLUMNS)))
            return

    def _do(self, request: ComposerRequest) -> ChartReady | SongReady | SoundReady | SheetReady:
        if isinstance(request, SongRequest):
            return self._compose_song(request)
        if isinstance(request, SoundRequest | PlayedRequest):
            return self._render(request)
        if isinstance(request, SheetRequest):
            chart = read_chart_json(request.chart_json)
            data = write_sheet(
                chart, request.marks, request.extras, request.form, title=request.title
            )
            return SheetReady(request.ticket, data)
        if isinstance(request, ReviseRequest):
            return self._revise(request)
        if not isinstance(request, ComposeRequest):
            chart = read_chart_json(request.chart_json)
            return self._engrave(request.ticket, chart, request.page, request.chart_json, 0)
        key = msgspec.msgpack.encode((request.drill, request.page))
        kept = self._answers.pop(key, None)
        if kept is None:
            style = self._style(request.drill.style)
            composition = compose_chart(resolve_drill(request.drill, style), style)
            chart = composition.chart
            json = write_chart_json(chart)
            kept = self._engrave(request.ticket, chart, request.page, json, composition.rejections)
        self._answers[key] = kept
        while len(self._answers) > KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return msgspec.structs.replace(kept, ticket=request.ticket)

    def _compose_song(self, request: SongRequest) -> SongReady:
        style = self._style(request.drill.style)
        song = compose_song(request.drill, request.chairs, style)
        return SongReady(request.ticket, tuple(write_chart_json(chart) for chart in song))

    def _render(self, request: SoundRequest | PlayedRequest) -> SoundReady:
        if isinstance(request, PlayedRequest):
            return render_played(request)
        chart = read_chart_json(request.chart_json)
        return render_sound(request, chart, self._styles.get(chart.drill.style))

    def _revise(self, request: ReviseRequest) -> ChartReady:
        chart = read_chart_json(request.chart_json)
        style = self._styles.get(chart.drill.written_in or chart.drill.style)
        for wish in list_wishes(chart, request.seed, self._styles):
            groove = self._styles.get(wish.style or chart.drill.style)
            try:
                changed, is_harder = revise(chart, wish, style, groove)
            except ComposeError as error:
                log.info("no wish: %s", error)
                continue
            json = write_chart_json(changed)
            ready = self._engrave(request.ticket, changed, request.page, json, 0)
            said = say_revision(wish) + (", harder" if is_harder else "")
            return msgspec.structs.replace(ready, wish=said)
        raise ComposeError("nothing in this chart can be changed: play another")

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            raise StyleError(f"there is no style {name!r}{nearest(name, self._styles)}")
        return self._styles[name]

    def _engrave(
        self, ticket: int, chart: Chart, page: PageRequest, chart_json: bytes, rejections: int
    ) -> ChartReady:
        musicxml = self._written.pop(chart_json, None) or write_musicxml(chart)
        self._written[chart_json] = musicxml
        while len(self._written) > KEPT_ANSWERS:
            self._written.popitem(last=False)
        return ChartReady(ticket, chart_json, engrave(musicxml, chart, page), rejections)
