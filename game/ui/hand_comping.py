"""From kept takes to a comp by hand, and from the choice to what is heard."""

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
from game.sessions.plan import take_timeline
from game.sessions.splice import read_music
from game.ui.punching import gather_candidates, keep_comp, make_outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from game.notation.page import Page
    from game.sessions.comp import Layer
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

    def listen(self, way: Way) -> str:
        """What is heard of the cuts of a choice, in a line."""
        comp = comp_by_choice(self.music.chart, self.candidates, way)
        if not comp.is_punched:
            return "One take all through: there is no cut."
        return sum_seams(judge_seams(self.music, comp)).line


async def open_desk(game: FirstTakeApp, outcome: Outcome) -> tuple[Desk, Table] | None:
    """Lay the takes of a chart side by side; None where there is only one, which is told."""
    from game.ui.screens.hand_comp import Table  # noqa: PLC0415 - seldom wanted

    candidates = await gather_candidates(game, outcome)
    if candidates is None:
        return None
    chart, level = outcome.chart, outcome.take.level
    style = game.genres.get(outcome.take.style)
    timeline = take_timeline(chart, quarter_bpm=outcome.take.quarter_bpm)

    def lay_out() -> tuple[Desk, Table]:
        music = read_music(chart, timeline=timeline, style=style, level=level)
        desk = Desk(outcome, tuple(candidates), music, style)
        verdicts = tuple(judge_bars_of(music, c, style=style, level=level) for c in candidates)
        best = comp_by_bar(music, candidates, style=style, level=level)
        way = tuple(
            max(
                k
                for k, layer in enumerate(best.layers)
                if layer.region.start_ql <= bar.onset_ql < layer.region.end_ql
            )
            for bar in chart.bars
        )
        sources = [
            next(k for k, c in enumerate(candidates) if c.events is layer.events)
            for layer in best.layers
        ]
        names = tuple(
            f"{'take' if layer.region.end_ql - layer.region.start_ql >= whole else 'punch'} "
            f"{layer.take_id or number}"
            for number, layer in enumerate(candidates, 1)
        )
        bars = tuple(bar.number for bar in chart.bars)
        return desk, Table(names, bars, verdicts, tuple(sources[k] for k in way), desk.listen)

    whole = chart.end_ql - chart.onset_ql
    return await asyncio.to_thread(lay_out)


async def comp_choice(game: FirstTakeApp, desk: Desk, way: Way, page: Page) -> Outcome | None:
    """The comp that was chosen, graded and kept; None where it is one take all through."""
    outcome = desk.outcome
    comp = comp_by_choice(desk.music.chart, desk.candidates, way)
    if not comp.is_punched:
        game.notify(f"Take {comp.layers[0].take_id} all through: that is no comp.")
        return None
    seam = await asyncio.to_thread(lambda: sum_seams(judge_seams(desk.music, comp)))
    made = await make_outcome(comp, outcome, page, desk.music.timeline, desk.style)
    return replace(made, seam=seam, comp_id=await keep_comp(game, comp))


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
            opened = await open_desk(screen.game, outcome)
        except Exception as error:  # noqa: BLE001 - the takes themselves are safe
            screen.game.complain(error, title="No comp could be made")
            return
        if opened is not None and screen.is_attached and screen.game.screen is screen:
            desk, table = opened
            await screen.game.push_screen(HandComp(table), partial(chosen, desk))

    def chosen(desk: Desk, way: Way | None) -> None:
        if way is not None:
            screen.run_worker(finish(desk, way), group="comp", exclusive=True, exit_on_error=False)

    async def finish(desk: Desk, way: Way) -> None:
        made = await comp_choice(screen.game, desk, way, page)
        if made is not None and screen.is_attached:
            await go_on(made)

    screen.run_worker(begin(), group="comp", exclusive=True, exit_on_error=False)
