"""Whose fault an underrun was, and what became of the notes, in a run with everything at once."""

from __future__ import annotations

from array import array

import pytest

from game.bench.playing import judge
from game.bench.playing_facts import (
    Block,
    Facts,
    Run,
    Underruns,
    count_dropped,
    match_stamps,
    read_blocks,
    sort_underruns,
)

MS = 1_000_000
S = 1000 * MS
OURS = "JackEngine::XRun: client = First Take-01 was not finished, state = Running"
KEYS = "JackEngine::XRun: client First Take In finished after current callback"
ROBOT = "JackEngine::XRun: client = First Take Bench was not finished, state = Running"
IDLE = "JackEngine::XRun: client = First Take In was not finished, state = Triggered"
SERVER = "JackTimedDriver::Process XRun = 21 usec"
NOISE = "JackAudioDriver::ProcessGraphAsyncMaster: Process error"


def facts(**more):
    return Facts(began_ns=1 * S, ended_ns=11 * S, frames=[[1 * S, 11 * S]], **more)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([OURS, NOISE], Underruns(ours=1, whose=("First Take-01 at 1.0 s",))),
        ([KEYS], Underruns(ours=1, whose=("First Take In at 1.0 s",))),
        ([ROBOT, IDLE], Underruns(others=1)),
        ([ROBOT], Underruns(others=1)),
        ([SERVER, OURS], Underruns(machine=1)),
        ([NOISE], Underruns()),
    ],
)
def test_the_server_says_who_was_late(lines, found):
    assert sort_underruns([(2 * S, line) for line in lines], [], facts()) == found


def test_what_a_core_that_stood_still_brings_is_not_ours():
    said = [(2 * S, OURS), (3 * S, OURS)]
    stalls = [(2 * S - 9 * MS, 2 * S - 1 * MS)]
    found = sort_underruns(said, stalls, facts())
    assert (found.ours, found.machine, found.whose) == (1, 1, ("First Take-01 at 2.0 s",))


def test_complaints_at_one_moment_are_of_one_underrun_and_others_do_not_count():
    said = [(S // 2, OURS), (2 * S, OURS), (2 * S + 5 * MS, KEYS), (4 * S, OURS), (12 * S, OURS)]
    assert sort_underruns(said, [], facts()).ours == 2


def test_stamps_are_matched_by_key_and_time():
    # The same key and velocity comes again later; a note before the beginning does not count.
    struck = [(60, 9, S // 2), (60, 9, 2 * S), (61, 10, 3 * S), (60, 9, 5 * S)]
    stamps = [(60, 9, S // 2), (60, 9, 2 * S + MS // 4), (60, 9, 5 * S - MS // 2)]
    assert match_stamps(struck, facts(stamps=stamps)) == ([0.25, 0.5], [3 * S])


def test_a_note_of_a_cycle_that_the_server_gave_up_is_not_lost_by_the_game():
    assert count_dropped([2 * S, 3 * S], [(3 * S + 9 * MS, SERVER), (4 * S, OURS)]) == 1


def test_a_run_is_judged_between_its_beginning_and_its_end():
    frames = [[1 * S + n * 16 * MS for n in range(100)]]
    ran = Facts(1 * S, 11 * S, frames, [(60, 1, 2 * S)])
    blocks = [Block(n * S, MS, 300 if n == 0 else 32, 256) for n in range(12)]
    run = Run(ran, blocks, [(60, 1, 2 * S)], [(2 * S, OURS)], [], 0.5)
    by_name = {one.name: one for one in judge(run)}
    assert by_name["playing_callback_p99"].value == 0.125
    assert by_name["playing_underruns"].value == 1
    assert not by_name["playing_underruns"].ok
    assert by_name["playing_frame_p50"].value == 16
    assert by_name["playing_stamp_p99"].ok


def test_blocks_come_back_as_they_were_written():
    rows = array("q", [5, 4, 3, 256, 9, 8, 7, 128])
    assert read_blocks(rows.tobytes()) == [Block(5, 4, 3, 256), Block(9, 8, 7, 128)]
