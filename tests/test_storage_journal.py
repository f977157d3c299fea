"""What is played is on disk as it is played, and outlives a game that is killed."""

import signal
from fractions import Fraction

import msgspec
import pytest
from fakes import FakeArchive, World
from test_storage import make_take
from test_storage_files import run_python
from test_ui import note, on, open_game, text_of, to_stage, wait_until

from game.events import NoteEvent
from game.settings import Settings
from game.storage.journal import TakeJournal, read_journal
from game.take import Region

EVENTS = tuple(make_take().events)
HEAD = make_take(events=(), ended="stopped", region=Region(Fraction(1, 3), Fraction(4)))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def recover(folder):
    kept = []
    TakeJournal(lambda: folder).recover(kept.append)
    return kept


def test_a_take_that_is_kept_leaves_nothing(folder):
    journal = TakeJournal(lambda: folder)
    journal.end()
    journal.add(EVENTS[0])
    journal.begin(HEAD)
    journal.add(EVENTS[0])
    assert len(list(folder.iterdir())) == 1
    journal.end()
    assert list(folder.iterdir()) == []
    assert recover(folder) == []


def test_what_a_killed_game_played_is_recovered_once_and_with_every_note(folder):
    code = (
        "import os, signal, sys; from pathlib import Path; sys.path.insert(0, 'tests')\n"
        "from test_storage_journal import EVENTS, HEAD, TakeJournal\n"
        "journal = TakeJournal(lambda: Path(sys.argv[1]))\n"
        "journal.begin(HEAD)\n"
        "for event in EVENTS: journal.add(event)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    process = run_python(code, folder)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert recover(folder) == [msgspec.structs.replace(HEAD, events=EVENTS)]
    assert recover(folder) == []


def test_a_take_that_could_not_be_kept_is_recovered_after_the_next_one(folder):
    journal = TakeJournal(lambda: folder)
    journal.begin(HEAD)
    journal.add(EVENTS[0])
    journal.begin(HEAD)
    journal.end()
    (take,) = recover(folder)
    assert take.events == EVENTS[:1]


def test_a_game_that_still_runs_keeps_its_own(folder):
    journal = TakeJournal(lambda: folder)
    journal.begin(HEAD)
    journal.add(NoteEvent(0.5, "on", 60, 80, "midi"))
    assert recover(folder) == []
    assert len(list(folder.iterdir())) == 1
    journal.end()


def test_a_take_that_cannot_be_kept_stays_for_the_next_time(folder):
    folder.mkdir()
    line = msgspec.json.encode(NoteEvent(0.5, "on", 60, 80, "keys"))
    head = msgspec.json.encode(make_take(events=(), ended="stopped"))
    (folder / "take-1-a.journal").write_bytes(head + b"\n" + line + b"\n" + line[:9])

    def refuse(take):
        raise OSError(take.source)

    with pytest.raises(OSError, match="keys"):
        TakeJournal(lambda: folder).recover(refuse)
    (take,) = recover(folder)
    assert (len(take.events), take.source) == (1, "keys")


@pytest.mark.parametrize("data", [b"", b"\n", b"{", b"{}\n", b"\x00\xff\n", b'{"code": 1}\n'])
def test_a_file_without_a_head_is_no_take(folder, data):
    assert read_journal(data) is None
    folder.mkdir()
    (folder / "take-2-b.journal").write_bytes(data)
    assert recover(folder) == []
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_no_take(tmp_path):
    (tmp_path / "file").write_text("")
    journal = TakeJournal(lambda: tmp_path / "file" / "folder")
    journal.begin(HEAD)
    journal.add(EVENTS[0])
    journal.end()


async def test_the_stage_writes_every_note_ahead_and_ends_when_the_take_is_kept():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await wait_until(pilot, lambda: world.engine.position is not None)
        world.engine.waiting += note(0.0, 60)
        world.engine.position = 1.0
        await wait_until(pilot, lambda: len(world.journal.events) == 2)
        assert world.journal.head.ended == "stopped"
        assert world.journal.head.chart_json
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
    assert world.journal.trail == ["begin", "end"]
    assert world.archive.takes[1].events == tuple(world.journal.events)


async def test_a_take_that_cannot_be_kept_stays_in_the_journal():
    archive = FakeArchive(Settings(preview_s=0))
    world = World(archive=archive)

    def refuse(take):
        raise OSError(f"the disk is full, {take.style} is not kept")

    archive.add_take = refuse
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await wait_until(pilot, lambda: world.engine.position is not None)
        world.engine.waiting += note(0.0, 60)
        world.engine.position = world.engine.plan.end_s
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
    assert world.journal.trail == ["begin"]


async def test_what_a_dead_game_has_left_is_in_the_list_of_takes():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    world.app.services.journal.left.append(make_take(style="classical", ended="stopped"))
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: "stopped" in text_of(pilot))
    assert len(world.archive.takes) == 1
