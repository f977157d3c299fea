"""What every table of a pack is: frozen, and strict about its keys."""

from __future__ import annotations

import msgspec


class StyleError(Exception):
    """A pack or a style cannot be used; the message says what, where and what to do."""


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the pack file."""
