"""The composer as a real process: asked, composing ahead, killed."""

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from exercises.chart import Bar, Chart, Note, read_chart_json, write_chart_json
from exercises.drill import Drill, DrillRequest
from game.composer.client import ComposerProcess
from game.composer.queue import RequestQueue
from game.notation.page import PageRequest
from game.requests import (
    ChartReady,
    ComposeFailed,
    ComposeRequest,
    EngraveRequest,
    PlayedRequest,
    SheetReady,
    SheetRequest,
    SoundReady,
)
from game.scoring.marks import SIGNS

if TYPE_CHECKING:
    from game.ports import Composer

PAGE = PageRequest(80)
PATIENCE_S = 60.0


def drill(seed, style="classical", level=2):
    return DrillRequest(style=style, level=level, seed=seed)


def small_chart():
    return Chart(
        Drill("classical", 1, "grand", "C", "4/4", 1, 90.0, "both", 1, "CODE"),
        (Bar(1, Fraction(0), Fraction(4), "4/4"),),
        (Note("n1", Fraction(0), Fraction(4), 60, "C4", 1, 1),),
    )


def wait_for(composer, *tickets, patience_s=PATIENCE_S):
    """Poll, as a screen does, until each ticket has its answer."""
    answers = {}
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        for reply in composer.poll():
            assert reply.ticket not in answers
            answers[reply.ticket] = reply
        if set(tickets) <= set(answers):
            return [answers[ticket] for ticket in tickets]
        time.sleep(0.005)
    raise AssertionError(f"no answer for {set(tickets) - set(answers)}")


def wait_until(condition, patience_s=PATIENCE_S):
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    before = os.environ.get("FIRST_TAKE_HOME")
    os.environ["FIRST_TAKE_HOME"] = str(folder)
    composer: Composer = ComposerProcess(log=folder / "composer.log")
    composer.open()
    wait_for(composer, composer.request_page(write_chart_json(small_chart()), PAGE))
    yield composer
    composer.close()
    if before is None:
        del os.environ["FIRST_TAKE_HOME"]
    else:
        os.environ["FIRST_TAKE_HOME"] = before


def test_a_request_is_answered_with_a_chart_and_its_page(warm):
    (reply,) = wait_for(warm, warm.request(drill(1), PAGE))
    assert isinstance(reply, ChartReady), reply
    chart = read_chart_json(reply.chart_json)
    assert chart.drill.seed == 1
    assert reply.page.request == PAGE
    assert {place.id for s in reply.page.systems for place in s.notes} >= {
        note.id for note in chart.notes
    }


def test_the_same_request_gives_the_same_chart(warm):
    first, second = (warm.request(drill(5), PageRequest(c)) for c in (80, 90))
    one, two = wait_for(warm, first, second)
    assert one.chart_json == two.chart_json
    assert one.page != two.page


def test_what_was_composed_ahead_is_there_at_once(warm):
    warm.prefetch(drill(2), PAGE)
    wait_until(lambda: not warm._open)
    assert warm.poll() == []
    start = time.monotonic()
    ticket = warm.request(drill(2), PAGE)
    (reply,) = warm.poll()
    assert time.monotonic() - start < 0.05
    assert reply.ticket == ticket
    assert isinstance(reply, ChartReady)


def test_a_chart_that_is_being_composed_ahead_can_be_asked_for(warm):
    warm.prefetch(drill(3), PAGE)
    (reply,) = wait_for(warm, warm.request(drill(3), PAGE))
    assert isinstance(reply, ChartReady)


def test_another_width_is_engraved_without_composing(warm):
    (reply,) = wait_for(warm, warm.request(drill(4), PAGE))
    wide = PageRequest(120)
    (again,) = wait_for(warm, warm.request_page(reply.chart_json, wide))
    assert again.chart_json == reply.chart_json
    assert {len(row) for s in again.page.systems for row in s.rows} == {120}


def test_sheets_and_what_was_played_come_back_by_their_tickets(warm):
    chart = small_chart()
    marks = {note.id: "late" for note in chart.notes}
    sheet = SheetRequest(0, write_chart_json(chart), marks, ((1.02, 61),), "svg", "Take 9")
    played = PlayedRequest(0, ((0.0, 0.2, 60, 80),), 8000)
    drawn, heard = wait_for(warm, warm.request_sheet(sheet), warm.request_sound(played))
    assert isinstance(drawn, SheetReady), drawn
    assert b"Take 9" in drawn.data
    assert "+C♯4".encode() in drawn.data
    assert drawn.data.count(SIGNS["late"].encode()) == len(chart.notes) + 1
    assert isinstance(heard, SoundReady), heard
    assert Path(heard.reference).exists()
    wrong = SheetRequest(0, write_chart_json(chart), marks, (), "pdf")
    (reply,) = wait_for(warm, warm.request_sheet(wrong))
    assert isinstance(reply, ComposeFailed)
    assert "pdf" in reply.detail


def test_a_request_that_cannot_be_done_is_one_line(warm):
    tickets = [
        warm.request(drill(1, style="clasical"), PAGE),
        warm.request(drill(1, level=99), PAGE),
        warm.request_page(b"no chart", PAGE),
    ]
    for reply in wait_for(warm, *tickets):
        assert isinstance(reply, ComposeFailed)
        assert reply.detail
        assert "\n" not in reply.detail
        assert "Traceback" not in reply.detail
    assert "classical" in wait_for(warm, warm.request(drill(1, style="clasical"), PAGE))[0].detail


def test_asking_and_polling_never_wait(warm):
    longest = 0.0
    tickets = []
    for seed in range(20, 26):
        start = time.monotonic()
        tickets.append(warm.request(drill(seed), PAGE))
        warm.prefetch(drill(seed + 100), PAGE)
        warm.poll()
        longest = max(longest, time.monotonic() - start)
    assert longest < 0.05


def test_a_killed_composer_answers_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    composer = ComposerProcess()
    composer.open()
    try:
        wait_for(composer, composer.request_page(write_chart_json(small_chart()), PAGE))
        first = composer.pid
        tickets = [composer.request(drill(seed), PAGE) for seed in range(40, 44)]
        os.kill(first, signal.SIGKILL)
        for reply in wait_for(composer, *tickets):
            assert isinstance(reply, ChartReady), reply
        assert composer.pid != first
    finally:
        composer.close()


def test_a_composer_that_cannot_start_says_so(tmp_path):
    composer = ComposerProcess(module="game.no_such_module", log=tmp_path / "composer.log")
    composer.open()
    try:
        (reply,) = wait_for(composer, composer.request(drill(1), PAGE))
        assert isinstance(reply, ComposeFailed)
        assert "composer" in reply.detail
    finally:
        composer.close()
    assert "no_such_module" in (tmp_path / "composer.log").read_text()


def test_closing_ends_the_process(tmp_path):
    composer = ComposerProcess(log=tmp_path / "composer.log")
    composer.open()
    pid = composer.pid
    composer.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_screen_side_loads_nothing_heavy():
    code = (
        "import sys, game.composer.client;"
        "print(*[m for m in ('music21', 'verovio', 'numpy', 'PIL') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == []


def test_what_is_waited_for_goes_before_what_is_composed_ahead():
    queue = RequestQueue()
    for ticket, ahead in ((1, True), (2, False), (3, True), (4, False)):
        queue.put(ComposeRequest(ticket, drill(ticket), PAGE, ahead=ahead))
    queue.put(EngraveRequest(5, b"", PAGE))
    assert [queue.get().ticket for _ in range(5)] == [5, 4, 2, 1, 3]
    queue.close()
    assert queue.get() is None
