"""Which key was meant for which note: the alignment of a whole take.

The likeliest way through the chart (`path`), cut into attempts (`segments`); within each attempt
a one-to-one pairing (`pairing`) against where that player was, each hand for itself. Nothing
cascades from one slip, and no input fails.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from dataclasses import replace as replace_warp
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from game.scoring.layout import find_edges, list_shifted
from game.scoring.misread import pair_misread
from game.scoring.pairing import WIDE, add_in_order, come_to, pair_same_pitch, strike_together
from game.scoring.reasons import REPEAT_S, name_extras
from game.scoring.results import Alignment
from game.scoring.segments import Segment, TimeMap, cut_segments, find_owners, map_time
from game.scoring.stutters import count_first_strikes, count_last_strikes
from game.scoring.tempo import Warp, fit_warp
from game.scoring.ways import find_way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.scoring.expectation import Expected
    from game.scoring.pairing import Item
    from game.scoring.results import PlayedNote
    from game.scoring.tempo import Anchor
    from game.scoring.ways import Way

MARGIN_GROUPS = 2
"""Notes this far outside an attempt may belong to it: its first chord may be torn."""
TRUSTED_SHARE = 0.3
"""Where fewer notes of an attempt are right they are right by chance, and tell no time."""
TRUSTED_PAIRS = 4
"""A hand with fewer pairs has no lag of its own."""
COUNT_IN_BEATS = 0.5
"""What ends so long before the first note of the chart was played in the count-in."""
TRANSPOSED = 0.6
"""Of the cost as written: in another octave or key it goes so much better."""
GOES_WELL = 0.75
"""Cost of a note up to which nobody asks for another octave or key: some mistakes."""
CAME_BEATS = 0.75
"""Where a note came so far from where the lag around it says, the lag says nothing."""
WAIT_BEATS = 0.4
"""A lag that grows by more at once is a wait."""
UNIT_FLOOR_S = 0.06
UNIT_SHARE = 0.12
"""Of a beat: one unit of asynchrony in the pairing."""


@dataclass(frozen=True)
class Aligned:
    """An alignment with what the other scores need of it."""

    alignment: Alignment
    warp: Warp
    """From the player's seconds to the chart's clock; the identity to a click."""
    attempts: dict[int, int]
    """Played index to the stretch without a jump that it belongs to."""
    restarted: tuple[bool, ...]
    """For each such stretch, whether it began by going back."""

    @property
    def restarts(self) -> int:
        """How often the player went back."""
        return sum(self.restarted)


def align_take(
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
    *,
    free: bool = False,
    pitched: bool = True,
) -> Aligned:
    """Align a take to its chart.

    Args:
        expected: the charted notes, as `expect_notes` gives them.
        played: the played notes; the order among notes of one moment changes nothing.
        free: there was no click; the tempo is found, from half to double the chart's.
        pitched: whether keys lie high and low; of pads none is nearer than another, and nobody
            plays them in another key.

    """
    warp = Warp.identity()
    if not expected or not played:
        omitted = tuple(note.id for note in expected)
        extras = tuple((note.index, "stray") for note in played)
        return Aligned(Alignment((), (), omitted, extras), warp, {}, ())
    ordered = sorted(played, key=lambda note: (note.onset_s, note.pitch, note.index))
    pitches = [note.pitch for note in ordered]
    found = find_way(expected, ordered, pitches, free=free)
    meant = expected
    if pitched and found.cost > GOES_WELL * len(pitches):
        for other in list_shifted(expected, pitches):
            way = find_way(other, ordered, pitches, free=free)
            if way.cost < (TRANSPOSED if meant is expected else 1.0) * found.cost:
                found, meant = way, other
    pairing = _Pairing(meant, ordered, found, pitched=pitched)
    attempts = {
        ordered[key].index: number
        for number, segment in enumerate(pairing.segments)
        for key in range(segment.start, segment.stop)
    }
    alignment = pairing.run()
    if meant is not expected:
        # Only what is on the page is right, however well it goes elsewhere.
        written = {note.id: note.pitch for note in expected}
        heard = {note.index: note.pitch for note in ordered}
        pairs = sorted(alignment.matches + alignment.substitutions, key=lambda pair: pair[1])
        right = tuple(pair for pair in pairs if written[pair[0]] == heard[pair[1]])
        wrong = tuple(pair for pair in pairs if pair not in right)
        alignment = replace(alignment, matches=right, substitutions=wrong)
    warp = _settle_tempo(found, alignment, attempts, expected, played)
    return Aligned(alignment, warp, attempts, pairing.restarted)


def _settle_tempo(
    way: Way,
    alignment: Alignment,
    attempts: Mapping[int, int],
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
) -> Warp:
    """The tempo once it is known what was meant for what: waits are none of it."""
    if not way.warp.free:
        return way.warp
    notes = {note.id: note for note in expected}
    heard = {note.index: note.onset_s for note in played}
    came: dict[tuple[int, float], float] = {}
    for name, key in alignment.matches:
        if not notes[name].grace:
            place = (attempts[key], notes[name].onset_s)
            came[place] = min(heard[key], came.get(place, heard[key]))
    if not came:
        return way.warp
    stretches: dict[int, list[Anchor]] = {}
    for (attempt, place_s), when in sorted(came.items()):
        stretches.setdefault(attempt, []).append((when, place_s))
    onsets = heard.values()
    warp = fit_warp(
        stretches.values(),
        guess=way.warp.rate,
        ends_s=(min(onsets), max(onsets)),
        first_s=0.0,
        beat_s=way.chart.groups.beat_s,
    )
    # Both clocks meet where the player first came to a place.
    when, place_s = min((when, place) for (_, place), when in came.items())
    shift = place_s - warp.chart_s(when)
    return replace_warp(warp, chart=warp.chart + shift)


class _Pairing:
    """The second half of the work: from the way through the chart to pairs."""

    def __init__(
        self,
        expected: Sequence[Expected],
        played: Sequence[PlayedNote],
        way: Way,
        *,
        pitched: bool,
    ) -> None:
        groups = way.chart.groups
        self.pitched = pitched
        self.way = way
        self.chart = way.chart
        self.expected = expected
        self.played = played
        self.onsets_s = way.onsets_s
        self.steps = way.steps
        self.groups = groups
        self.wait_s = WAIT_BEATS * groups.beat_s
        self.unit_s = max(UNIT_FLOOR_S, UNIT_SHARE * groups.beat_s)
        begins_s = float(groups.onset_s[0]) - COUNT_IN_BEATS * groups.beat_s
        begun = 0 if way.warp.free else bisect_left(way.onsets_s, begins_s)
        self.segments = cut_segments(way.steps, groups.size.tolist(), begun)
        self.edges = find_edges(expected, way.chart)
        self.members: list[list[int]] = [[] for _ in groups.pitches]
        for number, place in enumerate(self.chart.places):
            self.members[place].append(number)
        pitches = [note.pitch for note in played]
        self.owners = find_owners(self.segments, way.steps, pitches, expected, self.chart)
        self.matched: dict[int, int] = {}
        """Charted number to played number."""
        self.substituted: dict[int, int] = {}
        self.superseded: set[int] = set()
        """Played notes of attempts that were replaced."""

    @property
    def restarted(self) -> tuple[bool, ...]:
        """For each attempt, whether the player went back: noodling is no attempt."""
        earnest = [segment.earnest for segment in self.segments]
        return tuple(
            segment.restarted and segment.earnest and any(earnest[:number])
            for number, segment in enumerate(self.segments)
        )

    def run(self) -> Alignment:
        for index, segment in enumerate(self.segments):
            self._pair_segment(index, segment)
        self._share_unisons()
        used = {*self.matched.values(), *self.substituted.values()}
        left = [number for number in range(len(self.played)) if number not in used]
        expected, played = self.expected, self.played
        return Alignment(
            matches=self._name(self.matched),
            substitutions=self._name(self.substituted),
            omissions=tuple(
                note.id
                for number, note in enumerate(expected)
                if number not in self.matched and number not in self.substituted
            ),
            extras=name_extras(
                played,
                self.onsets_s,
                left=left,
                matched=self.matched,
                substituted=self.substituted,
                superseded=self.superseded,
            ),
        )

    def _name(self, pairs: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
        return tuple(
            (self.expected[n].id, self.played[key].index) for n, key in sorted(pairs.items())
        )

    def _pair_segment(self, index: int, segment: Segment) -> None:
        """Pair what one attempt played with what it covered."""
        keys = range(segment.start, segment.stop)
        numbers = self._covered(index, segment)
        heard: list[Item] = [(key, self.onsets_s[key], self.played[key].pitch) for key in keys]
        time = self._first_map(segment)
        came = self.way.came(keys, numbers, self.expected, self.played)
        due = self._due(numbers, [time, time], came)
        pairs = pair_same_pitch(due, heard, self.unit_s, skip=WIDE)
        pairs = count_first_strikes(pairs, heard, due)
        hands = self._hand_maps(pairs, time)
        chords = {n: (self.chart.places[n], self.expected[n].staff) for n in numbers}
        due = strike_together(self._due(numbers, hands, came), pairs, chords, self.onsets_s)
        likely = self._likely(numbers, keys)
        pairs = pair_same_pitch(due, heard, self.unit_s, likely=likely)
        pairs = add_in_order(count_first_strikes(pairs, heard, due), likely)
        struck = dict(pairs)
        count_last = partial(
            count_last_strikes,
            heard=heard,
            places=self.chart.places,
            onset_s=self.chart.onset_s,
            broken=segment.earnest and index + 1 < len(self.segments),
            hands=[note.staff for note in self.expected] if self.chart.spells else (),
        )
        tried = count_last(pairs, likely=likely)
        pairs = tried.pairs
        taken = {key for _, key in pairs}
        found = {number for number, _ in pairs}
        missed = [item for item in due if item[0] not in found]
        missed += [(n, s + by, pitch) for n, s, pitch in missed for by in self.edges.get(n, ())]
        missed += come_to(missed, pairs, self.chart.places, self.chart.onset_s, self.onsets_s)
        others = pair_misread(
            self.expected, self.played, missed, heard,
            right=pairs, taken=taken | {*struck.values()} | tried.again,
            unit_s=self.unit_s, pitched=self.pitched,
        )  # fmt: skip
        wrong = {number for number, _ in others}
        tried = count_last([*pairs, *others], likely=())
        others = [pair for pair in tried.pairs if pair[0] in wrong]
        taken |= {key for _, key in others}
        self.superseded.update(
            struck[number]
            for number, key in pairs
            if self.onsets_s[key] - self.onsets_s[struck[number]] > REPEAT_S
        )
        for store, some in ((self.matched, pairs), (self.substituted, others)):
            for number, key in some:
                if self.owners[number] in {index, -1}:
                    store[number] = key
                    taken.add(key)
                elif segment.earnest:
                    self.superseded.add(key)
        if segment.earnest:
            self.superseded.update(
                key
                for key in keys
                if key not in taken and self._owner(self.steps[key].group) > index
            )

    def _covered(self, index: int, segment: Segment) -> list[int]:
        """The charted notes that an attempt may have played."""
        low = max(0, segment.low - MARGIN_GROUPS)
        high = min(len(self.members) - 1, segment.high + MARGIN_GROUPS)
        inside = range(segment.low, segment.high + 1)
        return [
            number
            for group in range(low, high + 1)
            for number in self.members[group]
            if group in inside
            or (self.owners[number] in {-1, index} and number not in self.matched)
        ]

    def _owner(self, place: int) -> int:
        """The last attempt that counts for a note of an onset group."""
        return max((self.owners[number] for number in self.members[place]), default=-1)

    def _first_map(self, segment: Segment) -> TimeMap:
        """Where the player was, by the notes that were right on the likeliest way."""
        keys = range(segment.start, segment.stop)
        steps = [(key, self.steps[key]) for key in keys]
        moving = [(key, step) for key, step in steps if not step.extra] or steps
        # Of a key that comes again at one place (a trill) the first tells the time.
        first: dict[tuple[int, int], int] = {}
        for key, step in moving:
            first.setdefault((step.group, self.played[key].pitch), key)
        sure = [
            (key, step)
            for key, step in moving
            if step.right and first[step.group, self.played[key].pitch] == key
        ]
        if len(sure) < TRUSTED_SHARE * len(moving):
            sure = moving
        places = [float(self.groups.onset_s[step.group]) for _, step in sure]
        lags = [self.onsets_s[key] - place for (key, _), place in zip(sure, places, strict=True)]
        return map_time(places, lags, step_s=self.wait_s)

    def _hand_maps(self, pairs: list[tuple[int, int]], time: TimeMap) -> list[TimeMap]:
        """The same for each hand, once most of its notes are known: one hand may be late."""
        maps: list[TimeMap] = []
        for staff in (1, 2):
            own = [(n, key) for n, key in pairs if self.expected[n].staff == staff]
            places = [self.chart.onset_s[number] for number, _ in own]
            lags = [self.onsets_s[key] - place for (_, key), place in zip(own, places, strict=True)]
            sure = len(own) >= TRUSTED_PAIRS
            maps.append(map_time(places, lags, step_s=self.wait_s, calm=True) if sure else time)
        return maps

    def _likely(self, numbers: list[int], keys: range) -> set[tuple[int, int]]:
        """The pairs of right pitch on the likeliest way through the chart."""
        written: dict[tuple[int, int], list[int]] = {}
        for number in numbers:
            place = self.chart.places[number], self.expected[number].pitch
            written.setdefault(place, []).append(number)
        return {
            (number, key)
            for key in keys
            if not self.steps[key].extra
            for number in written.get((self.steps[key].group, self.played[key].pitch), ())
        }

    def _due(
        self, numbers: list[int], hands: Sequence[TimeMap], came: Mapping[int, float]
    ) -> list[Item]:
        """When this player would play each charted note.

        Who waits before every other note has no lag that lasts: then it is when he came there.
        """
        due: list[Item] = []
        for staff, hand in zip((1, 2), hands, strict=True):
            own = [number for number in numbers if (self.expected[number].staff != 1) == staff - 1]
            places = [self.chart.onset_s[number] for number in own]
            lags = np.interp(places, hand.places_s, hand.lags_s)
            for number, place, lag in zip(own, places, lags, strict=True):
                when = place + float(lag)
                if abs(came.get(number, when) - when) > CAME_BEATS * self.groups.beat_s:
                    when = came[number]
                due.append((number, when, self.expected[number].pitch))
        return due

    def _share_unisons(self) -> None:
        """One key is enough for two voices that meet on a note."""
        sounding: dict[tuple[int, int], int] = {}
        for number, key in self.matched.items():
            note = self.expected[number]
            sounding.setdefault((note.group, note.pitch), key)
        for number, note in enumerate(self.expected):
            shared = sounding.get((note.group, note.pitch))
            if shared is not None and number not in self.matched:
                self.matched[number] = shared
                self.substituted.pop(number, None)
