"""A take heard again in the review: the chart as it should sound, and what was played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from game.events import ClickPlan, LoadTrack, SetMix, Start, Stop
from game.requests import PlayedRequest, SoundRequest
from game.sessions.plan import plan_take, take_timeline
from game.sessions.review import sound_part
from game.ui.backing import HEARD_GAIN, RATE, RINGS_S
from game.ui.engine_settings import mix_of
from game.ui.seating import find_program

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.requests import SoundReady
    from game.take import Take
    from game.ui.screens.game_screen import GameScreen

LEAD_S = 0.05
"""Heard before the place from which it is listened to: a note struck a little early is in it."""
WRITTEN, PLAYED = "written", "played"


class Hearing:
    """Has both rendered, and sounds either from any place, band and click as in the mix."""

    def __init__(self, screen: GameScreen, take: Take, chart: Chart) -> None:
        """Nothing is ordered yet."""
        self._screen = screen
        self._take = take
        self._chart = chart
        self._timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
        self._tickets: dict[int, str] = {}
        self._sounds: dict[str, SoundReady] = {}
        self.heard = ""
        """written, played, or nothing just now."""
        self._has_begun = False

    def order(self) -> None:
        """Have both rendered; without a sound device nothing is."""
        game, take = self._screen.game, self._take
        audio, settings = game.status.audio, game.settings
        if audio is not None and not audio.ok:
            return
        rate = (audio.rate if audio is not None else 0) or RATE
        program = find_program(settings, self._chart.drill.chair)
        written = SoundRequest(
            0, take.chart_json, take.quarter_bpm, rate, program, settings.sound_bank
        )
        chair = chair_of(self._chart.drill.chair)
        keys = sound_part(take.events, chair)
        played = PlayedRequest(0, keys, rate, program, settings.sound_bank, chair.struck)
        for name, order in ((WRITTEN, written), (PLAYED, played)):
            self._tickets[game.orders.order_sound(order, self._screen)] = name

    def take_in(self, sound: SoundReady) -> None:
        """One of them is there."""
        name = self._tickets.pop(sound.ticket, None)
        if name is not None:
            self._sounds[name] = sound

    def toggle(self, name: str, from_ql: float) -> str:
        """Hear one of them from a place on, or stop hearing it; gives a line for the player."""
        if self.heard:
            is_same = self.heard == name
            self.stop()
            if is_same:
                return ""
        audio = self._screen.game.status.audio
        if audio is not None and not audio.ok:
            return "There is no sound device: see first-take doctor."
        sound = self._sounds.get(name)
        if sound is None:
            return "Not rendered yet; a moment."
        self._play(name, sound, from_ql)
        return ""

    def _play(self, name: str, sound: SoundReady, from_ql: float) -> None:
        game, chart = self._screen.game, self._chart
        engine, mix = game.services.engine, mix_of(game.settings)
        start_s = max(self._timeline.seconds_at(from_ql) - LEAD_S, sound.start_s)
        end_s = self._timeline.seconds_at(chart.end_ql) + RINGS_S
        written = self._sounds.get(WRITTEN)
        band = written.band if written is not None else ""
        engine.send(Stop())
        engine.send(LoadTrack("reference", sound.reference, sound.start_s, sound.rate))
        band_start_s = written.start_s if written is not None else 0.0
        engine.send(LoadTrack("band", band, band_start_s, sound.rate))
        engine.send(SetMix(mix.click, mix.band, HEARD_GAIN, mix.keys))
        plan = plan_take(
            chart, quarter_bpm=self._take.quarter_bpm, click=self._take.conditions.click
        )
        clicks = tuple(click for click in plan.clicks if click.onset_s >= max(start_s, 0.0))
        engine.send(ClickPlan(start_s, end_s, clicks, sound=plan.sound, semitones=plan.semitones))
        engine.send(Start())
        self.heard, self._has_begun = name, False

    def position_ql(self) -> float | None:
        """Where the music is, in quarter notes; None while nothing is heard."""
        if not self.heard:
            return None
        now_s = self._screen.game.services.engine.now_s()
        if now_s is None:
            if self._has_begun:
                self.stop()  # it has come to its end
            return None
        self._has_begun = True
        return self._timeline.quarters_at(now_s)

    def stop(self) -> None:
        """Stop; the faders go back to where the player has them."""
        if self.heard:
            self.heard, self._has_begun = "", False
            engine = self._screen.game.services.engine
            engine.send(Stop())
            for name in ("band", "reference"):
                engine.send(LoadTrack(name, ""))
            engine.send(mix_of(self._screen.game.settings))
