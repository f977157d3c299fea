"""The game's name in large letters, and the piano at the foot of the home screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.widget import Widget

from exercises.keyboards import KEYBOARDS

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.style import Style

WORDMARK = """\
┏━╸╻┏━┓┏━┓╺┳╸  ╺┳╸┏━┓╻┏╸┏━╸
┣━ ┃┣┳┛┗━┓ ┃    ┃ ┣━┫┣┻┓┣━
╹  ╹╹┗╸┗━┛ ╹    ╹ ╹ ╹╹ ╹┗━╸"""
WHITE = frozenset({0, 2, 4, 5, 7, 9, 11})
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
OCTAVE = 12
WIDTHS = (3, 2)
"""Columns of a white key, the wider where the whole piano fits so."""
KEY, EDGE, HELD = "█", "▌", "▒"


class PianoStrip(Widget):
    """A keyboard as wide as there is room for; the keys that are held stand out and are named."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"piano--key", "piano--held", "piano--name"}
    """
    | Class | Description |
    | :- | :- |
    | `piano--key` | The white keys. |
    | `piano--held` | Keys that are held, and their names. |
    | `piano--name` | The names of the Cs. |
    """

    DEFAULT_CSS = """
    PianoStrip {
        height: 3; margin: 0 2;
        & > .piano--key { color: $foreground 45%; }
        & > .piano--held { color: $primary; text-style: bold; }
        & > .piano--name { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        """Nothing is held."""
        super().__init__()
        self._held: set[int] = set()

    def press(self, pitch: int, *, is_down: bool) -> None:
        """A key goes down or up."""
        if is_down != (pitch in self._held):
            (self._held.add if is_down else self._held.discard)(pitch)
            self.refresh()

    def render(self) -> Text:
        """Black keys between white ones, white keys, and names."""
        looks = [self.get_component_rich_style(f"piano--{x}") for x in ("key", "held", "name")]
        return draw_piano(self._held, self.size.width, self.size.height, *looks)


def draw_piano(
    held: Collection[int], columns: int, rows: int, key: Style, mark: Style, name: Style
) -> Text:
    """A keyboard as rows of text: as many keys as there is room for, in the middle.

    Args:
        held: pitches of the keys that are down.
        columns: room.
        rows: the last has names, the one before it the fronts of the white keys.
        key: look of the white keys.
        mark: look of what is held, which also has another sign and its name below.
        name: look of the names of the Cs.
    """
    low, high, width = _choose(columns)
    left = max(0, (columns - width * _count_white(low, high)) // 2)
    upper, lower, names = [" " * left], [" " * left], [" "] * columns
    marked: tuple[list[tuple[int, int]], ...] = ([], [], [])
    """Columns in upper, lower and names that tell of held keys."""
    at = left
    for pitch in range(low, high + 1):
        if pitch % OCTAVE not in WHITE:
            continue
        black = pitch + 1 if pitch + 1 <= high and (pitch + 1) % OCTAVE not in WHITE else None
        found = [p for p in (pitch, black) if p is not None and p in held]
        edge = EDGE if black is None else HELD if black in found else " "
        upper.append(KEY * (width - 1) + edge)
        lower.append((HELD if pitch in found else KEY) * (width - 1) + EDGE)
        if black in found:
            marked[0].append((at + width - 1, at + width))
        if pitch in found:
            marked[1].append((at, at + width))
        if found:
            _write(names, at, "".join(NAMES[p % OCTAVE] for p in found))
            marked[2].append((at, at + width))
        elif pitch % OCTAVE == 0:
            _write(names, at, f"C{pitch // OCTAVE - 1}")
        at += width
    text = Text(no_wrap=True)
    fronts = [("".join(upper) + "\n", key, marked[0])] * max(1, rows - 2)
    for words, look, spans in (
        *fronts,
        ("".join(lower) + "\n", key, marked[1]),
        ("".join(names).rstrip(), name, marked[2]),
    ):
        begin = len(text)
        text.append(words, look)
        for start, end in spans:
            text.stylize(mark, begin + start, begin + end)
    return text


def _choose(columns: int) -> tuple[int, int, int]:
    """The keyboard that fits: its lowest and highest key, and the columns of a white one."""
    sizes = sorted(KEYBOARDS.items(), reverse=True)
    for width in WIDTHS:
        for _, (low, high) in sizes if width == WIDTHS[-1] else sizes[:1]:
            if _count_white(low, high) * width <= columns:
                return low, high, width
    low, high = sizes[-1][1]
    return low, high, WIDTHS[-1]


def _count_white(low: int, high: int) -> int:
    return sum(pitch % OCTAVE in WHITE for pitch in range(low, high + 1))


def _write(row: list[str], at: int, words: str) -> None:
    for offset, letter in enumerate(words):
        if at + offset < len(row):
            row[at + offset] = letter
