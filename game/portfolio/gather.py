"""Brings a portfolio together from what is kept, and renders what is to be heard."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from exercises.chairs import chair_of, name_chairs
from exercises.chart import read_chart_json
from exercises.code import STYLES
from exercises.kit import is_pads, midi_channel
from game.coach.ability import estimate
from game.composer.sounding import open_bank, perform, sound_parts
from game.mixdown import write_midi
from game.portfolio.page import Piece, Portfolio, Row
from game.requests import Mixdown, MixedPart, PlayedPart
from game.sessions.career.life import live
from game.sessions.comp import Comp, Layer, assemble
from game.sessions.overdubs import BASS
from game.sessions.plan import notes_to_grade, take_timeline
from game.sessions.review import sound_part
from game.soundfont.patches import program_of
from game.soundfont.track import render_track
from game.takefiles import write_take
from game.wording import career_market

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exercises.chairs import Chair
    from exercises.chart import Chart
    from game.coach.standing import Best
    from game.events import NoteEvent
    from game.ports import Archive
    from game.sessions.career.credit import Credit
    from game.take import Take
    from styles.schema import Style

RATE = 22_050
"""Of the sound on the page: it travels inside it."""
HEARD = 3
"""Pieces with sound, ..."""
PIECES = 8
"""... and with MIDI."""
ROWS = 12
RINGS_S, AHEAD_S = 2.0, 0.1
FULL_SCALE = 32_000
UNNAMED = "Session keyboard player"
"""What stands over the page of a player without a name."""
KINDS = {"grand": "grand staff", "lead": "lead sheet", "number": "number chart",
         "bass": "bass line"}  # fmt: skip
FIRST_DAY = date(2000, 1, 1)


def gather_portfolio(
    archive: Archive, styles: Mapping[str, Style], *, name: str, today: date
) -> Portfolio:
    """The portfolio of what is kept.

    Args:
        archive: the player's.
        styles: for names, feel and bands.
        name: what stands over the page.
        today: the date of the page.

    """
    career = live(archive.jobs.list_credits())
    progress = archive.history.load_progress(FIRST_DAY, today)
    abilities = progress.standing.abilities
    done = [credit for credit in career.credits if credit.is_done]
    played = [style for style in STYLES if abilities.count(f"style:{style}")]
    lead = f"{len(done)} credits, {len(played)} genres"
    if name != UNNAMED:
        lead = f"{UNNAMED}; {lead}"
    return Portfolio(
        name=name,
        lead=lead + (", union member" if career.has_card else ""),
        levels=tuple(
            (_name(styles, style), max(0.0, estimate(abilities, style).mean)) for style in played
        ),
        said=tuple(career.reputation()._asdict().items()),
        first_takes=tuple(
            _row_of_best(best, styles)
            for best in sorted(progress.bests, key=lambda each: (-each.level, -each.total))[:ROWS]
        ),
        pieces=tuple(_gather_pieces(archive, styles, done, progress.bests)),
        credits=tuple(_row_of_credit(credit, styles) for credit in reversed(done)),
        made=say_day(today),
    )


def say_day(day: date) -> str:
    """A date in words: "3 November 2026"."""
    return f"{day.day} {day:%B %Y}"


def _name(styles: Mapping[str, Style], style: str) -> str:
    return styles[style].name if style in styles else style.capitalize()


def _row_of_best(best: Best, styles: Mapping[str, Style]) -> Row:
    music = f"{_name(styles, best.style)}, level {best.level}"
    return Row(best.at[:10], "first sight", music, f"{best.total:.0f}", "1")


def _row_of_credit(credit: Credit, styles: Mapping[str, Style]) -> Row:
    job = career_market().streams[credit.stream].name
    total = "" if credit.total is None else f"{credit.total:.0f}"
    return Row(credit.day, job, _say_music(credit, styles), total, str(credit.takes))


def _say_music(credit: Credit, styles: Mapping[str, Style]) -> str:
    kind = KINDS.get(credit.kind, credit.kind)
    chairs = name_chairs(credit.chairs)
    if len(credit.chairs) == 1 and chairs not in kind:
        kind = f"{kind}, {chairs}"
    played = chairs if len(credit.chairs) > 1 else kind
    return f"{_name(styles, credit.style)}, level {credit.level}, {played}"


@dataclass(frozen=True)
class _Found:
    """What could be a piece."""

    worth: float
    music: str
    words: str
    parts: tuple[tuple[int, int | None], ...]
    """Take and comp of each part, one for most."""


@dataclass(frozen=True)
class Heard:
    """A part as it is heard: a take, or a comp of several."""

    take: Take
    chart: Chart
    events: tuple[NoteEvent, ...]
    total: float

    @property
    def chair(self) -> Chair:
        """What it was played on."""
        return chair_of(self.chart.drill.chair)

    @property
    def program(self) -> int:
        """Of General MIDI, counted from 0; of drums the kit."""
        return program_of(self.chair.id)

    @property
    def part(self) -> PlayedPart:
        """As the instrument sounds it."""
        keys = sound_part(self.events, self.chair)
        return PlayedPart(keys, self.program, drums=is_pads(self.chart))


def _gather_pieces(
    archive: Archive,
    styles: Mapping[str, Style],
    done: Sequence[Credit],
    bests: Sequence[Best],
) -> list[Piece]:
    """The best delivered takes and comps, hard music before easy; then the best first takes."""
    found = [_find_piece(credit, styles) for credit in done if credit.take_id is not None]
    known = {take_id for each in found for take_id, _ in each.parts}
    for best in bests:
        if best.take_id not in known:
            music = f"{_name(styles, best.style)}, level {best.level}"
            words = f"At first sight, {say_day(date.fromisoformat(best.at[:10]))}"
            parts = ((best.take_id, None),)
            found.append(_Found(best.total * best.level, music, words, parts))
    found.sort(key=lambda each: -each.worth)
    pieces: list[Piece] = []
    for each in found[:PIECES]:
        heard = [_hear(archive, styles, *part) for part in each.parts]
        total = fmean(part.total for part in heard)
        wav = render_wav(heard, styles) if len(pieces) < HEARD else b""
        pieces.append(Piece(each.music, each.words, total, write_piece(heard), wav))
    return pieces


def _find_piece(credit: Credit, styles: Mapping[str, Style]) -> _Found:
    job = career_market().streams[credit.stream].name
    takes = "first take" if credit.takes == 1 else f"{credit.takes} takes"
    words = f"{job}, {say_day(date.fromisoformat(credit.day))}, {takes}"
    words += ", comp" if credit.comp_id is not None else ""
    one = ((credit.take_id, credit.comp_id),) if credit.take_id is not None else ()
    worth = (credit.total or 0.0) * credit.level
    return _Found(worth, _say_music(credit, styles), words, credit.parts or one)


def _hear(
    archive: Archive, styles: Mapping[str, Style], take_id: int, comp_id: int | None
) -> Heard:
    """The grade and the events of a take, or of a comp on it."""
    from game.scoring.grade import grade_take  # noqa: PLC0415 - slow, with what is heard

    take = archive.load_take(take_id)
    chart, style = read_chart_json(take.chart_json), styles.get(take.style)
    timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
    events = take.events
    if comp_id is not None:
        parts = archive.comps.load_comp(comp_id)
        layers = tuple(
            Layer(part.take_id, archive.load_take(part.take_id).events, part.region)
            for part in parts
        )
        made = assemble(Comp(layers), chart, timeline=timeline, style=style, level=take.level)
        events = made.events
    heard = notes_to_grade(chart, events, timeline=timeline)
    card = grade_take(chart, heard, timeline=timeline, style=style, level=take.level)
    return Heard(take, chart, tuple(heard), card.scores.total)


def write_piece(heard: Sequence[Heard]) -> bytes:
    """A MIDI file: of one part as it was played, of several a track for each."""
    first = heard[0]
    bpm = first.take.quarter_bpm
    if len(heard) == 1:
        channel = midi_channel(first.chart)
        return write_take(
            first.events, quarter_bpm=bpm, downbeat_s=0.0, channel=channel, program=first.program
        )
    parts = tuple(MixedPart(each.chair.name, each.program, each.part.keys) for each in heard)
    return write_midi(Mixdown("", bpm, parts, b"", own_bass=True), [])


def render_wav(heard: Sequence[Heard], styles: Mapping[str, Style]) -> bytes:
    """What was played with the style's band, as a WAV file of one channel."""
    chart, take = heard[0].chart, heard[0].take
    band = perform(chart, styles.get(take.style), program=0, quarter_bpm=take.quarter_bpm)["band"]
    if any(each.chair.id == BASS for each in heard):
        band = [note for note in band if note.drums]
    notes = [*sound_parts([each.part for each in heard]), *band]
    timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
    start_s = timeline.seconds_at(chart.onset_ql) - AHEAD_S
    end_s = timeline.seconds_at(chart.end_ql) + RINGS_S
    samples = render_track(notes, open_bank(None), start_s=start_s, end_s=end_s, rate=RATE)
    mono = np.round(samples.mean(axis=1) * FULL_SCALE).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(mono.tobytes())
    return out.getvalue()
