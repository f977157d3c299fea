"""What the composer process is asked, and what it answers."""

from __future__ import annotations

import msgspec

from exercises.drill import DrillRequest
from game.notation.page import Page, PageRequest


class ComposeRequest(msgspec.Struct, frozen=True, tag=True):
    """Compose a chart and engrave it. A request without a seed must have been given one."""

    ticket: int
    drill: DrillRequest
    page: PageRequest
    ahead: bool = False
    """Nobody waits for it yet: whatever is waited for goes first."""


class EngraveRequest(msgspec.Struct, frozen=True, tag=True):
    """Engrave a chart that is known."""

    ticket: int
    chart_json: bytes
    page: PageRequest


ComposerRequest = ComposeRequest | EngraveRequest


class ChartReady(msgspec.Struct, frozen=True, tag=True):
    """A chart (as its JSON) and its page."""

    ticket: int
    chart_json: bytes
    page: Page
    rejections: int = 0
    """How many drafts failed the hard checks before this one passed."""


class ComposeFailed(msgspec.Struct, frozen=True, tag=True):
    """It could not be done; `detail` is one line for the player."""

    ticket: int
    detail: str


ComposerReply = ChartReady | ComposeFailed
