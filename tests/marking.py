"""Whether the marks while playing agree with the verdict: `python tests/marking.py`.

Charts of all styles, levels and kinds (those of `profiles.py`) are played to a click, which is the
only way in which the game marks while playing, by players whose habits are drawn over wide ranges
(those of `readers.py`: leaning, wandering, with errors). Printed for each kind of chart and rate
of errors: the share of notes whose last mark says what the verdict says, of takes without
stumbles. Then of takes with stumbles: how often the marks follow the player within two beats of a
restart, a bar left out, a wait: of the keys in the four beats after those, four in five are marked
at the very note that they were meant for. What was played there and stands elsewhere in the chart,
too (a groove that repeats), tells nobody where the player is, and is left out. The seeds of
`--held-out` are others.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from game.parallel import run_parallel
from game.performer.performance import perform
from game.scoring.expectation import expect_notes
from game.scoring.live import LiveMarker
from tests.profiles import Place, Room, plan_charts, read_options
from tests.readers import HELD_OUT, SHARES, draw_player

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from game.performer.performance import Performance
    from game.performer.profiles import Profile
    from game.scoring.expectation import Expected
    from game.scoring.marks import LiveMark
    from game.scoring.results import NoteJudgement

MEANS = {
    "match": {"right", "early", "late"},
    "substitution": {"wrong"},
    "omission": {"missed"},
}
MOVED_S = 0.3
"""A lag that changes by more is a move to another place."""
WITHIN_BEATS, SEEN_BEATS = 2.0, 6.0
FEWEST_KEYS = 4
FITS_S, SAME_SHARE = 0.06, 0.8
"""Where so many keys lie near notes of another place, too, nobody can tell where they are."""
FOLLOWED_SHARE = 0.8


@dataclass
class Tally:
    """What was found of one chart, or of many."""

    agreed: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    """By (kind of chart, percent of errors): notes that agree, and all."""
    followed: dict[str, list[bool]] = field(default_factory=dict)
    """By the kind of chart: whether a move was followed in time."""
    odd: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in another tally."""
        for key, (same, of) in other.agreed.items():
            mine = self.agreed.setdefault(key, [0, 0])
            mine[0] += same
            mine[1] += of
        for kind, moves in other.followed.items():
            self.followed.setdefault(kind, []).extend(moves)
        self.odd += other.odd


def measure(place: Place) -> Tally:
    """The takes of one chart."""
    room, tally = Room(place), Tally()
    kind = f"{place.kind}, own voicings" if place.voicing else place.kind
    for percent, share in SHARES.items():
        dice = Random(f"marking {percent} {place.seed}")  # noqa: S311 - dice, no secret
        take = _play(room, draw_player("click", share, dice))
        marks, card = _mark(room, take), room.grade(take.events)
        last = {mark.id: mark.verdict for mark in marks if mark.id}
        wrong = [n for n in card.notes if last.get(n.id, "missed") not in MEANS[n.verdict]]
        tally.agreed[kind, percent] = [len(card.notes) - len(wrong), len(card.notes)]
        if len(wrong) > 0.02 * len(card.notes):
            tally.odd.append(f"{room.name} {percent} %: {_say(wrong, last)} of {len(card.notes)}")
        if not place.voicing:
            take = _play(room, draw_player("stumbling click", share, dice))
            tally.followed.setdefault(kind, []).extend(_follow(room, take, tally.odd))
    return tally


def _say(wrong: list[NoteJudgement], last: dict[str | None, str]) -> str:
    pairs = [f"{note.verdict} as {last.get(note.id, 'missed')}" for note in wrong]
    return ", ".join(f"{pairs.count(pair)} {pair}" for pair in sorted(set(pairs)))


def _play(room: Room, player: Profile) -> Performance:
    return perform(
        room.chart, msgspec.structs.replace(player, voicing=room.place.voicing),
        timeline=room.timeline, style=room.style, level=room.place.level, seed=room.place.seed,
    )  # fmt: skip


def _mark(room: Room, take: Performance) -> list[LiveMark]:
    """All marks of a take, as they come."""
    live = LiveMarker(room.chart, timeline=room.timeline, style=room.style, level=room.place.level)
    marks: list[LiveMark] = []
    for event in take.events:
        marks += live.advance(event.onset_s)
        marks += live.feed(event)
    return [*marks, *live.advance(float("inf"))]


@dataclass
class Move:
    """What was played after a player went elsewhere."""

    at_s: float
    lag_s: float
    keys: list[tuple[float, bool, int, float]] = field(default_factory=list)
    """Beats since then; whether the mark was the right note's; pitch and time."""

    def is_followed(self, written: Mapping[int, Sequence[float]]) -> bool | None:
        """Whether the marks were with the player in time; None where nobody could tell."""
        seen = [key for key in self.keys if key[0] <= SEEN_BEATS]
        later = [right for beats, right, *_ in seen if beats >= WITHIN_BEATS]
        if len(later) < FEWEST_KEYS or self._fits_elsewhere(written):
            return None
        return sum(later) >= FOLLOWED_SHARE * len(later)

    def _fits_elsewhere(self, written: Mapping[int, Sequence[float]]) -> bool:
        """Whether nearly all that was played stands in another place of the chart, too."""
        seen = [key for key in self.keys if key[0] <= SEEN_BEATS]
        lags = {when - at for *_, pitch, when in seen[:FEWEST_KEYS] for at in written[pitch]}
        return any(
            sum(
                any(abs(when - lag - at) <= FITS_S for at in written[pitch])
                for *_, pitch, when in seen
            )
            >= SAME_SHARE * len(seen)
            for lag in lags
            if abs(lag - self.lag_s) > MOVED_S
        )


def _follow(room: Room, take: Performance, odd: list[str]) -> Iterator[bool]:
    """For each move of the player, whether the marks were with him in time."""
    notes = expect_notes(
        room.chart, timeline=room.timeline, style=room.style, level=room.place.level
    )
    written: dict[int, list[float]] = {}
    for note in notes:
        written.setdefault(note.pitch, []).append(note.onset_s)
    for move in _find_moves(room, take, {note.id: note for note in notes}):
        followed = move.is_followed(written)
        if followed is not None:
            yield followed
        if followed is False:
            odd.append(f"{room.name} at {move.at_s:.1f} s: not followed")


def _find_moves(room: Room, take: Performance, expected: Mapping[str, Expected]) -> list[Move]:
    """Where the lag of the right notes changes, and what came then."""
    meant: dict[int, set[str | None]] = {}
    for told in take.truth.notes:
        if told.what == "right" and told.played is not None:
            meant.setdefault(told.played, set()).add(told.id)
    marked: dict[tuple[float, int], set[str | None]] = {}
    for mark in _mark(room, take):
        if mark.verdict in MEANS["match"]:
            marked.setdefault((mark.onset_s, mark.pitch), set()).add(mark.id)
    struck = [event for event in take.events if event.kind == "on"]
    moves = [Move(0.0, 0.0)]
    for index in sorted(meant):
        key, note = struck[index], expected[min(map(str, meant[index]))]
        if abs(key.onset_s - note.onset_s - moves[-1].lag_s) > MOVED_S:
            moves.append(Move(key.onset_s, key.onset_s - note.onset_s))
        beats = (key.onset_s - moves[-1].at_s) / note.beat_s
        right = bool(meant[index] & marked.get((key.onset_s, key.pitch), set()))
        moves[-1].keys.append((beats, right, note.pitch, key.onset_s))
    return moves[1:]


def tell(tally: Tally) -> Iterator[str]:
    """The figures as lines."""
    kinds = sorted({kind for kind, _ in tally.agreed})
    yield f"{'':<24}" + "".join(f"{percent:>5} %" for percent in SHARES) + "   followed"
    for kind in kinds:
        cells = [tally.agreed.get((kind, percent), [0, 0]) for percent in SHARES]
        shares = "".join(f"{same / max(1, of):>7.1%}" for same, of in cells)
        moves = tally.followed.get(kind, [])
        yield f"{kind:<24}{shares}{sum(moves):>7} of {len(moves)}"
    same, of = (sum(cell[i] for cell in tally.agreed.values()) for i in (0, 1))
    moves = [one for some in tally.followed.values() for one in some]
    yield f"all: {same / of:.2%} of {of} notes; {sum(moves) / max(1, len(moves)):.1%} of the moves"


def main() -> int:
    """Print the figures."""
    options = read_options(__doc__)
    tally = Tally()
    places = plan_charts(options.charts, HELD_OUT * options.held_out)
    for _, one in run_parallel(measure, places, os.cpu_count() or 1):
        tally.add(one)
    print(*tell(tally), sep="\n")
    if options.odd:
        print(*sorted(tally.odd), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
