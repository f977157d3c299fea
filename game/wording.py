"""The words that are data: read once from `assets/`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def producer_lines() -> dict[str, tuple[str, ...]]:
    """What a producer may say, by what was heard."""
    text = files("assets").joinpath("producer.toml").read_text(encoding="utf-8")
    return {code: tuple(ways) for code, ways in tomllib.loads(text)["lines"].items()}
