"""Database files: new, old, newer, foreign, damaged, busy, unwritable, full; killed programs."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from game.events import NoteEvent
from game.storage import schema
from game.storage.archive import StorageError, open_archive
from game.storage.database import _make_engine
from game.storage.tables import HEAD, METADATA, REVISIONS
from game.take import Take, Versions

ROOT = Path(__file__).resolve().parent.parent
TAKE = Take(
    code="c",
    chart_json=b"{}" * 4000,
    quarter_bpm=60.0,
    events=tuple(NoteEvent(index / 7, "on", 60, 64) for index in range(200)),
    latency_ms=0.0,
    started_at="2026-05-01T20:15:00+02:00",
    versions=Versions("0", "0"),
    style="jazz",
    level=1,
    seed=1,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "first-take.db"


def run_python(code, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def test_the_migrations_make_the_tables_that_the_program_uses(path):
    open_archive(path).close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_the_program_expects():
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    steps = [step.revision for step in script.walk_revisions()]
    assert script.get_heads() == [HEAD]
    assert tuple(reversed(steps)) == REVISIONS


def test_a_file_is_in_wal_mode_and_its_commits_are_full(path):
    archive = open_archive(path)
    with archive._engine.connect() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    archive.close()
    assert modes == ["wal", 2, 1]
    assert [item.name for item in path.parent.iterdir()] == ["first-take.db"]


def test_opening_a_kept_file_loads_no_alembic_and_importing_archive_loads_no_sqlalchemy(path):
    open_archive(path).close()
    code = (
        "import sys; from pathlib import Path; from game.storage.archive import open_archive\n"
        "print('sqlalchemy' in sys.modules)\n"
        "open_archive(Path(sys.argv[1])).list_takes(50)\n"
        "print(any(name.split('.')[0] == 'alembic' for name in sys.modules))"
    )
    output, _ = run_python(code, path).communicate(timeout=60)
    assert output.split() == ["False", "False"]


def test_an_older_file_is_brought_up_to_date_and_a_copy_is_kept(path, tmp_path):
    archive = open_archive(path)
    take_id = archive.add_take(TAKE)
    archive.close()
    steps = tmp_path / "100% steps"
    shutil.copytree(schema.MIGRATIONS, steps)
    (steps / "versions" / "v9999_mood.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '9999'\n"
        f"down_revision = '{HEAD}'\n"
        "def upgrade():\n    op.add_column('takes', sa.Column('mood', sa.Text))\n"
    )
    engine = _make_engine(path, 1.0)
    newer = {"head": "9999", "revisions": (*REVISIONS, "9999"), "migrations": steps}
    schema.prepare(engine, path, busy_s=1.0, **newer)
    schema.prepare(engine, path, busy_s=1.0, **newer)
    engine.dispose()
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT id, mood FROM takes").fetchall() == [(take_id, None)]
    with pytest.raises(StorageError, match="made by a newer First Take: its tables are at 9999"):
        open_archive(path)
    copy = open_archive(path.with_name(f"first-take.db.{HEAD}.backup"))
    assert copy.load_take(take_id) == TAKE
    copy.close()


def test_a_step_that_fails_leaves_the_file_as_it_was(path, tmp_path):
    open_archive(path).close()
    steps = tmp_path / "steps"
    shutil.copytree(schema.MIGRATIONS, steps)
    (steps / "versions" / "v9999_bad.py").write_text(
        f"from alembic import op\nrevision = '9999'\ndown_revision = '{HEAD}'\n"
        "def upgrade():\n    op.drop_table('settings')\n    op.drop_table('nowhere')\n"
    )
    engine = _make_engine(path, 1.0)
    with pytest.raises(Exception, match="no such table: nowhere"):
        schema.prepare(
            engine, path, busy_s=1.0, head="9999", revisions=(*REVISIONS, "9999"), migrations=steps
        )
    engine.dispose()
    archive = open_archive(path)
    archive.save_settings(archive.load_settings())
    archive.close()


def test_a_foreign_database_is_refused_untouched(path):
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE recipes (name)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="database of another program; move it away"):
        open_archive(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_untouched(path):
    path.parent.mkdir()
    path.write_bytes(b"these are not the bytes of a database" * 100)
    with pytest.raises(StorageError, match=r"first-take\.db is damaged or no database"):
        open_archive(path)
    assert path.read_bytes() == b"these are not the bytes of a database" * 100


def test_damage_within_a_file_is_one_clear_line(path):
    archive = open_archive(path)
    for _ in range(30):
        archive.add_take(TAKE)
    archive.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StorageError, match=r"is damaged .* move it away to start anew") as caught:
        open_archive(path).list_takes(50)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("what", ["parent is a file", "file is a folder"])
def test_a_place_that_cannot_be_is_named(tmp_path, what):
    if what == "parent is a file":
        (tmp_path / "data").write_text("x")
        path = tmp_path / "data" / "first-take.db"
    else:
        path = tmp_path / "first-take.db"
        path.mkdir()
    with pytest.raises(StorageError, match="make its folder writable, or set FIRST_TAKE_HOME"):
        open_archive(path)


@contextlib.contextmanager
def as_somebody():
    """Permissions do not hold for root: be nobody meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_is_named(open_folder):
    open_folder.chmod(0o555)
    with as_somebody(), pytest.raises(StorageError, match="FIRST_TAKE_HOME"):
        open_archive(open_folder / "data" / "first-take.db")
    with as_somebody(), pytest.raises(StorageError, match="FIRST_TAKE_HOME"):
        open_archive(open_folder / "first-take.db")


def test_a_file_that_cannot_be_written_is_named(open_folder):
    path = open_folder / "first-take.db"
    open_archive(path).close()
    path.chmod(0o444)
    open_folder.chmod(0o555)
    with as_somebody(), pytest.raises(StorageError, match="writable, or set FIRST_TAKE_HOME"):
        open_archive(path).add_take(TAKE)


def test_a_full_disk_is_named_and_keeps_nothing_by_halves(path):
    archive = open_archive(path)
    with archive._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 20")
    noise = random.Random(1).randbytes(200_000)  # noqa: S311 - bytes that do not deflate
    with pytest.raises(StorageError, match=r"no room left for .*first-take\.db"):
        archive.add_take(Take(**{**_fields(TAKE), "chart_json": noise}))
    assert archive.list_takes(5) == []
    archive.close()


def _fields(take):
    return {name: getattr(take, name) for name in take.__struct_fields__}


def test_a_busy_file_is_waited_for_and_then_named(path):
    archive = open_archive(path, busy_s=0.2)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    with pytest.raises(StorageError, match="in use by another program"):
        archive.add_take(TAKE)
    assert 0.2 <= time.monotonic() - start < 2
    assert archive.list_takes(5) == []  # a reader never waits for a writer
    archive.close()
    patient = open_archive(path, busy_s=5)
    release = threading.Timer(0.3, other.execute, ("COMMIT",))
    release.start()
    assert patient.add_take(TAKE) == 1
    release.join()
    other.close()
    patient.close()


KEEP = """
import sys
from pathlib import Path
from tests.test_storage_files import TAKE
from game.storage.archive import open_archive
archive = open_archive(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    print(archive.add_take(TAKE), flush=True)
if len(sys.argv) > 3:
    sys.stdin.read()
"""


def test_two_programs_may_start_and_keep_at_once(path):
    programs = [run_python(KEEP, path, 25) for _ in range(2)]
    given = [int(n) for p in programs for n in p.communicate(timeout=60)[0].split()]
    assert sorted(given) == list(range(1, 51))
    archive = open_archive(path)
    assert [take.id for take in archive.list_takes(100)] == list(range(50, 0, -1))
    archive.close()


def test_a_take_outlives_a_killed_program(path):
    """Killed at any moment: every number that was given is there, and each take is whole."""
    dice = random.Random(2)  # noqa: S311 - moments, no secrets
    open_archive(path).close()
    for _ in range(6):
        program = run_python(KEEP, path, 100_000, stdin=subprocess.PIPE)
        given = [int(program.stdout.readline())]
        threading.Timer(dice.uniform(0, 0.08), program.send_signal, (signal.SIGKILL,)).start()
        given += [int(line) for line in program.stdout if line.endswith("\n")]
        assert program.wait(20) == -signal.SIGKILL
        program.stdout.close()
        program.stdin.close()
        archive = open_archive(path)
        kept = [take.id for take in archive.list_takes(1_000_000)]
        assert set(given) <= set(kept)
        for take_id in kept[: len(given) + 1]:
            assert archive.load_take(take_id) == TAKE
        archive.close()
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        halves = "SELECT count(*) FROM takes WHERE id NOT IN (SELECT take_id FROM recordings)"
        assert raw.execute(halves).fetchone() == (0,)


def test_a_large_archive_lists_its_latest_takes_at_once(path):
    open_archive(path).close()
    with contextlib.closing(sqlite3.connect(path)) as raw, raw:
        raw.executemany(
            "INSERT INTO takes (id, started_at, code, style, level, seed, quarter_bpm, latency_ms, "
            "source, ended, first_take_version, compose_version) "
            "VALUES (?, '', '', 'jazz', 1, 1, 60, 0, 'midi', 'finished', '', '')",
            ((index,) for index in range(1, 20_001)),
        )
        raw.executemany(
            "INSERT INTO recordings VALUES (?, zeroblob(4000), zeroblob(3000), zeroblob(9), '')",
            ((index,) for index in range(1, 20_001)),
        )
        raw.executemany(
            "INSERT INTO scorecards (take_id, rules_version, total) VALUES (?, 1, ?)",
            ((index, index % 100) for index in range(1, 20_001)),
        )
    archive = open_archive(path)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        takes = archive.list_takes(50)
        times.append(time.perf_counter() - start)
    archive.close()
    assert takes[0].id == 20_000
    assert [take.total for take in takes[:2]] == [0.0, 99.0]
    assert min(times) < 0.05
