"""A job from "yes" to the fee: a frozen state machine that holds no clock and no screen.

    brief    asking, preparing, talking about the tempo
    studio   the red light: takes, changes, punches, comps
    over     delivered, cancelled, missed, or withdrawn by those who called

Every function gives the job after something has happened; what is out of place changes nothing,
so that any order of keys leads to a state that makes sense. A job is kept after every step, and
its takes are on disk before it hears of them: `missing_takes` finds what it has not heard of.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from game.coach.runs import seed_from
from game.sessions.career.call import Call
from game.sessions.career.credit import Credit, pay
from game.sessions.live.gig import Gig
from game.sessions.overdubs import Pile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exercises.drill import DrillRequest

BRIEF, STUDIO, OVER = "brief", "studio", "over"
QUESTIONS = ("tempo", "key", "reference", "chart")
"""What can be asked before one comes. The chart in advance is seen once, for longer."""
NOT_IN_ADVANCE = frozenset({"reference", "chart"})
"""Of these there is nothing before a pile: its parts are written when one comes."""
TEMPO_SHARE = {"slower": 0.93, "faster": 1.07}
"""What a word about the tempo moves it by: what a band takes for the same song (by ear)."""
EARLY_MIN = 15.0
"""Who is on time is early by so much."""
MOST_MENDED = 4
"""So many other charts are tried before they give up."""
GRACE_MIN = 120.0
"""After so long nobody waits any more."""


def take_mode(job_id: int) -> str:
    """The mode under which whole takes of a job are kept."""
    return f"session {job_id}"


class Pass(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that can be delivered: a take, or a comp of takes and punches."""

    take_id: int
    """The take, or the lowest layer of the comp."""
    total: float
    version: int = 0
    """How many changes the chart had had."""
    comp_id: int | None = None
    secure_bars: int | None = None
    """Of a first take after a change: bars until it was secure; all of them where it never was."""
    words: str = ""
    """What the producer said."""


class Job(msgspec.Struct, frozen=True, omit_defaults=True):
    """One job, from the call on."""

    call: Call
    taken_at: str
    """ISO 8601 with the zone's offset."""
    phase: str = BRIEF
    asked: tuple[str, ...] = ()
    has_looked: bool = False
    """Whether the chart that was sent in advance has been looked through."""
    talked: str = ""
    """"slower" or "faster": what was said of the tempo."""
    entered_at: str = ""
    chart_json: bytes = b""
    """What is on the stand now; empty until it is known."""
    wishes: tuple[str, ...] = ()
    """What the producer has changed, in words."""
    passes: tuple[Pass, ...] = ()
    takes: tuple[int, ...] = ()
    """Numbers of the whole takes, broken off or not."""
    punches: int = 0
    gig: Gig | None = None
    """Of a job with several charts: the set as it stands."""
    pile: Pile | None = None
    """Of a job with several chairs: the song as it stands."""
    mended: int = 0
    """How often another chart was sent because one could not be written."""
    end: str = ""

    @property
    def starts_at(self) -> datetime:
        """When it begins (or is due)."""
        return datetime.fromisoformat(self.taken_at) + timedelta(minutes=self.call.lead_min)

    @property
    def request(self) -> DrillRequest:
        """The chart that is played; of a set the first song's."""
        first = open_set(self).request_at(0) if self.call.charts > 1 else None
        return first or self.call.request

    @property
    def version(self) -> int:
        """How many changes the chart has had."""
        return len(self.wishes)

    @property
    def deliverable(self) -> tuple[Pass, ...]:
        """Passes of the chart as it is wanted now."""
        return tuple(one for one in self.passes if one.version == self.version)

    @property
    def best(self) -> Pass | None:
        """The best of them; the later of two that are as good."""
        return max(reversed(self.deliverable), key=lambda one: one.total, default=None)

    @property
    def late_min(self) -> float:
        """Minutes after the start at which the player came; negative is early."""
        if not self.entered_at:
            return 0.0
        came = datetime.fromisoformat(self.entered_at)
        return (came - self.starts_at).total_seconds() / 60.0

    @property
    def wants_change(self) -> bool:
        """Whether the producer is about to change his mind: after the first or second take."""
        if self.phase != STUDIO or self.version >= self.call.changes:
            return False
        after = 1 + seed_from("change", self.call.seed) % 2
        return len(self.deliverable) > 0 and len(self.takes) >= after

    def minutes_left(self, now: datetime) -> float:
        """Until the start; negative after it."""
        return (self.starts_at - now).total_seconds() / 60.0


def accept(call: Call, now: datetime) -> Job:
    """Say yes."""
    return Job(call=call, taken_at=now.isoformat(timespec="seconds"))


def ask(job: Job, question: str) -> Job:
    """Ask for something before the session; what is known at once stays known."""
    if job.phase != BRIEF or question not in QUESTIONS or question in job.asked:
        return job
    if job.call.chairs and question in NOT_IN_ADVANCE:
        return job
    return msgspec.structs.replace(job, asked=(*job.asked, question))


def look(job: Job) -> Job:
    """Look the chart through that was sent in advance; it can be done once."""
    if job.phase != BRIEF or "chart" not in job.asked or job.has_looked:
        return job
    return msgspec.structs.replace(job, has_looked=True)


def put_up(job: Job, chart_json: bytes) -> Job:
    """The chart is there; one that is on the stand stays."""
    if job.phase == OVER or job.chart_json:
        return job
    return msgspec.structs.replace(job, chart_json=chart_json)


def mend(job: Job) -> Job:
    """Another chart for the same call, because the first could not be written.

    The last try asks for a written part, which every genre has. Nothing changes where the chart is
    there, or where it has been tried often enough.
    """
    if job.phase == OVER or job.chart_json or job.mended >= MOST_MENDED:
        return job
    is_last = job.mended == MOST_MENDED - 1
    call = msgspec.structs.replace(
        job.call,
        seed=seed_from("mended", job.call.seed),
        kind="grand" if is_last and not job.call.chair else job.call.kind,
    )
    return msgspec.structs.replace(job, call=call, mended=job.mended + 1)


def can_talk(job: Job) -> bool:
    """Whether a word about the tempo can still be said: once, before the first take."""
    can = job.phase != OVER and not job.talked and not job.takes and bool(job.chart_json)
    return can and job.call.charts == 1 and not job.call.chairs


def talk(job: Job, word: str, chart_json: bytes) -> Job:
    """Say that the tempo feels wrong; `chart_json` is the chart at the new one."""
    if not can_talk(job) or word not in TEMPO_SHARE:
        return job
    return msgspec.structs.replace(job, talked=word, chart_json=chart_json)


def enter(job: Job, now: datetime) -> Job:
    """Come in. Too late, and nobody is there any more."""
    if job.phase != BRIEF:
        return job
    if is_missed(job, now):
        return msgspec.structs.replace(job, phase=OVER, end="missed")
    return msgspec.structs.replace(job, phase=STUDIO, entered_at=now.isoformat(timespec="seconds"))


def is_missed(job: Job, now: datetime) -> bool:
    """Whether the session has gone by without the player."""
    return job.phase == BRIEF and job.minutes_left(now) < -GRACE_MIN


def keep_take(job: Job, take_id: int, graded: Pass | None) -> Job:
    """A whole take is kept; `graded` is None where it was broken off."""
    if job.phase != STUDIO or take_id in job.takes:
        return job
    passes = job.passes if graded is None else (*job.passes, graded)
    return msgspec.structs.replace(job, takes=(*job.takes, take_id), passes=passes)


def open_set(job: Job) -> Gig:
    """The set of a job with several charts, as it stands."""
    call = job.call
    return job.gig or Gig(call.charts, call.level, call.seed, (call.style,))


def keep_set(job: Job, gig: Gig) -> Job:
    """The set with another song in the place of one that could not be written."""
    return job if job.phase != STUDIO else msgspec.structs.replace(job, gig=gig)


def keep_song(job: Job, take_id: int, gig: Gig) -> Job:
    """A song of the set is over; `gig` is the set after it."""
    if job.phase != STUDIO or take_id in job.takes:
        return job
    return msgspec.structs.replace(job, takes=(*job.takes, take_id), gig=gig)


def close_set(job: Job) -> Job:
    """The set is over: what it was worth is what is paid for."""
    gig = job.gig
    if job.phase != STUDIO or gig is None or gig.turn is not None or gig.worth is None:
        return job
    whole = Pass(job.takes[-1], round(gig.worth, 1))
    return deliver(msgspec.structs.replace(job, passes=(whole,)), whole)


def open_pile(job: Job) -> Pile:
    """The song of a job with several chairs, as it stands."""
    call = job.call
    return job.pile or Pile(call.style, call.level, call.seed, call.chairs)


def keep_pile(job: Job, pile: Pile) -> Job:
    """The song after a step of it; one that is handed over is delivered and paid for."""
    if job.phase != STUDIO or not job.call.chairs:
        return job
    punches = max((track.punches for track in pile.tracks), default=0)
    kept = msgspec.structs.replace(job, pile=pile, takes=pile.take_ids, punches=punches)
    first = pile.tracks[0].heard if pile.tracks else None
    if not pile.is_over or first is None or pile.worth is None:
        return kept
    whole = Pass(first.take_id, round(pile.worth, 1), comp_id=first.comp_id)
    return deliver(msgspec.structs.replace(kept, passes=(whole,)), whole)


def count_takes(job: Job) -> int:
    """Passes for one chart: every song of a set is its own first and only one.

    Of a pile those of the part that took most.
    """
    if job.pile is not None:
        tracks = job.pile.tracks
        return max((len(track.takes) - track.punches for track in tracks), default=0)
    return 1 if job.call.charts > 1 else len(job.takes)


def keep_comp(job: Job, comp: Pass, *, punched: bool) -> Job:
    """A comp of what was played; `punched` where something was recorded for it."""
    if job.phase != STUDIO or comp.version != job.version:
        return job
    known = any(one.comp_id == comp.comp_id for one in job.passes if one.comp_id is not None)
    return msgspec.structs.replace(
        job,
        passes=job.passes if known else (*job.passes, comp),
        punches=job.punches + punched,
    )


def change(job: Job, wish: str, chart_json: bytes) -> Job:
    """The producer has changed his mind: another chart is on the stand."""
    if not job.wants_change:
        return job
    return msgspec.structs.replace(job, wishes=(*job.wishes, wish), chart_json=chart_json)


def give_up_change(job: Job) -> Job:
    """Nothing in the chart can be changed: the producer leaves it as it is."""
    call = msgspec.structs.replace(job.call, changes=job.version)
    return msgspec.structs.replace(job, call=call)


def missing_takes(job: Job, kept: Iterable[int]) -> tuple[int, ...]:
    """Numbers of takes on disk that the job has not heard of: the game ended just then."""
    return tuple(number for number in kept if number not in job.takes)


def deliver(job: Job, chosen: Pass) -> Job:
    """Hand over a pass."""
    if job.phase != STUDIO or chosen not in job.deliverable:
        return job
    end, _ = pay(job.call, total=chosen.total, takes=count_takes(job), late_min=job.late_min)
    # What is delivered stands last, where the diary looks for it.
    others = tuple(one for one in job.passes if one is not chosen and one != chosen)
    return msgspec.structs.replace(job, phase=OVER, end=end, passes=(*others, chosen))


def cancel(job: Job) -> Job:
    """Call it off, before or in the session; where they have no chart it is they who do."""
    if job.phase == OVER:
        return job
    is_theirs = job.mended >= MOST_MENDED and not job.chart_json
    return msgspec.structs.replace(job, phase=OVER, end="withdrawn" if is_theirs else "cancelled")


def write_credit(job: Job, day: str) -> Credit:
    """The line of the diary for a job that is over.

    Raises:
        ValueError: it is not over.
    """
    if job.phase != OVER:
        raise ValueError("the job is still on")
    call = job.call
    lost = job.end in {"cancelled", "missed", "withdrawn"}
    given = job.passes[-1] if job.passes and not lost else None
    paid = 0
    if given is not None:
        _, paid = pay(call, total=given.total, takes=count_takes(job), late_min=job.late_min)
    secure = [one.secure_bars for one in job.passes if one.secure_bars is not None]
    return Credit(
        day=day,
        stream=call.stream,
        style=call.style,
        level=call.level,
        kind=call.kind,
        end=job.end,
        paid=paid,
        offered=call.fee,
        total=None if given is None else given.total,
        takes=count_takes(job),
        punches=job.punches,
        most_takes=call.most_takes,
        late_min=round(job.late_min, 1),
        city=call.city,
        by=call.by,
        call_id=call.id,
        take_id=None if given is None else given.take_id,
        comp_id=None if given is None else given.comp_id,
        chairs=call.chairs or ((call.chair,) if call.chair else ()),
        parts=() if given is None or job.pile is None else job.pile.heard,
        secure_bars=secure[-1] if secure else None,
    )
