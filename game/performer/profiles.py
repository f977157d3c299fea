"""Profiles: how somebody plays, in figures."""

from __future__ import annotations

import msgspec

VOICINGS = (
    "shells", "rootless", "drop 2", "close", "quartal", "spread", "upper structure", "octaves",
    "two-beat", "walking", "mixed",
)  # fmt: skip
"""How a performer fills in chord symbols (see `voicing`)."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody plays. Shares are of the charted notes."""

    name: str = "custom"
    bias_ms: float = 0.0
    """Mean asynchrony; negative is ahead of the click."""
    spread_ms: float = 0.0
    """Standard deviation of the asynchrony of onsets."""
    lean_ms_per_bar: float = 0.0
    """How much later each bar is than the one before: a player who drags (or rushes)."""
    wander_ms: float = 0.0
    """Greatest distance of a slow swaying about the click."""
    rubato: float = 0.0
    """How far the tempo sways, in octaves: 0.5 is from 0.7 to 1.4 times the tempo. Not to a click.
    Never slower than half nor faster than double."""
    drift: float = 1.0
    """The tempo at the end over the tempo at the beginning. Not to a click."""
    wrong: float = 0.0
    """A key beside the one that is written."""
    neighbour: float = 0.0
    """A line or a space misread: a third off, within the key."""
    octave: float = 0.0
    forgotten_key: float = 0.0
    """Of the notes that the key signature alters: played as if it were not there."""
    missing: float = 0.0
    extra: float = 0.0
    """Keys brushed beside others."""
    stumbles: float = 0.0
    """For each bar."""
    stumble_kinds: str = ""
    """Which stumbles there are (`stumbling.KINDS`), with commas; empty is all of them."""
    stays_late: float = 0.5
    """Share of the restarts after which the player stays behind; the others rejoin the click."""
    left_late_ms: float = 0.0
    right_late_ms: float = 0.0
    """One hand behind the other, all the time."""
    chord_spread_ms: float = 0.0
    """Standard deviation of a chord's notes about its middle."""
    voicing: str = ""
    """How a chart of chord symbols is filled in (`VOICINGS`); empty is the chart's own."""
    rolls: float = 0.0
    """Share of the chords of three notes and more that are rolled upwards."""
    graces: float = 0.0
    """Share of the highest notes that get an unwritten grace note."""
    trills: float = 0.0
    """Share of the highest notes from a beat on that are trilled with the note above."""
    touch: float = 0.0
    """Standard deviation of the velocity."""
    length: float = 1.0
    """Share of the written length that is held, ..."""
    length_spread: float = 0.0
    """... and how it scatters."""


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(name="perfect"),
        Profile(
            name="expert", bias_ms=-10, spread_ms=12, chord_spread_ms=5, touch=3,
            length=0.96, length_spread=0.02,
        ),
        Profile(
            name="solid", spread_ms=25, chord_spread_ms=8, touch=5,
            length=0.93, length_spread=0.06,
        ),
        Profile(
            name="laid-back", bias_ms=35, spread_ms=15, chord_spread_ms=6, touch=4,
            length=0.94, length_spread=0.03,
        ),
        Profile(
            name="amateur", spread_ms=45, wrong=0.03, missing=0.02, chord_spread_ms=12, touch=8,
            length=0.85, length_spread=0.12,
        ),
        Profile(
            name="sloppy", spread_ms=80, wrong=0.09, missing=0.06, chord_spread_ms=15, touch=12,
            length=0.75, length_spread=0.2,
        ),
    )
}  # fmt: skip


def adjust_profile(profile: Profile, **changes: float | str | None) -> Profile:
    """The same profile with some figures changed; None leaves one as it is."""
    given = {name: value for name, value in changes.items() if value is not None}
    return msgspec.structs.replace(profile, **given) if given else profile
