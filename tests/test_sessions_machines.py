"""Songs in parts, sets and comps: any order of steps, and the game gone between any two."""

from fractions import Fraction

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sessions_punch import make_chart
from test_storage_jobs import NOW, make_call

from exercises.timeline import Timeline
from game.coach.runs import Played
from game.events import NoteEvent
from game.scoring.performance import pair_notes
from game.sessions import overdubs
from game.sessions.by_ear import ByEar, Phrase
from game.sessions.career import job as jobs
from game.sessions.comp import Layer, assemble, open_comp
from game.sessions.overdubs import Recorded
from game.take import Region

CHAIRS = ("piano", "organ", "bass")
PLACES = st.integers(-1, 3)
TOTALS = st.floats(0, 100)
PLAYED = Played("jazz", 3, "grand", 80.0, 1, 1, 1.0)


def reopen(value):
    """What is kept of a frozen value, read again."""
    return msgspec.json.decode(msgspec.json.encode(value), type=type(value))


# -- a song in parts

PARTS = st.one_of(
    st.tuples(st.just("charts"), st.integers(0, 4)),
    st.tuples(st.just("take"), st.tuples(PLACES, TOTALS, st.booleans())),
    st.tuples(st.just("break off"), PLACES),
    st.tuples(st.just("punch"), st.tuples(PLACES, TOTALS)),
    st.tuples(st.just("choose"), st.tuples(PLACES, st.integers(-2, 2))),
    st.tuples(st.just("mute"), PLACES),
    st.tuples(st.sampled_from(["hear of it", "deliver", "cancel"]), st.none()),
)


class Desk:
    """A job of three parts and its disk; a take may be on disk without the desk's hearing of it."""

    def __init__(self):
        call = make_call(chair="piano", chairs=CHAIRS)
        self.job = jobs.enter(jobs.accept(call, NOW), NOW)
        self.disk = {}
        self.comps = 0

    @property
    def pile(self):
        return jobs.open_pile(self.job)

    def record(self, place, total, *, is_told=True):
        """A take of a part that is there, on disk before anybody hears of it."""
        if self.job.phase != jobs.STUDIO or not 0 <= place < len(self.pile.tracks):
            return self.pile
        self.disk[len(self.disk) + 1] = (place, total)
        number = len(self.disk)
        return overdubs.keep_take(self.pile, place, number, total) if is_told else self.pile

    def hear_of_it(self):
        pile = self.pile
        for number in overdubs.missing_takes(pile, self.disk):
            pile = overdubs.keep_take(pile, self.disk[number][0], number, self.disk[number][1])
        return pile

    def punch(self, place, total):
        tracks = self.pile.tracks
        heard = tracks[place].heard if 0 <= place < len(tracks) else None
        if heard is None:
            return self.pile
        self.comps += 1
        return overdubs.keep_comp(self.pile, place, Recorded(heard.take_id, total, self.comps))

    def do(self, step, value):
        if step == "cancel":
            return jobs.cancel(self.job)
        pile = {
            "charts": lambda: overdubs.put_up(self.pile, [b"chart %d" % n for n in range(value)]),
            "take": lambda: self.record(value[0], value[1], is_told=value[2]),
            "break off": lambda: self.record(value, None),
            "punch": lambda: self.punch(*value),
            "choose": lambda: overdubs.choose_take(self.pile, *value),
            "mute": lambda: overdubs.mute(self.pile, value),
            "hear of it": self.hear_of_it,
            "deliver": lambda: overdubs.deliver(self.pile),
        }[step]()
        return jobs.keep_pile(self.job, pile)


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, max_size=25))
def test_a_song_in_parts_keeps_every_take_in_its_part(steps):
    desk = Desk()
    desk.job = desk.do("charts", 3)
    for step, value in steps:
        before = desk.job
        desk.job = reopen(desk.do(step, value))
        pile = desk.pile
        if before.phase == jobs.OVER:
            assert desk.job == before
            continue
        for number, (place, total) in desk.disk.items():
            if number in overdubs.missing_takes(pile, [number]):
                continue
            owners = [
                at
                for at, track in enumerate(pile.tracks)
                if number in {take.take_id for take in track.takes}
            ]
            assert owners == ([place] if total is not None else [])
            # Told again, it is known.
            assert overdubs.keep_take(pile, place, number, 50.0) == pile
        assert set(pile.take_ids) <= set(desk.disk)
        assert len(set(pile.take_ids)) == len(pile.take_ids)
        for track, old in zip(pile.tracks, jobs.open_pile(before).tracks, strict=False):
            assert track.takes[: len(old.takes)] == old.takes
        assert pile.is_whole == all(track.takes for track in pile.tracks)
        assert pile.worth is None or 0 <= pile.worth <= 100
        assert desk.job.takes == pile.take_ids or desk.job.phase == jobs.OVER
    if desk.job.phase == jobs.OVER:
        credit = jobs.write_credit(desk.job, "2026-11-30")
        assert 0 <= credit.paid <= desk.job.call.fee
        assert (len(credit.parts) == len(CHAIRS)) == (credit.end != "cancelled")
    elif not desk.pile.is_over:
        # Whatever the desk has not heard of is taken in when the game is opened again.
        assert overdubs.missing_takes(desk.hear_of_it(), desk.disk) == ()


# -- a set

SONGS = st.lists(
    st.sampled_from(["song", "song", "unheard", "open", "other song", "close", "cancel"]),
    max_size=16,
)


class Stage:
    """A live job and its disk; a song may be on disk without the job's hearing of it."""

    def __init__(self, songs, seed):
        call = make_call(stream="live", charts=songs, seed=seed)
        self.job = jobs.enter(jobs.accept(call, NOW), NOW)
        self.disk = []

    @property
    def gig(self):
        return jobs.open_set(self.job)

    def play(self, *, is_told):
        """The next song; who has been killed opens the set again before there is one."""
        if self.job.phase != jobs.STUDIO or self.gig.turn is None:
            return self.job
        job = self.open()
        if jobs.open_set(job).turn is None:
            return job
        self.disk.append(len(self.disk) + 1)
        gig = jobs.open_set(job).after(PLAYED, 1.0)
        return jobs.keep_song(job, self.disk[-1], gig) if is_told else job

    def open(self):
        job = self.job
        for number in jobs.missing_takes(job, self.disk):
            job = jobs.keep_song(job, number, jobs.open_set(job).after(PLAYED, 0.0))
        return job

    def do(self, step):
        return {
            "song": lambda: self.play(is_told=True),
            "unheard": lambda: self.play(is_told=False),
            "open": self.open,
            "other song": lambda: jobs.keep_set(self.job, self.gig.replace_song()),
            "close": lambda: jobs.close_set(self.job),
            "cancel": lambda: jobs.cancel(self.job),
        }[step]()


@settings(max_examples=150, deadline=None)
@given(SONGS, st.integers(2, 6), st.integers(0, 5))
def test_a_set_has_one_pass_a_song_and_ends_once(steps, songs, seed):
    stage = Stage(songs, seed)
    for step in steps:
        before = stage.job
        stage.job = reopen(stage.do(step))
        job, gig = stage.job, stage.gig
        assert len(gig.songs) == len(job.takes)
        assert len(stage.disk) <= songs
        assert (
            before.takes == job.takes[: len(before.takes)] == tuple(stage.disk[: len(before.takes)])
        )
        if before.phase == jobs.OVER:
            assert job == before
        elif job.phase == jobs.OVER:
            credit = jobs.write_credit(job, "2026-11-30")
            assert (credit.end == "cancelled") == (step == "cancel")
            assert step == "cancel" or len(job.takes) == songs
    if stage.job.phase == jobs.STUDIO:
        # Opened again, whatever is on disk has been played.
        assert jobs.missing_takes(stage.open(), stage.disk) == ()


# -- by ear


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-12, 12)), max_size=4), st.integers(1, 10))
def test_a_run_by_ear_goes_on_where_it_was(phrases, level):
    run = ByEar(level, 5, ("jazz", "pop"))
    asked = []
    for hearings, shift in phrases:
        asked.append(run.turn.request)
        run = reopen(run.after_phrase(Phrase(PLAYED, hearings, shift), 1.0))
        assert len(run.report().lines) == len(run.phrases)
    assert (run.turn is None) == (len(phrases) == 4)
    assert [request.bars for request in asked] == sorted(request.bars for request in asked)
    assert len({request.seed for request in asked}) == len(asked)


# -- comps

CHART = make_chart()
END = int(CHART.end_ql)
KEYS = st.lists(
    st.tuples(st.floats(-1, END / 2 + 1), st.integers(55, 75), st.floats(0.01, 3), st.booleans()),
    max_size=20,
)
EDGES = st.tuples(st.integers(0, END - 1), st.integers(1, END)).map(
    lambda pair: Region(Fraction(pair[0]), Fraction(min(END, pair[0] + pair[1])))
)


def press(keys):
    """What a keyboard sends; a key whose release was lost to a pulled plug has none."""
    events = []
    for onset_s, pitch, length_s, is_let_go in keys:
        events.append(NoteEvent(onset_s, "on", pitch, 70))
        if is_let_go:
            events.append(NoteEvent(onset_s + length_s, "off", pitch, 0))
    return tuple(sorted(events, key=lambda event: event.onset_s))


def attacks(events):
    return sorted((event.onset_s, event.pitch) for event in events if event.kind == "on")


@settings(max_examples=150, deadline=None)
@given(KEYS, st.lists(st.tuples(KEYS, EDGES), max_size=3))
def test_any_punches_keep_every_attack_outside_them_and_are_undone(base, punches):
    timeline = Timeline.steady(120.0)
    made = []
    comp = open_comp(CHART, 1, press(base))
    for number, (keys, region) in enumerate(punches, 2):
        made.append(comp)
        comp = comp.punch(Layer(number, press(keys), region))
    heard = assemble(comp, CHART, timeline=timeline, style=None, level=3)
    assert len(heard.seams) == len(punches)
    assert all(seam.line and seam.short for seam in heard.seams)
    # Every attack that is heard was played in a take, and away from all edges the right one is.
    sources = [attacks(layer.events) for layer in comp.layers]
    found = attacks(heard.events)
    assert set(found) <= {attack for source in sources for attack in source}
    edges = [float(e) / 2 for _, region in punches for e in (region.start_ql, region.end_ql)]
    for second in range(-1, END // 2 + 1):
        here = second + 0.25
        if all(abs(here - edge) > 0.4 for edge in edges):
            top = max(
                (
                    at
                    for at, layer in enumerate(comp.layers)
                    if at and layer.region.start_ql <= 2 * here < layer.region.end_ql
                ),
                default=0,
            )
            wanted = [each for each in sources[top] if abs(each[0] - here) < 0.05]
            assert [each for each in found if abs(each[0] - here) < 0.05] == wanted
    # No key is let go before it is struck.
    assert all(note.duration_s is None or note.duration_s >= 0 for note in pair_notes(heard.events))
    for older in reversed(made):
        comp = comp.undo()
        assert comp == older
    assert comp.undo() == comp
