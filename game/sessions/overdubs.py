"""Overdubs: a song recorded part by part, each over the parts before it, and delivered together.

    Pile                  a song and its chairs, nothing written yet
    put_up                a chart for each chair is on the stand
    keep_take             a take of a part, heard under every part after it
    keep_comp             a part with places of it recorded anew
    deliver               all parts are there: what is paid for is their mean

Frozen values, as a job's: what is out of place changes nothing, and a pile that was kept after its
last step goes on at the part that has none yet. Its takes are on disk before it hears of them.
"""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

import msgspec

from exercises.chairs import chair_of
from exercises.drill import DrillRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MODE = "overdubs"
SETS = (
    ("piano", "organ", "bass"),
    ("e-piano", "pad", "bass"),
    ("clav", "organ", "synth lead"),
    ("piano", "strings", "synth lead", "bass"),
)
"""The chairs of a pile, in the order in which they are recorded: who has the rhythm goes first."""
BASS = "bass"


class Recorded(msgspec.Struct, frozen=True, omit_defaults=True):
    """A take of a part, or a comp of one and the punches laid on it."""

    take_id: int
    """The take; of a comp its lowest layer."""
    total: float
    comp_id: int | None = None

    @property
    def key(self) -> tuple[int, int | None]:
        """What tells it from all others."""
        return self.take_id, self.comp_id


class Track(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part of the song: its chart, its takes, and the one that is heard."""

    chair: str
    chart_json: bytes
    takes: tuple[Recorded, ...] = ()
    chosen: int = 0
    """Which of them is heard."""
    muted: bool = False

    @property
    def heard(self) -> Recorded | None:
        """The take that is heard; None where nothing is recorded yet."""
        return self.takes[self.chosen] if self.takes else None

    @property
    def punches(self) -> int:
        """How many of the takes are an older one with a place of it recorded anew."""
        return sum(take.comp_id is not None for take in self.takes)


class Pile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A song on its way."""

    style: str
    level: int
    seed: int
    chairs: tuple[str, ...]
    tracks: tuple[Track, ...] = ()
    """One for each chair; empty until the charts are written."""
    broken: tuple[int, ...] = ()
    """Numbers of takes that were broken off."""
    is_over: bool = False

    @property
    def request(self) -> DrillRequest:
        """The song that is asked for; tempo and key are its own affair."""
        return DrillRequest(style=self.style, level=self.level, seed=self.seed)

    @property
    def next_part(self) -> int | None:
        """The first part that has no take, by its place; None where all have."""
        return next((at for at, track in enumerate(self.tracks) if not track.takes), None)

    @property
    def is_whole(self) -> bool:
        """Whether every part has a take."""
        return bool(self.tracks) and self.next_part is None

    @property
    def heard(self) -> tuple[tuple[int, int | None], ...]:
        """Take and comp of what is heard of each part that has a take."""
        return tuple(track.heard.key for track in self.tracks if track.heard is not None)

    @property
    def worth(self) -> float | None:
        """The mean grade of what is heard of the parts; None before the first take."""
        totals = [track.heard.total for track in self.tracks if track.heard is not None]
        return fmean(totals) if totals else None

    @property
    def take_ids(self) -> tuple[int, ...]:
        """Numbers of all takes that the pile has heard of."""
        graded = (take.take_id for track in self.tracks for take in track.takes)
        return (*dict.fromkeys(graded), *self.broken)


def pick_chairs(seed: int) -> tuple[str, ...]:
    """The chairs of a pile, by its seed."""
    return SETS[seed % len(SETS)]


def put_up(pile: Pile, charts: Sequence[bytes]) -> Pile:
    """The charts are written, one for each chair; those that are on the stand stay."""
    if pile.tracks or len(charts) != len(pile.chairs):
        return pile
    tracks = tuple(Track(chair, chart) for chair, chart in zip(pile.chairs, charts, strict=True))
    return msgspec.structs.replace(pile, tracks=tracks)


def keep_take(pile: Pile, place: int, take_id: int, total: float | None) -> Pile:
    """A take of a part. The best is heard, of two that are as good the later.

    Args:
        pile: as it stands.
        place: of the part.
        take_id: number of the take, known once.
        total: its grade; None where it was broken off.
    """
    if pile.is_over or not 0 <= place < len(pile.tracks) or take_id in pile.take_ids:
        return pile
    if total is None:
        return msgspec.structs.replace(pile, broken=(*pile.broken, take_id))
    return _add(pile, place, Recorded(take_id, round(total, 1)))


def keep_comp(pile: Pile, place: int, comp: Recorded) -> Pile:
    """A part with a place of it recorded anew. The best is heard, as of takes.

    Args:
        pile: as it stands.
        place: of the part, which has the take that was punched.
        comp: known once by its number.
    """
    if pile.is_over or not 0 <= place < len(pile.tracks):
        return pile
    takes = pile.tracks[place].takes
    known = {take.comp_id for take in takes} - {None}
    if comp.comp_id in known or comp.take_id not in {take.take_id for take in takes}:
        return pile
    return _add(pile, place, comp)


def _add(pile: Pile, place: int, new: Recorded) -> Pile:
    track = pile.tracks[place]
    takes = (*track.takes, new)
    best = max(range(len(takes)), key=lambda at: (takes[at].total, at))
    return _set(pile, place, msgspec.structs.replace(track, takes=takes, chosen=best))


def choose_take(pile: Pile, place: int, by: int) -> Pile:
    """Another take of a part is heard, round and round."""
    if pile.is_over or not 0 <= place < len(pile.tracks) or not pile.tracks[place].takes:
        return pile
    track = pile.tracks[place]
    at = (track.chosen + by) % len(track.takes)
    return _set(pile, place, msgspec.structs.replace(track, chosen=at))


def mute(pile: Pile, place: int) -> Pile:
    """A part is silent while others are recorded, or heard again; it is delivered all the same."""
    if not 0 <= place < len(pile.tracks):
        return pile
    track = pile.tracks[place]
    return _set(pile, place, msgspec.structs.replace(track, muted=not track.muted))


def deliver(pile: Pile) -> Pile:
    """Hand all parts over together."""
    return msgspec.structs.replace(pile, is_over=True) if pile.is_whole else pile


def _set(pile: Pile, place: int, track: Track) -> Pile:
    tracks = (*pile.tracks[:place], track, *pile.tracks[place + 1 :])
    return msgspec.structs.replace(pile, tracks=tracks)


def list_under(pile: Pile, place: int | None = None) -> tuple[Track, ...]:
    """The parts that are heard: all with a take that are not muted, but for the one at `place`."""
    return tuple(
        track
        for at, track in enumerate(pile.tracks)
        if at != place and track.heard is not None and not track.muted
    )


def has_own_bass(pile: Pile, place: int | None = None) -> bool:
    """Whether the band's bass is silent: it is being played, or has been and is heard."""
    playing = place is not None and pile.tracks[place].chair == BASS
    return playing or any(track.chair == BASS for track in list_under(pile, place))


def find_part(pile: Pile, chart_json: bytes) -> int | None:
    """The part that a kept take is of, by its chart; None where it is of none."""
    return next((at for at, t in enumerate(pile.tracks) if t.chart_json == chart_json), None)


def missing_takes(pile: Pile, kept: Iterable[int]) -> tuple[int, ...]:
    """Numbers of takes on disk that the pile has not heard of: the game ended just then."""
    known: Collection[int] = pile.take_ids
    return tuple(number for number in kept if number not in known)


def say_part(pile: Pile, place: int) -> str:
    """Which part is on: "Part 2 of 3, organ"."""
    return f"Part {place + 1} of {len(pile.tracks)}, {chair_of(pile.tracks[place].chair).name}"
