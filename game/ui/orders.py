"""Charts on order: what was asked of the composer, and which answer is whose."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from exercises.keyboards import FULL
from game.requests import ChartReady, SheetReady, SongReady, SoundReady
from game.ui.messages import ChartArrived, ChartFailed, SheetArrived, SongArrived, SoundArrived

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

    from exercises.drill import DrillRequest
    from game.notation.page import PageRequest
    from game.ports import Composer
    from game.requests import ComposerReply, PlayedRequest, SheetRequest, SoundRequest

SEED_BYTES = 4


def with_seed(request: DrillRequest) -> DrillRequest:
    """The same request with a seed, drawn here if it has none."""
    if request.seed is not None:
        return request
    return msgspec.structs.replace(request, seed=int.from_bytes(os.urandom(SEED_BYTES)))


class Orders:
    """Orders charts, and ahead of time the ones that will probably be wanted."""

    def __init__(self, composer: Composer, keys: Callable[[], int]) -> None:
        """`keys` tells how many the player's keyboard has, for requests that leave it open."""
        self._composer = composer
        self._keys = keys
        self._ahead: dict[DrillRequest, tuple[DrillRequest, PageRequest]] = {}
        self._open: dict[int, MessagePump] = {}

    def prepare(self, request: DrillRequest, page: PageRequest) -> None:
        """Have a chart for this request composed ahead, unless it is already."""
        request = self._on_keys(request)
        if request in self._ahead:
            seeded, before = self._ahead[request]
            if before != page:
                self._ahead[request] = (seeded, page)
                self._composer.prefetch(seeded, page)
            return
        # Only the latest wishes are worth the composer's time.
        while len(self._ahead) >= 4:  # noqa: PLR2004
            del self._ahead[next(iter(self._ahead))]
        seeded = with_seed(request)
        self._ahead[request] = (seeded, page)
        self._composer.prefetch(seeded, page)

    def order(self, request: DrillRequest, page: PageRequest, reply_to: MessagePump) -> int:
        """Ask for a chart, the one composed ahead where there is one; gives a ticket.

        The answer comes to `reply_to` as ChartArrived or ChartFailed.
        """
        request = self._on_keys(request)
        seeded, _ = self._ahead.pop(request, (with_seed(request), page))
        return self._remember(self._composer.request(seeded, page), reply_to)

    def order_page(self, chart_json: bytes, page: PageRequest, reply_to: MessagePump) -> int:
        """Ask for another engraving of a chart; gives a ticket."""
        return self._remember(self._composer.request_page(chart_json, page), reply_to)

    def order_sound(self, order: SoundRequest | PlayedRequest, reply_to: MessagePump) -> int:
        """Ask for a chart's reference and band, or for played keys; gives a ticket.

        SoundArrived is the answer.
        """
        return self._remember(self._composer.request_sound(order), reply_to)

    def order_sheet(self, order: SheetRequest, reply_to: MessagePump) -> int:
        """Ask for the sheet of a graded take; gives a ticket. SheetArrived is the answer."""
        return self._remember(self._composer.request_sheet(order), reply_to)

    def order_revision(
        self, chart_json: bytes, seed: int, page: PageRequest, reply_to: MessagePump
    ) -> int:
        """Ask for a chart changed as a producer might wish; gives a ticket."""
        return self._remember(self._composer.request_revision(chart_json, seed, page), reply_to)

    def order_song(
        self, drill: DrillRequest, chairs: tuple[str, ...], reply_to: MessagePump
    ) -> int:
        """Ask for a song, a chart for each chair; gives a ticket. SongArrived is the answer."""
        return self._remember(self._composer.request_song(self._on_keys(drill), chairs), reply_to)

    def deliver(self, at_once: int | None = None) -> ChartArrived | None:
        """Hand out the answers since the last call.

        Args:
            at_once: a ticket whose chart is given here if it is there, instead of by a message: a
                screen that has it before its first painting is painted once.
        """
        found = None
        for reply in self._composer.poll():
            reply_to = self._open.pop(reply.ticket, None)
            if reply_to is None:
                continue
            message = _read(reply)
            if reply.ticket == at_once and isinstance(message, ChartArrived):
                found = message
            else:
                reply_to.post_message(message)
        return found

    def _on_keys(self, request: DrillRequest) -> DrillRequest:
        """The request for the player's keyboard, where it names none and that is a small one."""
        keys = self._keys()
        if request.keyboard is not None or keys == FULL:
            return request
        return msgspec.structs.replace(request, keyboard=keys)

    def _remember(self, ticket: int, reply_to: MessagePump) -> int:
        self._open[ticket] = reply_to
        return ticket


def _read(
    reply: ComposerReply,
) -> ChartArrived | ChartFailed | SongArrived | SoundArrived | SheetArrived:
    if isinstance(reply, SongReady):
        return SongArrived(reply.ticket, reply.charts)
    if isinstance(reply, SoundReady):
        return SoundArrived(reply)
    if isinstance(reply, SheetReady):
        return SheetArrived(reply.ticket, reply.data)
    if not isinstance(reply, ChartReady):
        return ChartFailed(reply.ticket, reply.detail)
    from exercises.chart import ComposeError, read_chart_json  # noqa: PLC0415 - after the first frame

    try:
        chart = read_chart_json(reply.chart_json)
    except ComposeError as error:
        return ChartFailed(reply.ticket, str(error))
    return ChartArrived(reply.ticket, chart, reply.chart_json, reply.page, reply.wish)
