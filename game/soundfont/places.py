"""Where a sound bank is found: named by the player, on the system, or carried by a dependency."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

BANK_VARIABLE = "FIRST_TAKE_SOUNDBANK"
"""Names a .sf2 file; the setting goes before it."""
SYSTEM_FOLDERS = (
    "/usr/share/sounds/sf2",
    "/usr/share/soundfonts",
    "/usr/local/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
    "/opt/homebrew/share/fluid-synth/sf2",
    "/usr/local/share/fluidsynth",
    "C:/soundfonts",
)
PREFERRED = ("FluidR3_GM.sf2", "default-GM.sf2", "GeneralUser-GS.sf2", "default.sf2")
CARRIER, CARRIED = "pretty_midi", "TimGM6mb.sf2"
"""A package whose files hold a small General MIDI bank; none of its code is run."""
MISSING = (
    "No sound bank found: band and keys sound as plain tones. Name a General MIDI bank (.sf2) by "
    f"{BANK_VARIABLE}, or install one (Debian: fluid-soundfont-gm)."
)


def list_banks() -> list[Path]:
    """All banks that are found, the preferred first; links to another one are left out."""
    banks: list[Path] = []
    for folder in map(Path, SYSTEM_FOLDERS):
        found = sorted(folder.glob("*.sf2")) if folder.is_dir() else []
        banks += [path for name in PREFERRED for path in found if path.name == name]
        banks += [path for path in found if path.name not in PREFERRED]
    spec = find_spec(CARRIER)
    if spec is not None and spec.origin is not None:
        carried = Path(spec.origin).parent / CARRIED
        banks += [carried] if carried.is_file() else []
    own = {path.resolve(): path for path in reversed(banks)}
    return [path for path in banks if own[path.resolve()] == path]


def find_bank(named: str | None = None) -> Path | None:
    """The bank to play from, or None where there is none.

    Args:
        named: the player's own choice; wins wherever it is a file.
    """
    for name in (named, os.environ.get(BANK_VARIABLE)):
        if name and Path(name).expanduser().is_file():
            return Path(name).expanduser()
    return next(iter(list_banks()), None)
