"""A player's file with a few weeks of work in it, played by robots through the game's own rules.

Usage: FIRST_TAKE_HOME=FOLDER python tests/working_life.py
"""

from datetime import datetime, timedelta

from exercises.chart import write_chart_json
from exercises.compose.chart import compose_chart
from exercises.compose.song import compose_song
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from game.performer.performance import perform
from game.performer.profiles import PROFILES
from game.places import database_file
from game.scoring.grade import grade_take
from game.sessions import overdubs
from game.sessions.career import job as jobs
from game.sessions.career.call import Call
from game.sessions.comp import open_comp
from game.sessions.plan import notes_to_grade, take_timeline
from game.storage.archive import open_archive
from game.take import CompPart, Take, Versions
from styles.loader import load_styles

NOW = datetime(2026, 11, 2, 10).astimezone()
JOBS = (
    ("online", "pop", 3, "solid"), ("online", "blues", 4, "expert"),
    ("studio", "jazz", 6, "expert"), ("live", "funk", 5, "solid"),
    ("studio", "gospel", 7, "expert"), ("online", "rock", 4, "solid"),
    ("film", "cinematic", 6, "expert"), ("overdubs", "rnb_soul", 7, "expert"),
)  # fmt: skip
CHAIRS = ("piano", "organ", "bass")


def play(archive, style, level, profile, seed, started_at, mode="", chart=None):
    """A kept and graded take: (its number, its total, its chart, itself)."""
    if chart is None:
        request = DrillRequest(style=style.id, level=level, bars=8, seed=seed)
        chart = compose_chart(resolve_drill(request, style), style).chart
    bpm = chart.drill.quarter_bpm
    timeline = take_timeline(chart, quarter_bpm=bpm)
    played = perform(
        chart, PROFILES[profile], timeline=timeline, style=style, level=level, seed=seed
    )
    take = Take(
        code=chart.drill.code, chart_json=write_chart_json(chart), quarter_bpm=bpm,
        events=tuple(played.events), latency_ms=0.0, started_at=started_at.isoformat(),
        versions=Versions("0", "0"), style=style.id, level=level, seed=seed, mode=mode,
    )  # fmt: skip
    number = archive.add_take(take)
    heard = notes_to_grade(chart, take.events, timeline=timeline)
    card = grade_take(chart, heard, timeline=timeline, style=style, level=level)
    archive.add_scorecard(number, card)
    return number, card.scores.total, chart, take


def work_pile(archive, number, call, at, profile="solid"):
    """A song in parts, each recorded once, and delivered."""
    style = load_styles().styles[call.style]
    request = DrillRequest(style=call.style, level=call.level, bars=8, seed=number)
    charts = compose_song(request, call.chairs, style)
    job = jobs.enter(jobs.accept(call, at), at)
    job_id = archive.jobs.add_job(job)
    pile = overdubs.put_up(jobs.open_pile(job), [write_chart_json(chart) for chart in charts])
    for place, chart in enumerate(charts):
        mode = jobs.take_mode(job_id)
        take_id, total, *_ = play(archive, style, call.level, profile, place, at, mode, chart=chart)
        pile = overdubs.keep_take(pile, place, take_id, total)
    job = jobs.keep_pile(job, overdubs.deliver(pile))
    archive.jobs.save_job(job_id, job, jobs.write_credit(job, at.date().isoformat()))


def work(archive, count=None):
    """The first jobs of the list, one a day, each in its first take; the second is a comp."""
    styles = load_styles().styles
    for number, (stream, style, level, profile) in enumerate(JOBS[:count]):
        at = NOW + timedelta(days=number)
        call = Call(
            id=str(number), day=at.date().isoformat(), city="medium", stream=stream, style=style,
            level=level, kind="grand", what="a song", part="piano", fee=40 + 30 * number,
            hours=1.0, lead_min=45, most_takes=3, need=60.0, seed=number,
            chairs=CHAIRS if stream == "overdubs" else (),
        )  # fmt: skip
        if call.chairs:
            work_pile(archive, number, call, at, profile)
            continue
        job = jobs.enter(jobs.accept(call, at), at)
        job_id = archive.jobs.add_job(job)
        take_id, total, chart, take = play(
            archive, styles[style], level, profile, number, at, jobs.take_mode(job_id)
        )
        one = jobs.Pass(take_id, total)
        job = jobs.keep_take(job, take_id, one)
        if number == 1:
            whole = open_comp(chart, take_id, take.events).layers[0].region
            comp_id = archive.comps.add_comp(at.isoformat(), [CompPart(take_id, whole)])
            one = jobs.Pass(take_id, total, comp_id=comp_id)
            job = jobs.keep_comp(job, one, punched=False)
        job = jobs.deliver(job, one)
        archive.jobs.save_job(job_id, job, jobs.write_credit(job, at.date().isoformat()))


if __name__ == "__main__":
    kept = open_archive(database_file())
    work(kept)
    kept.close()
