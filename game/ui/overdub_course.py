"""A pile of overdubs on its way: kept after every step, its takes recorded over one another."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from exercises.chairs import chair_of
from game.coach.standing import Run
from game.notation.page import Page, PageRequest
from game.requests import Mixdown, MixedPart, Overdubbed, PlayedPart
from game.sessions import overdubs
from game.sessions.career import job as jobs
from game.sessions.overdubs import MODE, Pile, Recorded
from game.sessions.review import sound_part
from game.sessions.session import Phase
from game.soundfont.patches import PATCHES
from game.ui.booking import Booking, grade_kept, keep, recall
from game.ui.course import Course
from game.ui.keeping import keep_scorecard
from game.ui.punching import PunchCourse
from game.ui.words import say_score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exercises.drill import Drill, DrillRequest
    from game.sessions.session import TakeSession
    from game.take import Take
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome
    from game.ui.punching import PunchOrder

LOOK_S = 20.0
"""Seconds on the stand before a part."""
_NO_PAGE = Page(PageRequest(0), ())
"""Of a take that is graded and not shown."""
SEED_BITS = 32


@dataclass(frozen=True)
class Desk:
    """A pile, where it is kept, and its takes as they were played."""

    pile: Pile
    started_at: str
    """ISO 8601 with the zone's offset."""
    number: int | None = None
    """Of its row; None where it is not kept."""
    takes: Mapping[tuple[int, int | None], Outcome] = field(default_factory=dict)
    """By what tells them apart (`Recorded.key`)."""
    booking: Booking | None = None
    """The job that it is recorded for; None where it is practice."""

    @property
    def mode(self) -> str:
        """The mode under which its takes are kept."""
        if self.booking is not None:
            return jobs.take_mode(self.booking.job_id or 0)
        return MODE if self.number is None else f"{MODE} {self.number}"

    def outcome(self, place: int) -> Outcome | None:
        """What is heard of a part, with its grade; None where there is no take."""
        heard = self.pile.tracks[place].heard
        return self.takes.get(heard.key) if heard is not None else None

    def sound(self, place: int) -> PlayedPart:
        """What is heard of a part that has a take."""
        chair = chair_of(self.pile.tracks[place].chair)
        outcome = self.outcome(place)
        keys = sound_part(outcome.take.events, chair) if outcome is not None else ()
        return PlayedPart(keys, PATCHES[chair.id])

    def under(self, place: int | None = None) -> Overdubbed:
        """What is heard under the part at `place`; of None under nothing: the whole mix."""
        heard = overdubs.list_under(self.pile, place)
        places = [at for at, track in enumerate(self.pile.tracks) if track in heard]
        return Overdubbed(
            tuple(self.sound(at) for at in places),
            self.pile.tracks[0].chart_json,
            own_bass=overdubs.has_own_bass(self.pile, place),
        )


def new_desk(style: str, level: int, seed: int | None = None) -> Desk:
    """A pile of which nothing is written yet."""
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    started_at = datetime.now().astimezone().isoformat(timespec="seconds")
    return Desk(Pile(style, level, seed, overdubs.pick_chairs(seed)), started_at)


async def find_desk(game: FirstTakeApp, style: str, level: int) -> Desk:
    """The pile that was left, with its takes; a new one where none was, or a performer plays."""
    if game.opening.performer is not None:
        return new_desk(style, level)
    for run in (await game.records.list_runs(MODE))[:1]:
        kept = msgspec.json.decode(run.sheet)
        if "number" in kept:
            pile = msgspec.convert(kept["pile"], Pile)
            if not pile.is_over:
                return await recall_takes(game, Desk(pile, run.started_at, kept["number"]))
    return new_desk(style, level)


async def open_booked(game: FirstTakeApp, booking: Booking) -> None:
    """To the desk with the song of a job."""
    from game.ui.screens.overdubs import OverdubsScreen  # noqa: PLC0415 - it leads here

    pile = jobs.open_pile(booking.job)
    desk = Desk(pile, booking.job.taken_at, booking=booking)
    try:
        desk = await recall_takes(game, desk)
    except Exception as error:  # noqa: BLE001 - the takes themselves are safe
        game.complain(error, title="A take could not be read")
    game.show(OverdubsScreen(desk))


async def recall_takes(game: FirstTakeApp, desk: Desk) -> Desk:
    """The desk with all takes of the pile; one that it has not heard of is graded and taken in."""
    takes = dict(desk.takes)
    pile = desk.pile
    for number, take in await game.records.load_mode_takes(desk.mode):
        place = overdubs.find_part(pile, take.chart_json)
        if place is None or (number, None) in takes:
            continue
        outcome = takes[number, None] = await grade_kept(game, number, take, _NO_PAGE)
        if overdubs.missing_takes(pile, [number]):
            whole = take.ended == "finished"
            await keep_scorecard(game.records, number, outcome.scorecard, game.complain)
            total = outcome.scorecard.scores.total if whole else None
            pile = overdubs.keep_take(pile, place, number, total)
    for comp in (take for track in pile.tracks for take in track.takes if take.comp_id):
        takes[comp.key] = await recall(game, comp, _NO_PAGE)
    return await keep_desk(game, replace(desk, takes=takes), pile)


async def keep_desk(game: FirstTakeApp, desk: Desk, pile: Pile) -> Desk:
    """The desk with another state of its pile, on disk when this returns; a failure is told."""
    if desk.booking is not None:
        booking = await keep(game, desk.booking, jobs.keep_pile(desk.booking.job, pile))
        return replace(desk, pile=pile, booking=booking)
    if pile == desk.pile and desk.number is not None:
        return desk
    changed = replace(desk, pile=pile)
    if game.opening.performer is not None or not pile.tracks:
        return changed
    try:
        if changed.number is None:
            # Its number is in what is kept, so that its takes are found by it.
            number = await game.records.add_run(_write_run(changed))
            changed = replace(changed, number=number)
        if changed.number is not None:
            await game.records.add_run(_write_run(changed), changed.number)
    except Exception as error:  # noqa: BLE001 - whatever it is, the session goes on
        game.complain(error, title="The overdubs are not kept")
    return changed


def _write_run(desk: Desk) -> Run:
    sheet = {"pile": desk.pile} if desk.number is None else {
        "pile": desk.pile, "number": desk.number,
    }  # fmt: skip
    return Run(
        started_at=desk.started_at,
        mode=MODE,
        name=", ".join(desk.pile.chairs),
        score=desk.pile.worth if desk.pile.is_over else None,
        notes_per_minute=None,
        accuracy=None,
        seconds=0.0,
        sheet=msgspec.json.encode(sheet).decode(),
    )


def mix_of_desk(game: FirstTakeApp, desk: Desk) -> Mixdown:
    """All parts of a pile together, muted or not, ready to be written."""
    pile = desk.pile
    parts = tuple(
        MixedPart(chair_of(track.chair).name, desk.sound(place).program, desk.sound(place).keys)
        for place, track in enumerate(pile.tracks)
        if track.heard is not None
    )
    first = next(iter(desk.takes.values())).take
    when = datetime.fromisoformat(desk.started_at)
    return Mixdown(
        title=f"{game.style_name(pile.style)} {when:%Y-%m-%d %H%M}".replace("/", "-"),
        quarter_bpm=first.quarter_bpm,
        parts=parts,
        band_json=pile.tracks[0].chart_json,
        own_bass=any(track.chair == overdubs.BASS and track.heard for track in pile.tracks),
        sound_bank=game.settings.sound_bank,
    )


class OverdubCourse(Course):
    """A take of one part, over the others."""

    leads_tempo = False

    def __init__(self, desk: Desk, place: int) -> None:
        """Record the part at `place`."""
        self._desk = desk
        self._place = place

    @property
    def over(self) -> Overdubbed:
        """The other parts, and the band."""
        return self._desk.under(self._place)

    def preview_s(self, game: FirstTakeApp) -> float:
        """A look, as long as the player wants one."""
        return min(LOOK_S, game.settings.preview_s)

    @property
    def news(self) -> str:
        """What the chair asks of the hands, and which part it is."""
        part = overdubs.say_part(self._desk.pile, self._place)
        hint = chair_of(self._desk.pile.tracks[self._place].chair).hint
        return f"● {hint}. {part}" if hint else f"● {part}"

    def say_where(self, session: TakeSession) -> str:
        """The red light, and where the recording is."""
        if session.phase is Phase.COUNT_IN:
            return f"● {overdubs.say_part(self._desk.pile, self._place)}"
        return f"● REC  {super().say_where(session)}"

    def begin(self, game: FirstTakeApp, drill: Drill) -> None:
        """A song is chosen once, and not again with each part."""

    def mark(self, take: Take) -> Take:
        """Found again as the pile's, whatever happens."""
        return msgspec.structs.replace(take, mode=self._desk.mode)

    def ahead(self, drill: DrillRequest | None) -> DrillRequest | None:
        """The charts are all written."""
        del drill
        return None

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """Back to the desk, with the take."""
        from game.ui.screens.overdubs import OverdubsScreen  # noqa: PLC0415 - it leads here

        del drill
        desk = self._desk
        # Where nothing is kept the takes still have to be told apart.
        known = desk.pile.take_ids
        number = outcome.take_id if outcome.take_id is not None else -1 - len(known)
        takes = {**desk.takes, (number, None): outcome}
        total = outcome.scorecard.scores.total
        pile = overdubs.keep_take(desk.pile, self._place, number, total)
        game.show(OverdubsScreen(await keep_desk(game, replace(desk, takes=takes), pile)))

    async def leave(self, game: FirstTakeApp) -> None:
        """Broken off: back to the desk."""
        from game.ui.screens.overdubs import OverdubsScreen  # noqa: PLC0415 - it leads here

        game.show(OverdubsScreen(self._desk))


class OverdubPunchCourse(PunchCourse):
    """A place of one part recorded anew, over the rest of it and the other parts."""

    def __init__(self, order: PunchOrder, outcome: Outcome, desk: Desk, place: int) -> None:
        """Record what is ordered into `outcome`, which is heard of the part at `place`."""
        super().__init__(order, outcome, None)
        self._desk = desk
        self._place = place

    @property
    def over(self) -> Overdubbed:
        """The other parts and the band, and this one around the place."""
        under = self._desk.under(self._place)
        return msgspec.structs.replace(under, parts=(*under.parts, *super().over.parts))

    async def arrive(self, game: FirstTakeApp, outcome: Outcome) -> None:
        """Back to the desk, with what was recorded."""
        from game.ui.screens.overdubs import OverdubsScreen  # noqa: PLC0415 - it leads here

        desk = self._desk
        if outcome is not self._older:
            desk = await keep_punch(game, desk, self._place, outcome)
        game.show(OverdubsScreen(desk, self._place))


async def keep_punch(game: FirstTakeApp, desk: Desk, place: int, outcome: Outcome) -> Desk:
    """The desk with a comp of one of its parts, and what is heard of it told."""
    before = desk.pile.tracks[place].heard
    is_kept = outcome.take_id is not None
    if before is None or (is_kept and outcome.comp_id is None):
        return desk
    # Where nothing is kept the comps still have to be told apart.
    number = outcome.comp_id if outcome.comp_id is not None else -1 - len(desk.takes)
    comp = Recorded(before.take_id, round(outcome.scorecard.scores.total, 1), number)
    pile = overdubs.keep_comp(desk.pile, place, comp)
    line = outcome.seam.line if outcome.seam is not None else ""
    if pile.tracks[place].heard != comp:
        line += f" {say_score(comp.total)}, where it was {say_score(before.total)}: t hears it."
    game.notify(line.strip(), timeout=6, markup=False)
    desk = replace(desk, takes={**desk.takes, comp.key: replace(outcome, comp_id=number)})
    return await keep_desk(game, desk, pile)
