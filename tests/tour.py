"""Every screen at every size and in every theme: what is hard to read, and what is cut off.

    python tests/tour.py [--screens NAME ...] [--out FOLDER]

Walks through the game once, as the snapshots do, and at each screen takes on all sizes and themes.
A run of letters is told whose contrast with what lies behind it is under 4.5 to 1 (WCAG 2.2, 1.4.3,
level AA for text), by theme, screen and colours; so is a text that needs more rows than it is given
and cannot be scrolled to. With --out every screen is kept as text at every size.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
import snapshots
from test_ui import wait_until
from textual.color import Color
from textual.events import Resize
from textual.geometry import Region, Size
from textual.screen import ModalScreen
from textual.widgets import Static

SIZES = ((40, 12), (80, 24), (100, 30), (160, 50), (240, 67))
THEMED = (100, 30)
"""The size at which all themes are tried on."""
LEAST = 4.5


def contrast(one, other):
    """By WCAG 2.2: from 1 to 21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(color):
    """Relative, of sRGB."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def strips_of(screen):
    """What is looked at: of a dialog that lies over a screen, the dialog."""
    strips = screen._compositor.render_strips()
    if not isinstance(screen, ModalScreen):
        return strips
    own = [each for each in screen.children if not each.has_class("-textual-system")]
    region = Region.from_union([each.region for each in own])
    return [strip.crop(region.x, region.right) for strip in strips[region.y : region.bottom]]


def find_faint(screen):
    """Runs of letters that stand out too little: (contrast, colours, words)."""
    for strip in strips_of(screen):
        for text, style, _ in strip:
            if style is None or not any(letter.isalnum() for letter in text):
                continue
            if style.color is None or style.bgcolor is None or style.color.triplet is None:
                continue
            front, back = (Color(*c.get_truecolor()) for c in (style.color, style.bgcolor))
            if style.dim:
                front = back.blend(front, 0.5)
            if style.reverse:
                front, back = back, front
            if (found := contrast(front, back)) < LEAST:
                yield found, f"{front.hex} on {back.hex}", text.strip()


def find_cut(screen):
    """Texts that need more rows than they have, or lie outside of what shows them."""
    if screen.has_class("-small"):
        return
    for widget, geometry in screen._compositor.full_map.items():
        if not isinstance(widget, Static) or not widget.display or not geometry.region.area:
            continue
        need = widget.get_content_height(screen.size, screen.size, widget.content_size.width)
        shown = geometry.region.intersection(geometry.clip)
        lost = need - widget.content_size.height + geometry.region.height - shown.height
        scrolls = any(each.allow_vertical_scroll for each in widget.ancestors if each is not screen
                      and hasattr(each, "allow_vertical_scroll"))  # fmt: skip
        if lost > 0 and not scrolls:
            yield f"{type(widget).__name__}#{widget.id}: {lost} of {need} rows"


class Tour(snapshots.Walk):
    """A walk that looks around at each place."""

    names = ()
    out = None

    def __init__(self, pilot, world):
        super().__init__(pilot, world)
        self.faint = defaultdict(list)
        self.cut = defaultdict(list)
        type(self).last = self

    async def keep(self, name):
        if self.names and name not in self.names:
            return
        app = self.pilot.app
        own_size, own_theme = app.size, app.theme
        for size in SIZES:
            await self.take_size(size)
            for found in find_cut(app.screen):
                self.cut[name, size].append(found)
            if self.out:
                text = await snapshots.settle(self.pilot)
                path = self.out / f"{name}-{size[0]}x{size[1]}.txt"
                path.write_text(text, encoding="utf-8")
            for theme in sorted(app.available_themes) if size == THEMED else ():
                if theme.startswith("ansi") or theme == "textual-ansi":
                    continue  # the terminal's own colours: nobody here knows them
                app.dress(theme, reduced_motion=False)
                await self.pilot.pause(0.02)
                for found in find_faint(app.screen):
                    self.faint[theme].append((*found, name))
            app.dress(own_theme, reduced_motion=False)
        await self.take_size(own_size)

    async def take_size(self, size):
        size = Size(*size)
        self.pilot.app.post_message(Resize(size, size))
        await wait_until(self.pilot, lambda: self.pilot.app.screen.size == size)
        await self.pilot.pause(0.1)


def report(tour):
    """By theme and by screen; the worst first."""
    for theme, found in sorted(tour.faint.items()):
        print(f"\n{theme}")
        places = defaultdict(set)
        for ratio, colours, words, name in found:
            places[round(ratio, 2), colours].add((name, words[:30]))
        for (ratio, colours), where in sorted(places.items()):
            examples = "; ".join(f"{name}: {words}" for name, words in sorted(where)[:4])
            print(f"  {ratio:5.2f} {colours}: {len(where)} places, {examples}")
    print("\ncut off")
    for (name, size), found in sorted(tour.cut.items()):
        print(f"  {name} {size[0]}x{size[1]}: {'; '.join(sorted(set(found)))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--screens", nargs="+", default=())
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    Tour.names, Tour.out = tuple(arguments.screens), arguments.out
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        pytest.MonkeyPatch.context() as monkeypatch,
        snapshots.still_world(monkeypatch, home),
    ):
        monkeypatch.setattr(snapshots, "Walk", Tour)
        asyncio.run(snapshots.walk_through((80, 24)))
    report(Tour.last)


if __name__ == "__main__":
    sys.exit(main())
