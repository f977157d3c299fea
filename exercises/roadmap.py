"""Road maps: repeats, endings, segno and coda, and the order in which printed bars sound.

A road map is a list of signs in words, each with the printed numbers of its bars:

    repeat 1-8            between repeat signs, played twice
    repeat 1-8 3x         played three times
    vamp 9-10 4x          a repeat that is printed with its word and its count
    ending 1 7-8          a bracket over bars 7 and 8, played on the first pass
    ending 1,2 7-8        on the first and the second
    segno 5               the sign at the beginning of bar 5
    coda 25               the coda begins with bar 25
    To Coda 12            at the end of bar 12, taken after the jump back
    Fine 8                at the end of bar 8, where the music ends after the jump back
    D.C. al Fine 24       at the end of bar 24; also D.C., D.C. al Coda, D.S., D.S. al Fine and
                          D.S. al Coda
    cue 17 Horns          a word for the player at bar 17
    unread 12 why         a sign of a foreign score that cannot be followed, and why

After a jump back repeats are not played again, and of endings the last is taken, as is the custom.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from exercises.chart import ComposeError

JUMPS = ("D.C.", "D.C. al Fine", "D.C. al Coda", "D.S.", "D.S. al Fine", "D.S. al Coda")
PLACES = ("segno", "coda", "To Coda", "Fine")
REPEATS = ("repeat", "vamp")
MOST_BARS = 5000
"""A road map whose sounding order is longer leads in circles."""

_SPAN = re.compile(r"^(repeat|vamp) (\d+)-(\d+)(?: (\d+)x)?$")
_ENDING = re.compile(r"^ending (\d+(?:,\d+)*) (\d+)-(\d+)$")
_PLACE = re.compile(rf"^({'|'.join(re.escape(s) for s in (*JUMPS[::-1], *PLACES))}) (\d+)$")
_SAID = re.compile(r"^(cue|unread) (\d+) (.+)$")


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a road map."""

    kind: str
    """repeat, vamp, ending, cue, unread, one of `PLACES` or one of `JUMPS`."""
    first: int
    """Printed number of its first bar."""
    last: int
    """Of its last bar; of a place the same as the first."""
    times: int = 2
    """How often a repeat or vamp is played in all."""
    passes: tuple[int, ...] = ()
    """The passes on which an ending is played."""
    text: str = ""
    """What a cue says, or why a sign is not read."""

    def __str__(self) -> str:
        """The sign in words, as in `Chart.roadmap`."""
        if self.kind == "ending":
            return f"ending {','.join(map(str, self.passes))} {self.first}-{self.last}"
        if self.kind == "repeat" and self.times == 2:  # noqa: PLR2004 - the plain repeat
            return f"repeat {self.first}-{self.last}"
        if self.kind in REPEATS:
            return f"{self.kind} {self.first}-{self.last} {self.times}x"
        if self.kind in {"cue", "unread"}:
            return f"{self.kind} {self.first} {self.text}"
        return f"{self.kind} {self.first}"


def read_sign(text: str) -> Sign:
    """One sign from its words.

    Raises:
        ComposeError: not a sign of a road map.
    """
    if found := _SPAN.match(text):
        kind, first, last, times = found.groups()
        return Sign(kind, int(first), int(last), int(times or 2))
    if found := _ENDING.match(text):
        passes, first, last = found.groups()
        return Sign("ending", int(first), int(last), passes=tuple(map(int, passes.split(","))))
    if found := _PLACE.match(text):
        return Sign(found[1], int(found[2]), int(found[2]))
    if found := _SAID.match(text):
        return Sign(found[1], int(found[2]), int(found[2]), text=found[3])
    raise ComposeError(
        f'"{text}" is no sign of a road map: write it like "repeat 1-8", "ending 1 7-8", '
        '"segno 5" or "D.S. al Coda 24"'
    )


def read_roadmap(roadmap: Sequence[str]) -> tuple[Sign, ...]:
    """The signs of a road map.

    Raises:
        ComposeError: something in it is no sign.
    """
    return tuple(read_sign(text) for text in roadmap)


def sound_bars(numbers: Sequence[int], signs: Sequence[Sign]) -> tuple[int, ...]:
    """The sounding order of printed bars, as indexes into their numbers.

    Args:
        numbers: of the printed bars, in the order of the page.
        signs: of the road map.

    Raises:
        ComposeError: a sign that cannot be followed; the message names its bar.
    """
    check_roadmap(numbers, signs)
    walk = _Walk(numbers, signs)
    return walk.sound()


def drop_unfollowed(numbers: Sequence[int], signs: Sequence[Sign]) -> tuple[Sign, ...]:
    """The signs with each one that cannot be followed replaced by a word on why.

    Of several that fail together the last goes first: what it needed may still serve others.
    """
    kept = list(signs)
    unread: list[Sign] = []
    while True:
        try:
            sound_bars(numbers, kept)
        except ComposeError as error:
            bad = _blamed(numbers, kept)
            kept.remove(bad)
            known = set(numbers)
            bar = bad.last if bad.last in known else (numbers[-1] if numbers else 0)
            unread.append(Sign("unread", bar, bar, text=str(error)))
        else:
            return (*kept, *unread)


def _blamed(numbers: Sequence[int], signs: Sequence[Sign]) -> Sign:
    """The last sign without which the others can be followed further, else the last of all."""
    for sign in reversed(signs):
        try:
            check_roadmap(numbers, [sign])
        except ComposeError:
            try:
                check_roadmap(numbers, [each for each in signs if each is not sign])
            except ComposeError:
                continue
            return sign
    for sign in reversed(signs):
        if sign.kind in JUMPS or sign.kind in REPEATS:
            return sign
    return signs[-1]


def turns_of(repeat: Sign, signs: Sequence[Sign]) -> tuple[int, ...]:
    """The bars at whose ends a repeat's closing sign stands: its own last, and its endings'."""
    endings = [s for s in signs if s.kind == "ending" and _repeat_of(s, signs) is repeat]
    back = {ending.last for ending in endings if max(ending.passes) < repeat.times}
    return tuple(sorted(back | {repeat.last}))


def check_roadmap(numbers: Sequence[int], signs: Sequence[Sign]) -> None:
    """Refuse signs that lead nowhere.

    Raises:
        ComposeError: the message names the bar and what is missing.
    """
    known = set(numbers)
    first = numbers[0] if numbers else 0
    for sign in signs:
        for number in (sign.first, sign.last):
            if number not in known:
                raise ComposeError(f"{sign}: there is no bar {number}")
        if sign.last < sign.first:
            raise ComposeError(f"{sign}: it ends before it begins")
        if sign.kind in REPEATS and sign.times < 1:
            raise ComposeError(f"{sign}: a repeat is played once at least")
        if sign.kind in JUMPS:
            _check_jump(sign, signs, first)
        if sign.kind == "ending" and _repeat_of(sign, signs) is None:
            raise ComposeError(f"bar {sign.first}: an ending without a repeat before it")


def _check_jump(jump: Sign, signs: Sequence[Sign], first: int) -> None:
    where = f"bar {jump.last}: {jump.kind}"
    start = first
    if jump.kind.startswith("D.S."):
        segno = _find("segno", signs)
        if segno is None or segno.first > jump.last:
            raise ComposeError(f"{where}, but there is no segno before it")
        start = segno.first
    if jump.kind.endswith("al Fine"):
        fine = _find("Fine", signs)
        if fine is None or not start <= fine.first < jump.last:
            raise ComposeError(f"{where}, but there is no Fine between the sign and here")
    if jump.kind.endswith("al Coda"):
        leave, coda = _find("To Coda", signs), _find("coda", signs)
        if leave is None or not start <= leave.first <= jump.last:
            raise ComposeError(f"{where}, but there is no To Coda between the sign and here")
        if coda is None or coda.first <= jump.last:
            raise ComposeError(f"{where}, but there is no coda after it")


def _find(kind: str, signs: Sequence[Sign]) -> Sign | None:
    return next((sign for sign in signs if sign.kind == kind), None)


def _repeat_of(ending: Sign, signs: Sequence[Sign]) -> Sign | None:
    """The repeat that an ending belongs to: around it, or before it with only endings between."""
    first = ending.first
    others = sorted(s.first for s in signs if s.kind == "ending")
    while True:
        for sign in signs:
            if sign.kind in REPEATS and sign.first <= first <= sign.last + 1:
                return sign
        before = next(
            (s for s in signs if s.kind == "ending" and s.last == first - 1 and s is not ending),
            None,
        )
        if before is None or before.first not in others:
            return None
        first = before.first


class _Walk:
    """A reader's way through the printed bars."""

    def __init__(self, numbers: Sequence[int], signs: Sequence[Sign]) -> None:
        self.place = {number: index for index, number in enumerate(numbers)}
        self.count = len(numbers)
        self.signs = signs
        self.repeats = [sign for sign in signs if sign.kind in REPEATS]
        self.passes = dict.fromkeys(self.repeats, 1)
        self.owners = {
            sign: owner
            for sign in signs
            if sign.kind == "ending" and (owner := _repeat_of(sign, signs)) is not None
        }
        self.turns = {
            repeat: {self.place[number] for number in turns_of(repeat, signs)}
            for repeat in self.repeats
        }
        self.jumped: str = ""
        self.done: set[Sign] = set()

    def sound(self) -> tuple[int, ...]:
        order: list[int] = []
        here, arrived = 0, None
        while here < self.count:
            self._enter(here, arrived)
            skipped = self._skip(here)
            if skipped is not None:
                here, arrived = skipped, None
                continue
            order.append(here)
            if len(order) > MOST_BARS:
                raise ComposeError("the road map leads in circles")
            if self._ends(here):
                break
            here, arrived = self._next(here)
        return tuple(order)

    def _enter(self, here: int, arrived: Sign | None) -> None:
        """Arriving at the beginning of a repeat from outside is its first pass."""
        for repeat in self.repeats:
            if self.place[repeat.first] == here and repeat is not arrived:
                self.passes[repeat] = repeat.times if self.jumped else 1

    def _skip(self, here: int) -> int | None:
        """Past an ending of another pass."""
        for ending, owner in self.owners.items():
            if self.place[ending.first] != here:
                continue
            current = self.passes[owner]
            known = [number for each, of in self.owners.items() if of is owner
                     for number in each.passes]  # fmt: skip
            # After a jump the last ending stands for all.
            current = max(known) if self.jumped else current
            if current not in ending.passes:
                return self.place[ending.last] + 1
        return None

    def _ends(self, here: int) -> bool:
        fine = _find("Fine", self.signs)
        return self.jumped.endswith("al Fine") and fine is not None and self._at(fine, here)

    def _at(self, sign: Sign, here: int) -> bool:
        return self.place[sign.last] == here

    def _next(self, here: int) -> tuple[int, Sign | None]:
        """Where the reader goes after a bar, and the repeat that sent him back."""
        if self.jumped.endswith("al Coda"):
            leave, coda = _find("To Coda", self.signs), _find("coda", self.signs)
            if leave is not None and coda is not None and self._at(leave, here):
                self.jumped = ""
                return self.place[coda.first], None
        for repeat in self.repeats:
            turns = here in self.turns[repeat]
            if turns and self.passes[repeat] < repeat.times:
                self.passes[repeat] += 1
                return self.place[repeat.first], repeat
        for jump in self.signs:
            if jump.kind in JUMPS and self._at(jump, here) and jump not in self.done:
                self.done.add(jump)
                self.jumped = jump.kind
                self.passes = {repeat: repeat.times for repeat in self.repeats}
                segno = _find("segno", self.signs) if jump.kind.startswith("D.S.") else None
                return (self.place[segno.first] if segno else 0), None
        return here + 1, None
