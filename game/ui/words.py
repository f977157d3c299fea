"""The words and signs of the screens, as pure functions of values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from exercises.keyboards import KEYBOARDS
from exercises.kit import is_pads, name_pad
from exercises.own import IMPORTED
from exercises.passes import count_printed
from exercises.timeline import beat_ql
from game.scoring.marks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Bar, Chart, Note
    from game.take import TakeSummary
    from game.ui.keeping import Outcome

BAR_SIGNS = {
    "clean": SIGNS["right"],
    "early": SIGNS["early"],
    "late": SIGNS["late"],
    "unsteady": "~",
    "wrong notes": SIGNS["wrong"],
    "missed notes": SIGNS["missed"],
    "silent": "–",  # noqa: RUF001 - a dash
}
"""The signs of the score's lane, and two more that only a whole bar can have."""
_TIMES = {1: "first", 2: "2nd", 3: "3rd"}
BAR_COLOURS = {
    "clean": "success",
    "early": "warning",
    "late": "warning",
    "unsteady": "warning",
    "wrong notes": "error",
    "missed notes": "error",
    "silent": "error",
}
"""Theme colours that repeat what the signs say."""
WHITE_KEYS = {0: "C", 2: "D", 4: "E", 5: "F", 7: "G", 9: "A", 11: "B"}
INTERVALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "octave")
ON_THE_CLICK_MS = 3.0
"""A mean nearer than this is on the click: no measurement here is finer."""
DASH = "–"  # noqa: RUF001 - a dash
BLOCKS = " ▏▎▍▌▋▊▉█"


def say_key(key: str) -> str:
    """A drill's key as it is read: "Bb" is B♭ major, "F#m" F♯ minor."""
    tonic = key.removesuffix("m")
    signs = tonic[:1] + tonic[1:].replace("b", "♭").replace("#", "♯")
    return f"{signs} {'minor' if key.endswith('m') else 'major'}"


def say_tempo(meter: str, quarter_bpm: float) -> str:
    """The tempo in the beat that is counted: "♩ = 96", "♩. = 60"."""
    beat = beat_ql(meter)
    # The half note has no sign that every terminal draws in one cell.
    sign = {"1/2": "♪", "3/2": "♩."}.get(str(beat), "♩")
    per_minute = quarter_bpm if sign == "♩" else quarter_bpm / float(beat)
    return f"{sign} = {per_minute:.0f}"


def say_bars(chart: Chart) -> str:
    """How long the chart is: "8 bars", "16 bars and a pickup", "32 bars, 18 on the page"."""
    full = sum(bar.number > 0 for bar in chart.bars)
    pickup = " and a pickup" if chart.bars[0].number == 0 else ""
    printed = count_printed(chart.bars)
    page = "" if printed == full else f", {printed} on the page"
    return f"{full} {'bar' if full == 1 else 'bars'}{pickup}{page}"


def say_place(chart: Chart, bar: Bar) -> str:
    """Where the music is: "Bar 5 of 18", and which time where the bar is played again."""
    place = f"Bar {bar.number} of {count_printed(chart.bars)}"
    if bar.printed is None:
        return place
    time = sum(b.number == bar.number and b.onset_ql <= bar.onset_ql for b in chart.bars)
    return f"{place}, {_TIMES.get(time, f'{time}th')} time"


HINT_TRIES = 2
"""Wrong keys after which the keys that are waited for are named."""


def say_missing(missing: Sequence[Note], tries: int, *, on_pads: bool) -> str:
    """What the music waits for: how many keys, and after a few wrong ones which."""
    if on_pads:
        return f"strike {' and '.join(name_pad(note.pitch) for note in missing)}"
    if tries >= HINT_TRIES:
        names = (note.spelling.replace("b", "♭").replace("#", "♯") for note in missing)
        return "find " + " ".join(names)
    return "one key" if len(missing) == 1 else f"{len(missing)} keys"


KINDS = {
    "lead": "lead sheet",
    "comping": "comping",
    "number": "number chart",
    "bass": "bass line",
    "pads": "pads",
}
"""Kinds of chart in words; a grand staff goes without saying."""


SPACED, CLOSE = "  ·  ", " · "


def say_chart(chart: Chart, style_name: str, columns: int | None = None) -> str:
    """A chart in one line: style, level, kind, key, metre, tempo, length; or its own title.

    Where that is more than a number of columns it is set closer, and then what the page itself
    shows is left out: metre, length, tempo, key.
    """
    drill = chart.drill
    own = drill.style == IMPORTED
    key = "" if is_pads(chart) else say_key(drill.key)
    meter = chart.bars[-1].meter if len(chart.bars) == 1 else _first_full_meter(chart)
    tempo, length = say_tempo(drill.meter, drill.quarter_bpm), say_bars(chart)
    parts = [
        (chart.title or style_name) if own else style_name,
        "" if own else f"level {drill.level}",
        chair_of(drill.chair).name if drill.chair else "",
        "" if is_pads(chart) else KINDS.get(drill.kind, ""),
        *(key, meter, tempo, length),
    ]
    line = SPACED.join(filter(None, parts))
    for given_up in ("", meter, length, tempo, key):
        if columns is None or len(line) <= columns:
            break
        parts = [part for part in parts if part and part != given_up]
        line = CLOSE.join(parts)
    return line


def _first_full_meter(chart: Chart) -> str:
    return next((bar.meter for bar in chart.bars if bar.number > 0), chart.bars[0].meter)


def say_bias(bias_ms: float) -> str:
    """A mean asynchrony in words."""
    if abs(bias_ms) < ON_THE_CLICK_MS:
        return "on the click"
    side = "behind" if bias_ms > 0 else "ahead of"
    return f"{abs(bias_ms):.0f} ms {side} the click"


def say_asynchrony(asynchrony_ms: float) -> str:
    """One note's offset while playing, short: "12 ms early", "on"."""
    if abs(asynchrony_ms) < ON_THE_CLICK_MS:
        return "on the click"
    side = "late" if asynchrony_ms > 0 else "early"
    return f"{abs(asynchrony_ms):.0f} ms {side}"


def say_score(score: float | None) -> str:
    """A score without a fraction; a dash where there is too little to say."""
    return DASH if score is None else f"{score:.0f}"


def draw_bar(score: float | None, width: int) -> str:
    """A score of 0 to 100 as a bar of so many cells, to an eighth of a cell."""
    if score is None:
        return "·" * width
    eighths = round(max(0.0, min(100.0, score)) / 100 * width * 8)
    full, part = divmod(eighths, 8)
    return ("█" * full + (BLOCKS[part] if part else "")).ljust(width, " ")


def say_source(outcome: Outcome) -> str:
    """Where what is shown comes from: "take 4", "comp of takes 4, 6", "not kept"."""
    sources = outcome.comp.sources if outcome.comp is not None else ()
    if len(sources) > 1:
        return f"comp of takes {', '.join(str(number) for number in sources)}"
    return f"take {outcome.take_id}" if outcome.take_id is not None else "not kept"


def say_day(started_at: str, now: datetime) -> str:
    """When a take was played, as one says it: "today 10:32", "yesterday", "Mon", "3 Nov"."""
    try:
        when = datetime.fromisoformat(started_at).astimezone(now.tzinfo)
    except ValueError:
        return ""
    if when.date() == now.date():
        return f"today {when:%H:%M}"
    if when.date() == (now - timedelta(days=1)).date():
        return f"yesterday {when:%H:%M}"
    if timedelta(0) <= now - when < timedelta(days=6):
        return f"{when:%a %H:%M}"
    return f"{when.day} {when:%b}" if when.year == now.year else f"{when.day} {when:%b %Y}"


def say_take(take: TakeSummary, style_name: str, now: datetime) -> tuple[str, str, str]:
    """A kept take in three columns: when, what, and what it was worth."""
    worth = say_score(take.total) if take.total is not None else ""
    if take.ended != "finished":
        worth = f"{worth} stopped".strip()
    return say_day(take.started_at, now), f"{style_name} {take.level}", worth


def say_port(port: str) -> str:
    """A port as its player knows it: "Stage 73:Stage 73 MIDI 1 20:0" is the "Stage 73"."""
    device, _, rest = port.partition(":")
    return device if device and rest.startswith(device) else port


def say_keys(keyboard: str | None, where: str) -> str:
    """What the player plays on: a MIDI keyboard, else the computer's keys, and where they lie."""
    if keyboard:
        return f"● {say_port(keyboard)}"
    return f"computer keys, {where}" if where else "computer keys"


def say_left_out(left_out: Sequence[str]) -> str:
    """What of a player's own file is not in its chart; nothing where all of it is."""
    if not left_out:
        return ""
    if len(left_out) == 1:
        return f"Left out: {left_out[0]}"
    return f"{len(left_out)} things left out: see first-take check"


def say_size(keys: int) -> str:
    """A keyboard by its keys, with the notes that it goes from and to."""
    low, high = KEYBOARDS[keys]
    return f"{keys} keys, {say_pitch(low)} to {say_pitch(high)}"


def say_pitch(pitch: int) -> str:
    """A white key by its name and octave: C4 is middle C."""
    return f"{WHITE_KEYS[pitch % 12]}{pitch // 12 - 1}"


def say_interval(number: int) -> str:
    """An interval by its name."""
    return f"{INTERVALS[number - 2]}s in the melody"
