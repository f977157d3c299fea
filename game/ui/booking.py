"""A booking: the job that is on as the screens hand it on, and kept after every step."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import read_chart_json
from game.sessions.career import job as jobs
from game.sessions.comp import Comp, Layer, assemble
from game.sessions.plan import notes_to_grade, take_timeline
from game.sessions.securing import count_bars_until_secure, say_secure
from game.ui.keeping import Outcome, keep_scorecard
from game.ui.producing import say_remarks

if TYPE_CHECKING:
    from game.notation.page import Page
    from game.sessions.career.call import Call
    from game.sessions.career.credit import Credit
    from game.sessions.career.job import Job, Pass
    from game.sessions.overdubs import Recorded
    from game.take import Take
    from game.ui.app import FirstTakeApp


def now() -> datetime:
    """The player's own clock."""
    return datetime.now().astimezone()


@dataclass(frozen=True)
class Booking:
    """A job and its number; None where it is not kept: a built-in performer has no career."""

    job: Job
    job_id: int | None


async def book(game: FirstTakeApp, call: Call) -> Booking:
    """Take a call, and keep that."""
    job = jobs.accept(call, now())
    job_id = None if game.opening.performer else await game.records.add_job(job)
    return Booking(job, job_id)


async def keep(game: FirstTakeApp, booking: Booking, job: Job) -> Booking:
    """The booking with another state of its job, on disk when this returns."""
    if job == booking.job:
        return booking
    changed = replace(booking, job=job)
    await save(game, changed)
    return changed


async def save(game: FirstTakeApp, booking: Booking) -> None:
    """Keep a booking as it stands; a failure is told.

    A job that is over is written into the diary with the same stroke. Two saves reach the disk in
    the order in which they were begun.
    """
    job = booking.job
    try:
        await game.records.save_job(booking.job_id, job, credit_of(job))
    except Exception as error:  # noqa: BLE001 - whatever it is, the session goes on
        game.complain(error, title="The session is not kept")


def credit_of(job: Job) -> Credit | None:
    """The line of the diary of a job that is over; None for one that is on."""
    return jobs.write_credit(job, now().date().isoformat()) if job.phase == jobs.OVER else None


def make_pass(game: FirstTakeApp, job: Job, outcome: Outcome) -> Pass | None:
    """A graded take or comp as the job keeps it; None where it is not kept."""
    if outcome.take_id is None:
        return None
    is_first = not any(one.version == job.version for one in job.passes)
    words = outcome.seam.line if outcome.seam is not None else say_remarks(game, outcome)
    secure = None
    if job.version and is_first:
        found = count_bars_until_secure(outcome.scorecard)
        secure = len(outcome.scorecard.bars) if found is None else found
        words += f" {say_secure(outcome.scorecard)}"
    return jobs.Pass(
        take_id=outcome.take_id,
        total=round(outcome.scorecard.scores.total, 1),
        version=job.version,
        comp_id=outcome.comp_id,
        secure_bars=secure,
        words=words,
    )


async def take_in_missing(game: FirstTakeApp, booking: Booking, page: Page) -> Booking:
    """Grade and take in what is on disk and the job has not heard of: the game ended just then."""
    for number, take in await game.records.load_job_takes(booking.job_id):
        job = booking.job
        if not jobs.missing_takes(job, [number]):
            continue
        graded = None
        if take.ended == "finished" and take.chart_json == job.chart_json:
            outcome = await grade_kept(game, number, take, page)
            await keep_scorecard(game.records, number, outcome.scorecard, game.complain)
            graded = make_pass(game, job, outcome)
        booking = await keep(game, booking, jobs.keep_take(job, number, graded))
    return booking


async def recall(game: FirstTakeApp, one: Pass | Recorded, page: Page) -> Outcome:
    """A pass as it was graded, from what is kept: a take, or the comp of several."""
    if one.comp_id is None:
        take = await game.records.load_take(one.take_id)
        return await grade_kept(game, one.take_id, take, page)
    layers = await game.records.load_comp(one.comp_id)
    comp = Comp(tuple(Layer(part.take_id, take.events, part.region) for take, part in layers))
    return await grade_kept(game, one.take_id, layers[0][0], page, comp=comp, comp_id=one.comp_id)


async def grade_kept(
    game: FirstTakeApp,
    take_id: int,
    take: Take,
    page: Page,
    *,
    comp: Comp | None = None,
    comp_id: int | None = None,
) -> Outcome:
    """Grade a kept take (or a comp on it) away from the screen's thread."""
    style = game.genres.get(take.style)

    def grade() -> Outcome:
        from game.scoring.grade import grade_take  # noqa: PLC0415 - after the first frame

        chart = read_chart_json(take.chart_json)
        timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
        events, seam = take.events, None
        if comp is not None:
            made = assemble(comp, chart, timeline=timeline, style=style, level=take.level)
            events, seam = made.events, made.seams[-1] if made.seams else None
        heard = notes_to_grade(chart, events, timeline=timeline)
        scorecard = grade_take(chart, heard, timeline=timeline, style=style, level=take.level)
        whole = msgspec.structs.replace(take, events=events)
        return Outcome(whole, take_id, chart, page, scorecard, comp, seam, comp_id)

    return await asyncio.to_thread(grade)
