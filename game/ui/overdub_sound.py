"""All parts of a song heard together with the band, at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.chart import read_chart_json
from game.events import ClickPlan, LoadTrack, Start, Stop
from game.requests import SoundRequest
from game.sessions.plan import take_timeline
from game.ui.backing import RATE, RINGS_S, TRACKS
from game.ui.engine_settings import mix_of

if TYPE_CHECKING:
    from game.requests import SoundReady
    from game.ui.overdub_course import Desk
    from game.ui.screens.game_screen import GameScreen


class MixPlayer:
    """Has a mix rendered and plays it."""

    def __init__(self, screen: GameScreen) -> None:
        """Nothing is ordered yet."""
        self._screen = screen
        self._ticket: int | None = None
        self._end_s = 0.0
        self._plays = False
        self._sounds = False

    def toggle(self, desk: Desk) -> str:
        """Hear the mix, or stop hearing it; gives a line for the player."""
        if self._plays or self._ticket is not None:
            self.stop()
            return "Stopped."
        game = self._screen.game
        audio = game.status.audio
        if audio is not None and not audio.ok:
            return "There is no sound device: see first-take doctor."
        chart_json = desk.pile.tracks[0].chart_json
        chart = read_chart_json(chart_json)
        tempo = chart.drill.quarter_bpm
        self._end_s = take_timeline(chart, quarter_bpm=tempo).seconds_at(chart.end_ql) + RINGS_S
        order = SoundRequest(
            ticket=0,
            chart_json=chart_json,
            quarter_bpm=tempo,
            rate=(audio.rate if audio is not None else 0) or RATE,
            bank=game.settings.sound_bank,
            over=desk.under(),
        )
        self._ticket = game.orders.order_sound(order, self._screen)
        return "All parts together; v stops."

    def take_in(self, sound: SoundReady) -> None:
        """The mix is rendered: it plays."""
        if sound.ticket != self._ticket:
            return
        self._ticket = None
        game = self._screen.game
        engine = game.services.engine
        engine.send(Stop())
        for name in TRACKS:
            engine.send(LoadTrack(name, getattr(sound, name), sound.start_s, sound.rate))
        # A part is heard for itself here, so the chart as it should sound is not.
        engine.send(msgspec.structs.replace(mix_of(game.settings), click=0.0, reference=0.0))
        engine.send(ClickPlan(start_s=sound.start_s, end_s=self._end_s, clicks=()))
        engine.send(Start())
        self._plays, self._sounds = True, False

    def follow(self) -> None:
        """Whether it has come to its end."""
        if not self._plays:
            return
        now_s = self._screen.game.services.engine.now_s()
        if now_s is None and self._sounds:
            self.stop()
        self._sounds = now_s is not None

    def stop(self) -> None:
        """Stop; the faders go back to where the player has them."""
        self._ticket = None
        if not self._plays:
            return
        self._plays = self._sounds = False
        engine = self._screen.game.services.engine
        engine.send(Stop())
        for name in TRACKS:
            engine.send(LoadTrack(name, ""))
        engine.send(mix_of(self._screen.game.settings))
