"""The latency that is taken off now: that of the sound device and keyboard that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.events import SetLatency
from game.settings import find_calibration

if TYPE_CHECKING:
    from game.ports import Engine
    from game.settings import Calibration, Settings
    from game.ui.app import FirstTakeApp
    from game.ui.status import Status

LOOK_BACK = 5
"""Takes to look through for each that is wanted: one made with the latency that holds now."""
NOT_MEASURED = "not measured"


class Latency:
    """Follows devices and settings, and keeps the engine told."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is taken off until a calibration fits what is open."""
        self._engine = engine
        self._audio: str | None = None
        self._keyboard: str | None = None
        self.calibration: Calibration | None = None

    @property
    def ms(self) -> float:
        """Milliseconds taken off every stamp of the keyboard."""
        return 0.0 if self.calibration is None else self.calibration.latency_ms

    def follow(self, settings: Settings, status: Status) -> None:
        """Look again; the engine is told where it has changed.

        While a device is away its latency holds: it comes back, and one take has one latency.
        """
        if status.audio is not None and status.audio.ok:
            self._audio = status.audio.name
        self._keyboard = status.keyboard or self._keyboard
        found = find_calibration(settings, self._audio, self._keyboard)
        before, self.calibration = self.ms, found
        if self.ms != before:
            self._engine.send(SetLatency(self.ms))

    def suspend(self) -> None:
        """Take nothing off while it is measured; `resume` when that is over."""
        self._engine.send(SetLatency(0.0))

    def resume(self) -> None:
        """Take off again what holds."""
        self._engine.send(SetLatency(self.ms))

    @property
    def line(self) -> str:
        """What is taken off, in words."""
        one = self.calibration
        if one is None:
            return NOT_MEASURED
        by = "" if one.by == "taps" else f"; by {one.by}"
        return f"{one.latency_ms:.0f} ms taken off ({one.audio}, {one.midi}{by})"


async def find_hint(game: FirstTakeApp) -> str:
    """What to say where the last takes of a steady player all lean the same way; else nothing."""
    from exercises.feels import POCKETS_MS  # noqa: PLC0415 - as above
    from game.sessions.lean import TAKES, find_lean, say_lean  # noqa: PLC0415 - after a take
    from styles.feel import pocket_ms  # noqa: PLC0415 - as above

    try:
        times = await game.records.list_times(LOOK_BACK * TAKES)
    except Exception as error:  # noqa: BLE001 - a hint is not worth an alarm
        game.log(error)
        return ""
    leans = []
    for time in times:
        if time.latency_ms == game.latency.ms:
            style = game.genres.get(time.style)
            own = pocket_ms(style.feel if style else None, time.quarter_bpm)
            # Who is asked to lay back does, and that is no latency.
            early, late = POCKETS_MS.get(time.pocket, own)
            leans.append((time.bias_ms - (early + late) / 2, time.spread_ms))
    lean = find_lean(leans)
    return "" if lean is None else say_lean(lean)
