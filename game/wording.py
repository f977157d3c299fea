"""The words that are data: read once from `assets/`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from game.sessions.career.market import Market


@cache
def producer_lines() -> dict[str, tuple[str, ...]]:
    """What a producer may say, by what was heard."""
    text = files("assets").joinpath("producer.toml").read_text(encoding="utf-8")
    return {code: tuple(ways) for code, ways in tomllib.loads(text)["lines"].items()}


@cache
def career_market() -> Market:
    """Cities, streams of work, and the words around them."""
    from game.sessions.career.market import Market  # noqa: PLC0415 - seldom wanted

    text = files("assets").joinpath("career.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Market)
