"""The game with some changes: it plays take after take, and writes down when its frames came.

Run as `python -m game.bench.playing_game REPORT ORDER` in a terminal of its own.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from exercises.drill import DrillRequest
from game import app_factory
from game.bench import playing_engine
from game.bench.playing_facts import Facts, Order
from game.devices.client import EngineProcess
from game.events import STANDING_S, NoteEvent, Underrun
from game.sessions.session import Phase
from game.ui.screens import stage
from game.ui.screens.scorecard import ScorecardScreen
from game.ui.services import Opening

if TYPE_CHECKING:
    from game.events import EngineEvent
    from game.ui.app import FirstTakeApp
    from game.ui.messages import SoundArrived

NS = 1_000_000_000
AHEAD_S = 4.0
"""So often another chart is composed ahead, on top of what the game itself wishes for."""
LOOK_S = 1.0
"""So long a scorecard is looked at."""


FACTS = Facts()
ORDER: list[Order] = []


class MeasuredStage(stage.StageScreen):
    """The stage, looked at."""

    def on_mount(self) -> None:
        """Count the steps beside its own."""
        super().on_mount()
        self._has_begun = False
        self.set_interval(1 / self.polls_per_s, self._count)

    def _count(self) -> None:
        session, now = self._session, time.monotonic_ns()
        if session is None or session.phase is not Phase.PLAYING or self._is_over:
            return
        if not self._has_begun:
            self._has_begun = True
            FACTS.takes += 1
            FACTS.frames.append([])
            self.set_timer(ORDER[0].settle_s, self._begin)
        FACTS.frames[-1].append(now)
        if FACTS.began_ns and now - FACTS.began_ns > ORDER[0].seconds * NS:
            FACTS.ended_ns = now
            FACTS.instrument = " ".join(
                (self.game.status.instrument.player, self.game.status.instrument.bank)
                if self.game.status.instrument
                else ()
            )
            self.app.exit()

    def on_sound_arrived(self, message: SoundArrived) -> None:
        """Count the bands."""
        super().on_sound_arrived(message)
        FACTS.bands += 1

    def _begin(self) -> None:
        FACTS.began_ns = FACTS.began_ns or time.monotonic_ns()

    def hear(self, event: EngineEvent) -> None:
        """Keep the stamps."""
        super().hear(event)
        FACTS.told += isinstance(event, Underrun)
        origin_ns = self.game.services.engine._origin_ns  # type: ignore[attr-defined]  # noqa: SLF001
        if origin_ns is None or not isinstance(event, NoteEvent) or event.kind != "on":
            return
        if event.onset_s > STANDING_S:
            stamp = origin_ns + round(event.onset_s * NS)
            FACTS.stamps.append((event.pitch, event.velocity, stamp))


def play_on(app: FirstTakeApp, order: Order) -> None:
    """The next take after each scorecard; and charts composed ahead all the time."""

    def look() -> None:
        if isinstance(app.screen, ScorecardScreen):
            app.play_drill(drill_of(order, FACTS.takes))

    def compose() -> None:
        if FACTS.began_ns:
            FACTS.composed += 1
            request = DrillRequest(order.style, order.level, bars=16, seed=1000 + FACTS.composed)
            app.orders.prepare(request, app.screen.page_request)  # type: ignore[attr-defined]

    app.set_interval(LOOK_S, look)
    app.set_interval(AHEAD_S, compose)


def drill_of(order: Order, number: int) -> DrillRequest:
    """The chart of a take."""
    return DrillRequest(
        order.style,
        order.level,
        bars=order.bars,
        quarter_bpm=order.quarter_bpm,
        meter="4/4",
        seed=7 + number,
    )


def main() -> None:
    """Play, and write down."""
    report, order = Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Order)
    ORDER.append(order)
    stage.StageScreen = MeasuredStage  # type: ignore[misc]
    measured = partial(EngineProcess, module=playing_engine.__name__)
    setattr(app_factory, "EngineProcess", measured)  # noqa: B010 - a name that it only uses
    app = app_factory.build_app(
        Opening(
            drill=drill_of(order, 0),
            midi_in=order.port,
            audio_backend="jack",
            preview_s=order.preview_s,
        )
    )
    app.call_later(play_on, app, order)
    app.run()
    app.records.close()
    app.services.engine.close()
    app.services.composer.close()
    report.write_bytes(msgspec.json.encode(FACTS))


if __name__ == "__main__":
    main()
