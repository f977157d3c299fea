"""The overdubs of a song: its parts one under another, and what comes next."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.widgets import Static

from exercises.chairs import chair_of
from exercises.chart import read_chart_json
from game.sessions import overdubs
from game.sessions.career import job as jobs
from game.ui.job_words import say_money
from game.ui.key_line import KeyLine
from game.ui.overdub_course import (
    Desk,
    OverdubCourse,
    OverdubPunchCourse,
    keep_desk,
    mix_of_desk,
    new_desk,
)
from game.ui.overdub_sound import MixPlayer
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.track_list import list_parts
from game.ui.words import say_key, say_score, say_tempo

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from game.sessions.overdubs import Pile
    from game.ui.keeping import Outcome
    from game.ui.messages import ChartFailed, SongArrived, SoundArrived
    from game.ui.punching import PunchOrder

FRAME_COLUMNS = 6
"""Margin, border and padding of the parts."""


class OverdubsScreen(GameScreen):
    """One song at the mixing desk."""

    HELP_TITLE = "Overdubs"
    HELP_KEYS = (
        ("Enter", "what is suggested: the next part, or delivery"),
        ("↑ ↓", "choose a part"),
        ("a", "record the chosen part, again where it has a take"),
        ("p", "punch in: play a place of the chosen part again, over all others"),
        ("t", "another take of the chosen part is heard"),
        ("m", "mute the chosen part, or let it be heard again"),
        ("+ and -", "your earlier parts louder or softer"),
        ("v", "hear all parts with the band; again stops"),
        ("w", "why: each score of the chosen part explained"),
        ("x", "write the song: MIDI with a track for each part, and WAV"),
        ("d", "deliver all parts together"),
        ("c", "other chairs, while nothing is recorded"),
        ("n", "a new song (press it twice where this one is not delivered)"),
        ("h, Esc", "home; the song stays as it is"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on", priority=True),
        Binding("up", "step(-1)", "Part", key_display="↑↓", priority=True),
        Binding("down", "step(1)", "Next", show=False, priority=True),
        Binding("a", "record", "Record"),
        Binding("p", "punch", "Punch"),
        Binding("t", "take", "Take"),
        Binding("v", "hear", "Hear"),
        Binding("x", "write", "Files"),
        Binding("plus,equals_sign", "volume(1)", "Louder", show=False),
        Binding("minus", "volume(-1)", "Softer", show=False),
        Binding("w", "why", "Why", show=False),
        Binding("d", "deliver", "Deliver", show=False),
        Binding("c", "chairs", "Chairs", show=False),
        Binding("n", "new", "New", show=False),
        Binding("h,escape", "home", "Home", key_display="Esc"),
        Binding("m", "mute", "Mute"),
        HELP,
    ]

    DEFAULT_CSS = """
    OverdubsScreen {
        #title { height: 1; padding: 0 2; background: $panel; color: $text; }
        #facts { height: 1; padding: 0 2; margin-top: 1; color: $text-muted; }
        #parts {
            height: auto; margin: 1 1 0 1; padding: 0 1; border: round $foreground 25%;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        #words { height: auto; margin: 1 2 0 2; padding: 0 1; }
        #next { height: 1; margin: 1 2 0 2; padding: 0 1; color: $primary; text-style: bold; }
    }
    """

    def __init__(self, desk: Desk, place: int | None = None) -> None:
        """Show a pile, at the part that comes next or another; without charts it is written."""
        super().__init__()
        self.desk = desk
        self._place = (desk.pile.next_part or 0) if place is None else place
        self._ticket: int | None = None
        self._is_left = False
        self._leaves_song = False
        self._player = MixPlayer(self)
        self._kept = desk
        """As it is on disk."""
        self._saving = asyncio.Lock()
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._title = Static(id="title", markup=False)
        self._facts = Static(id="facts", markup=False)
        self._parts = Static(id="parts", markup=False)
        self._words = Static(id="words", markup=False)
        self._next = Static(id="next", markup=False)

    def compose(self) -> ComposeResult:
        """The song, its parts, the chosen one in words, and what comes next."""
        yield self._title
        yield self._facts
        yield self._parts
        yield self._words
        yield self._next
        yield KeyLine()

    @property
    def pile(self) -> Pile:
        """The song as it stands."""
        return self.desk.pile

    def on_mount(self) -> None:
        """Have the charts written where they are not."""
        self._show()
        if not self.pile.tracks:
            self._order()

    def on_resize(self, event: events.Resize) -> None:
        """As many bars with their numbers as there is room for."""
        super().on_resize(event)
        self._show()

    def _order(self) -> None:
        pile = self.pile
        self._ticket = self.game.orders.order_song(pile.request, pile.chairs, self)

    def on_song_arrived(self, message: SongArrived) -> None:
        """The charts are there."""
        if message.ticket == self._ticket:
            self._keep(overdubs.put_up(self.pile, message.charts))

    def on_chart_failed(self, message: ChartFailed) -> None:
        """No song: say so."""
        if message.ticket == self._ticket:
            self.app.notify(message.detail, severity="error", timeout=8, markup=False)
            self._next.update("c: other chairs    n: another song")

    def on_sound_arrived(self, message: SoundArrived) -> None:
        """The mix is rendered."""
        self._player.take_in(message.sound)

    def frame(self) -> None:
        """Whether the mix has come to its end."""
        self._player.follow()

    def _keep(self, pile: Pile) -> None:
        """The new state holds at once: the next key must not start from the old one."""
        if pile != self.pile:
            self.desk = replace(self.desk, pile=pile)
            self.run_worker(self._save(), group="keep", exit_on_error=False)
            self._player.stop()
            self._show()

    async def _save(self) -> None:
        """Keep the song as it stands, one state after another."""
        from game.ui.screens.diary import show_news  # noqa: PLC0415 - it leads here

        async with self._saving:
            kept = self._kept = await keep_desk(self.game, self._kept, self.pile)
            self.desk = replace(self.desk, number=kept.number, booking=kept.booking)
        if kept.booking is not None and kept.booking.job.phase == jobs.OVER:
            await show_news(self.game, kept.booking)

    # -- keys

    def action_go_on(self) -> None:
        """The next part, or delivery."""
        following = self.pile.next_part
        if self.pile.is_over:
            self._begin_anew()
        elif following is not None:
            self._place = following
            self.action_record()
        else:
            self.action_deliver()

    def action_step(self, by: int) -> None:
        """Another part."""
        if self.pile.tracks:
            self._place = (self._place + by) % len(self.pile.tracks)
            self._show()

    def action_record(self) -> None:
        """The chosen part, over the others."""
        pile = self.pile
        if pile.is_over:
            self.notify("This song is delivered; n begins another.")
        elif pile.tracks and not self._is_left:
            self._is_left = True
            self._player.stop()
            self.run_worker(self._record(), exit_on_error=False)

    async def _record(self) -> None:
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

        async with self._saving:
            # The take is found again by the number that the song is kept under.
            chart_json = self.pile.tracks[self._place].chart_json
            course = OverdubCourse(self.desk, self._place)
        self.game.show(StageScreen(chart_json=chart_json, course=course))

    @property
    def _outcome(self) -> Outcome | None:
        """What is heard of the chosen part; None where there is no take."""
        return self.desk.outcome(self._place) if self.pile.tracks else None

    def action_punch(self) -> None:
        """Choose a place of the chosen part to play again; the worst is suggested."""
        from game.ui.screens.punch_dialog import suggest_punch  # noqa: PLC0415 - seldom wanted

        outcome = self._outcome
        if self.pile.is_over:
            self.notify("This song is delivered; n begins another.")
        elif outcome is None:
            self.notify("Nothing of this part is recorded yet.")
        else:
            self._player.stop()
            self.app.push_screen(suggest_punch(outcome), self._record_punch)

    def _record_punch(self, order: PunchOrder | None) -> None:
        if order is not None and self._outcome is not None and not self._is_left:
            self._is_left = True
            self.run_worker(self._punch(order, self._outcome), exit_on_error=False)

    async def _punch(self, order: PunchOrder, outcome: Outcome) -> None:
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

        async with self._saving:
            course = OverdubPunchCourse(order, outcome, self.desk, self._place)
        self.game.show(StageScreen(chart_json=outcome.take.chart_json, course=course))

    def action_take(self) -> None:
        """Another take of the chosen part."""
        self._keep(overdubs.choose_take(self.pile, self._place, 1))

    def action_mute(self) -> None:
        """Mute the chosen part, or let it be heard."""
        self._keep(overdubs.mute(self.pile, self._place))

    def action_volume(self, by: int) -> None:
        """The fader of the earlier parts, in tenths."""
        volume = min(10, max(0, round(self.game.settings.parts_volume * 10) + by))
        self.game.change_settings(parts_volume=volume / 10)
        self._show()

    def action_hear(self) -> None:
        """Hear the mix, or stop hearing it."""
        if any(track.heard for track in self.pile.tracks):
            self.notify(self._player.toggle(self.desk), timeout=3)
        else:
            self.notify("Nothing is recorded yet.")

    def action_why(self) -> None:
        """What each score of the chosen part rests on."""
        from game.ui.screens.why import WhyDialog  # noqa: PLC0415 - only when it is asked for

        outcome = self._outcome
        if outcome is not None:
            self.app.push_screen(WhyDialog(outcome.scorecard, asks=False))

    def action_deliver(self) -> None:
        """Hand all parts over together."""
        if not self.pile.is_whole:
            self.notify("Every part needs a take before the song is delivered.")
        else:
            self._keep(overdubs.deliver(self.pile))

    def action_write(self) -> None:
        """Write the song to files."""
        if any(track.heard for track in self.pile.tracks) and self.desk.takes:
            self.run_worker(self._write(), group="files", exclusive=True, exit_on_error=False)
        else:
            self.notify("Nothing is recorded yet.")

    async def _write(self) -> None:
        mix = mix_of_desk(self.game, self.desk)
        try:
            midi, wav = await asyncio.to_thread(self.game.services.write_mix, mix)
        except Exception as error:  # noqa: BLE001 - whatever it is, the song itself is safe
            self.game.complain(error, title="The files are not written")
            return
        self.app.notify(f"{midi}\n{wav.name} beside it", title="Written", timeout=8, markup=False)

    def action_chairs(self) -> None:
        """The next set of chairs, while nothing is recorded."""
        if self.desk.booking is not None:
            self.notify("They have asked for these parts.")
            return
        if any(track.takes for track in self.pile.tracks):
            self.notify("The chairs stay: parts are recorded. n begins another song.")
            return
        at = overdubs.SETS.index(self.pile.chairs) if self.pile.chairs in overdubs.SETS else -1
        chairs = overdubs.SETS[(at + 1) % len(overdubs.SETS)]
        self._player.stop()
        self.desk = replace(
            self.desk, pile=msgspec.structs.replace(self.pile, chairs=chairs, tracks=())
        )
        self._place = 0
        self._show()
        self._order()

    def action_new(self) -> None:
        """Another song; asked twice where takes would be left behind."""
        if self.desk.booking is not None:
            self.notify("This is the song that they have asked for.")
            return
        is_begun = any(track.takes for track in self.pile.tracks) and not self.pile.is_over
        if is_begun and not self._leaves_song:
            self._leaves_song = True
            self.notify("Leave this song? Its takes are kept. Press n again.")
            return
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._player.stop()
        self.desk = self._kept = new_desk(self.pile.style, self.pile.level)
        self._place, self._leaves_song = 0, False
        self._show()
        self._order()

    def action_home(self) -> None:
        """Home; the song stays as it is."""
        self._player.stop()
        self.game.go_home()

    # -- what is shown

    def recolour(self) -> None:
        """Verdicts in the new colours."""
        self._show()

    def _show(self) -> None:
        pile = self.pile
        name = self.game.style_name(pile.style)
        chairs = ", ".join(chair_of(chair).name for chair in pile.chairs)
        self._title.update(f"Overdubs  ·  {name}, level {pile.level}  ·  {chairs}")
        self._facts.update(self._say_song())
        columns = self.app.size.width - FRAME_COLUMNS
        self._parts.update(list_parts(self.desk, self._place, self.app.theme_variables, columns))
        self._words.update(self._say_part())
        self._next.update(f"Enter: {self._say_next()}")

    def _say_song(self) -> str:
        pile = self.pile
        if not pile.tracks:
            return "The song is being written …"
        drill = read_chart_json(pile.tracks[0].chart_json).drill
        song = f"{say_key(drill.key)}  ·  {say_tempo(drill.meter, drill.quarter_bpm)}  ·  "
        song += f"{drill.bars} bars"
        booking = self.desk.booking
        if booking is not None:
            call = booking.job.call
            song += f"  ·  {say_money(call.fee)}, asks for {call.need:.0f}"
        volume = round(self.game.settings.parts_volume * 100)
        return f"{song}  ·  earlier parts {volume} %"

    def _say_part(self) -> str:
        if not self.pile.tracks:
            return ""
        track = self.pile.tracks[self._place]
        under = [chair_of(each.chair).name for each in overdubs.list_under(self.pile, self._place)]
        over = f"Over {', '.join(under)} and the band." if under else "Over the band."
        return f"{chair_of(track.chair).rule}. {over}"

    def _say_next(self) -> str:
        pile = self.pile
        if not pile.tracks:
            return "a moment, the charts are being written"
        if pile.is_over:
            return f"another song. Delivered: {say_score(pile.worth)} of 100"
        following = pile.next_part
        if following is None:
            return f"deliver all parts, {say_score(pile.worth)} of 100"
        return f"record the {chair_of(pile.tracks[following].chair).name}"
