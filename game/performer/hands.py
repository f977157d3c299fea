"""The performer's hands: which keys are pressed when, how hard and how long."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from game.performer.misreading import Misreadings, miss_key, pitches_near
from game.performer.ornaments import Ornaments, draw_grace, draw_roll, draw_trill
from game.performer.stumbling import LOWER_STAFF
from game.performer.touch import FINGER_S, Loudness, hold_s, strike_velocity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from game.performer.profiles import Profile
    from game.performer.stumbling import Visit
    from game.scoring.expectation import Expected

CHORD_CLIP_SPREADS = 2.2
CHORD_CLIP_MS = 32.0
"""A chord note is never farther from the chord's middle: one chord stays one (facts of 22
pianists: 95 % of two-hand chords within 69 ms)."""
EXTRA_WINDOW_S = 0.03
EXTRA_HOLD_S = 0.08
GRACE_HOLD_S = 0.06
TORN, FALSE = 0.35, 0.25
"""Share of the keys of a chord where a player breaks off that are missing, that are wrong."""


@dataclass
class Key:
    """One key on its way to being pressed."""

    onset_s: float
    hold_s: float
    pitch: int
    velocity: int
    ids: tuple[str, ...] = ()
    """The charted notes that it is meant for."""
    away_ms: float = 0.0
    reason: str | None = None


@dataclass
class Hands:
    """Presses keys."""

    expected: Sequence[Expected]
    members: list[list[int]]
    plan: Misreadings
    ornaments: Ornaments
    profile: Profile
    rng: Random
    loudness: Loudness

    def strike(self, visit: Visit, late_s: float) -> list[Key]:
        """Press the keys of one onset group."""
        keys: dict[int, Key] = {}
        extras: list[Key] = []
        plan, profile, rng = self.plan, self.profile, self.rng
        numbers = self.members[visit.group]
        for number in numbers:
            note = self.expected[number]
            if plan.kinds.get(number) == "missing":
                continue
            pitch = plan.pitches.get(number, note.pitch)
            if pitch in keys and number not in plan.kinds:
                keys[pitch].ids += (note.id,) * visit.counts  # two voices meet on one key
                keys[pitch].hold_s = max(keys[pitch].hold_s, hold_s(note))
                continue
            velocity = strike_velocity(note, self.loudness) + rng.gauss(0.0, 1.0) * profile.touch
            length = profile.length + rng.gauss(0.0, 1.0) * profile.length_spread
            late = late_s + self._hand_late_s(note, visit)
            keys[pitch] = Key(
                onset_s=note.onset_s + visit.shift_s + late,
                hold_s=max(FINGER_S, hold_s(note) * max(0.1, length)),
                pitch=pitch,
                velocity=min(127, max(1, round(velocity))),
                ids=(note.id,) if visit.counts else (),
                away_ms=late * 1000.0,
                reason=None if visit.counts else visit.reason,
            )
        meant = {self.expected[n].pitch for n in numbers if n not in plan.kinds}
        self._spread_chord(list(keys.values()), meant, rolled=visit.group in self.ornaments.rolls)
        for number in numbers:
            main = keys.get(self.expected[number].pitch)
            if main is not None and number not in plan.kinds:
                extras.extend(self._ornament(number, main, visit))
        pressed = list(keys.values())
        return (self._break_off(pressed) if visit.broken else pressed) + extras

    def _hand_late_s(self, note: Expected, visit: Visit) -> float:
        left = note.staff == LOWER_STAFF
        always = self.profile.left_late_ms if left else self.profile.right_late_ms
        return always / 1000.0 + visit.late_s[left]

    def _spread_chord(self, keys: list[Key], meant: set[int], *, rolled: bool) -> None:
        """Fingers do not land together; the middle of the right notes stays where it was."""
        clip = max(CHORD_CLIP_MS, CHORD_CLIP_SPREADS * self.profile.chord_spread_ms)
        offsets = [
            min(clip, max(-clip, self.rng.gauss(0.0, 1.0) * self.profile.chord_spread_ms))
            for _ in keys
        ]
        if rolled:
            keys = sorted(keys, key=lambda key: key.pitch)
            offsets = [1000.0 * when for when in draw_roll(len(keys), self.rng)]
        right = [offset for offset, key in zip(offsets, keys, strict=True) if key.pitch in meant]
        middle = median(right or offsets) if offsets else 0.0
        for offset, key in zip(offsets, keys, strict=True):
            key.onset_s += (offset - middle) / 1000.0
            key.away_ms += offset - middle

    def _ornament(self, number: int, main: Key, visit: Visit) -> list[Key]:
        """The notes about one main note that nobody wrote."""
        reason = "ornament" if visit.counts else visit.reason
        soft = max(1, main.velocity - 8)
        if number in self.ornaments.graces:
            before, away = draw_grace(self.rng)
            onset = main.onset_s - before
            return [Key(onset, GRACE_HOLD_S, main.pitch + away, soft, reason=reason)]
        if number in self.ornaments.trills:
            turns, step = draw_trill(main.hold_s, self.rng)
            if turns:
                main.hold_s = step
            return [
                Key(main.onset_s + after, step, main.pitch + above, soft, reason=reason)
                for after, above in turns
            ]
        return []

    def _break_off(self, keys: list[Key]) -> list[Key]:
        """What is pressed of a chord at which a player breaks off: at least a key."""
        left: list[Key] = []
        for key in keys:
            luck = self.rng.random()
            if luck < TORN:
                continue
            if luck < TORN + FALSE:
                key.pitch = miss_key(key.pitch, {other.pitch for other in keys}, self.rng)
            left.append(key)
        return left or keys[:1]

    def stray(self, keys: list[Key]) -> list[Key]:
        """Keys that were brushed beside the ones that were meant."""
        strays: list[Key] = []
        groups = {note.id: note.group for note in self.expected}
        meant = [key for key in keys if key.ids]
        for _ in range(round(self.profile.extra * len(self.expected)) if meant else 0):
            beside = self.rng.choice(meant)
            taken = pitches_near(self.expected, self.members, groups[beside.ids[0]])
            pitch = miss_key(beside.pitch, taken, self.rng)
            if pitch != beside.pitch:
                onset = beside.onset_s + self.rng.uniform(-EXTRA_WINDOW_S, EXTRA_WINDOW_S)
                soft = max(1, beside.velocity - 15)
                strays.append(Key(onset, EXTRA_HOLD_S, pitch, soft, reason="stray"))
        return strays
