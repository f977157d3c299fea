"""What the parts of the screen tell each other, one line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.notation.page import Page
    from game.requests import SoundReady


@dataclass(eq=False, repr=False)
class ChartArrived(Message, bubble=False):
    """A chart that was asked for is there, with its page."""

    ticket: int
    chart: Chart
    chart_json: bytes
    page: Page
    wish: str = ""
    """Of a revision: what was wished for."""


@dataclass(eq=False, repr=False)
class ChartFailed(Message, bubble=False):
    """A chart that was asked for could not be made."""

    ticket: int
    detail: str


@dataclass(eq=False, repr=False)
class SongArrived(Message, bubble=False):
    """The charts of a song are written, one for each chair."""

    ticket: int
    charts: tuple[bytes, ...]


@dataclass(eq=False, repr=False)
class SoundArrived(Message, bubble=False):
    """Reference and band of a chart are rendered."""

    sound: SoundReady


@dataclass(eq=False, repr=False)
class SheetArrived(Message, bubble=False):
    """The sheet of a graded take is drawn."""

    ticket: int
    data: bytes


class EngineSpoke(Message, bubble=False):
    """The engine has events to poll; one message stands for all that have come since."""

    def can_replace(self, message: Message) -> bool:
        """Floods fold into one."""
        return isinstance(message, EngineSpoke)


class StatusChanged(Message, bubble=False):
    """A keyboard came or went, or the sound did."""


class HistoryChanged(Message, bubble=False):
    """The player's takes, settings or styles have been read or have changed."""
