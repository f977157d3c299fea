"""What a grade is made of, as frozen values; their JSON is the command-line contract."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from exercises.chart import encode_fraction

GRADE_FORMAT = "first-take/grade"
GRADE_VERSION = 1
RULES_VERSION = 11
"""Raised whenever the same events could get another grade."""
PLACES = 6
"""Decimals of the figures in JSON."""


class PlayedNote(msgspec.Struct, frozen=True):
    """A key pressed and let go."""

    index: int
    """Counts the note-ons in time order, from 0."""
    onset_s: float
    duration_s: float | None
    """None where the instrument sends no releases (the computer keyboard)."""
    pitch: int
    velocity: int


class Alignment(msgspec.Struct, frozen=True):
    """Which played note was meant for which charted note."""

    matches: tuple[tuple[str, int], ...]
    """(note id, played index), right pitch."""
    substitutions: tuple[tuple[str, int], ...]
    """(note id, played index), another pitch."""
    omissions: tuple[str, ...]
    extras: tuple[tuple[int, str], ...]
    """(played index, reason): stray, repeat, restart, ornament or pedal noise."""


class NoteJudgement(msgspec.Struct, frozen=True):
    """One charted note."""

    id: str
    onset_ql: Fraction
    pitch: int
    staff: int
    verdict: str
    """match, substitution or omission."""
    played: int | None
    asynchrony_ms: float | None
    """Played minus written, swing allowed for; negative is early."""
    grade: str | None
    """perfect, great, ok or out; None for an omission and a substitution."""
    length_ratio: float | None
    velocity: int | None


class ExtraJudgement(msgspec.Struct, frozen=True):
    """One played note that no charted note asked for."""

    played: int
    reason: str


class Scores(msgspec.Struct, frozen=True):
    """0 to 100, or None where there is too little to say."""

    total: float
    notes: float | None
    time: float | None
    lengths: float | None
    dynamics: float | None
    flow: float | None
    feel: float | None


class TimeReport(msgspec.Struct, frozen=True):
    """Time against the click."""

    bias_ms: float | None
    """Mean asynchrony; negative is ahead of the click. None where another tempo was kept."""
    spread_ms: float | None
    """Standard deviation of the asynchrony."""
    drift_ms_per_bar: float | None
    tempo_quarter_bpm: float | None
    swing_ratio: float | None
    swing_pairs: int
    pocket: str | None
    """on top, on, behind, lazy, rushing or dragging."""
    swing_error: float | None = None
    """Two standard errors of the place of the off-beat in its beat, in percent of the beat."""
    click_quarter_bpm: float | None = None
    """Of the click's beginning; None where there was none."""
    onsets: int = 0
    """Chords and single notes that were heard, grace notes left out."""
    beside: int = 0
    """Of them those that bias and spread leave out: whole beats off the click, or slips."""


class TouchReport(msgspec.Struct, frozen=True):
    """What the score of the dynamics rests on, as shares of 1."""

    followed: float | None
    """Marks, hairpins and accents (on pads accents and ghost notes); None without any."""
    evenness: float | None
    """Evenness of touch and balance of hands; None where too few notes tell."""


class FlowReport(msgspec.Struct, frozen=True):
    """Whether it kept going."""

    stops: int
    restarts: int
    skipped_bars: int
    longest_gap_ql: float
    recovered_within_ql: float | None


class Diagnosis(msgspec.Struct, frozen=True):
    """A pattern of mistakes and the drill that would mend it."""

    kind: str
    detail: str
    bars: tuple[int, ...]
    count: int
    drill: dict[str, str | int] = msgspec.field(default_factory=dict)


class BarVerdict(msgspec.Struct, frozen=True):
    """One bar in a sign and a word."""

    number: int
    verdict: str
    """clean, early, late, unsteady, wrong notes, missed notes or silent."""
    right: int
    written: int


class InnerTime(msgspec.Struct, frozen=True):
    """The tempo in bars in which the click dropped out."""

    drift_percent: float
    """Against the click's tempo; positive is faster."""
    error_percent: float
    """Its standard error."""
    onsets: int
    stretches: int
    """Stretches without click in which enough was played."""
    off_ms: float
    """How far that drift leads in the longest stretch; negative is ahead."""


class Scorecard(msgspec.Struct, frozen=True):
    """The grade of a take."""

    notes: tuple[NoteJudgement, ...]
    extras: tuple[ExtraJudgement, ...]
    scores: Scores
    time: TimeReport
    flow: FlowReport
    diagnoses: tuple[Diagnosis, ...] = ()
    bars: tuple[BarVerdict, ...] = ()
    rules: int = 1
    """The version of the rules that graded it (`RULES_VERSION`)."""
    inner_time: InnerTime | None = None
    """None where the click never dropped out, or too little was played without it."""
    chair: str = "piano"
    """The instrument that it was judged as (`exercises.chairs`)."""
    kind: str = "grand"
    """The kind of chart (`exercises.drill.KINDS`)."""
    touch: TouchReport | None = None
    """None where nothing can be compared, or the instrument has no dynamics."""
    accuracy: float | None = None
    """How much of the notes was right, in percent; their score falls faster."""


def write_grade_json(scorecard: Scorecard) -> bytes:
    """Write a scorecard as the JSON of the command-line contract."""
    body = msgspec.to_builtins(scorecard, enc_hook=encode_fraction)
    document = {"format": GRADE_FORMAT, "version": GRADE_VERSION, **body}
    return msgspec.json.format(msgspec.json.encode(_rounded(document)), indent=1) + b"\n"


def _rounded(value: object) -> object:
    """Figures to a millionth: beyond it lies only what another processor adds up otherwise."""
    if isinstance(value, float):
        return round(value, PLACES) + 0.0  # no minus before a zero
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
