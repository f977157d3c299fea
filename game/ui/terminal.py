"""What the terminal can draw: it is asked once the first frame is painted, and answers when it may.

The answers come with the keys. They are taken out before Textual reads those, which would take
what it does not know for keys.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from textual._xterm_parser import XTermParser
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.driver import Driver

FEWEST_REGISTERS = 15
"""Colours that a picture of the score needs."""
KITTY_NUMBER = 7700
QUERY = (
    f"\x1b_Gi={KITTY_NUMBER},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"  # kitty: is a picture welcome?
    "\x1b[?1;1;0S"  # how many colours have sixels?
    "\x1b[?2;1;0S"  # how large may one be?
    "\x1b[16t"  # how large is a cell?
    "\x1b[c"  # what else is there? Every terminal answers this, and it comes last.
)
SIXEL_ATTRIBUTE = 4
DEAF = frozenset({"Apple_Terminal"})
"""Terminals (by TERM_PROGRAM) that show what they do not understand."""
DEAF_TYPES = frozenset({"linux", "dumb", "screen"})
"""The same by TERM."""

ANSWER = (
    r"\x1b\[\?(?P<attributes>[\d;]*)c"
    r"|\x1b\[6;(?P<height>\d+);(?P<width>\d+)t"
    r"|\x1b\[\?(?P<item>[12]);(?P<status>\d+)(?:;(?P<values>[\d;]*))?S"
    r"|\x1b_G(?P<kitty>[^\x1b]*)\x1b\\"
)
"""Compiled when the first answer comes, which is after the first frame."""
CUT_ANSWER = r"\x1b(?:\[\?[\d;]*|\[6;[\d;]*|_G[^\x1b]*\x1b?)\Z"
"""The beginning of an answer whose end is still on its way."""


class Graphics(NamedTuple):
    """What a terminal can show beside characters."""

    protocol: str = ""
    """"kitty", "iterm", "sixel", or "" for no pictures."""
    cell: tuple[int, int] | None = None
    """Width and height of a cell in pixels, where that is known."""
    most: tuple[int, int] | None = None
    """Width and height of the largest single sixel; None sets no limit."""
    registers: int = 256
    """Colours that sixels may have at once."""

    @property
    def has_pictures(self) -> bool:
        """Whether the score can be shown in pixels."""
        poor = self.protocol == "sixel" and self.registers < FEWEST_REGISTERS
        return bool(self.protocol) and self.cell is not None and not poor


class TerminalAnswered(Message):
    """The terminal has said something about itself."""

    def __init__(self, answers: tuple[Mapping[str, str], ...]) -> None:
        """Keep the named groups of `ANSWER` that were found."""
        super().__init__()
        self.answers = answers


class AnswerParser(XTermParser):
    """Reads answers before keys are read."""

    _rest = ""

    def feed(self, data: str) -> Iterable[Message]:
        """The messages of what came in."""
        if not data:
            yield from super().feed(data)
            return
        text = self._rest + data
        found = tuple(_named(match) for match in re.finditer(ANSWER, text))
        text = re.sub(ANSWER, "", text) if found else text
        cut = re.search(CUT_ANSWER, text)
        self._rest = text[cut.start() :] if cut else ""
        text = text[: cut.start()] if cut else text
        if found:
            yield TerminalAnswered(found)
        if text:
            yield from super().feed(text)


def _named(match: re.Match[str]) -> Mapping[str, str]:
    return {name: value for name, value in match.groupdict().items() if value is not None}


def listening_driver(driver: type[Driver]) -> type[Driver]:
    """The driver, with answers of the terminal told to the app; others than xterm's as they are."""
    module = sys.modules.get(driver.__module__)
    if getattr(module, "XTermParser", None) is not XTermParser:
        return driver

    class ListeningDriver(driver):  # type: ignore[misc, valid-type]
        """Asks nothing itself."""

        def run_input_thread(self) -> None:
            """Read keys and answers."""
            # The driver makes its parser itself; there is no other way to give it one.
            vars(module)["XTermParser"] = AnswerParser
            super().run_input_thread()

    return ListeningDriver


def may_ask(environment: Mapping[str, str]) -> bool:
    """Whether the terminal keeps to itself what it does not understand."""
    if environment.get("TERM_PROGRAM") in DEAF:
        return False
    kind = environment.get("TERM", "")
    return (bool(kind) and kind.partition("-")[0] not in DEAF_TYPES) or "TMUX" in environment


def is_iterm(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is iTerm2, here or (by what ssh hands on) at the other end."""
    named = environment.get("TERM_PROGRAM") == "iTerm.app"
    return "TMUX" not in environment and (named or environment.get("LC_TERMINAL") == "iTerm2")


def hear_answers(
    graphics: Graphics,
    answers: Iterable[Mapping[str, str]],
    environment: Mapping[str, str] | None = None,
) -> Graphics:
    """What is known of the terminal after its answers, and by its name in the environment.

    iTerm2's own protocol fits a picture to its cells however they are scaled, so that it goes
    before sixels there.
    """
    protocol, cell, most, registers = graphics
    if protocol in {"", "sixel"} and is_iterm(environment or {}):
        protocol = "iterm"
    for answer in answers:
        if "kitty" in answer and answer["kitty"] == f"i={KITTY_NUMBER};OK":
            protocol = "kitty"
        elif "attributes" in answer:
            has_sixel = str(SIXEL_ATTRIBUTE) in answer["attributes"].split(";")[1:]
            protocol = protocol or ("sixel" if has_sixel else "")
        elif "height" in answer:
            cell = cell or (int(answer["width"]), int(answer["height"]))
        elif answer.get("status") == "0" and answer.get("values"):
            values = [int(value) for value in answer["values"].split(";") if value]
            if answer["item"] == "2" and len(values) == 2:  # noqa: PLR2004 - width and height
                most = (values[0], values[1])
            elif answer["item"] == "1" and values:
                registers = values[0]
    return Graphics(protocol, cell, most, registers)


def measure_cell() -> tuple[int, int] | None:
    """Width and height of a cell in pixels, as the terminal's device knows it; else None."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
        import struct  # noqa: PLC0415 - as above
        import termios  # noqa: PLC0415 - as above
    except ImportError:
        return None
    try:
        answer = fcntl.ioctl(sys.__stdin__.fileno(), termios.TIOCGWINSZ, bytes(8))  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        return None
    rows, columns, width, height = struct.unpack("HHHH", answer)
    if not (rows and columns and width and height):
        return None
    return width // columns, height // rows


def ask(driver: Driver | None) -> None:
    """Ask the terminal what it can show; does not wait."""
    if driver is not None and type(driver).__name__ == "ListeningDriver" and may_ask(os.environ):
        driver.write(QUERY)
        driver.flush()
