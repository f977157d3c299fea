"""Songs of a live set on the stage: cues, one pass each, and the room."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from exercises.passes import bar_index
from game.coach.runs import describe_played
from game.events import PERFORMER
from game.sessions.live.surprise import stage_chart
from game.ui.live_page import follow_live
from game.ui.run_course import RunCourse

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.drill import DrillRequest
    from game.notation.page import Page
    from game.sessions.live.gig import Gig
    from game.sessions.live.surprise import LiveChart
    from game.sessions.session import TakeSession
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome
    from styles.schema import Style


class LiveCourse(RunCourse):
    """A set on its way through the stage."""

    _live: LiveChart | None = None

    @property
    def gig(self) -> Gig:
        """The set as it stands."""
        return cast("Gig", self.run)

    def open_session(self, game: FirstTakeApp, chart: Chart, style: Style | None) -> TakeSession:
        """The song as it will really go."""
        turn = self.gig.turn
        seed = turn.request.seed if turn is not None and turn.request.seed is not None else 0
        self._live = stage_chart(chart, self.gig.kinds, seed)
        return super().open_session(game, self._live.sounding, style)

    def sounding(self, chart: Chart, session: TakeSession) -> Chart | None:
        """The band goes where the music goes."""
        del chart
        return session.chart

    @property
    def can_be_heard(self) -> bool:
        """Nobody knows beforehand how it will go."""
        return False

    def lay_out(self, page: Page) -> Page:
        """The printed page, its playhead on the road that the music takes."""
        return page if self._live is None else follow_live(page, self._live)

    @property
    def counts_when_left(self) -> bool:
        """There is no second try."""
        return True

    @property
    def news(self) -> str:
        """The song, and the room."""
        number = len(self.gig.songs) + 1
        return f"Song {number} of {self.gig.size}  ·  the room {self.gig.crowd:.0f}"

    def say_where(self, session: TakeSession) -> str:
        """The printed bar, and the cue where one is given."""
        live = self._live
        if live is None or session.bar is None:
            return super().say_where(session)
        at = bar_index(session.chart.bars, session.bar.onset_ql)
        cue = live.cue_at(at)
        if cue:
            return f"▶ {cue}"
        higher = any(each.kind == "up" and each.first <= at for each in live.surprises)
        where = f"Bar {live.printed.bars[live.follow[at]].number}"
        return f"{where}, half-step up" if higher else where

    def ahead(self, drill: DrillRequest | None) -> DrillRequest | None:
        """The next song."""
        del drill
        return self.gig.request_at(len(self.gig.songs) + 1)

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """The next song, or the end of the set."""
        del drill
        take, live = outcome.take, self._live
        seconds = float(outcome.chart.end_ql) * 60.0 / take.quarter_bpm
        whole = take.ended == "finished"
        played = describe_played(outcome.chart, outcome.scorecard, seconds=seconds, is_whole=whole)
        elapsed_s = game.services.clock() - self.since
        if live is None:
            gig = self.gig.after(played, elapsed_s)
        else:
            gig = self.gig.after_song(played, outcome.scorecard, live, elapsed_s)
        await self.play_on(game, gig, outcome)

    async def go_without(self, game: FirstTakeApp, detail: str) -> None:
        """The band calls another song."""
        gig = self.gig.replace_song()
        if gig == self.gig:
            await super().go_without(game, detail)
            return
        game.notify("They have no chart of that song: the band calls another.", markup=False)
        await self.play_other(game, gig)

    async def play_other(self, game: FirstTakeApp, gig: Gig) -> None:
        """On with another song in its place."""
        course = LiveCourse(gig, self.since, self.started_at, by_player=self.by_player)
        await course.next(game)

    async def play_on(self, game: FirstTakeApp, gig: Gig, outcome: Outcome) -> None:
        """On with the set as it stands now."""
        by_player = self.by_player and outcome.take.source != PERFORMER
        await LiveCourse(gig, self.since, self.started_at, by_player=by_player).next(game)


async def begin_set(game: FirstTakeApp, gig: Gig) -> None:
    """To the stage with the first song of a set."""
    started_at = datetime.now().astimezone().isoformat(timespec="seconds")
    await LiveCourse(gig, game.services.clock(), started_at).next(game)
