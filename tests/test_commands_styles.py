"""`first-take styles` and `first-take levels`."""

import json

import pytest

from game import cli
from styles.loader import PACKS, load_styles


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")

    def call(*words):
        monkeypatch.setattr("sys.argv", ["first-take", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as leave:
            code = leave.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_table_names_every_style(run):
    code, out, err = run("styles")
    assert code == 0
    assert err == ""
    assert all(name in out for name in ("classical", "jazz", "rock"))


def test_json_is_one_document(run):
    code, out, _ = run("styles", "--json")
    assert code == 0
    assert [each["id"] for each in json.loads(out)["styles"]] == list(load_styles().styles)
    assert json.loads(run("styles", "jazz", "--json")[1])["cell_unit"] == "2"
    assert json.loads(run("styles", "--json", "jazz")[1])["id"] == "jazz"


def test_one_style_shows_its_feel_and_patterns(run):
    _, out, _ = run("styles", "jazz")
    assert "medium swing 1.66:1" in out
    assert "Charleston" in out


def test_an_unknown_style_is_one_line(run):
    code, out, err = run("styles", "jaz")
    assert (code, out) == (2, "")
    assert err == "first-take: there is no style 'jaz' (did you mean 'jazz'?)\n"


def test_a_sound_pack_passes_and_a_bad_one_fails(run, tmp_path):
    assert run("styles", "check", str(PACKS / "jazz.toml"))[:2] == (0, "jazz.toml: sound\n")
    bad = tmp_path / "bad.toml"
    text = (PACKS / "jazz.toml").read_text(encoding="utf-8")
    bad.write_text(text.replace("repeat =", "reapet ="), encoding="utf-8")
    code, out, err = run("styles", "check", str(bad))
    assert (code, out) == (2, "")
    assert err == "bad.toml: melody.reapet is not a key (did you mean 'repeat'?)\n"
    code, out, _ = run("styles", "check", str(bad), "--json")
    assert code == 2
    assert json.loads(out)["ok"] is False
    bad.write_text(text.replace('font = "Petaluma"', 'font = "Arial"'), encoding="utf-8")
    code, out, _ = run("styles", "check", str(bad))
    assert code == 1
    assert out.startswith("bad.toml: font: 'Arial' is not one of")
    code, out, _ = run("styles", "check", str(bad), "--json")
    assert code == 1
    assert json.loads(out)["ok"] is False
    assert run("styles", "check", str(tmp_path / "none.toml"))[0] == 2


def test_a_pack_of_the_player_is_listed_and_a_bad_one_is_named(run, tmp_path):
    folder = tmp_path / "data" / "styles"
    folder.mkdir(parents=True)
    text = (PACKS / "rock.toml").read_text(encoding="utf-8")
    (folder / "punk.toml").write_text(text.replace('id = "rock"', 'id = "punk"'), encoding="utf-8")
    (folder / "bad.toml").write_text("nonsense", encoding="utf-8")
    code, out, err = run("styles", "--json")
    assert code == 0
    assert "punk" in [each["id"] for each in json.loads(out)["styles"]]
    assert err.startswith("first-take: bad.toml: is no TOML")


def test_levels_as_table_and_as_json(run):
    code, out, _ = run("levels")
    assert code == 0
    assert "One hand at a time" in out
    levels = json.loads(run("levels", "--json")[1])["levels"]
    assert len(levels) == 10
    assert levels[0]["durations"] == ["1", "2", "4"]
