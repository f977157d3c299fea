"""A world for the screens without a process, a file or a real clock."""

from pathlib import Path

import msgspec

from exercises.chairs import seat
from exercises.chart import Bar, Chart, Note, read_chart_json, write_chart_json
from exercises.drill import Drill
from exercises.revisions.revision import Revision, apply_revision, say_revision
from exercises.timeline import Fraction
from game.coach.standing import Progress, Standing
from game.events import (
    AudioState,
    ClickPlan,
    PortFound,
    PortsChanged,
    Start,
    Stop,
    TransportStarted,
    TransportStopped,
)
from game.notation.page import BarPlace, NotePlace, Page, System
from game.requests import ChartReady, ComposeFailed, SheetReady, SongReady, SoundReady
from game.sessions.career.job import Job, take_mode
from game.settings import Settings
from game.take import TakeSummary, Versions
from game.ui.app import FirstTakeApp
from game.ui.services import Opening, Services
from styles.loader import Loaded, load_styles

KEYBOARD = "Grand Piano MIDI 1"


THREE = ("classical", "jazz", "rock")


def load_three_styles():
    """A list of styles that is short enough to walk through."""
    loaded = load_styles()
    return Loaded({name: loaded.styles[name] for name in THREE}, ())


class FakeClock:
    """Seconds that go on when told."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class FakeEngine:
    """An engine whose transport stands where the test puts it."""

    def __init__(self, *, keyboard=KEYBOARD, sound=True):
        self.commands = []
        self.waiting = []
        self.position = None
        self.plan = None
        self.is_open = False
        self._keyboard = keyboard
        self._sound = sound

    def open(self, wake=None):
        self.is_open = True
        self.wake = wake
        names = (self._keyboard,) if self._keyboard else ()
        self.waiting.append(PortsChanged(names))
        if self._keyboard:
            self.waiting.append(PortFound(self._keyboard))
        detail = "test tone" if self._sound else "no sound device; plug one in"
        self.waiting.append(AudioState(self._sound, "fake" if self._sound else "none", detail))

    def send(self, command):
        self.commands.append(command)
        if isinstance(command, ClickPlan):
            self.plan = command
        elif isinstance(command, Start):
            self.position = self.plan.start_s
            self.waiting.append(TransportStarted(self.position, 0))
        elif isinstance(command, Stop) and self.position is not None:
            self.waiting.append(TransportStopped(self.position))
            self.position = None

    def poll(self):
        events, self.waiting = self.waiting, []
        return events

    def now_s(self):
        return self.position

    def close(self):
        self.is_open = False


class FakeComposer:
    """Gives a small chart at once, engraved as empty staves with known places."""

    def __init__(self):
        self.requests = []
        self.ahead = []
        self.pages = []
        self.sounds = []
        self.songs = []
        self.sheets = []
        self.fails = ""
        self.fails_left = None
        self._answers = []
        self._ticket = 0

    def open(self):
        pass

    def request(self, drill, page):
        self.requests.append(drill)
        self._ticket += 1
        if self.fails and self.fails_left != 0:
            self.fails_left = None if self.fails_left is None else self.fails_left - 1
            self._answers.append(ComposeFailed(self._ticket, self.fails))
        else:
            chart = make_chart(style=drill.style, level=drill.level, seed=drill.seed)
            self._answer(seat(chart, drill.chair), page)
        return self._ticket

    def request_page(self, chart_json, page):
        self.pages.append(page)
        self._ticket += 1
        self._answer(read_chart_json(chart_json), page)
        return self._ticket

    def request_song(self, drill, chairs):
        self._ticket += 1
        self.songs.append((drill, chairs))
        charts = [
            make_chart(style=drill.style, level=drill.level, seed=drill.seed + place)
            for place in range(len(chairs))
        ]
        seated = (seat(chart, chair) for chart, chair in zip(charts, chairs, strict=True))
        song = tuple(write_chart_json(chart) for chart in seated)
        answer = SongReady(self._ticket, song)
        self._answers.append(ComposeFailed(self._ticket, self.fails) if self.fails else answer)
        return self._ticket

    def request_revision(self, chart_json, seed, page):
        assert seed >= 0
        self._ticket += 1
        if self.fails:
            self._answers.append(ComposeFailed(self._ticket, self.fails))
            return self._ticket
        chart = read_chart_json(chart_json)
        slower = Revision("tempo", quarter_bpm=100.0)
        self._answer(apply_revision(chart, slower), page, say_revision(slower))
        return self._ticket

    def _answer(self, chart, page, wish=""):
        self._answers.append(
            ChartReady(self._ticket, write_chart_json(chart), engrave_blank(chart, page), wish=wish)
        )

    def request_sound(self, order):
        self.sounds.append(order)
        self._ticket += 1
        ready = SoundReady(self._ticket, "reference.npy", "band.npy", -0.1, order.rate, "bank.sf2")
        self._answers.append(ready)
        return self._ticket

    def request_sheet(self, order):
        self.sheets.append(order)
        self._ticket += 1
        self._answers.append(SheetReady(self._ticket, f"a sheet as {order.form}".encode()))
        return self._ticket

    def prefetch(self, drill, page):
        self.ahead.append((drill, page))

    def poll(self):
        answers, self._answers = self._answers, []
        return answers

    def close(self):
        pass


class FakeHistory:
    """Stands where the test puts it, and keeps runs in a list."""

    def __init__(self):
        self.standing = Standing()
        self.progress = None
        self.runs = []
        self.times = []
        self.seen = set()

    def load_standing(self):
        return self.standing

    def load_progress(self, since, until):
        return self.progress or Progress(since, until, standing=self.standing)

    def add_run(self, run, number=None):
        if number is None:
            self.runs.append(run)
            return len(self.runs)
        self.runs[number - 1] = run
        return number

    def list_runs(self, mode, name=None, limit=50):
        kept = [r for r in self.runs if r.mode == mode and name in (None, r.name)]
        return kept[::-1][:limit]

    def list_times(self, limit):
        return self.times[:limit]

    def has_seen(self, code):
        return code in self.seen


class FakeComps:
    """Keeps comps in a list; every finished pass is of the one chart that there is."""

    def __init__(self, takes):
        self.takes = takes
        self.made = []

    def add_comp(self, made_at, parts):
        assert made_at
        self.made.append(tuple(parts))
        return len(self.made)

    def load_comp(self, comp_id):
        return self.made[comp_id - 1]

    def list_passes(self, take_id):
        assert take_id in self.takes
        whole = (n for n, t in self.takes.items() if t.mode != "punch" and t.ended == "finished")
        return sorted(whole)


class FakeJobs:
    """Keeps jobs as the archive does: each state as bytes, nothing shared."""

    def __init__(self, takes):
        self.takes = takes
        self.kept = {}
        self.lines = {}

    def add_job(self, job):
        number = len(self.kept) + 1
        self.kept[number] = msgspec.json.encode(job)
        return number

    def save_job(self, job_id, job, credit=None):
        self.kept[job_id] = msgspec.json.encode(job)
        if credit is not None:
            self.lines[job_id] = credit

    def open_job(self):
        for number in sorted(self.kept, reverse=True):
            if number not in self.lines:
                return number, msgspec.json.decode(self.kept[number], type=Job)
        return None

    def list_credits(self):
        return [self.lines[number] for number in sorted(self.lines)]

    def list_job_takes(self, job_id):
        return self.list_mode_takes(take_mode(job_id))

    def list_mode_takes(self, mode):
        return [n for n, take in sorted(self.takes.items()) if take.mode == mode]


class FakeJournal:
    """Keeps what is played until the take is kept; `left` is what a game that died has left."""

    def __init__(self):
        self.head = None
        self.events = []
        self.left = []
        self.trail = []

    def begin(self, head):
        self.head, self.events = head, []
        self.trail.append("begin")

    def add(self, event):
        self.events.append(event)

    def end(self):
        self.head = None
        self.trail.append("end")

    def recover(self, keep):
        left, self.left = self.left, []
        for take in left:
            keep(take)
        return len(left)


class FakeArchive:
    """Keeps everything in lists, and the order in which it was asked to."""

    def __init__(self, settings=None, takes=()):
        self.settings = settings or Settings(preview_s=30)
        self.takes = {}
        self.scorecards = {}
        self.trail = []
        self.earlier = list(takes)
        self.history = FakeHistory()
        self.comps = FakeComps(self.takes)
        self.jobs = FakeJobs(self.takes)

    def add_take(self, take):
        self.trail.append("take")
        number = len(self.takes) + 1
        self.takes[number] = take
        return number

    def add_scorecard(self, take_id, scorecard):
        self.trail.append("scorecard")
        self.scorecards[take_id] = scorecard

    def load_take(self, take_id):
        return self.takes[take_id]

    def load_scorecard(self, take_id):
        return self.scorecards.get(take_id)

    def list_takes(self, limit):
        new = [
            TakeSummary(
                number,
                take.started_at,
                take.code,
                take.style,
                take.level,
                self.scorecards[number].scores.total if number in self.scorecards else None,
                take.ended,
                take.source,
            )
            for number, take in reversed(self.takes.items())
        ]
        return [*new, *self.earlier][:limit]

    def load_settings(self):
        return self.settings

    def save_settings(self, settings):
        self.settings = settings

    def close(self):
        self.trail.append("closed")


NAMES = ("C4", "C#4", "D4", "D#4", "E4")


def make_chart(*, style="classical", level=1, seed=1, bars=4):
    """Quarter notes up from middle C by semitones, four in a bar, at 120."""
    notes = tuple(
        Note(f"n{i + 1}", Fraction(i), Fraction(1), 60 + i % 5, NAMES[i % 5], 1, 1)
        for i in range(4 * bars)
    )
    drill = Drill(style, level, "grand", "C", "4/4", bars, 120.0, "both", seed or 0, "TEST")
    places = tuple(Bar(n + 1, Fraction(4 * n), Fraction(4), "4/4") for n in range(bars))
    return Chart(drill=drill, bars=places, notes=notes)


def engrave_blank(chart, request):
    """Two bars a system; notes stand as far apart as the width lets them."""
    systems = []
    step = (request.columns - 10) // 8
    for first in range(0, len(chart.bars), 2):
        bars = chart.bars[first : first + 2]
        onset, end = float(bars[0].onset_ql), float(bars[-1].onset_ql + bars[-1].duration_ql)
        notes = [n for n in chart.notes if onset <= n.onset_ql < end]
        columns = {n.id: 8 + int((float(n.onset_ql) - onset) * step) for n in notes}
        systems.append(
            System(
                rows=("⠒" * request.columns,) * 14,
                words=(),
                notes=tuple(NotePlace(n.id, columns[n.id], 3, float(n.onset_ql)) for n in notes),
                bars=tuple(
                    BarPlace(
                        b.number,
                        float(b.onset_ql),
                        float(b.onset_ql + b.duration_ql),
                        8 + 4 * step * i,
                        8 + 4 * step * (i + 1),
                    )
                    for i, b in enumerate(bars)
                ),
                playhead=((onset, 8.0), (end, 8.0 + 8 * step)),
                staff_rows=((2, 6), (9, 13)),
            )
        )
    return Page(request=request, systems=tuple(systems))


class World:
    """The app and all that it was given."""

    def __init__(self, *, engine=None, archive=None, opening=None, open_archive=None):
        self.engine = engine or FakeEngine()
        self.composer = FakeComposer()
        self.archive = archive or FakeArchive()
        self.clock = FakeClock()
        self.journal = FakeJournal()
        self.mixes = []
        self.app = FirstTakeApp(
            Services(
                engine=self.engine,
                composer=self.composer,
                open_archive=open_archive or (lambda: self.archive),
                load_styles=load_three_styles,
                read_code=self.read_code,
                versions=lambda: Versions("0", "0"),
                journal=self.journal,
                write_portfolio=lambda: Path("portfolio.html"),
                write_mix=self.write_mix,
                clock=self.clock,
                opening=opening or Opening(),
            )
        )

    def write_mix(self, mix):
        self.mixes.append(mix)
        return Path(f"{mix.title}.mid"), Path(f"{mix.title}.wav")

    @staticmethod
    def read_code(code):
        if code != "GOOD":
            raise ValueError(f"{code} is no share code")
        return msgspec.structs.replace(make_chart(style="jazz", level=4, seed=99).drill, key="Bb")
