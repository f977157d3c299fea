"""Charts as standard MIDI files, straight as written."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING

import mido

from exercises.kit import is_pads, touch_velocity
from exercises.meter import read_meter
from exercises.tempi import tempo_map
from exercises.theory import key_fifths

if TYPE_CHECKING:
    from exercises.band.parts import BandChart, Part
    from exercises.chart import Chart

TICKS_PER_QUARTER = 960
"""Exact for triplets and quintuplets; sevenths are rounded to the nearest tick."""
DOWNBEAT = "downbeat"
"""The text of the marker at the first downbeat; a pickup comes before it."""
DRUM_CHANNEL = 9
HANDS = {1: "Right hand", 2: "Left hand"}
"""Staff to the name of its track."""
BAND_TRACKS = ("Drums", "Bass")
"""What is beside the player in our own files, and not the player's to read."""
PADS_TRACK = "Pads"
"""The player's own drums; the band's are "Drums"."""
_GRACE_TICKS = TICKS_PER_QUARTER // 16
_VELOCITIES = {"pp": 36, "p": 49, "mp": 64, "mf": 80, "f": 96, "ff": 112}
_PLAIN = _VELOCITIES["mf"]


def write_midi(chart: Chart, band: BandChart | None = None) -> bytes:
    """A chart as a standard MIDI file of type 1: tempo, metre, key, then one track a staff.

    A chart for pads is one track on channel 10. A band follows in tracks of its own, Drums on
    channel 10 and Bass. Onsets and lengths are straight as written: no swing, no pocket. Loudness
    follows the dynamic marks. The same chart gives the same bytes.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER)
    file.tracks.append(_write_conductor(chart))
    for staff, name in ({1: PADS_TRACK} if is_pads(chart) else HANDS).items():
        file.tracks.append(_write_staff(chart, staff, name))
    for part in () if band is None else band.parts:
        file.tracks.append(_write_part(chart, part))
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _ticks(chart: Chart, onset_ql: Fraction) -> int:
    return round((onset_ql - chart.onset_ql) * TICKS_PER_QUARTER)


def _to_track(events: list[tuple[int, int, mido.Message]], end: int) -> mido.MidiTrack:
    """A track from (tick, rank, message); of equal ticks the lower rank first."""
    track = mido.MidiTrack()
    here = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - here))
        here = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - here)))
    return track


def _write_conductor(chart: Chart) -> mido.MidiTrack:
    events = [
        (0, 0, mido.MetaMessage("track_name", name=chart.title or "First Take")),
        (_ticks(chart, Fraction(0)), 4, mido.MetaMessage("marker", text=DOWNBEAT)),
    ]
    for onset, quarter_bpm in tempo_map(chart).changes:
        tick = _ticks(chart, onset) if onset else 0
        tempo = mido.bpm2tempo(quarter_bpm)
        events.append((tick, 1, mido.MetaMessage("set_tempo", tempo=tempo)))
    before = key = None
    for bar in chart.bars:
        if chart.key_of(bar) != key:
            key = chart.key_of(bar)
            sign = mido.MetaMessage("key_signature", key=_midi_key(key))
            events.append((_ticks(chart, bar.onset_ql), 2, sign))
        if bar.meter != before:
            top, bottom = read_meter(bar.meter)
            sign = mido.MetaMessage("time_signature", numerator=top, denominator=bottom)
            events.append((_ticks(chart, bar.onset_ql), 3, sign))
            before = bar.meter
    return _to_track(events, _ticks(chart, chart.end_ql))


def _midi_key(key: str) -> str:
    """MIDI knows a key by its accidentals; mido writes it by name."""
    key_fifths(key)
    return key


def _write_staff(chart: Chart, staff: int, name: str) -> mido.MidiTrack:
    events = [(0, 0, mido.MetaMessage("track_name", name=name))]
    loudness = sorted(
        (m.onset_ql, _VELOCITIES.get(m.text, _PLAIN)) for m in chart.marks if m.kind == "dynamic"
    )
    for note in chart.notes:
        if note.staff != staff:
            continue
        start = _ticks(chart, note.onset_ql)
        end = _ticks(chart, note.onset_ql + note.duration_ql)
        if note.duration_ql == 0:
            # A grace note is played into the beat that it leads to.
            start, end = max(0, start - _GRACE_TICKS), start
            end = max(end, start + 1)
        velocity = next((v for o, v in reversed(loudness) if o <= note.onset_ql), _PLAIN)
        channel = staff - 1
        if is_pads(chart):
            channel, velocity = DRUM_CHANNEL, touch_velocity(note, velocity)
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=velocity)
        off = mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)
        events += [(start, 2, on), (end, 1, off)]
    return _to_track(events, _ticks(chart, chart.end_ql))


def _write_part(chart: Chart, part: Part) -> mido.MidiTrack:
    """A player of the band: its instrument, then its hits; a key is let go before it is struck."""
    program = mido.Message("program_change", channel=part.channel, program=part.program)
    events = [(0, 0, mido.MetaMessage("track_name", name=part.name)), (0, 0, program)]
    free: dict[int, int] = {}
    for hit in reversed(part.hits):
        start = _ticks(chart, hit.onset_ql)
        end = _ticks(chart, hit.onset_ql + hit.duration_ql)
        end = max(start + 1, min(end, free.get(hit.pitch, end)))
        free[hit.pitch] = start
        on = mido.Message("note_on", channel=part.channel, note=hit.pitch, velocity=hit.velocity)
        off = mido.Message("note_off", channel=part.channel, note=hit.pitch, velocity=0)
        events += [(start, 2, on), (end, 1, off)]
    return _to_track(events, _ticks(chart, chart.end_ql))
