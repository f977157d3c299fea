"""Charts of the player's own: what is read of them, and what is said of the rest."""

import itertools
import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from exercises.chart import ComposeError
from exercises.imports import read_chart, read_own
from exercises.musicxml import write_musicxml
from exercises.timeline import Timeline
from game.commands.check import command as check
from game.performer.performance import PROFILES, perform
from game.scoring.grade import grade_take

REEL = """X:1
T:A reel of our own
M:4/4
L:1/8
Q:1/4=110
K:D
|:"D"d2 fd "G"g2 bg|"A"a2 ea "D"f2 d2|"Bm"b2 fb "G"g2 bg|"A"aged "D"d4:|
"""

JIG_WITH_PICKUP = """X:1
T:Up and away
M:6/8
L:1/8
K:G
D|"G"G2G GAB|"D"A3 D2||
"""

HORNPIPE_BY_HABIT = """X:1
T:No sign opens a strain
M:2/4
L:1/8
K:D
A|dcde|f2f2|1 e2c:|2 e2c2||
a|gfed|e2g:|
"""
"""Each strain goes back to its own upbeat, and the last bar of one lacks what the upbeat has."""

HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="4.0"><part-list>{list}</part-list>{parts}</score-partwise>"""
ATTRIBUTES = (
    "<attributes><divisions>2</divisions><key><fifths>0</fifths></key>"
    "<time><beats>4</beats><beat-type>4</beat-type></time>"
    "<clef><sign>G</sign><line>2</line></clef></attributes>"
)


def note(step, octave=4, inside="", notations=""):
    return (
        f"<note>{inside}<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
        f"<duration>8</duration><type>whole</type>{notations}</note>"
    )


def part(number, *measures):
    body = "".join(
        f'<measure number="{at}">{ATTRIBUTES if at == 1 else ""}{measure}</measure>'
        for at, measure in enumerate(measures, 1)
    )
    return f'<part id="P{number}">{body}</part>'


def score(*named):
    names = "".join(
        f'<score-part id="P{at}"><part-name>{name}</part-name></score-part>'
        for at, (name, _) in enumerate(named, 1)
    )
    parts = "".join(part(at, *measures) for at, (_, measures) in enumerate(named, 1))
    return HEADER.format(list=names, parts=parts)


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_tune_in_abc_is_read_in_sounding_order(write):
    chart = read_chart(write("reel.abc", REEL))
    assert chart.title == "A reel of our own"
    assert chart.drill.key == "D"
    assert chart.drill.quarter_bpm == 110
    assert len(chart.bars) == 8
    assert [c.symbol for c in chart.chords] == ["D", "G", "A", "D", "Bm", "G", "A", "D"] * 2
    assert [n.spelling for n in chart.notes[:3]] == ["D5", "F#5", "D5"]
    assert len(chart.notes) == 2 * 22


def test_a_line_of_abc_without_bars_is_divided_by_its_metre(write):
    chart = read_chart(write("bare.abc", REEL.split("|:", maxsplit=1)[0] + "defg agfe dBAG FEDC\n"))
    assert len(chart.bars) == 2
    assert len(chart.notes) == 16


def test_a_pickup_in_abc_comes_before_the_first_downbeat(write):
    chart = read_chart(write("jig.abc", JIG_WITH_PICKUP))
    assert chart.bars[0].number == 0
    assert chart.notes[0].onset_ql == chart.onset_ql < 0
    assert chart.drill.meter == "6/8"


def test_a_strain_that_no_sign_opens_goes_back_to_where_the_one_before_it_closed(write):
    chart = read_chart(write("hornpipe.abc", HORNPIPE_BY_HABIT))
    assert chart.roadmap == ("repeat 0-3", "repeat 5-7", "ending 1 3-3", "ending 2 4-4")
    assert [bar.number for bar in chart.bars] == [0, 1, 2, 3, 0, 1, 2, 4, 5, 6, 7, 5, 6, 7]


def test_an_upbeat_to_a_strain_stays_as_short_as_it_is_written(write):
    chart = read_chart(write("hornpipe.abc", HORNPIPE_BY_HABIT))
    lengths = {bar.number: bar.duration_ql for bar in chart.bars}
    assert lengths == {0: 0.5, 1: 2, 2: 2, 3: 1.5, 4: 2, 5: 0.5, 6: 2, 7: 1.5}
    ends = [bar.onset_ql + bar.duration_ql for bar in chart.bars]
    assert ends[:-1] == [bar.onset_ql for bar in chart.bars[1:]]
    sounding = sorted(chart.notes, key=lambda n: n.onset_ql)
    gaps = [b.onset_ql - a.onset_ql - a.duration_ql for a, b in itertools.pairwise(sounding)]
    assert set(gaps) == {0}


def test_a_short_bar_within_a_strain_lacks_a_rest(write):
    half = note("C").replace("<duration>8", "<duration>4").replace("whole", "half")
    chart = read_chart(write("half.musicxml", score(("Piano", (note("C"), half, note("D"))))))
    assert [bar.onset_ql for bar in chart.bars] == [0, 4, 8]


def test_triplets_that_a_program_rounded_are_triplets_again(write):
    thirds = "".join(
        f"<note><pitch><step>{step}</step><octave>4</octave></pitch><duration>{length}</duration>"
        "<type>16th</type><time-modification><actual-notes>3</actual-notes>"
        "<normal-notes>2</normal-notes></time-modification></note>"
        for step, length in (("C", 42), ("D", 43), ("E", 43))
    )
    rest = "<note><rest/><duration>{}</duration></note>"
    text = score(("Piano", (thirds + rest.format(896),)))
    path = write("rounded.musicxml", text.replace("<divisions>2<", "<divisions>256<"))
    chart = read_chart(path)
    assert [note.onset_ql for note in chart.notes] == [0, Fraction(1, 6), Fraction(1, 3)]
    assert {note.duration_ql for note in chart.notes} == {Fraction(1, 6)}
    assert chart.bars[0].duration_ql == 4
    path.write_bytes(write_musicxml(chart))
    assert [note.onset_ql for note in read_chart(path).notes] == [0, Fraction(1, 6), Fraction(1, 3)]


def test_the_first_of_many_tunes_is_read_and_the_others_are_named(write):
    own = read_own(write("book.abc", REEL + "\n" + REEL.replace("X:1", "X:2")))
    assert str(own.left_out[0]) == "1 more tunes: the first one is read"


def test_what_is_not_abc_is_one_line(write):
    with pytest.raises(ComposeError, match="not ABC notation"):
        read_chart(write("no.abc", "This is a letter.\n"))


def test_what_a_chart_leaves_out_is_said_by_bar_and_reason(write):
    tremolo = '<notations><ornaments><tremolo type="single">2</tremolo></ornaments></notations>'
    words = "<direction><direction-type><words>freely</words></direction-type></direction>"
    sung = "<lyric><text>la</text></lyric>"
    measures = (note("C"), words + note("D", notations=tremolo), note("E", notations=sung))
    own = read_own(write("song.musicxml", score(("Piano", measures))))
    assert [str(each) for each in own.left_out] == [
        "bar 2: a tremolo",
        "bar 2: words",
        "bar 3: words to sing",
    ]
    assert len(own.chart.notes) == 3


def test_the_piano_is_picked_out_of_a_band(write):
    path = write(
        "band.musicxml",
        score(
            ("Violin", (note("A", 5),)),
            ("Piano", (note("C"),)),
            ("Cello", (note("C", 2),)),
        ),
    )
    own = read_own(path)
    assert [n.spelling for n in own.chart.notes] == ["C4"]
    assert str(own.left_out[0]) == "other parts than the keyboard's: Violin, Cello"


def test_a_band_without_a_piano_is_refused_with_what_to_do(write):
    path = write(
        "trio.musicxml", score(*((name, (note("C"),)) for name in ("Flute", "Oboe", "Bassoon")))
    )
    with pytest.raises(ComposeError, match=r"no piano among them.*export the keyboard part"):
        read_chart(path)


def test_check_names_what_is_left_out(write):
    path = write("book.abc", REEL + "\n" + REEL.replace("X:1", "X:2"))
    result = CliRunner().invoke(check, [str(path), "--json"])
    assert result.exit_code == 0, result.output
    (chart,) = json.loads(result.stdout)["charts"]
    assert chart["left_out"] == [{"bar": 0, "reason": "1 more tunes: the first one is read"}]


def test_an_own_chart_played_perfectly_is_worth_a_hundred(write):
    chart = read_chart(write("jig.abc", JIG_WITH_PICKUP))
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    take = perform(chart, PROFILES["perfect"], timeline=timeline, style=None, level=5, seed=1)
    grade = grade_take(chart, take.events, timeline=timeline, style=None, level=5)
    assert grade.scores.total == 100
