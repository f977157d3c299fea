"""The single decisions: form, chords, cells, patterns, voicings."""

import itertools

import pytest
from msgspec import structs

from exercises.compose.bassline import Hand, Tone
from exercises.compose.cells import first_level, read_rhythm
from exercises.compose.dice import Dice
from exercises.compose.form import plan_form
from exercises.compose.grid import HALF, TICKS, read_metre
from exercises.compose.grips import grip
from exercises.compose.lefthand import clip_events
from exercises.compose.pattern import BarPattern, Event, choose_patterns
from exercises.compose.progression import known_qualities, plan_chords, split_bar
from exercises.compose.tally import is_syncopated
from exercises.compose.thinning import thin_chords
from exercises.compose.voicing import close_chord, rootless, shell
from exercises.harmony import read_token, reduce_quality
from exercises.levels import level
from exercises.theory import read_key
from styles.loader import load_style, load_styles
from styles.schema import Cell, Form

FORM = Form(name="period", weight=1, bars=8, phrases=("a", "a'"), cadences=("half", "full"))


def test_dice_come_again_and_parts_have_streams_of_their_own():
    def draw(seed, part):
        dice = Dice(seed, part)
        return [dice.number() for _ in range(3)]

    assert draw(5, "melody") == draw(5, "melody")
    assert draw(5, "melody") != draw(5, "rhythm")
    assert draw(5, "melody") != draw(6, "melody")


def test_a_form_of_the_same_length_wins():
    phrases = plan_form([FORM], 8, Dice(1, "form"))
    assert [(p.letter, p.primes, p.bar, p.bars, p.cadence) for p in phrases] == [
        ("a", 0, 0, 4, "half"),
        ("a", 1, 4, 4, "full"),
    ]


def test_a_shorter_form_is_repeated_varied():
    phrases = plan_form([FORM], 16, Dice(1, "form"))
    assert [p.primes for p in phrases] == [0, 1, 2, 3]
    assert [p.last for p in phrases] == [False, False, False, True]


@pytest.mark.parametrize(
    ("bars", "lengths"), [(5, [2, 3]), (6, [2, 2, 2]), (7, [4, 3]), (9, [4, 5]), (10, [4, 4, 2])]
)
def test_other_lengths_fall_into_phrases(bars, lengths):
    assert [p.bars for p in plan_form([FORM], bars, Dice(1, "form"))] == lengths


@pytest.mark.parametrize(
    ("meter", "spans"),
    [
        ("4/4", [(0, 96), (96, 96)]),
        ("3/4", [(0, 96), (96, 48)]),
        ("5/4", [(0, 144), (144, 96)]),
        ("7/8", [(0, 96), (96, 72)]),
        ("6/8", [(0, 72), (72, 72)]),
    ],
)
def test_two_chords_share_a_bar_by_its_groups(meter, spans):
    assert list(split_bar(read_metre(meter), 2)) in (spans, [(0, 48), (48, 96)])


@pytest.mark.parametrize("style", sorted(load_styles().styles))
@pytest.mark.parametrize("key", ["C", "Am"])
def test_chords_fill_every_bar_and_end_on_the_tonic(style, key):
    pack = load_style(style)
    metre = read_metre("4/4")
    phrases = plan_form(pack.forms, 16, Dice(2, "form"))
    slots = plan_chords(phrases, pack, key, level=8, metre=metre, dice=Dice(2, "harmony"))
    at = 0
    for slot in slots:
        assert slot.onset == at
        at = slot.end
    assert at == 16 * metre.bar
    assert slots[-1].harmony.root == slots[-1].harmony.bass == read_key(key).tonic_pc


def test_a_pack_says_how_often_its_chords_grow_tensions():
    pack = load_style("pop")
    metre = read_metre("4/4")
    phrases = plan_form(pack.forms, 16, Dice(2, "form"))
    grown = {}
    for share in (0.0, 1.0):
        rich = structs.replace(pack, enrich=share)
        slots = plan_chords(phrases, rich, "C", level=6, metre=metre, dice=Dice(2, "harmony"))
        known = known_qualities(pack, 6)
        written = [reduce_quality(read_token(s.harmony.token, "C").quality, known) for s in slots]
        grown[share] = sum(s.harmony.quality != q for s, q in zip(slots, written, strict=True))
    assert grown[0.0] == 0
    assert grown[1.0] > len(phrases)


@pytest.mark.parametrize(("token", "step"), [("IV", 14), ("III:m", 12), ("III:m9", 14)])
def test_a_ninth_outside_of_chord_and_key_gives_way_to_the_octave(token, step):
    harmony = read_token(token, "C")
    hand = Hand(level(8), "C", frozenset(), separate_bass=True, octaves=False, ceiling=72)
    (bass,), (ninth,) = grip(hand, "R", harmony, 14), grip(hand, "9", harmony, 14)
    assert ninth - bass == step


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ("1", 1),
        (".5 .5", 2),
        ("1.5 .5", 3),
        (".5 .25 .25", 4),
        ("-.5 .5", 4),
        (".75 .25", 6),
        ("t t t", 7),
        (".25 .5 .25", 7),
    ],
)
def test_cells_come_in_at_their_level(values, number):
    rhythm = read_rhythm(Cell(tier="C", weight=1, values=values))
    assert first_level(rhythm, swing=False) == number


def test_swung_triplets_come_in_earlier():
    rhythm = read_rhythm(Cell(tier="C", weight=1, values="t t t"))
    assert first_level(rhythm, swing=True) == 6


def test_syncopation_is_an_upbeat_held_over_the_beat():
    metre = read_metre("4/4")
    assert is_syncopated(24, 72, metre)
    assert not is_syncopated(24, 48, metre)
    assert not is_syncopated(48, 144, metre)
    assert is_syncopated(12, 36, metre)


def test_patterns_are_never_above_the_level_and_fit_every_metre():
    for pack in load_styles().styles.values():
        for number in range(3, 11):
            for meter in ("4/4", "3/4", "6/8", "7/8", "5/4", "12/8", "3/8"):
                metre = read_metre(meter)
                phrases = plan_form(pack.forms, 8, Dice(1, "form"))
                chosen = choose_patterns(
                    pack.patterns,
                    phrases,
                    level(number),
                    metre=metre,
                    quarter_bpm=80.0,
                    dice=Dice(number, "patterns"),
                )
                for pattern in chosen.values():
                    assert pattern.level <= number
                    # A pattern of two bars may hold its notes over the line between them.
                    bars = 1 if pattern.second is None else 2
                    assert all(e.onset < metre.bar for e in pattern.events)
                    for event in (*pattern.events, *(pattern.second or ())):
                        assert event.onset + event.duration <= bars * metre.bar


def test_a_walking_bar_cut_short_still_leads_on():
    events = tuple(Event(at * TICKS, TICKS, role) for at, role in enumerate(("R", "3", "5", "A")))
    clipped = clip_events(BarPattern("walking", 6, events), HALF)
    assert [event.role for event in clipped] == ["R", "A"]


def test_close_chords_move_little():
    near = ()
    moved = []
    for token in ("I", "IV", "V:7", "I"):
        chord = close_chord(read_token(token, "C"), near, 48, high=62, count=3, rooted=True)
        if near:
            moved.append(max(abs(one - two) for one, two in zip(chord, near, strict=True)))
        near = chord
    assert max(moved) <= 4


def test_shells_lead_the_guide_tones_by_step():
    near = ()
    tops = []
    for token in ("II:m7", "V:7", "I:maj7"):
        near = shell(read_token(token, "C"), near, 43, high=64, count=2)
        assert near[0] % 12 == read_token(token, "C").root
        tops.append(near[-1])
    assert all(abs(one - two) <= 2 for one, two in itertools.pairwise(tops))


def test_rootless_voicings_leave_the_root_to_the_bass():
    chord = rootless(read_token("V:7", "C"), (), 50, high=67, count=4)
    assert 7 not in {pitch % 12 for pitch in chord}
    assert {5, 11} <= {pitch % 12 for pitch in chord}
    assert 50 <= chord[0] <= chord[-1] <= 67


def test_thinning_keeps_bass_and_top():
    tones = [Tone(at, 48, pitch, 2) for at in (0, 48, 96, 144) for pitch in (48, 52, 55)]
    kept = thin_chords(tones, [0, 48, 96, 144], level(3), read_metre("4/4"), 60.0)
    assert len([t for t in kept if t.onset < 96]) + 2 <= 6
    assert {t.pitch for t in kept if t.onset == 0} <= {48, 52, 55}
    assert all(any(t.onset == at and t.pitch == 48 for t in kept) for at in (0, 48, 96, 144))
