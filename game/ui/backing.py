"""What sounds beside the click at the stage: the band, and the chart as it should sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.chart import write_chart_json
from game.events import ClickPlan, LoadTrack, Start, Stop
from game.requests import SoundRequest
from game.ui.engine_settings import mix_of
from game.ui.seating import find_program, sit_down, stand_up

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.requests import Overdubbed, SoundReady
    from game.sessions.session import TakeSession
    from game.ui.course import Course
    from game.ui.score.view import ScoreView
    from game.ui.screens.game_screen import GameScreen

TRACKS = ("reference", "band", "parts")
HEARD_GAIN = 0.8
"""Of the reference while the chart is listened to."""
RATE = 48_000
"""Rendered at, until the device has said how it runs."""
RINGS_S = 1.5
"""After the last bar of a chart that is listened to."""


class Backing:
    """Orders the tracks of a chart while it is looked through, and loads them when they come."""

    def __init__(self, screen: GameScreen) -> None:
        """Nothing is ordered yet."""
        self._screen = screen
        self._ticket: int | None = None
        self._sound: SoundReady | None = None
        self.listens = False
        """Whether the chart is being listened to just now."""
        self._sounds = False
        self._is_seated = False
        self.was_heard = False
        """Whether the chart was listened to, or is heard under the take."""

    def prepare(
        self, course: Course, chart: Chart, chart_json: bytes | None, session: TakeSession
    ) -> None:
        """A take begins to be looked through: its chair, and what sounds beside it.

        Args:
            course: may ask for another music than the chart's, or for none.
            chart: that is shown, ...
            chart_json: ... as JSON, where that is there already.
            session: its take.
        """
        sounding = course.sounding(chart, session)
        if sounding is None:
            self.clear()
        else:
            json = chart_json if sounding is chart else None
            self.order(sounding, json, session.quarter_bpm, course.over)
        self._is_seated = sit_down(self._screen.game, session.chart.drill.chair)

    def order(
        self,
        chart: Chart,
        chart_json: bytes | None,
        quarter_bpm: float,
        over: Overdubbed | None = None,
    ) -> None:
        """Have band and reference rendered; the last chart's are taken away."""
        game = self._screen.game
        audio, settings = game.status.audio, game.settings
        self.clear()
        self.was_heard = False
        if audio is not None and not audio.ok:
            return
        order = SoundRequest(
            ticket=0,
            chart_json=chart_json or write_chart_json(chart),
            quarter_bpm=quarter_bpm,
            rate=(audio.rate if audio is not None else 0) or RATE,
            program=find_program(settings, chart.drill.chair),
            bank=settings.sound_bank,
            stops_at_bar=settings.band_stops_at,
            over=over,
        )
        self._ticket = game.orders.order_sound(order, self._screen)

    def take_in(self, sound: SoundReady) -> None:
        """The tracks are there."""
        if sound.ticket != self._ticket:
            return
        self._sound = sound
        engine = self._screen.game.services.engine
        for name in TRACKS:
            engine.send(LoadTrack(name, getattr(sound, name), sound.start_s, sound.rate))

    def clear(self) -> None:
        """Take the tracks away: they belong to one chart, and to no test or calibration after."""
        self.stop()
        if self._is_seated:
            self._is_seated = False
            stand_up(self._screen.game)
        self._ticket = self._sound = None
        for name in TRACKS:
            self._screen.game.services.engine.send(LoadTrack(name, ""))

    def toggle(self, session: TakeSession) -> str:
        """Hear the chart once, or stop hearing it; gives a line for the player."""
        if self.listens:
            self.stop()
            return "Space starts sooner"
        if self._sound is None:
            return "not rendered yet; a moment"
        engine, mix = self._screen.game.services.engine, mix_of(self._screen.game.settings)
        self.listens = self.was_heard = True
        engine.send(msgspec.structs.replace(mix, click=0.0, reference=HEARD_GAIN))
        end_s = session.timeline.seconds_at(session.chart.end_ql) + RINGS_S
        engine.send(ClickPlan(start_s=self._sound.start_s, end_s=end_s, clicks=()))
        engine.send(Start())
        return "heard, so not at sight; Tab stops"

    def follow(self, session: TakeSession, score: ScoreView) -> None:
        """Move the playhead while the chart is listened to."""
        if not self.listens:
            return
        now_s = self._screen.game.services.engine.now_s()
        score.position_ql = None if now_s is None else session.timeline.quarters_at(now_s)
        if now_s is None and self._sounds:
            self.stop()  # it has come to its end
        self._sounds = now_s is not None

    def begin_take(self) -> None:
        """The take begins, with the guide under it where its fader is up."""
        self.stop()
        guides = self._sound is not None and self._screen.game.settings.guide_volume > 0
        self.was_heard = self.was_heard or guides

    def stop(self) -> None:
        """Stop listening; the faders go back to where the player has them."""
        if self.listens:
            self.listens = self._sounds = False
            engine = self._screen.game.services.engine
            engine.send(Stop())
            engine.send(mix_of(self._screen.game.settings))

    def step_click_volume(self, by: int) -> str:
        """The click louder or softer by tenths, in a take too; gives a line for the player."""
        game = self._screen.game
        volume = min(10, max(0, round(game.settings.click_volume * 10) + by))
        game.change_settings(click_volume=volume / 10)
        return f"click {volume * 10} %"
