"""Cues: what the rhythm section does before a section begins, in words over the bar.

A chart of ours has no bar in which both hands are silent, so nobody needs another's line in small
notes to find the way in. What a session chart says instead is where the drummer fills: the place
to leave room for, and the sound by which the next section is heard to come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.band.drums import find_large_fills
from exercises.band.section import read_song
from exercises.kit import PADS_KIND
from exercises.roadmap import Sign, read_roadmap

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.levels import Level
    from styles.schema import Style

DRUM_FILL = "Drum fill"


def cue_fills(chart: Chart, style: Style, level: Level) -> Chart:
    """The road map with the drum fills that lead into sections of new music.

    A level has them that reads cues, and every player but the drummer. A bar that is played again
    has one only if it is filled on every pass, and none if a word of the road map stands at its
    end already.
    """
    drummer = chart.drill.kind == PADS_KIND
    if "cue" not in level.roads or not chart.roadmap or style.band is None or drummer:
        return chart
    song = read_song(chart, style.band)
    fills = find_large_fills(song)
    letters = [passage.letter for passage in song.passages]
    new = [bar for index, bar in fills.items() if letters[index] not in letters[:index]]
    plain = {bar.number for bar in chart.bars if bar not in fills.values()}
    taken = {sign.last for sign in read_roadmap(chart.roadmap) if sign.kind != "ending"}
    cues = [
        str(Sign("cue", bar.number, bar.number, text=DRUM_FILL))
        for bar in new
        if bar.printed is None and bar.number not in plain | taken
    ]
    return msgspec.structs.replace(chart, roadmap=(*chart.roadmap, *cues))
