"""The computer keys as a piano, drawn over the foot of the stage while there is no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

if TYPE_CHECKING:
    from game.ui.computer_keys import ComputerKeys

BLACK_KEYS = "  s d   g h j   l ;       2 3   5 6 7   9 0"
WHITE_KEYS = " z x c v b n m , . /     q w e r t y u i o p "

PAD_KEYS = """\
kick z x n m    snare s l    hi-hat d k    open hat f j    side stick a ;
pedal hat c v b   toms q w e   ride r u   crash t y   bells i g   block h"""


class KeyMap(Static):
    """Two rows of keys as they lie under the hands, and where they are in pitch."""

    DEFAULT_CSS = """
    KeyMap {
        layer: cover; dock: bottom; height: 2; margin: 0 0 1 0; padding: 0 2;
        background: $panel; color: $text; display: none;
        &.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        """Hidden until `show_keys`."""
        super().__init__("", markup=False)

    def show_keys(self, keys: ComputerKeys | None) -> None:
        """Draw the keys as a piano with its octave, or as pads; None hides them."""
        self.set_class(keys is not None, "-shown")
        if keys is None:
            return
        low = keys.octave
        piano = f"{BLACK_KEYS}   Tap: no holding.\n{WHITE_KEYS} z is C{low}, q is C{low + 1}"
        self.update(PAD_KEYS if keys.on_pads else piano)
