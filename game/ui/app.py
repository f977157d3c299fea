"""The app: opens the world behind the first frame, passes on what it says, and changes screens."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from game.ui.dressed_app import DressedApp
from game.ui.engine_settings import AT_FIRST, tell_engine
from game.ui.genres import read_styles, say_style
from game.ui.latency import Latency
from game.ui.messages import EngineSpoke, HistoryChanged, StatusChanged
from game.ui.orders import Orders
from game.ui.records import Records
from game.ui.screens.game_screen import GameScreen
from game.ui.screens.home import HomeScreen
from game.ui.status import Status, news_of

if TYPE_CHECKING:
    from textual.screen import Screen

    from exercises.drill import DrillRequest
    from game.take import TakeSummary
    from game.ui.services import Services
    from styles.schema import Style

EXIT_AFTER_FRAME = "FIRST_TAKE_EXIT_AFTER_FRAME"
"""Set in the environment, the game leaves once its first frame is painted: start-up is measured
so, against a blank Textual app that does the same."""


class FirstTakeApp(DressedApp):
    """The game."""

    TITLE = "First Take"
    CSS: ClassVar[str] = "Toast { max-width: 64; }"

    def __init__(self, services: Services) -> None:
        """Show the home screen; nothing else is opened before it is painted."""
        super().__init__()
        self.services = services
        self.opening = services.opening
        self._own_settings = services.settings
        self.settings = services.opening.apply_to(services.settings)
        self.status = Status()
        self.latency = Latency(services.engine)
        self.genres: dict[str, Style] = {}
        self.takes: list[TakeSummary] = []
        self.is_ready = False
        self.orders = Orders(services.composer, lambda: self.settings.keyboard)
        self.records = Records(services.open_archive, services.journal, services.read_player)

    def get_default_screen(self) -> Screen[Any]:
        """The home screen lies under all others."""
        return HomeScreen()

    def on_mount(self) -> None:
        """Paint first, open afterwards."""
        self._apply_looks()
        self.call_after_refresh(self.ask_terminal)
        if os.environ.get(EXIT_AFTER_FRAME):
            self.call_after_refresh(self.exit)
            return
        self.call_after_refresh(self.run_worker, self._open(), name="opening", exit_on_error=False)

    async def _open(self) -> None:
        """Start the processes, read styles and archive; what fails is told in a line."""
        for open_process in (self._open_engine, self.services.composer.open):
            try:
                await asyncio.to_thread(open_process)
            except Exception as error:  # noqa: BLE001 - whatever it is, the screen goes on
                self.complain(error)
        await asyncio.gather(read_styles(self), self.read_archive())
        self.apply_settings()
        self.is_ready = True
        self._tell_all(HistoryChanged())
        if self.opening.chart_json is not None:
            self.play_chart(self.opening.chart_json)
        elif self.opening.drill is not None:
            self.play_drill(self.opening.drill)
        elif self.opening.plays_suggestion and isinstance(self.screen, HomeScreen):
            self.screen.action_play()

    def _open_engine(self) -> None:
        """A note does not wait for the next frame to be heard: the engine's reader says so."""
        self.services.engine.open(lambda: self.post_message(EngineSpoke()))

    async def read_archive(self) -> None:
        """Open the archive of who plays; what cannot be read is told in a line."""
        self._own_settings, self.takes = self.services.settings, []
        try:
            self._own_settings, self.takes = await self.records.open()
        except Exception as error:  # noqa: BLE001 - whatever it is, play goes on
            self.complain(error, title="Takes are not kept")
        self.settings = self.opening.apply_to(self._own_settings)

    # -- what goes on while it is open

    def on_engine_spoke(self) -> None:
        """Let the screen hear at once."""
        if isinstance(self.screen, GameScreen):
            self.screen.listen()

    def poll(self, screen: GameScreen) -> None:
        """Pass on what engine and composer have said since the last call."""
        before = self.status
        for event in self.services.engine.poll():
            news = news_of(event, self.status, wants_sound=self.settings.audio_backend != "none")
            self.status = self.status.after(event)
            screen.hear(event)
            if news is not None:
                screen.tell(*news)
        self.orders.deliver()
        if self.status != before:
            self.latency.follow(self.settings, self.status)
            self._tell_all(StatusChanged())

    def complain(self, error: Exception, title: str = "") -> None:
        """One line for what went wrong; the log has the rest."""
        self.log.error(error)
        words = " ".join(str(error).split()) or type(error).__name__
        self.notify(words, title=title, severity="error", timeout=8, markup=False)

    async def reread_takes(self) -> None:
        """Read the list of takes again after one has been kept."""
        try:
            self.takes = await self.records.list_takes()
        except Exception as error:  # noqa: BLE001 - whatever it is, play goes on
            self.complain(error)
        self._tell_all(HistoryChanged())

    # -- settings

    def change_settings(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Settings
        """Change settings by name, apply them and keep them."""
        self._own_settings = msgspec.structs.replace(self._own_settings, **changes)
        self.settings = msgspec.structs.replace(self.settings, **changes)
        self.apply_settings(*changes)
        self.run_worker(self._keep_settings(), group="settings", exclusive=False)

    async def _keep_settings(self) -> None:
        try:
            await self.records.save_settings(self._own_settings)
        except Exception as error:  # noqa: BLE001 - whatever it is, play goes on
            self.complain(error, title="Settings are not kept")

    def apply_settings(self, *changes: str) -> None:
        """Let settings hold that have been changed, by name; all of them where none is named."""
        self._apply_looks()
        tell_engine(self.services.engine, self.settings, *(changes or AT_FIRST))
        self.latency.follow(self.settings, self.status)

    def _apply_looks(self) -> None:
        self.draw_as(self.settings.drawing)
        self.dress(self.settings.theme, reduced_motion=self.settings.reduced_motion)

    # -- screens

    def show(self, screen: Screen[Any]) -> None:
        """Show a screen over the home screen, in place of any other."""
        if self.is_leaving:
            return
        while len(self.screen_stack) > 2:  # noqa: PLR2004 - home and one other
            self.pop_screen()
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def go_home(self) -> None:
        """Back to the home screen."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def play_drill(self, drill: DrillRequest) -> None:
        """To the stage with a new chart."""
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - not before the first frame

        self.show(StageScreen(drill=drill))

    def play_chart(self, chart_json: bytes) -> None:
        """To the stage with a chart that is known."""
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - not before the first frame

        self.show(StageScreen(chart_json=chart_json))

    def style_name(self, style_id: str) -> str:
        """A style's name as the player reads it."""
        return say_style(self.genres, style_id)

    def _tell_all(self, message: StatusChanged | HistoryChanged) -> None:
        for screen in self.screen_stack:
            screen.post_message(type(message)())
