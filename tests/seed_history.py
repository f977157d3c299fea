"""Fills an archive with an invented player's past, through the archive's own doors.

Usage: python tests/seed_history.py FILE TAKES [DAYS]

The player reads at about level 4, rising, and practises on most days up to today. Charts are
small and made here; grades are drawn from the player's ability, as in simulate.py.
"""

import random
import sys
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import msgspec

from exercises.chart import Bar, Chart, Note, write_chart_json
from exercises.code import STYLES
from exercises.drill import Drill
from game.coach.ability import expected_share
from game.coach.standing import Run
from game.events import NoteEvent
from game.scoring.results import FlowReport, NoteJudgement, Scorecard, Scores, TimeReport
from game.storage.archive import open_archive
from game.take import Take, Versions

DRILL = "3 min, level 4, jazz"
RUNS = (
    *((90 - 9 * n, "drill", DRILL, 62.0 + 2.5 * n - 7 * (n % 3 == 1)) for n in range(9)),
    (60, "gauntlet", "3 genres, level 4", 61.0),
    (33, "assessment", "rating", 4.6),
    (30, "gauntlet", "3 genres, level 4", 70.0),
    (12, "rhythm", "level 5, jazz", 74.0),
    (8, "endurance", "level 4", 7.0),
    (5, "exam", "level 5", 81.0),
    (3, "assessment", "rating", 5.2),
    (2, "gauntlet", "3 genres, level 4", 78.0),
    (1, "daily", "yesterday", 83.0),
)
"""Days ago, mode, name and score."""
KEYS = ("C", "G", "F", "D", "Bb", "Eb", "A")
SCALE = ((60, "C4"), (64, "E4"), (67, "G4"), (82, "Bb5"), (72, "C5"), (74, "D5"), (81, "A5"))


def make_chart(rng, style, level, number):
    key = rng.choice(KEYS)
    notes = []
    for index in range(16):
        pitch, spelling = rng.choice(SCALE)
        staff = 1 if index % 4 else 2
        length = Fraction(rng.choice(("1", "1/2", "3/2", "1/4")))
        notes.append(
            Note(
                f"n{index + 1}",
                Fraction(index),
                min(length, Fraction(1)),
                pitch,
                spelling,
                staff,
                1,
            )
        )
    drill = Drill(style, level, "grand", key, "4/4", 4, 96.0, "both", number, f"SEED-{number}")
    bars = tuple(Bar(n + 1, Fraction(4 * n), Fraction(4), "4/4") for n in range(4))
    return Chart(drill=drill, bars=bars, notes=tuple(notes))


def grade(rng, chart, share):
    share = max(0.05, min(rng.gauss(share, 0.09), 1.0))
    notes = tuple(
        NoteJudgement(
            n.id, n.onset_ql, n.pitch, n.staff,
            "match" if rng.random() < share else "omission", None, 0.0, "great", 1.0, 70,
        )
        for n in chart.notes
    )  # fmt: skip
    total = 100 * share
    return Scorecard(
        notes=notes,
        extras=(),
        scores=Scores(total, total, total, total, 80.0, total, total),
        time=TimeReport(rng.gauss(12 * share - 18, 5), 45 - 25 * share, 0.0, 96.0, None, 0, "on"),
        flow=FlowReport(0, 0, 0, 1.0, None),
    )


def add_one(archive, rng, when, number, ability):
    style = rng.choice(STYLES)
    level = max(1, min(10, round(ability + rng.gauss(0, 0.7))))
    chart = make_chart(rng, style, level, number)
    take = Take(
        code=chart.drill.code,
        chart_json=write_chart_json(chart),
        quarter_bpm=96.0,
        events=tuple(NoteEvent(5.0 * n, "on", 60, 64) for n in range(8)),
        latency_ms=0.0,
        started_at=when.isoformat(timespec="seconds"),
        versions=Versions("0", "0"),
        style=style,
        level=level,
        seed=number,
    )
    take_id = archive.add_take(take)
    weak = -0.8 if style in {"salsa", "ragtime"} else 0.2
    archive.add_scorecard(take_id, grade(rng, chart, expected_share(ability + weak, level)))


def fill(path, takes, days):
    rng = random.Random(5)  # noqa: S311 - dice of an invented player
    archive = open_archive(path)
    now = datetime.now().astimezone()
    practised = [n for n in range(days, -1, -1) if rng.random() < 0.7 or n < 6] or [0]
    for number in range(takes):
        back = practised[number * len(practised) // takes]
        when = now - timedelta(days=back, minutes=takes - number if back == 0 else 0)
        ability = 3.5 + 2.0 * (1 - back / max(1, days))
        add_one(archive, rng, when, number, ability)
    if takes > 100:
        for back, mode, name, score in RUNS:
            at = (now - timedelta(days=back)).isoformat(timespec="seconds")
            is_badged = mode == "gauntlet" and back < 3
            sheet = {"badges": ["First take, three genres, no stops"] if is_badged else []}
            archive.history.add_run(
                Run(at, mode, name, score, 70.0, 0.8, 90.0, msgspec.json.encode(sheet).decode())
            )
    archive.close()


if __name__ == "__main__":
    file, count = Path(sys.argv[1]), int(sys.argv[2])
    fill(file, count, int(sys.argv[3]) if len(sys.argv) > 3 else 0)
