"""What the stage's measurements make of what arrives at a terminal."""

import sys

from game.bench.stage_run import find_waits, read_facts, read_terminal

MS = 1_000_000


def sign(clock):
    return f"\x1b]7700;mark={clock}\x07".encode()


def test_a_sign_tells_how_old_its_note_is():
    assert find_waits([(5 * MS, b"abc" + sign(2 * MS) + b"\x1b[1m" + sign(4 * MS))]) == [3.0, 1.0]


def test_a_sign_in_two_pieces_arrives_with_the_second():
    whole = sign(1 * MS)
    for cut in range(1, len(whole)):
        assert find_waits([(2 * MS, b"x" + whole[:cut]), (9 * MS, whole[cut:] + b"y")]) == [8.0]


def test_bytes_and_processor_time_count_from_beginning_to_end():
    facts = {"frames": [1.0, 2.0], "cpu": [[1.0, 10.0], [3.0, 10.5]]}
    arrivals = [(int(0.5e9), b"early"), (int(1.5e9), b"x" * 100), (int(2.5e9), b"x" * 300)]
    run = read_facts(facts, arrivals)
    assert (run.cpu_share, run.bytes_per_s, run.frames_ms) == (0.25, 200.0, [1.0, 2.0])


def test_pictures_of_systems_are_counted_and_those_of_heads_are_not():
    facts = {"frames": [1.0], "cpu": [[1.0, 10.0], [3.0, 10.5]]}
    system, head = b'\x1bP0;1;0q"1;1;1400;180#1', b'\x1bP0;1;0q"1;1;27;36#1'
    arrivals = [(int(0.5e9), system), (int(1.5e9), head + system), (int(2.5e9), head)]
    assert read_facts(facts, arrivals).systems_sent == 1


def test_a_take_that_never_ended_has_no_figures():
    run = read_facts({"frames": [], "cpu": []}, [])
    assert (run.cpu_share, run.bytes_per_s) == (None, None)


def test_the_other_end_of_a_terminal_reads_all_that_is_written():
    program = "import os; print(os.get_terminal_size().columns)"
    arrived = b"".join(data for _, data in read_terminal([sys.executable, "-c", program], {}))
    assert arrived.strip() == b"160"
