"""Octants are where Unicode 16 has them."""

from rich.cells import cell_len

from game.ui.score.octants import SOLID, list_octants

NAMED = {
    # BLOCK OCTANT-<parts>, as the standard's list of names has them.
    0x1CD00: "3", 0x1CD01: "23", 0x1CD03: "4", 0x1CD09: "5", 0x1CD0B: "25", 0x1CD0F: "1235",
    0x1CD18: "6", 0x1CD1F: "1236", 0x1CDE5: "2345678",
}  # fmt: skip


def parts(bits):
    return "".join(str(at + 1) for at in range(8) if bits >> at & 1)


def test_characters_stand_at_their_names():
    found = {ord(sign): parts(bits) for bits, sign in enumerate(list_octants())}
    assert {code: found[code] for code in NAMED} == NAMED
    assert len(found) == 256
    assert sum(0x1CD00 <= code <= 0x1CDE5 for code in found) == 230


def test_older_blocks_are_kept():
    signs = list_octants()
    assert signs[0] == " "
    assert signs[255] == "█"
    assert signs[0b1111] == "▀"
    assert signs[0b11000000] == "▂"
    assert signs[0b00000101] == "▘"


def test_braille_dots_keep_their_places():
    # Dots 7 and 8 are braille's lowest row, which was added after the six of the blind.
    # A lone corner is a sextant's, 5 and 2 of six.
    assert "⡀".translate(SOLID) == chr(0x1FB0F)
    assert "⠈".translate(SOLID) == chr(0x1FB01)
    assert "⣿".translate(SOLID) == "█"
    assert "⠤".translate(SOLID) == list_octants()[0b00110000]


def test_an_octant_takes_one_cell():
    assert all(cell_len(sign) == 1 for sign in list_octants())
