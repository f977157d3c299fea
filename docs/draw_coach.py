"""Draw the pictures of docs/coach.md: `python docs/draw_coach.py [SCREEN...]`, a minute or two.

Three players (new, three takes, a year) at two sizes; the engine and the composer are the tests'
stand-ins, everything that is shown comes from a real archive.
"""

import asyncio
import dataclasses
import re
import sys
import tempfile
from datetime import date
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import seed_history
from fakes import World

from game.coach.assessment import Assessment
from game.coach.gauntlet import Gauntlet
from game.coach.runs import Drill, Played, Run
from game.coach.series import call_daily, sit_exam
from game.storage.archive import open_archive
from game.ui.screens.run_result import RunResultScreen
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
RUNS = {
    "run-drill": Drill(3, 5, 2, ("jazz", "pop", "funk")),
    "run-exam": sit_exam("jazz", 5, 3),
    "run-gauntlet": Gauntlet(7, 5, 2),
    "run-daily": call_daily(date(2026, 11, 30)),
    "run-assessment": Assessment(seed=4),
}
TOTALS = (88.0, 74.0, 91.0, 66.0, 83.0, 79.0, 95.0)
"""What the charts of a run are worth, in turn."""
MINUTE_S = 60.0
EVERYBODY = ("home", "progress-days")
"""What is drawn of all three players; the rest of the one with a year."""
SETTLE_S = 0.6


def play_through(run: Run) -> Run:
    """The run when all its charts are played, a minute each."""
    totals = cycle(TOTALS)
    while run.turn is not None:
        asked, total = run.turn.request, next(totals)
        played = Played(
            asked.style, asked.level, asked.kind or "grand", total, 90, round(0.9 * total), 50.0,
            notes_score=total, time_score=total + 4, feel_score=total - 6, flow_score=total,
            key="Eb", code="63P080-E1MG00-00V6BH",
        )  # fmt: skip
        run = run.after(played, MINUTE_S * (len(run.played) + 1))
    return run


async def draw(
    path: Path, keys: tuple[str, ...], size: tuple[int, int], run: Run | None = None
) -> str:
    """One picture, as SVG: what the keys lead to, or the result of a run."""
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
        if run is not None:
            app.show(RunResultScreen(run, run.report(), ()))
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
            for screen in (*SCREENS, *RUNS):
                if player != "year" and screen not in EVERYBODY:
                    continue
                if wanted and screen not in wanted:
                    continue
                run = play_through(RUNS[screen]) if screen in RUNS else None
                for name, size in SIZES.items():
                    stem = screen if player == "year" else f"{screen}-{player}"
                    picture = asyncio.run(draw(path, SCREENS.get(screen, ()), size, run))
                    (TARGET / f"{stem}-{name}.svg").write_text(picture, encoding="utf-8")
                    print(stem, name)


if __name__ == "__main__":
    main()
