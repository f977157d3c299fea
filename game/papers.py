"""What may be taken away from a graded take: one file each, as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.scoring.results import Scorecard
    from game.take import Take

ENDINGS = {"svg": "svg", "png": "png", "musicxml": "musicxml", "midi": "mid", "words": "txt"}


def name_sheet(name: str, scorecard: Scorecard) -> str:
    """The title of a sheet: "Take 12: 84 of 100"."""
    return f"{name}: {scorecard.scores.total:.0f} of 100"


def write_midi(name: str, take: Take, scorecard: Scorecard) -> bytes:
    """What was played, with a marker at the first downbeat."""
    del name, scorecard
    from exercises.chart import read_chart_json  # noqa: PLC0415 - when it is needed
    from exercises.kit import midi_channel  # noqa: PLC0415 - as above
    from game.rescoring import graded_events  # noqa: PLC0415 - as above
    from game.soundfont.patches import program_of  # noqa: PLC0415 - as above
    from game.takefiles import write_take  # noqa: PLC0415 - mido

    chart = read_chart_json(take.chart_json)
    return write_take(
        graded_events(take, chart),
        quarter_bpm=take.quarter_bpm,
        downbeat_s=0.0,
        channel=midi_channel(chart),
        program=program_of(chart.drill.chair),
    )


def write_words(name: str, take: Take, scorecard: Scorecard) -> bytes:
    """The chart in words, each note with what became of it."""
    from exercises.chart import read_chart_json  # noqa: PLC0415 - when it is needed
    from exercises.spoken import speak_chart  # noqa: PLC0415 - as above
    from game.scoring.marks import say_marks  # noqa: PLC0415 - as above

    chart = read_chart_json(take.chart_json)
    lines = speak_chart(chart, remarks=say_marks(scorecard))
    return "\n".join([f"{name_sheet(name, scorecard)}.", *lines, ""]).encode()


def _draw(form: str) -> Callable[[str, Take, Scorecard], bytes]:
    def draw(name: str, take: Take, scorecard: Scorecard) -> bytes:
        from exercises.chart import read_chart_json  # noqa: PLC0415 - when it is needed
        from game.scoring.marks import final_marks  # noqa: PLC0415 - as above
        from game.sessions.plan import take_timeline  # noqa: PLC0415 - as above
        from game.sessions.review import review_take  # noqa: PLC0415 - as above
        from game.sheet import write_sheet  # noqa: PLC0415 - music21 and verovio

        chart = read_chart_json(take.chart_json)
        title = name_sheet(name, scorecard)
        timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
        review = review_take(chart, take.events, scorecard, timeline=timeline)
        return write_sheet(chart, final_marks(scorecard), review.extras(), form, title=title)

    return draw


PAPERS: dict[str, Callable[[str, Take, Scorecard], bytes]] = {
    "svg": _draw("svg"),
    "png": _draw("png"),
    "musicxml": _draw("musicxml"),
    "midi": write_midi,
    "words": write_words,
}
"""By their forms: from (a name such as "Take 12", the take, its grade) to the file."""
