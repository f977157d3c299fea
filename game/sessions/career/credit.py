"""A job that is over, and what it says of the player who did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from game.sessions.career.call import Call

DONE = frozenset({"delivered", "thin"})
"""Ends with a track that is used."""
LATE_MIN = 30.0
"""So many minutes late are as good as not there (by ear)."""
CANCELLED_WORTH = 0.15
"""A cancelled job beside one that was kept; one that was missed is worth nothing."""
UNSURE = 0.05
"""What each bar costs in which a change was not secure yet (by ear)."""
HALF, QUARTER = 0.5, 0.25
THIN_BELOW = 15.0
"""A grade so far below what is asked can still be mended in the mix."""
OVERRUN = 0.1
"""Of the fee for each take over what was planned, ..."""
MOST_DEDUCTED = 0.5
"""... up to so much of it, lateness included."""
NOTHING, FULL = 35.0, 95.0
"""Totals at which a take says nothing good, and nothing but good, of a player."""
EASY, HARD = 0.3, 8.0
"""Even a flawless take of the easiest chart shows little; from this level on a take shows all."""


class Credit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the diary."""

    day: str
    """ISO date on which it ended."""
    stream: str
    style: str
    level: int
    kind: str
    end: str
    """delivered, thin, refused, cancelled, missed, or withdrawn (they had no chart)."""
    paid: int = 0
    offered: int = 0
    total: float | None = None
    takes: int = 0
    punches: int = 0
    most_takes: int = 1
    late_min: float = 0.0
    """Negative: so many minutes before the start."""
    city: str = ""
    by: str = ""
    call_id: str = ""
    take_id: int | None = None
    """What was delivered, ..."""
    comp_id: int | None = None
    """... where it was a comp. Of a song in parts its first one."""
    chairs: tuple[str, ...] = ()
    """The instruments that were recorded (`exercises.chairs`)."""
    parts: tuple[tuple[int, int | None], ...] = ()
    """Take and comp of each part of a song that was recorded part by part, as its `chairs` go."""
    secure_bars: int | None = None
    """Bars until the producer's last change was secure; None where there was none."""

    @property
    def is_done(self) -> bool:
        """Whether the track is used."""
        return self.end in DONE

    @property
    def reliable(self) -> float:
        """There, on time, and nothing called off: 0 to 1."""
        if self.end == "missed":
            return 0.0
        if self.end == "cancelled":
            return CANCELLED_WORTH
        return max(0.0, 1.0 - max(0.0, self.late_min) / LATE_MIN)

    @property
    def quick(self) -> float:
        """1 for the first take, less for each more and half of it for each punch.

        A change asks for a take of its own; what counts then is how soon it was secure.
        """
        changed = self.secure_bars is not None
        used = max(1.0, self.takes - changed + self.punches / 2)
        lost = (used - 1) / (self.most_takes + 1) + UNSURE * (self.secure_bars or 0)
        return max(0.0, 1.0 - lost)

    @property
    def musical(self) -> float:
        """The grade, for as much as the level lets it show: 0 to 1."""
        if self.total is None:
            return 0.0
        played = min(1.0, max(0.0, (self.total - NOTHING) / (FULL - NOTHING)))
        return played * min(1.0, EASY + (1 - EASY) * self.level / HARD)


def pay(call: Call, *, total: float, takes: int, late_min: float) -> tuple[str, int]:
    """The end of a job that was delivered, and what is paid for it.

    Args:
        call: what was agreed.
        total: the grade of what is delivered, 0 to 100.
        takes: whole passes that it took.
        late_min: minutes after the start; negative is early.

    """
    if total >= call.need:
        end, share = "delivered", 1.0
    elif total >= call.need - THIN_BELOW:
        end, share = "thin", HALF
    else:
        end, share = "refused", QUARTER
    late = max(0.0, late_min) / 60.0 / call.hours
    over = OVERRUN * max(0, takes - call.most_takes)
    return end, round(call.fee * share * (1.0 - min(MOST_DEDUCTED, late + over)))
