"""Reads style packs: the ones that come with the program and a player's own.

A pack that is not sound is one line (file, key, what is wrong, the nearest right name) and is
left out; the others load.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from styles.schema import Strict, Style, StyleError
from styles.soundness import find_faults

SUFFIX = ".toml"
PACKS = Path(__file__).parent / "packs"


@dataclass(frozen=True)
class Loaded:
    """What a look at the packs gave."""

    styles: dict[str, Style]
    """By id, in order of the file names; a player's own after the program's."""
    faults: tuple[str, ...]
    """One line for each pack that was left out or that replaces another."""


def load_styles(user_folder: Path | None = None) -> Loaded:
    """Read all packs: the program's, then those of the player's folder, if it exists.

    A player's pack with the id of another replaces it, and a fault says so.
    """
    own = _load_own()
    if user_folder is None or not user_folder.is_dir():
        return own
    found = dict(own.styles)
    faults = list(own.faults)
    for path in sorted(user_folder.glob(f"*{SUFFIX}")):
        try:
            style = read_pack(path)
        except StyleError as error:
            faults.append(str(error))
            continue
        if style.id in found:
            faults.append(f"{path.name}: id '{style.id}' replaces {found[style.id].name}")
        found[style.id] = style
    return Loaded(found, tuple(faults))


@cache
def _load_own() -> Loaded:
    found: dict[str, Style] = {}
    faults: list[str] = []
    for path in sorted(PACKS.glob(f"*{SUFFIX}")):
        try:
            style = read_pack(path)
        except StyleError as error:
            faults.append(str(error))
        else:
            found[style.id] = style
    return Loaded(found, tuple(faults))


def load_style(style_id: str, user_folder: Path | None = None) -> Style:
    """One style by its id; of the program's packs only that one is read.

    Raises:
        StyleError: there is none, or its pack was left out.
    """
    has_own = user_folder is not None and any(user_folder.glob(f"*{SUFFIX}"))
    if not has_own and (style := _load_one(style_id)) is not None:
        return style
    loaded = load_styles(user_folder)
    if style_id in loaded.styles:
        return loaded.styles[style_id]
    for fault in loaded.faults:
        if fault.startswith(f"{style_id}{SUFFIX}:"):
            raise StyleError(fault)
    hint = _nearest(style_id, loaded.styles) or f"; there are {', '.join(loaded.styles)}"
    raise StyleError(f"there is no style '{style_id}'{hint}")


@cache
def _load_one(style_id: str) -> Style | None:
    """The program's pack in the file of that name; None where there is none of that id."""
    path = PACKS / f"{style_id}{SUFFIX}"
    if path.parent != PACKS or not path.is_file():
        return None
    style = read_pack(path)
    return style if style.id == style_id else None


def read_pack(path: Path) -> Style:
    """Read one pack file.

    Raises:
        StyleError: it cannot be read or is not sound; the first fault and the number of others.
    """
    style, faults = _examine(path)
    if style is not None and not faults:
        return style
    more = len(faults) - 1
    others = f" (and {more} more: first-take styles check {path.name})" if more else ""
    raise StyleError(f"{path.name}: {faults[0]}{others}")


def check_pack(path: Path) -> tuple[str, ...]:
    """All faults of one pack file, each one line; none if it is sound."""
    return tuple(f"{path.name}: {fault}" for fault in _examine(path)[1])


def is_pack(path: Path) -> bool:
    """Whether a file can be read as a pack at all: TOML, with the schema's keys and values."""
    return _examine(path)[0] is not None


def _examine(path: Path) -> tuple[Style | None, list[str]]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        return None, [f"cannot be read: {error.strerror}"]
    except UnicodeDecodeError:
        return None, ["is no UTF-8 text"]
    except tomllib.TOMLDecodeError as error:
        return None, [f"is no TOML: {error}"]
    faults = _strangers(table, Style, "")
    if faults:
        return None, faults
    try:
        style = msgspec.convert(table, Style)
    except msgspec.ValidationError as error:
        return None, [_explain(str(error))]
    return style, find_faults(style)


def _strangers(table: dict[str, Any], kind: type[Strict], where: str) -> list[str]:
    """Keys that a table of the pack does not have."""
    fields = _field_types(kind)
    faults = []
    for key, value in table.items():
        here = f"{where}{key}"
        if key not in fields:
            faults.append(f"{here} is not a key{_nearest(key, fields)}")
            continue
        inner = fields[key]
        if inner is None:
            continue
        if isinstance(value, dict):
            faults += _strangers(value, inner, f"{here}.")
        elif isinstance(value, list):
            for index, row in enumerate(value, 1):
                if isinstance(row, dict):
                    faults += _strangers(row, inner, f"{here}[{index}].")
    return faults


@cache
def _field_types(kind: type[Strict]) -> dict[str, type[Strict] | None]:
    """The keys of a table and the table that each holds, if it holds one (or rows of one)."""
    return {name: _table_in(hint) for name, hint in get_type_hints(kind).items() if name[0] != "_"}


def _table_in(hint: Any) -> type[Strict] | None:  # noqa: ANN401 - a type hint of any form
    if isinstance(hint, type) and get_origin(hint) is None and issubclass(hint, Strict):
        return hint
    if get_origin(hint) is dict:
        return None  # the keys are the pack's own
    return next((found for each in get_args(hint) if (found := _table_in(each))), None)


def _explain(message: str) -> str:
    """Put msgspec's "what - at `$.where[0]`" the other way round, with rows counted from 1."""
    what, _, where = message.partition(" - at `")
    path = where.removesuffix("`").removeprefix("$").removeprefix(".")
    for name, number in {part[:-1].rpartition("[")[::2] for part in _indexed(path)}:
        path = path.replace(f"{name}[{number}]", f"{name}[{int(number) + 1}]")
    return f"{path}: {what}" if path else what


def _indexed(path: str) -> list[str]:
    return [part for part in path.split(".") if part.endswith("]") and part[-2].isdigit()]


def _nearest(name: str, known: Any) -> str:  # noqa: ANN401 - any iterable of names
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

    close = get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
    return f" (did you mean '{close[0]}'?)" if close else ""
