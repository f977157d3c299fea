"""The computer keys as a piano, drawn over the foot of the stage while there is no other."""

from __future__ import annotations

from textual.widgets import Static

BLACK_KEYS = "  s d   g h j   l ;       2 3   5 6 7   9 0"
WHITE_KEYS = " z x c v b n m , . /     q w e r t y u i o p "


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

    def show_keys(self, octave: int | None) -> None:
        """Draw the keys with the lower row's C in this octave (C4 is middle C); None hides them."""
        self.set_class(octave is not None, "-shown")
        if octave is not None:
            self.update(
                f"{BLACK_KEYS}   Tap: no holding.\n{WHITE_KEYS} z is C{octave}, q is C{octave + 1}"
            )
