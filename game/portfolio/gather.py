"""Brings a portfolio together from what is kept, and renders what is to be heard."""

from __future__ import annotations

import io
import wave
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from exercises.chart import read_chart_json
from exercises.code import STYLES
from exercises.kit import is_pads, midi_channel
from game.coach.ability import estimate
from game.composer.sounding import open_bank, perform
from game.portfolio.page import Piece, Portfolio, Row
from game.sessions.career.life import live
from game.sessions.comp import Comp, Layer, assemble
from game.sessions.plan import notes_to_grade, take_timeline
from game.sessions.review import sound_take
from game.soundfont.track import SoundedNote, render_track
from game.takefiles import write_take
from game.wording import career_market

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
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
    lead = f"Session keyboard player; {len(done)} credits, {len(played)} genres"
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
    return f"{_name(styles, credit.style)}, level {credit.level}, {kind}"


def _gather_pieces(
    archive: Archive,
    styles: Mapping[str, Style],
    done: Sequence[Credit],
    bests: Sequence[Best],
) -> list[Piece]:
    """The best delivered takes and comps, hard music before easy; then the best first takes."""
    found: list[tuple[float, str, str, int, int | None]] = []
    for credit in done:
        if credit.take_id is not None and credit.total is not None:
            job = career_market().streams[credit.stream].name
            takes = "first take" if credit.takes == 1 else f"{credit.takes} takes"
            words = f"{job}, {say_day(date.fromisoformat(credit.day))}, {takes}"
            words += ", comp" if credit.comp_id is not None else ""
            worth = credit.total * credit.level
            music = _say_music(credit, styles)
            found.append((worth, music, words, credit.take_id, credit.comp_id))
    known = {take_id for *_, take_id, _ in found}
    for best in bests:
        if best.take_id not in known:
            music = f"{_name(styles, best.style)}, level {best.level}"
            words = f"At first sight, {say_day(date.fromisoformat(best.at[:10]))}"
            found.append((best.total * best.level, music, words, best.take_id, None))
    found.sort(key=lambda each: -each[0])
    pieces: list[Piece] = []
    for music, words, take_id, comp_id in (each[1:] for each in found[:PIECES]):
        take = archive.load_take(take_id)
        total, events = _hear(archive, styles, take, comp_id)
        chart = read_chart_json(take.chart_json)
        timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
        wav = b""
        if len(pieces) < HEARD:
            wav = render_wav(chart, events, styles.get(take.style), timeline, take.quarter_bpm)
        channel = midi_channel(chart)
        midi = write_take(events, quarter_bpm=take.quarter_bpm, downbeat_s=0.0, channel=channel)
        pieces.append(Piece(music, words, total, midi, wav))
    return pieces


def _hear(
    archive: Archive, styles: Mapping[str, Style], take: Take, comp_id: int | None
) -> tuple[float, tuple[NoteEvent, ...]]:
    """The grade and the events of a take, or of a comp on it."""
    from game.scoring.grade import grade_take  # noqa: PLC0415 - slow, with what is heard

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
    return card.scores.total, heard


def render_wav(
    chart: Chart,
    events: Sequence[NoteEvent],
    style: Style | None,
    timeline: Timeline,
    quarter_bpm: float,
) -> bytes:
    """What was played with the style's band, as a WAV file of one channel."""
    drums = is_pads(chart)
    keys = [
        SoundedNote(onset_s, RINGS_S if drums else length_s, pitch, velocity, drums=drums)
        for onset_s, length_s, pitch, velocity in sound_take(events)
    ]
    band = perform(chart, style, program=0, quarter_bpm=quarter_bpm)["band"]
    start_s = timeline.seconds_at(chart.onset_ql) - AHEAD_S
    end_s = timeline.seconds_at(chart.end_ql) + RINGS_S
    samples = render_track([*keys, *band], open_bank(None), start_s=start_s, end_s=end_s, rate=RATE)
    mono = np.round(samples.mean(axis=1) * FULL_SCALE).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(mono.tobytes())
    return out.getvalue()
