"""From findings to diagnoses: ranked by what they cost, each with its drill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.focus import check_focus, fits_meter, read_focus
from exercises.keyboards import FULL
from exercises.kit import PADS_KIND, is_pads
from exercises.levels import load_levels
from game.scoring.diagnoses.chords import find_chords
from game.scoring.diagnoses.comping import find_comping
from game.scoring.diagnoses.evidence import Evidence
from game.scoring.diagnoses.motion import find_motion
from game.scoring.diagnoses.pads import find_pads
from game.scoring.diagnoses.pitches import find_pitches
from game.scoring.diagnoses.rhythms import find_rhythms
from game.scoring.diagnoses.swing import find_swing
from game.scoring.results import Diagnosis
from game.scoring.scores import STEEPNESS, SUBSTITUTION_WORTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exercises.chart import Chart
    from game.scoring.align import Aligned
    from game.scoring.diagnoses.evidence import Finding
    from game.scoring.expectation import Expected
    from game.scoring.fitted import Heard
    from game.scoring.judge import Judged
    from game.scoring.results import PlayedNote, TimeReport
    from styles.schema import Style

MOST = 5
"""Nobody mends more than a few things at once."""
FILLED_IN = (find_comping, find_swing)
WRITTEN = (find_comping, find_pitches, find_rhythms, find_chords, find_motion)
"""What is looked for, in the order in which mistakes are explained."""
ON_PADS = (find_swing, find_pads, find_rhythms)
"""The same on pads, which have no pitches, chords and hands to move."""
LEAST_PLAYED = 0.3
"""Of the notes: where fewer were found, the take says nothing about how it was read."""


def diagnose(
    chart: Chart,
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
    judged: Judged,
    aligned: Aligned,
    *,
    time: TimeReport,
    style: Style | None,
    level: int,
    weights: Mapping[str, float],
    heard: tuple[Heard, ...] = (),
    kicks: frozenset[str] | None = None,
) -> tuple[Diagnosis, ...]:
    """Name the patterns of mistakes in a take, the costliest first.

    Args:
        chart: what was to be played.
        expected: its notes.
        played: what was played.
        judged: the judgements of it.
        aligned: which key was meant for which note.
        time: the report of time.
        style: gives the swing, and the drills that there are.
        level: 1 to 10.
        weights: of the scores in the total.
        heard: chords that the player filled in, and that were not the symbol's.
        kicks: fitted notes with a place of their own, where the chart was fitted to the player.

    """
    evidence = Evidence(
        chart=chart,
        expected=expected,
        played={note.index: note for note in played},
        judged=judged,
        aligned=aligned,
        time=time,
        style=style,
        level=level,
        heard=heard,
        kicks=kicks,
    )
    found = sum(judgement.played is not None for judgement in judged.notes)
    if not expected or (found < LEAST_PLAYED * len(expected) and not heard):
        return ()
    findings: list[Finding] = []
    # Where the notes are the player's own, their spelling and their rhythm say nothing.
    written = ON_PADS if is_pads(chart) else WRITTEN
    for find in written if kicks is None else FILLED_IN:
        findings.extend(find(evidence))
    costs = {id(finding): _cost(evidence, finding, weights) for finding in findings}
    findings.sort(key=lambda finding: -costs[id(finding)])
    return tuple(_tell(evidence, finding) for finding in findings[:MOST])


def _cost(evidence: Evidence, finding: Finding, weights: Mapping[str, float]) -> float:
    """Points of the total that a pattern cost, as near as can be told."""
    weight = weights[finding.score]
    count = len(finding.numbers)
    if finding.score == "notes":
        # Near the top the score falls so much faster than the share that was right.
        return weight * STEEPNESS * (1.0 - SUBSTITUTION_WORTH) * count / len(evidence.expected)
    if finding.score == "time":
        lost = 0.0
        for number in finding.numbers:
            late = evidence.judged.notes[number].asynchrony_ms or 0.0
            note = evidence.expected[number]
            distance = note.distance_ms(note.onset_s + late / 1000.0)
            lost += 1.0 - note.window(distance).points(abs(distance))
        return weight * lost / len(evidence.expected)
    return weight * count / len(evidence.expected)


def _tell(evidence: Evidence, finding: Finding) -> Diagnosis:
    bars = {evidence.chart.bars[evidence.expected[n].bar].number for n in finding.numbers}
    return Diagnosis(
        kind=finding.kind,
        detail=finding.detail,
        bars=tuple(sorted(bars)),
        count=len(finding.numbers) if finding.count is None else finding.count,
        drill=ask_drill(evidence.chart, evidence.style, evidence.level, finding.foci),
    )


def ask_drill(
    chart: Chart, style: Style | None, level: int, foci: Sequence[str]
) -> dict[str, str | int]:
    """The request for a chart that leans on the first of some foci that there is room for.

    Without a style there is nothing to compose, and no drill, nor where none mends it; where a
    level reads none of them, the drill is the level's own.
    """
    asked = chart.drill
    if style is not None and asked.kind == PADS_KIND:
        # Nothing in a drum part can be leant on: the same level again, with other strokes.
        return {"style": style.id, "level": level, "kind": PADS_KIND}
    if style is None or not foci:
        return {}
    row = load_levels().get(level)
    drill: dict[str, str | int] = {"style": style.id, "level": level}
    kind = asked.kind if asked.kind in {"grand", "lead", "comping", "number"} else "grand"
    if kind != "grand":
        drill["kind"] = kind
    if asked.keyboard != FULL:
        drill["keyboard"] = asked.keyboard
    for text in foci:
        try:
            focus = read_focus(text)
            if row is None:
                continue
            check_focus(focus, style, row, kind=kind, hands="both")
        except ComposeError:
            continue
        drill["focus"] = focus.text
        if not fits_meter(focus, "4/4") and fits_meter(focus, asked.meter):
            drill["meter"] = asked.meter
        break
    return drill
