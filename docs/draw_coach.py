"""Draw the pictures of docs/coach.md: `python docs/draw_coach.py [SCREEN...]`, a minute or two.

Three players (new, three takes, a year) at two sizes; the engine and the composer are the tests'
stand-ins, everything that is shown comes from a real archive.
"""

import asyncio
import dataclasses
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import seed_history
from fakes import World

from game.storage.archive import open_archive
from styles.loader import load_styles

TARGET = ROOT / "docs" / "coach"
SIZES = {"80": (80, 24), "160": (160, 50)}
PLAYERS = {"new": (0, 0), "three": (3, 0), "year": (700, 360)}
SCREENS = {
    "home": (),
    "practice": ("p", "down", "up"),
    "plan": ("p", "up"),
    "progress-days": ("r", "1"),
    "progress-rating": ("r", "2"),
    "progress-genres": ("r", "3"),
    "progress-time": ("r", "4"),
    "progress-accuracy": ("r", "5"),
    "progress-bests": ("r", "6"),
}
EVERYBODY = ("home", "progress-days")
"""What is drawn of all three players; the rest of the one with a year."""
SETTLE_S = 0.6


async def draw(path: Path, keys: tuple[str, ...], size: tuple[int, int]) -> str:
    """One picture, as SVG."""
    world = World(open_archive=lambda: open_archive(path))
    app = world.app
    app.services = dataclasses.replace(app.services, load_styles=load_styles)
    async with app.run_test(size=size) as pilot:
        while not app.is_ready:
            await pilot.pause(0.05)
        await pilot.pause(SETTLE_S)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(SETTLE_S)
        picture = app.export_screenshot(title="First Take", simplify=True)
        # Fonts of the reader's own: a picture that is looked at loads nothing from elsewhere.
        picture = re.sub(r"@font-face\s*\{[^}]*\}", "", picture)
        picture = re.sub(r"<!--.*?-->", "", picture, flags=re.DOTALL)
    app.records.close()
    return picture


def main() -> None:
    """All pictures, or those of the screens that are named."""
    TARGET.mkdir(exist_ok=True)
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for player, (takes, days) in PLAYERS.items():
            path = Path(folder) / f"{player}.db"
            if takes:
                seed_history.fill(path, takes, days)
            for screen, keys in SCREENS.items():
                if player != "year" and screen not in EVERYBODY:
                    continue
                if wanted and screen not in wanted:
                    continue
                for name, size in SIZES.items():
                    stem = screen if player == "year" else f"{screen}-{player}"
                    picture = asyncio.run(draw(path, keys, size))
                    (TARGET / f"{stem}-{name}.svg").write_text(picture, encoding="utf-8")
                    print(stem, name)


if __name__ == "__main__":
    main()
