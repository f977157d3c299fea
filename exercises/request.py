"""Makes every choice that a request leaves open, from the style, the level and the seed."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from exercises.chairs import DRUMS, Chair, choose_kind, find_chair
from exercises.chart import ComposeError
from exercises.code import HANDS, KEYS, KINDS, METERS, read_code, write_code
from exercises.drill import Drill, DrillRequest
from exercises.focus import Focus, check_focus, fits_meter, is_rhythmic, lean_keys, read_focus
from exercises.keyboards import FULL, keyboard_range
from exercises.kit import PADS_KIND
from exercises.levels import Level, level, load_levels
from exercises.timeline import beat_ql
from styles.soundness import TIERS, cell_fits, pattern_fits

if TYPE_CHECKING:
    from styles.schema import Cell, Form, Pattern, Style

__all__ = ["find_gaps", "key_accidentals", "read_code", "resolve_drill", "write_code"]

BARS = (1, 64)
QUARTER_BPM = (20.0, 300.0)
SEEDS = 2**32
PHRASE_BARS = 4
LONG_BARS = 16
"""From here lengths are counted in phrases of twice as many bars."""
_HANDS_OF = {"lead": "right", "number": "both", "bass": "left", PADS_KIND: "both"}
"""The hand whose part these kinds write out; a number chart leaves both to the
player, and pads are played with whatever reaches them."""
_ASPECTS = ("key", "meter", "bars", "tempo")
_REPEATED = 0.5
"""How much a length that repeats a shorter form counts beside one of its own."""
SLOW_PART = 3
"""The part of the tempi from the level's slowest up that rhythms are practised at."""
_SLOW_SHARE = 0.25
"""Of the level's tempi, counted from its edge, where the style has none in common with it."""
_FIFTHS = "FCGDAEB"


def resolve_drill(request: DrillRequest, style: Style) -> Drill:
    """Fill in what a request leaves open; the same request gives the same drill everywhere.

    Lengths and tempi that are asked for win over the level's custom; keys and metres must be of
    the level, because no chart outside of it passes the checks. A tempo is chosen in whole
    notated beats.

    Raises:
        ComposeError: no seed, or a value that is unknown, out of bounds or above the level.
    """
    rules = level(request.level)
    seed = _check_seed(request.seed)
    chair = None if request.chair is None else find_chair(request.chair)
    kind = _choose_kind(request, rules, chair)
    if kind == PADS_KIND:
        chair = DRUMS
        _check_pads(request, style)
    hands = _choose_hands(request, kind, chair)
    focus = _read_focus(request, style, rules, kind, hands)
    keyboard = FULL if request.keyboard is None else request.keyboard
    keyboard_range(keyboard)
    meter = _choose_meter(request, style, rules, seed, focus)
    drill = Drill(
        style=style.id,
        level=rules.number,
        kind=kind,
        key=_choose_key(request, style, rules, seed, focus),
        meter=meter,
        bars=_choose_bars(request, style, rules, seed),
        quarter_bpm=_choose_tempo(request, style, rules, meter, seed, focus),
        hands=hands,
        seed=seed,
        code="",
        focus=None if focus is None else focus.text,
        keyboard=keyboard,
        chair="" if chair is None else chair.id,
    )
    return msgspec.structs.replace(drill, code=write_code(drill))


def _read_focus(
    request: DrillRequest, style: Style, rules: Level, kind: str, hands: str
) -> Focus | None:
    if request.focus is None:
        return None
    focus = read_focus(request.focus)
    check_focus(focus, style, rules, kind=kind, hands=hands)
    return focus


def key_accidentals(key: str) -> int:
    """How many sharps or flats a key's signature has.

    Raises:
        ComposeError: no such key.
    """
    _check_choice("key", key, KEYS)
    tonic = key.removesuffix("m")
    fifths = _FIFTHS.index(tonic[0]) - 1 + 7 * (tonic.count("#") - tonic.count("b"))
    return abs(fifths - 3 * key.endswith("m"))


def find_gaps(style: Style) -> tuple[str, ...]:
    """What a style lacks at some level: a key, a metre, or a pattern or cell for a metre of it.

    A band of the fingerprint for which there is no feature is named too.
    """
    from exercises.fingerprint.chart import FEATURES  # noqa: PLC0415 - only for checks of packs

    gaps = [
        f"fingerprint: there is no feature '{name}'"
        for name in style.fingerprint
        if name not in FEATURES
    ]
    for number in range(1, 11):
        rules = level(number)
        if not _allowed_keys(style, rules):
            gaps.append(f"keys: level {number} has none; its keys are {', '.join(rules.keys)}")
        meters = _allowed_meters(style, rules)
        if not meters:
            gaps.append(f"meters: level {number} has none; it has {', '.join(rules.meters)}")
        for meter in meters:
            if not any(_pattern_serves(each, meter, number) for each in style.patterns):
                gaps.append(f"patterns: level {number} has none for {meter}")
            if not any(_cell_serves(each, meter, number, style) for each in style.cells):
                gaps.append(f"cells: level {number} has none for {meter}")
        minor = any(key.endswith("m") for key in _allowed_keys(style, rules))
        modes = {each.mode for each in style.progressions if each.level <= number}
        if minor and "minor" not in modes:
            gaps.append(f"progressions: level {number} has minor keys, but none of mode minor")
    return tuple(gaps)


def _pattern_serves(pattern: Pattern, meter: str, number: int) -> bool:
    return pattern.level <= number and not pattern.right and pattern_fits(pattern, meter)


def _cell_serves(cell: Cell, meter: str, number: int, style: Style) -> bool:
    return TIERS[cell.tier] <= number and cell_fits(cell, meter, style.cell_unit)


def _check_seed(seed: int | None) -> int:
    if seed is None:
        raise ComposeError("the drill has no seed; give one, 0 to 4294967295")
    if not 0 <= seed < SEEDS:
        raise ComposeError(f"the seed {seed} is out of bounds; give 0 to {SEEDS - 1}")
    return seed


def _check_choice(what: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ComposeError(f"there is no {what} '{value}'; take one of {', '.join(known)}")
    return value


def _pick(weights: Mapping[int, float] | Mapping[str, float], seed: int, aspect: str) -> int:
    """The index of a weighted choice; each aspect of a seed has its own throw.

    Python keeps `Random(int).random()` the same on every machine and in every version.
    """
    throw = random.Random(seed * len(_ASPECTS) + _ASPECTS.index(aspect)).random()  # noqa: S311
    sums = list(accumulate(weights.values()))
    return min(bisect_right(sums, throw * sums[-1]), len(sums) - 1)


def _above_level(what: str, rules: Level, allows: Callable[[Level], bool]) -> ComposeError:
    """The complaint about a key, metre or kind that a level does not read yet."""
    first = next(each.number for each in load_levels().values() if allows(each))
    return ComposeError(
        f"{what} is above level {rules.number}; it comes in at level {first}: "
        "take that level, or leave the choice open"
    )


def _allowed_keys(style: Style, rules: Level) -> dict[str, float]:
    return {
        key: weight
        for key, weight in style.keys.items()
        if rules.allows_key(key, key_accidentals(key))
    }


def _allowed_meters(style: Style, rules: Level) -> dict[str, float]:
    return {each: weight for each, weight in style.meters.items() if rules.allows_meter(each)}


def _choose_kind(request: DrillRequest, rules: Level, chair: Chair | None) -> str:
    usual = "grand" if chair is None else choose_kind(chair, rules.kinds)
    kind = _check_choice("kind", request.kind or usual, KINDS)
    if chair is not None and kind not in chair.kinds:
        raise ComposeError(
            f"the {chair.name} reads no {kind} chart; take {' or '.join(chair.kinds)}, "
            "or leave the kind open"
        )
    if kind not in rules.kinds:
        raise _above_level(f"a {kind} chart", rules, lambda each: kind in each.kinds)
    return kind


def _check_pads(request: DrillRequest, style: Style) -> None:
    if style.band is None or not style.band.drums:
        raise ComposeError(f"{style.name} is played without drums; take another style for pads")
    if request.focus is not None:
        raise ComposeError(f"a chart for pads leans on nothing; leave out '{request.focus}'")


def _choose_hands(request: DrillRequest, kind: str, chair: Chair | None) -> str:
    """Which hands play; a kind that says so itself takes no other, nor does a line's chair."""
    hands = _check_choice("hands", request.hands or "both", HANDS)
    own = _HANDS_OF.get(kind)
    if own is None and chair is not None and chair.mono:
        if hands not in {"both", chair.hand}:
            raise ComposeError(f"the {chair.name} has nothing for the {hands} hand; leave it out")
        return chair.hand
    if own is None:
        return hands
    if hands not in {"both", own}:
        raise ComposeError(f"a {kind} chart has nothing for the {hands} hand alone; leave it out")
    return "both"


def _choose_key(
    request: DrillRequest, style: Style, rules: Level, seed: int, focus: Focus | None
) -> str:
    if request.key is not None:
        key = request.key[:1].upper() + request.key[1:]
        _check_choice("key", key, KEYS)
        if not rules.allows_key(key, key_accidentals(key)):
            raise _above_level(key, rules, lambda each: each.allows_key(key, key_accidentals(key)))
        if not lean_keys(focus, {key: 1.0}, key_accidentals):
            raise ComposeError(f"{key} has no sharps or flats to lean on; take another key")
        return key
    keys = _allowed_keys(style, rules) or {"C": 1.0}
    if focus is not None:
        # Where none of the style's own keys at the level has what it takes, any of the level's.
        level_keys = {key: 1.0 for key in KEYS if rules.allows_key(key, key_accidentals(key))}
        keys = lean_keys(focus, keys, key_accidentals) or lean_keys(
            focus, level_keys, key_accidentals
        )
    return list(keys)[_pick(keys, seed, "key")]


def _choose_meter(
    request: DrillRequest, style: Style, rules: Level, seed: int, focus: Focus | None
) -> str:
    if request.meter is not None:
        meter = _check_choice("metre", request.meter.strip(), METERS)
        if meter not in style.meters:
            known = ", ".join(style.meters)
            raise ComposeError(f"{style.name} has no {meter}; its metres are {known}")
        if not rules.allows_meter(meter):
            raise _above_level(meter, rules, lambda each: each.allows_meter(meter))
        if focus is not None and not fits_meter(focus, meter):
            raise ComposeError(f"{meter} has no room for the focus '{focus.text}'; take another")
        return meter
    meters = _allowed_meters(style, rules) or dict(list(style.meters.items())[:1])
    if focus is not None:
        fitting = {each: weight for each, weight in meters.items() if fits_meter(focus, each)}
        if not fitting:
            raise ComposeError(
                f"{style.name} has no metre at level {rules.number} with room for "
                f"the focus '{focus.text}'; take another level"
            )
        meters = fitting
    return list(meters)[_pick(meters, seed, "meter")]


def _choose_bars(request: DrillRequest, style: Style, rules: Level, seed: int) -> int:
    if request.bars is not None:
        if not BARS[0] <= request.bars <= BARS[1]:
            raise ComposeError(f"{request.bars} bars are out of bounds; ask for 1 to {BARS[1]}")
        return request.bars
    low, high = rules.bars
    phrase = PHRASE_BARS if low < LONG_BARS else 2 * PHRASE_BARS
    lengths = [bars for bars in range(low, high + 1) if bars % phrase == 0] or [low]
    weights = {bars: _length_weight(style.forms, bars) for bars in lengths}
    if not any(weights.values()):
        return lengths[0]
    return lengths[_pick(weights, seed, "bars")]


def _length_weight(forms: tuple[Form, ...], bars: int) -> float:
    """How much a style likes a length: of the forms of that length, less of those that repeat."""
    own = sum(form.weight for form in forms if form.bars == bars)
    parts = [form.weight for form in forms if form.bars < bars and bars % form.bars == 0]
    return own or _REPEATED * sum(parts) / max(1, len(parts))


def _choose_tempo(
    request: DrillRequest,
    style: Style,
    rules: Level,
    meter: str,
    seed: int,
    focus: Focus | None,
) -> float:
    if request.quarter_bpm is not None:
        if not QUARTER_BPM[0] <= request.quarter_bpm <= QUARTER_BPM[1]:
            raise ComposeError(
                f"a tempo of {request.quarter_bpm:g} is out of bounds; "
                "ask for 20 to 300 quarter notes a minute"
            )
        return round(request.quarter_bpm, 2)
    low, high = _tempo_range(style, rules, meter)
    if focus is not None and is_rhythmic(focus):
        # A rhythm is practised slowly; at full speed the level has no room for more notes.
        low = rules.tempo[0]
        high = max(low, low + (high - low) // SLOW_PART)
    tempi = dict.fromkeys(range(low, high + 1), 1.0)
    beats = list(tempi)[_pick(tempi, seed, "tempo")]
    return float(beats * beat_ql(meter))


def _tempo_range(style: Style, rules: Level, meter: str) -> tuple[int, int]:
    """Beats a minute that both the style and the level have.

    Where they have none in common, the part of the level's that is nearest to the style. A beat
    longer than a quarter holds more notes: its running eighths stay within the level's density.
    """
    fast_low, fast_high = style.tempo.at_level(rules.number, meter)
    level_low, level_high = rules.tempo
    edge = round(_SLOW_SHARE * (level_high - level_low))
    low, high = max(fast_low, level_low), min(fast_high, level_high)
    if fast_low > level_high:
        low, high = level_high - edge, level_high
    elif fast_high < level_low:
        low, high = level_low, level_low + edge
    beat = beat_ql(meter)
    if beat > 1:
        high = min(high, int(60 * rules.onsets_per_s / (beat / Fraction(1, 2))))
    limit = int(QUARTER_BPM[1] / beat)
    high = min(high, limit)
    return min(low, high), high
