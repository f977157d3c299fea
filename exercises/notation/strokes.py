"""A written page of pads with the names of its instruments, for reading aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.kit import FEET_VOICE, HANDS_VOICE, KIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exercises.chart import Chart
    from exercises.notation.notate import Written, WrittenBar, WrittenVoice


def name_strokes(
    chart: Chart, bars: Sequence[WrittenBar], remarks: Mapping[str, str]
) -> tuple[WrittenBar, ...]:
    """The bars with one head for each stroke, spelt with the names of all that it strikes.

    Args:
        chart: for pads.
        bars: its written page.
        remarks: what to add to notes, by their ids.
    """
    keys = {note.id: note.pitch for note in chart.notes}

    def name(event: Written) -> Written:
        said = []
        for note in event.notes:
            ghost = "ghosted " if "ghost" in note.articulations else ""
            remark = remarks.get(note.note_id)
            words = f"{ghost}{KIT[keys[note.note_id]].name}"
            said.append(f"{words} ({remark})" if remark else words)
        signs = ("accent",) if any("accent" in note.articulations for note in event.notes) else ()
        head = msgspec.structs.replace(
            event.notes[0], note_id="", spelling=" and ".join(said), articulations=signs
        )
        return msgspec.structs.replace(event, notes=(head,))

    def put_names(voice: WrittenVoice) -> WrittenVoice:
        foot = any(KIT[keys[note.note_id]].is_foot for e in voice.events for note in e.notes)
        events = tuple(name(event) if event.notes else event for event in voice.events)
        return msgspec.structs.replace(
            voice, number=FEET_VOICE if foot else HANDS_VOICE, events=events
        )

    return tuple(
        msgspec.structs.replace(
            bar, staves=tuple(tuple(put_names(v) for v in staff) for staff in bar.staves)
        )
        for bar in bars
    )
