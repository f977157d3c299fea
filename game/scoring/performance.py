"""What was played: a stream of stamped events becomes notes with onsets and lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.scoring.results import PlayedNote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.events import NoteEvent

SILENT_SOURCE = "keys"
"""The computer keyboard: it sends no releases and no dynamics."""
ROLL_STEP_S, ROLL_S = 0.08, 0.35
"""From one key of a rolled chord to the next at most, and from the first to the last (by ear)."""


def pair_notes(events: Sequence[NoteEvent]) -> tuple[PlayedNote, ...]:
    """Pair each note-on with the note-off that ends it.

    Events may come in any order; ties keep their order, and a note-off at the very moment of a
    note-on of the same pitch ends the note before. A key that is struck again while it is held
    ends the older note. The sustain pedal is not a held key: lengths are those of the fingers. A
    note that is never let go, and every note of the computer keyboard and of a recording without
    releases, has no length.

    Args:
        events: what the keyboard sent, stamped in seconds from the first downbeat.

    Returns:
        The notes in the order of their onsets; `index` counts them from 0.

    """
    ordered = sorted(events, key=lambda event: (event.onset_s, _presses(event)))
    released = any(event.kind in {"on", "off"} and not _presses(event) for event in ordered)
    onsets: list[NoteEvent] = []
    ends: list[float | None] = []
    sounding: dict[int, int] = {}
    for event in ordered:
        if _presses(event):
            older = sounding.pop(event.pitch, None)
            if older is not None and released and onsets[older].source != SILENT_SOURCE:
                ends[older] = event.onset_s
            sounding[event.pitch] = len(onsets)
            onsets.append(event)
            ends.append(None)
        elif event.kind in {"on", "off"}:
            index = sounding.pop(event.pitch, None)
            if index is not None and onsets[index].source != SILENT_SOURCE:
                ends[index] = event.onset_s
    return tuple(
        PlayedNote(
            index=index,
            onset_s=event.onset_s,
            duration_s=None if end is None else end - event.onset_s,
            pitch=event.pitch,
            velocity=event.velocity,
        )
        for index, (event, end) in enumerate(zip(onsets, ends, strict=True))
    )


def cluster_keys(played: Sequence[PlayedNote], spread_s: float) -> list[list[PlayedNote]]:
    """Keys that were struck together, anchored on the first."""
    clusters: list[list[PlayedNote]] = []
    for key in sorted(played, key=lambda each: (each.onset_s, each.pitch)):
        if clusters and key.onset_s - clusters[-1][0].onset_s <= spread_s:
            clusters[-1].append(key)
        else:
            clusters.append([key])
    return clusters


def cluster_strikes(played: Sequence[PlayedNote], spread_s: float) -> list[list[PlayedNote]]:
    """The same for chords that come fast or are rolled.

    A key that is struck again begins another chord, and what goes on upwards at once is still one.
    """
    strikes: list[list[PlayedNote]] = []
    for keys in cluster_keys(played, spread_s):
        for part in _cut_at_repeats(keys):
            last = strikes[-1] if strikes else []
            if last and _rolls_on(last, part):
                last += part
            else:
                strikes.append(part)
    return strikes


def _cut_at_repeats(keys: list[PlayedNote]) -> list[list[PlayedNote]]:
    parts: list[list[PlayedNote]] = [[]]
    for key in keys:
        if any(key.pitch == other.pitch for other in parts[-1]):
            parts.append([])
        parts[-1].append(key)
    return parts


def _rolls_on(last: list[PlayedNote], keys: list[PlayedNote]) -> bool:
    """Whether keys go on upwards at once with what was struck before."""
    at_once = keys[0].onset_s - last[-1].onset_s <= ROLL_STEP_S
    in_all = keys[-1].onset_s - last[0].onset_s <= ROLL_S
    upwards = min(key.pitch for key in keys) > max(key.pitch for key in last)
    return at_once and in_all and upwards


def _presses(event: NoteEvent) -> bool:
    """Whether a key goes down; a note-on without velocity is a release."""
    return event.kind == "on" and event.velocity > 0
