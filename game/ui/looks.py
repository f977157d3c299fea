"""Themes of our own: verdicts in blue, orange and red that every eye tells apart.

The hues begin with those that Okabe and Ito (2008) chose for all common kinds of colour vision; on
light paper they are darker, and the red is crimson, which stays apart from ochre.
"""

from __future__ import annotations

from textual.theme import Theme

BLUE, SKY, ORANGE = "#0072B2", "#56B4E9", "#E69F00"

THEMES = (
    Theme(
        name="every-eye-dark",
        primary=SKY,
        secondary="#CC79A7",
        accent="#F0E442",
        success=SKY,
        warning=ORANGE,
        error="#F07A3A",
        foreground="#E8E8E8",
        background="#121416",
        surface="#1C1F22",
        panel="#272C31",
        dark=True,
    ),
    Theme(
        name="every-eye-light",
        primary=BLUE,
        secondary="#A3527F",
        accent="#8A5A00",
        success=BLUE,
        warning="#8F6400",
        error="#A0002A",
        foreground="#1A1A1A",
        background="#FBFAF7",
        surface="#F1EFEA",
        panel="#E2DFD8",
        dark=False,
    ),
)
