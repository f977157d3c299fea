"""Charts on order: what was asked of the composer, and which answer is whose."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError, read_chart_json
from game.requests import ChartReady
from game.ui.messages import ChartArrived, ChartFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.drill import DrillRequest
    from game.notation.page import PageRequest
    from game.ports import Composer

SEED_BITS = 32


def with_seed(request: DrillRequest) -> DrillRequest:
    """The same request with a seed, drawn here if it has none."""
    if request.seed is not None:
        return request
    return msgspec.structs.replace(request, seed=secrets.randbits(SEED_BITS))


class Orders:
    """Orders charts, and ahead of time the ones that will probably be wanted."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._ahead: dict[DrillRequest, tuple[DrillRequest, PageRequest]] = {}
        self._open: set[int] = set()

    def prepare(self, request: DrillRequest, page: PageRequest) -> None:
        """Have a chart for this request composed ahead, unless it is already."""
        if request in self._ahead:
            return
        # Only the latest wishes are worth the composer's time.
        while len(self._ahead) >= 4:  # noqa: PLR2004
            del self._ahead[next(iter(self._ahead))]
        seeded = with_seed(request)
        self._ahead[request] = (seeded, page)
        self._composer.prefetch(seeded, page)

    def order(self, request: DrillRequest, page: PageRequest) -> int:
        """Ask for a chart, the one composed ahead where there is one; gives a ticket."""
        seeded, _ = self._ahead.pop(request, (with_seed(request), page))
        return self._remember(self._composer.request(seeded, page))

    def order_page(self, chart_json: bytes, page: PageRequest) -> int:
        """Ask for another engraving of a chart; gives a ticket."""
        return self._remember(self._composer.request_page(chart_json, page))

    def collect(self) -> Iterator[ChartArrived | ChartFailed]:
        """The answers since the last call."""
        for reply in self._composer.poll():
            if reply.ticket not in self._open:
                continue
            self._open.discard(reply.ticket)
            if not isinstance(reply, ChartReady):
                yield ChartFailed(reply.ticket, reply.detail)
                continue
            try:
                chart = read_chart_json(reply.chart_json)
            except ComposeError as error:
                yield ChartFailed(reply.ticket, str(error))
                continue
            yield ChartArrived(reply.ticket, chart, reply.chart_json, reply.page)

    def _remember(self, ticket: int) -> int:
        self._open.add(ticket)
        return ticket
