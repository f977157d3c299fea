"""Key and tempo of a music21 score."""

from __future__ import annotations

from typing import Any

import music21 as library

_PLAIN_TEMPO = 120.0


def read_key(staves: list[Any]) -> str:
    """The signature's key: minor where it says so or where the last bass note is its tonic."""
    for staff in staves:
        for found in staff.recurse().getElementsByClass(library.key.KeySignature):
            if isinstance(found, library.key.Key):
                minor = found.mode == "minor"
                return str(found.tonic.name.replace("-", "b")) + ("m" if minor else "")
            major = found.asKey("major").tonic.name.replace("-", "b")
            minor_tonic = found.asKey("minor").tonic
            last = next((n for n in reversed(list(staves[-1].recurse().notes)) if n.pitches), None)
            if last is not None and last.pitches[0].pitchClass == minor_tonic.pitchClass:
                return str(minor_tonic.name.replace("-", "b")) + "m"
            return str(major)
    return "C"


def read_tempo(staves: list[Any]) -> float:
    """The first metronome mark in quarter notes a minute; a plain tempo where there is none."""
    for staff in staves:
        for mark in staff.recurse().getElementsByClass(library.tempo.MetronomeMark):
            tempo = mark.getQuarterBPM()
            if tempo:
                return round(float(tempo), 3)
    return _PLAIN_TEMPO


def bar_key(signature: Any, key: str) -> str:  # noqa: ANN401 - music21 has no types
    """The key of a signature inside a piece: of the mode of the piece where it says none."""
    if not isinstance(signature, library.key.Key):
        signature = signature.asKey("minor" if key.endswith("m") else "major")
    name = str(signature.tonic.name.replace("-", "b")) + ("m" if signature.mode == "minor" else "")
    return "" if name == key else name
