"""Writing a graded take as a file from its review: the composer draws, this keeps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from game.papers import ENDINGS, PAPERS, name_sheet
from game.places import sheets_folder
from game.requests import SheetRequest
from game.scoring.marks import final_marks
from game.ui.screens.export_dialog import ExportDialog

if TYPE_CHECKING:
    from pathlib import Path

    from game.ui.messages import SheetArrived
    from game.ui.screens.review import ReviewScreen

DRAWN = ("svg", "png", "musicxml")
"""Forms that need the engraver, which is another process's."""


class PaperDesk:
    """Asks which form, has it made, and writes it into the player's folder."""

    def __init__(self, screen: ReviewScreen) -> None:
        """Nothing is ordered."""
        self._screen = screen
        self._tickets: dict[int, str] = {}

    def ask(self) -> None:
        """Choose a form."""
        self._screen.app.push_screen(ExportDialog(), self._make)

    def _make(self, form: str | None) -> None:
        screen = self._screen
        if form is None:
            return
        title = name_sheet(screen.title_words, screen.scorecard)
        if form in DRAWN:
            marks = final_marks(screen.scorecard)
            extras = screen.review.extras()
            order = SheetRequest(0, screen.take.chart_json, marks, extras, form, title)
            self._tickets[screen.game.orders.order_sheet(order, screen)] = form
        else:
            data = PAPERS[form](screen.title_words, screen.take, screen.scorecard)
            self._write(form, data)

    def take_in(self, message: SheetArrived) -> None:
        """A sheet is drawn."""
        form = self._tickets.pop(message.ticket, None)
        if form is not None:
            self._write(form, message.data)

    def _write(self, form: str, data: bytes) -> None:
        self._screen.run_worker(self._keep(form, data), group="export", exit_on_error=False)

    async def _keep(self, form: str, data: bytes) -> None:
        screen = self._screen
        try:
            path = await asyncio.to_thread(write_paper, screen.title_words, form, data)
        except OSError as error:
            screen.game.complain(error, title="The file is not written")
            return
        screen.app.notify(str(path), title="Written", timeout=8, markup=False)


def write_paper(name: str, form: str, data: bytes) -> Path:
    """Write a file under a take's name; gives its path. An earlier one of the name goes.

    Raises:
        OSError: the folder or the file cannot be written.
    """
    folder = sheets_folder()
    folder.mkdir(parents=True, exist_ok=True)
    stem = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    path = folder / f"{stem}.{ENDINGS[form]}"
    path.write_bytes(data)
    return path
