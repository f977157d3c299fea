"""From kept takes of a chart to a comp: the best of each bar, or what is chosen by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from game.sessions.best_bars import (
    comp_by_bar,
    comp_by_choice,
    judge_bars_of,
    judge_seams,
    sum_seams,
)
from game.sessions.comp import open_comp
from game.sessions.plan import take_timeline
from game.sessions.splice import read_music
from game.ui.punching import keep_comp, make_outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from game.notation.page import Page
    from game.sessions.comp import Comp, Layer
    from game.sessions.splice import Music
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome
    from game.ui.screens.game_screen import GameScreen
    from game.ui.screens.hand_comp import Table, Way
    from styles.schema import Style


@dataclass(frozen=True)
class Desk:
    """Takes of one chart side by side."""

    outcome: Outcome
    candidates: tuple[Layer, ...]
    music: Music
    style: Style | None

    def choose_best(self) -> Comp:
        """The best of each bar; takes some tenths of a second."""
        level = self.outcome.take.level
        return comp_by_bar(self.music, self.candidates, style=self.style, level=level)

    def choose(self, way: Way) -> Comp:
        """What is chosen by hand."""
        return comp_by_choice(self.music.chart, self.candidates, way)

    def listen(self, way: Way) -> str:
        """What is heard of the cuts of a choice, in a line."""
        comp = self.choose(way)
        if not comp.is_punched:
            return "One take all through: there is no cut."
        return sum_seams(judge_seams(self.music, comp)).line

    def lay_out(self) -> Table:
        """What there is to choose from, the best of each bar chosen."""
        from game.ui.screens.hand_comp import Table  # noqa: PLC0415 - seldom wanted

        chart, level = self.music.chart, self.outcome.take.level
        whole = chart.end_ql - chart.onset_ql
        best = self.choose_best().layers
        sources = [
            next(k for k, c in enumerate(self.candidates) if c.events is layer.events)
            for layer in best
        ]
        way = tuple(
            sources[
                max(
                    k
                    for k, layer in enumerate(best)
                    if layer.region.start_ql <= bar.onset_ql < layer.region.end_ql
                )
            ]
            for bar in chart.bars
        )
        names = tuple(
            f"{'take' if layer.region.end_ql - layer.region.start_ql >= whole else 'punch'} "
            f"{layer.take_id or number}"
            for number, layer in enumerate(self.candidates, 1)
        )
        verdicts = tuple(
            judge_bars_of(self.music, each, style=self.style, level=level)
            for each in self.candidates
        )
        bars = tuple(bar.number for bar in chart.bars)
        return Table(names, bars, verdicts, way, self.listen)


async def open_desk(game: FirstTakeApp, outcome: Outcome) -> Desk | None:
    """All that a comp can be made of: whole takes of the chart, and the punches laid on this one.

    None where there are no two of them, which is told.
    """
    passes = await game.records.load_passes(outcome.take_id)
    chart, take = outcome.chart, outcome.take
    candidates = [
        open_comp(chart, number, each.events).layers[0]
        for number, each in passes
        if each.chart_json == take.chart_json
    ]
    if not candidates:
        candidates = [open_comp(chart, outcome.take_id, take.events).layers[0]]
    candidates += outcome.comp.layers[1:] if outcome.comp else ()
    if len(candidates) < 2:  # noqa: PLR2004 - a comp has two
        game.notify("A comp needs two takes of this chart: play it again first.")
        return None
    style = game.genres.get(take.style)
    timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
    music = await asyncio.to_thread(
        read_music, chart, timeline=timeline, style=style, level=take.level
    )
    return Desk(outcome, tuple(candidates), music, style)


async def keep_choice(game: FirstTakeApp, desk: Desk, comp: Comp, page: Page) -> Outcome:
    """A comp graded and kept, with all that is heard of its cuts."""
    seam = await asyncio.to_thread(lambda: sum_seams(judge_seams(desk.music, comp)))
    made = await make_outcome(comp, desk.outcome, page, desk.music.timeline, desk.style)
    return replace(made, seam=seam, comp_id=await keep_comp(game, comp))


async def comp_takes(game: FirstTakeApp, outcome: Outcome, page: Page) -> Outcome | None:
    """Of all takes of the chart, and the punches laid on this one, the best of each bar.

    None where there are no two takes, or where one is best all through; both are told.
    """
    desk = await open_desk(game, outcome)
    if desk is None:
        return None
    comp = await asyncio.to_thread(desk.choose_best)
    if not comp.is_punched:
        game.notify(f"Take {comp.layers[0].take_id} is the best in every bar.")
        return None
    return await keep_choice(game, desk, comp, page)


def begin_by_hand(
    screen: GameScreen,
    outcome: Outcome,
    page: Page,
    go_on: Callable[[Outcome], Awaitable[None]],
) -> None:
    """Over a screen: choose the take of each bar, and go on with the comp."""

    async def begin() -> None:
        from game.ui.screens.hand_comp import HandComp  # noqa: PLC0415 - seldom wanted

        try:
            desk = await open_desk(screen.game, outcome)
            table = None if desk is None else await asyncio.to_thread(desk.lay_out)
        except Exception as error:  # noqa: BLE001 - the takes themselves are safe
            screen.game.complain(error, title="No comp could be made")
            return
        is_here = screen.is_attached and screen.game.screen is screen
        if desk is not None and table is not None and is_here:
            await screen.game.push_screen(HandComp(table), partial(chosen, desk))

    def chosen(desk: Desk, way: Way | None) -> None:
        if way is not None:
            screen.run_worker(finish(desk, way), group="comp", exclusive=True, exit_on_error=False)

    async def finish(desk: Desk, way: Way) -> None:
        comp = desk.choose(way)
        if not comp.is_punched:
            screen.game.notify(f"Take {comp.layers[0].take_id} all through: that is no comp.")
            return
        made = await keep_choice(screen.game, desk, comp, page)
        if screen.is_attached:
            await go_on(made)

    screen.run_worker(begin(), group="comp", exclusive=True, exit_on_error=False)
