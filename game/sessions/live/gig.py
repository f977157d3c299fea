"""A live set: three to five charts, one pass each, and a room that warms or cools.

A frozen run as those of `game.coach.runs`: `turn`, `after_song`, `report`. What happens in which
song is drawn by the seed; over a set of five everything happens that can.
"""

from __future__ import annotations

from random import Random
from statistics import fmean, median
from typing import TYPE_CHECKING

import msgspec

from exercises.drill import DrillRequest
from game.coach.runs import (
    Line,
    Played,
    Report,
    Turn,
    per_minute,
    pick_style,
    seed_from,
    share_right,
)
from game.sessions.live.surprise import KINDS, Surprise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.scoring.results import Scorecard
    from game.sessions.live.surprise import LiveChart

SIZES = (3, 4, 5)
FIRST_LOOK_S, LOOK_S, REST_S = 20.0, 12.0, 6.0
"""The set list lies there before the first song; between songs somebody talks to the room."""
LUKEWARM = 50.0
"""Where a room begins, of 100."""
MOST_REPLACED = 4
"""So many other songs are tried."""
MIDDLE = (1, 2)
"""Of the four things that happen before an end, in a drawn order."""
WEIGHTS = {"flow": 0.5, "feel": 0.3, "dynamics": 0.2}
"""What a room hears. It knows no chart: a wrong note that goes on is none (by ear)."""
EVEN = 70.0
"""A song so good leaves a room as it is; 100 warms it by `WARMS`, 40 cools it by as much."""
WARMS = 15.0
RECOVERED = (4.0, 2.0)
"""For a surprise that was met at once, and one after a bar or two; ..."""
SOON_BARS = 2
LOST = -4.0
"""... else so much."""
SECURE_BARS = 2
HELD = 0.75
"""Of an ending's length; a room does not measure."""
LONG_FROM = 4
"""Level from which songs have sixteen bars, and not eight."""


class Met(msgspec.Struct, frozen=True):
    """What became of a surprise."""

    kind: str
    bars: int | None
    """Bars until it was secure; None where it never was."""


class Song(msgspec.Struct, frozen=True):
    """One song of the set as it went."""

    played: Played
    met: tuple[Met, ...]
    crowd: float
    """The room after it, 0 to 100."""


class Gig(msgspec.Struct, frozen=True):
    """A set on its way."""

    size: int
    level: int
    seed: int
    styles: tuple[str, ...]
    songs: tuple[Song, ...] = ()
    elapsed_s: float = 0.0
    replaced: int = 0
    """How often another song stood in for one that could not be written."""

    @property
    def mode(self) -> str:
        """A live set."""
        return "live"

    @property
    def played(self) -> tuple[Played, ...]:
        """The takes so far."""
        return tuple(song.played for song in self.songs)

    @property
    def crowd(self) -> float:
        """How warm the room is now."""
        return self.songs[-1].crowd if self.songs else LUKEWARM

    @property
    def turn(self) -> Turn | None:
        """The next song; None after the last."""
        number = len(self.songs)
        request = self.request_at(number)
        if request is None:
            return None
        return Turn(
            request,
            preview_s=LOOK_S if number else FIRST_LOOK_S,
            rest_s=REST_S if number else 0.0,
            words=f"song {number + 1} of {self.size}",
        )

    def request_at(self, number: int) -> DrillRequest | None:
        """The chart of a song, counted from 0; None beyond the last."""
        if number >= self.size:
            return None
        return DrillRequest(
            style=pick_style(self.styles, self.seed, number),
            level=self.level,
            kind="grand",
            bars=16 if self.level >= LONG_FROM else 8,
            seed=seed_from("live", self.seed, number),
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """What happens in the next song: one thing in the first, two in the others."""
        dice = Random(f"first-take set {self.seed}")  # noqa: S311 - dice, no secret
        order = list(KINDS[:-1])
        dice.shuffle(order)
        # Songs take what is in the middle, or what is at both ends. A short song has no room for
        # bars that are left out beside bars that go round.
        skip, vamp = order.index("skip"), order.index("vamp")
        if (skip in MIDDLE) == (vamp in MIDDLE):
            other = (vamp + 2) % len(order)
            order[vamp], order[other] = order[other], order[vamp]
        number = len(self.songs)
        here = [order[(2 * number - 1) % len(order)], order[2 * number % len(order)]]
        return (*(here if number else here[1:]), *(("hold",) if number == self.size - 1 else ()))

    def replace_song(self) -> Gig:
        """The set with other songs from here on; the same where that was tried often enough."""
        if self.replaced >= MOST_REPLACED:
            return self
        seed = seed_from("instead", self.seed)
        return msgspec.structs.replace(self, seed=seed, replaced=self.replaced + 1)

    def after(self, played: Played, elapsed_s: float) -> Gig:
        """A song of which only this is known: the room stays as it is."""
        song = Song(played, (), self.crowd)
        return msgspec.structs.replace(self, songs=(*self.songs, song), elapsed_s=elapsed_s)

    def after_song(
        self, played: Played, scorecard: Scorecard, live: LiveChart, elapsed_s: float
    ) -> Gig:
        """One song more, and what it did to the room."""
        met = tuple(meet(scorecard, live, each) for each in live.surprises)
        crowd = warm(self.crowd, scorecard, met)
        songs = (*self.songs, Song(played, met, crowd))
        return msgspec.structs.replace(self, songs=songs, elapsed_s=elapsed_s)

    @property
    def worth(self) -> float | None:
        """The room and the grades together, 0 to 100: half and half; None before a song."""
        if not self.songs:
            return None
        return (fmean(song.played.total for song in self.songs) + self.crowd) / 2

    def report(self) -> Report:
        """The room, song by song."""
        lines = [Line("room", f"{LUKEWARM:.0f} at first, {self.crowd:.0f} in the end")]
        for number, song in enumerate(self.songs, 1):
            met = "; ".join(say_met(each) for each in song.met)
            value = f"grade {song.played.total:.0f}, room {song.crowd:.0f}"
            lines.append(Line(f"song {number}", f"{value}  {met}"))
        whole = len(self.songs) == self.size
        return Report(
            mode=self.mode,
            title="Live set" + ("" if whole else " (broken off)"),
            name=f"{self.size} songs, level {self.level}",
            score=self.crowd if self.songs else None,
            unit="of 100: the room",
            notes_per_minute=per_minute(self.played, self.elapsed_s),
            accuracy=share_right(self.played),
            lines=tuple(lines),
        )


NAMES = {
    "skip": "the skip",
    "vamp": "the vamp",
    "up": "the half-step",
    "rush": "the rush",
    "hold": "the held end",
}


def say_met(met: Met) -> str:
    """What became of a surprise in words."""
    if met.bars is None:
        return f"{NAMES[met.kind]} lost you"
    if met.bars == 0:
        return f"{NAMES[met.kind]} met at once"
    return f"{NAMES[met.kind]} after {met.bars} {'bar' if met.bars == 1 else 'bars'}"


def meet(scorecard: Scorecard, live: LiveChart, surprise: Surprise) -> Met:
    """Bars from a surprise until two clean ones in a row, as far as so many are left.

    A held ending is met where its notes are held.
    """
    if surprise.kind == "hold":
        end = live.sounding.end_ql
        last = {n.id for n in live.sounding.notes if n.onset_ql + n.duration_ql == end}
        ratios = [
            note.length_ratio
            for note in scorecard.notes
            if note.id in last and note.length_ratio is not None
        ]
        return Met("hold", 0 if ratios and median(ratios) >= HELD else None)
    bars = scorecard.bars
    left = [at for at in range(surprise.first, len(bars)) if bars[at].written]
    need = min(SECURE_BARS, len(left))
    for at in range(len(left) - need + 1):
        if need and all(bars[k].verdict == "clean" for k in left[at : at + need]):
            return Met(surprise.kind, left[at] - surprise.first)
    return Met(surprise.kind, None)


def warm(crowd: float, scorecard: Scorecard, met: Sequence[Met]) -> float:
    """How warm a room is after a song, 0 to 100."""
    scores = {name: getattr(scorecard.scores, name) for name in WEIGHTS}
    heard = {name: score for name, score in scores.items() if score is not None}
    change = 0.0
    if heard:
        weight = sum(WEIGHTS[name] for name in heard)
        mean = sum(WEIGHTS[name] * score for name, score in heard.items()) / weight
        change = WARMS * (mean - EVEN) / (100.0 - EVEN)
    for each in met:
        soon = each.bars is not None and each.bars <= SOON_BARS
        change += RECOVERED[0] if each.bars == 0 else RECOVERED[1] if soon else LOST
    return min(100.0, max(0.0, crowd + max(-WARMS, change)))
