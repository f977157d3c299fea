"""Calls, jobs and careers: the rules of a session player's working life."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import careers
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_storage_jobs import NOW, make_call

from exercises.code import STYLES
from exercises.levels import level
from game.sessions.career import job as jobs
from game.sessions.career.board import post_calls
from game.sessions.career.credit import Credit, pay
from game.sessions.career.life import (
    CARD_CREDITS,
    PIECES,
    Career,
    jobs_for_living,
    live,
    sum_months,
)
from game.wording import career_market

DAY = date(2026, 11, 30)
MARKET = career_market()


def make_credit(**changes):
    credit = Credit(
        day="2026-11-30", stream="studio", style="jazz", level=6, kind="grand", end="delivered",
        paid=100, offered=100, total=90.0, takes=1, most_takes=3,
    )  # fmt: skip
    return msgspec.structs.replace(credit, **changes)


def post(career, *, day=DAY, seed=1, city="big", ratings=None):
    own = {"": 3.0} if ratings is None else ratings
    return post_calls(MARKET, career, day=day, seed=seed, city=city, ratings=own)


# -- the board


@pytest.mark.parametrize("city", MARKET.cities)
def test_a_beginner_is_offered_bedroom_tracks_of_20_to_50(city):
    fees = [call.fee for seed in range(100) for call in post(Career(), seed=seed, city=city)]
    assert min(fees) >= 20
    assert max(fees) <= 50
    assert max(fees) > 35


def test_a_board_is_the_same_for_the_same_day_seed_and_player():
    assert post(Career()) == post(Career())
    assert post(Career()) != post(Career(), seed=2)
    assert post(Career()) != post(Career(), day=DAY + timedelta(days=1))


def test_a_known_player_is_recommended_and_paid_in_the_ranges_of_the_market():
    career = live(make_credit(style=s) for s in STYLES for _ in range(3))
    calls = [call for seed in range(300) for call in post(career, seed=seed, ratings={"": 8.0})]
    assert {call.stream for call in calls} == set(MARKET.streams)
    assert any(call.by for call in calls)
    for call in calls:
        stream = MARKET.streams[call.stream]
        top = max(MARKET.cities["big"].studio) if stream.of_city else stream.later[1]
        hours = stream.hours if stream.is_hourly else 1.0
        assert stream.first[0] <= call.fee / hours <= top + 1
        assert call.kind in level(call.level).kinds
        assert call.level >= stream.easiest
    strangers = [call for seed in range(300) for call in post(Career(), seed=seed)]
    assert not any(call.by for call in strangers)


def test_a_genre_is_called_for_by_the_charts_and_the_chairs_that_it_has():
    assert set(MARKET.genres) == set(STYLES)
    career = live(make_credit(style=s) for s in STYLES for _ in range(3))
    calls = [call for seed in range(300) for call in post(career, seed=seed, ratings={"": 8.0})]
    for style, genre in MARKET.genres.items():
        seen = {call.kind for call in calls if call.style == style and call.chair != "drums"}
        assert seen - {"bass"} == set(genre.kinds)
        assert {c.chair for c in calls if c.style == style and c.kind == "bass"} <= {"bass"}
    printed = [call for call in calls if call.style in {"classical", "ragtime"}]
    assert {call.chair for call in printed} <= {"", "piano", "organ"}
    pads = [call for call in calls if call.chair == "drums"]
    assert {call.kind for call in pads} == {"pads"}
    assert not {call.style for call in pads} & {"classical", "ragtime"}
    assert {call.part for call in pads} == {"drum pads"}
    assert len(pads) < len(calls) / 10
    assert "number" in {call.kind for call in calls if call.style == "country"}


def test_a_portfolio_opens_better_calls():
    plain = live(make_credit(stream="online", total=74.0) for _ in range(12))
    shown = live(make_credit(stream="online", total=76.0) for _ in range(12))
    assert (len(plain.pieces), len(shown.pieces)) == (0, PIECES)
    assert plain.portfolio == 0.0 < shown.portfolio < 1.0
    streams = [
        [call.stream for seed in range(300) for call in post(career, seed=seed) if not call.by]
        for career in (plain, shown)
    ]
    assert "studio" not in streams[0]
    assert "studio" in streams[1]
    # The better the pieces, the oftener strangers ask for dear work.
    better = live(make_credit(stream="online", total=95.0, level=8) for _ in range(12))
    named = replace(shown, pieces=better.pieces)
    dear = [
        sum(
            MARKET.streams[call.stream].opens
            for seed in range(300)
            for call in post(career, seed=seed)
            if not call.by
        )
        for career in (shown, named)
    ]
    assert dear[1] > dear[0]


def test_film_dates_are_for_members_only():
    good = make_credit(level=9, total=99.0)
    some = [msgspec.structs.replace(good, style=s) for s in STYLES[:7] for _ in range(2)]
    assert len(some) == CARD_CREDITS - 1
    for diary, is_member in ((some, False), ([*some, good], True)):
        career = live(diary)
        calls = [c for seed in range(400) for c in post(career, seed=seed, ratings={"": 8.0})]
        assert any(call.stream == "film" for call in calls) == is_member
        assert career.has_card == is_member


# -- what is paid


@pytest.mark.parametrize(
    ("total", "takes", "late_min", "end", "paid"),
    [
        (72.0, 1, -15, "delivered", 160),
        (95.0, 3, 0, "delivered", 160),
        (95.0, 4, 0, "delivered", 144),
        (95.0, 99, 0, "delivered", 80),
        (95.0, 1, 30, "delivered", 120),
        (71.9, 1, -15, "thin", 80),
        (57.0, 1, -15, "thin", 80),
        (56.9, 1, -15, "refused", 40),
        (0.0, 9, 300, "refused", 20),
    ],
)
def test_the_fee_follows_grade_takes_and_punctuality(total, takes, late_min, end, paid):
    assert pay(make_call(), total=total, takes=takes, late_min=late_min) == (end, paid)


@pytest.mark.parametrize(
    ("takes", "punches", "secure_bars", "quick"),
    [
        (1, 0, None, 1.0),
        (2, 0, None, 0.75),
        (2, 1, None, 0.625),
        (9, 0, None, 0.0),
        (2, 0, 0, 1.0),
        (2, 0, 3, 0.85),
        (3, 0, 3, 0.6),
    ],
)
def test_quick_is_takes_punches_and_how_soon_a_change_is_secure(takes, punches, secure_bars, quick):
    credit = make_credit(takes=takes, punches=punches, secure_bars=secure_bars)
    assert credit.quick == pytest.approx(quick)


# -- what is said


def test_each_part_of_a_name_moves_by_its_own_cause():
    good = live(make_credit() for _ in range(10))
    late = live(make_credit(late_min=20.0) for _ in range(10))
    slow = live(make_credit(takes=3) for _ in range(10))
    rough = live(make_credit(total=60.0) for _ in range(10))
    easy = live(make_credit(level=1) for _ in range(10))
    wide = live(make_credit(style=s) for s in STYLES[:10])
    base = good.reputation()
    assert late.reputation().reliable < base.reliable
    assert slow.reputation().quick < base.quick
    assert rough.reputation().musical < base.musical
    assert easy.reputation().musical < base.musical / 2
    assert wide.reputation().versatile > base.versatile
    for other in (late, slow, rough, easy):
        assert other.standing("jazz") < good.standing("jazz")
    assert good.standing("jazz") > good.standing("rock") > 0
    assert Career().standing() == 0.0


def test_who_does_not_come_is_talked_of():
    career = live(make_credit() for _ in range(10))
    missed = career.after(make_credit(end="missed", paid=0, total=None))
    cancelled = career.after(make_credit(end="cancelled", paid=0, total=None))
    kept = career.after(make_credit())
    standings = [each.standing() for each in (missed, cancelled, kept)]
    assert standings == sorted(standings)
    assert missed.standing() < career.standing() < kept.standing()


def test_months_and_what_a_living_would_need():
    diary = [make_credit(paid=p, day=d) for p, d in ((100, "2026-10-02"), (50, "2026-11-01"))]
    months = sum_months([*diary, make_credit(stream="live", paid=90, day="2026-11-30")])
    assert [(m.name, m.income, m.jobs) for m in months] == [
        ("2026-10", {"studio": 100}, 1),
        ("2026-11", {"studio": 50, "live": 90}, 2),
    ]
    assert jobs_for_living(live(diary), 2400) == 32
    assert jobs_for_living(Career(), 2400) is None


# -- a job, whatever happens in whatever order

STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from([*jobs.QUESTIONS, "weather"])),
    st.tuples(st.sampled_from(["look", "put up", "enter", "cancel", "change", "no change"])),
    st.tuples(st.just("talk"), st.sampled_from(["slower", "faster", "louder"])),
    st.tuples(st.just("take"), st.floats(0, 100)),
    st.tuples(st.just("break off")),
    st.tuples(st.just("comp"), st.booleans()),
    st.tuples(st.just("deliver"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.integers(0, 200)),
)


class Studio:
    """A job, its clock and its disk; killed and opened again between any two steps."""

    def __init__(self, call):
        self.now = NOW
        self.disk = []
        self.comps = 0
        self.job = jobs.accept(call, NOW)

    def do(self, step, value=None):
        job = self.job
        if step in {"take", "break off"}:
            if job.phase != jobs.STUDIO:
                return job
            self.disk.append(len(self.disk) + 1)
            number = self.disk[-1]
            graded = jobs.Pass(number, value, job.version) if step == "take" else None
            return jobs.keep_take(job, number, graded)
        if step == "comp" and job.best:
            self.comps += 1
            comp = jobs.Pass(job.best.take_id, 80.0, job.version, self.comps)
            return jobs.keep_comp(job, comp, punched=value)
        if step == "deliver":
            some = job.passes[value : value + 1]
            return jobs.deliver(job, some[0]) if some else job
        if step == "wait":
            self.now += timedelta(minutes=value)
        other = b"chart %d" % job.version
        return {
            "ask": lambda: jobs.ask(job, value),
            "look": lambda: jobs.look(job),
            "put up": lambda: jobs.put_up(job, other),
            "enter": lambda: jobs.enter(job, self.now),
            "cancel": lambda: jobs.cancel(job),
            "change": lambda: jobs.change(job, "it in Eb", other + b"!"),
            "no change": lambda: jobs.give_up_change(job) if job.wants_change else job,
            "talk": lambda: jobs.talk(job, value, other + b"?"),
        }.get(step, lambda: job)()


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=25), st.integers(0, 3))
def test_any_order_of_steps_keeps_every_take_and_ends_at_most_once(steps, changes):
    studio = Studio(make_call(changes=changes))
    for step in steps:
        before = studio.job
        studio.job = studio.do(*step)
        # Killed and opened again: the same.
        assert msgspec.json.decode(msgspec.json.encode(studio.job), type=jobs.Job) == studio.job
        job = studio.job
        assert jobs.missing_takes(job, studio.disk) == ()
        assert {one.take_id for one in job.passes} <= set(studio.disk)
        assert set(before.passes) <= set(job.passes)
        assert before.takes == job.takes[: len(before.takes)]
        assert job.version <= changes
        assert all(one.version <= job.version for one in job.passes)
        order = [jobs.BRIEF, jobs.STUDIO, jobs.OVER]
        assert order.index(before.phase) <= order.index(job.phase)
        if before.phase == jobs.OVER:
            assert job == before
        assert (job.phase == jobs.OVER) == bool(job.end)
        if job.takes:
            assert job.talked == before.talked
            assert not jobs.can_talk(job)
        if job.phase == jobs.OVER:
            credit = jobs.write_credit(job, "2026-11-30")
            assert 0 <= credit.paid <= job.call.fee
            assert (credit.take_id is None) == (job.end in {"cancelled", "missed"})


def test_a_take_that_the_job_has_not_heard_of_is_taken_in():
    job = jobs.enter(jobs.accept(make_call(), NOW), NOW)
    job = jobs.keep_take(job, 1, jobs.Pass(1, 80.0))
    assert jobs.missing_takes(job, [1, 2, 5]) == (2, 5)
    job = jobs.keep_take(job, 2, jobs.Pass(2, 60.0))
    assert jobs.keep_take(job, 2, jobs.Pass(2, 60.0)) == job
    assert job.best == jobs.Pass(1, 80.0)


def test_after_a_change_only_the_new_chart_can_be_delivered():
    job = jobs.enter(jobs.put_up(jobs.accept(make_call(changes=1), NOW), b"a"), NOW)
    for number in (1, 2):
        job = jobs.keep_take(job, number, jobs.Pass(number, 90.0))
    assert job.wants_change
    old = job.passes[0]
    job = jobs.change(job, "it in Eb", b"b")
    assert not job.wants_change
    assert jobs.deliver(job, old) == job
    assert job.best is None
    new = jobs.Pass(3, 75.0, 1, secure_bars=2)
    job = jobs.deliver(jobs.keep_take(job, 3, new), new)
    credit = jobs.write_credit(job, "2026-12-01")
    assert (job.end, credit.paid, credit.take_id, credit.secure_bars) == ("delivered", 160, 3, 2)
    assert credit.takes == 3


def test_who_comes_hours_late_finds_nobody():
    job = jobs.accept(make_call(), NOW)
    for minutes, late, end in ((30, -15, ""), (45, 0, ""), (60, 15, ""), (400, 0, "missed")):
        came = jobs.enter(job, NOW + timedelta(minutes=minutes))
        assert (came.late_min, came.end) == (late, end)


# -- many careers, small


def test_careers_order_themselves_by_ability_and_reliability():
    table, first = careers.sweep(36, 365)
    assert careers.check_order(table) == []
    assert min(first) >= 20


def test_no_lazy_strategy_pays_best():
    incomes = careers.compare_strategies(365, count=2)
    best = max(incomes, key=incomes.get)
    assert best == "works"
    assert incomes["nothing"] == incomes["cancels"] == 0
    assert incomes["easiest"] < incomes["works"] / 2


def test_dates_with_zones_are_understood():
    job = jobs.accept(make_call(), datetime(2026, 11, 30, 12, tzinfo=UTC))
    assert job.starts_at == datetime(2026, 11, 30, 12, 45, tzinfo=UTC)
