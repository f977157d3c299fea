"""Punches and comps are kept by reference: every take as it was played, once."""

from fractions import Fraction

import msgspec
import pytest
from test_storage import make_scorecard, make_take

from game.storage.archive import StorageError, open_archive
from game.take import CompPart, Region

WHOLE = Region(Fraction(-1), Fraction(16))
REGION = Region(Fraction(9, 2), Fraction(19, 3))


@pytest.fixture
def archive():
    archive = open_archive(None)
    yield archive
    archive.close()


def keep(archive, **changes):
    return archive.add_take(make_take(ended="finished", **changes))


def test_a_punch_comes_back_with_its_region_and_is_no_take_of_the_list(archive):
    first = keep(archive)
    punch = keep(archive, mode="punch", region=REGION)
    assert archive.load_take(punch).region == REGION
    assert archive.load_take(first).region is None
    assert [take.id for take in archive.list_takes(9)] == [first]


def test_a_comp_comes_back_in_order_and_outlives_the_program(tmp_path):
    path = tmp_path / "first-take.db"
    archive = open_archive(path)
    first = keep(archive)
    punch = keep(archive, mode="punch", region=REGION)
    parts = (CompPart(first, WHOLE), CompPart(punch, REGION), CompPart(first, REGION))
    number = archive.comps.add_comp("2026-05-01T20:15:00+02:00", parts)
    archive.close()
    archive = open_archive(path)
    assert archive.comps.load_comp(number) == parts
    with pytest.raises(StorageError, match="no comp 7"):
        archive.comps.load_comp(7)
    archive.close()


def test_a_comp_of_a_take_that_is_not_there_is_not_kept(archive):
    with pytest.raises(StorageError):
        archive.comps.add_comp("now", (CompPart(99, WHOLE),))
    with pytest.raises(StorageError, match="no comp 1"):
        archive.comps.load_comp(1)


def test_passes_are_whole_finished_takes_of_the_chart_at_the_tempo(archive):
    first = keep(archive)
    keep(archive, quarter_bpm=80.0)
    keep(archive, code="FT1-other")
    keep(archive, mode="punch", region=REGION)
    archive.add_take(msgspec.structs.replace(make_take(), ended="stopped"))
    second = keep(archive)
    archive.add_scorecard(second, make_scorecard())
    assert archive.comps.list_passes(first) == [first, second]
    assert archive.comps.list_passes(99) == []
