"""`first-take calibrate`: the latency of a sound device and a keyboard, by tapping to the click."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click
import msgspec

from game.events import (
    AudioState,
    HeardBack,
    ListenBack,
    NoteEvent,
    OpenAudio,
    OpenInput,
    PortFound,
    PortLost,
    SetLatency,
    SetMix,
    Start,
    Stop,
    TransportStarted,
    TransportStopped,
)
from game.sessions.calibration import SURE_MS, Tapping, plan_calibration
from game.sessions.echoes import KEPT, plan_echoes, weigh_echoes
from game.settings import Calibration, keep_calibration, open_audio

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.ports import Engine
    from game.sessions.calibration import Opinion

DEVICES_S = 20.0
"""To wait for a keyboard."""
POLL_S = 0.02
MOST_ROUNDS = 4
PAUSE_S = 1.5
"""Between two rounds, for the hand."""


@click.command("calibrate", short_help="Measure the latency by tapping to the click.")
@click.option("--midi-in", metavar="NAME", help="The keyboard's port, by name.")
@click.option("--audio", metavar="BACKEND", help="The sound backend.")
@click.option(
    "--within",
    "within_ms",
    type=click.FloatRange(SURE_MS, 15.0),
    default=SURE_MS,
    help="Keep an answer known to plus or minus this (ms).",
    show_default=True,
)
@click.option(
    "--by",
    type=click.Choice(["taps", *KEPT]),
    default="taps",
    show_default=True,
    help="Tap, or let the sound device's input hear the click.",
)
@click.option("--dry-run", is_flag=True, help="Measure, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def command(
    midi_in: str | None, audio: str | None, within_ms: float, by: str, dry_run: bool, as_json: bool
) -> None:
    """Tap any one key to each click, and rest where the click rests.

    With --by cable (from output to input) or --by microphone (at your ears) the click is heard by
    the sound device's own input: it measures the sound's way, and not the keys'. The answer is kept
    for this sound device and this keyboard and taken off every take. Ends with 1 where there is
    none.
    """
    from game.devices.client import EngineProcess  # noqa: PLC0415 - not for --help
    from game.places import database_file  # noqa: PLC0415
    from game.storage.archive import open_archive  # noqa: PLC0415 - loads SQLAlchemy

    archive = open_archive(database_file())
    engine = EngineProcess()
    try:
        settings = archive.load_settings()
        engine.send(SetMix(click=settings.click_volume))
        made, opinion = measure(
            engine,
            audio=OpenAudio(audio) if audio else open_audio(settings),
            keyboard=OpenInput(midi_in or settings.midi_in),
            say=lambda line: click.echo(line, err=True),
            within_ms=within_ms,
            by=by,
        )
        if made is not None and not dry_run:
            kept = keep_calibration(settings, made)
            archive.save_settings(msgspec.structs.replace(settings, calibrations=kept))
    finally:
        engine.close()
        archive.close()
    if as_json:
        document = {
            "format": "first-take/calibration",
            "version": 1,
            **asdict(opinion),
            "audio": made.audio if made else None,
            "midi": made.midi if made else None,
            "kept": made is not None and not dry_run,
        }
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=1).decode())
    elif made is not None:
        kept_line = "Not kept." if dry_run else f"Kept for {made.audio} and {made.midi}."
        if made.by in KEPT:
            kept_line = f"By {made.by}: {KEPT[made.by]} {kept_line}"
        click.echo(f"{opinion.detail} {kept_line}")
    else:
        click.echo(opinion.detail)
    if made is None:
        raise click.exceptions.Exit(1)


def measure(
    engine: Engine,
    *,
    audio: OpenAudio,
    keyboard: OpenInput,
    say: Callable[[str], object],
    within_ms: float = SURE_MS,
    by: str = "taps",
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> tuple[Calibration | None, Opinion]:
    """Open the devices, play rounds of clicks, listen, and judge.

    Args:
        engine: not opened yet.
        audio: the sound to open.
        keyboard: the port to listen to.
        say: takes a line for the player.
        within_ms: an answer known to plus or minus this is good enough.
        by: taps, cable or microphone.
        clock: seconds that only go forward.
        sleep: waits.

    Raises:
        click.ClickException: a device is missing or goes away.

    """
    engine.send(SetLatency(0.0))
    engine.send(audio)
    engine.send(keyboard)
    engine.open()
    sound, port = _wait_for_devices(engine, say, clock, sleep)
    if by in KEPT:
        say("The click is listened to; keep quiet for eight seconds.")
        opinion = _hear_back(engine, sleep)
    else:
        opinion = _tap(engine, say, within_ms, sleep)
    is_near = opinion.state == "unsure" and (opinion.margin_ms or within_ms) <= within_ms
    if opinion.latency_ms is None or opinion.spread_ms is None:
        return None, opinion
    if opinion.state != "good" and not is_near:
        return None, opinion
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    taken = (opinion.latency_ms, opinion.spread_ms, opinion.taps)
    return Calibration(sound, port, *taken, now, by), opinion


def _tap(
    engine: Engine,
    say: Callable[[str], object],
    within_ms: float,
    sleep: Callable[[float], object],
) -> Opinion:
    """Rounds of clicks to tap to, until the taps tell."""
    tapping = Tapping()
    for number in range(MOST_ROUNDS):
        if number:
            say(f"{tapping.opinion.detail} Another round follows; these taps count too.")
            sleep(PAUSE_S)
            tapping.begin_round()
        say("Tap any one key to each click; rest where it rests.")
        opinion = _play_round(engine, tapping, sleep)
        engine.send(Stop())
        if opinion.state != "unsure" or (opinion.margin_ms or within_ms) < within_ms:
            break
    return opinion


def _hear_back(engine: Engine, sleep: Callable[[float], object]) -> Opinion:
    """The click as the input hears it."""
    for command in (ListenBack(), plan_echoes(), Start()):
        engine.send(command)
    while True:
        for event in engine.poll():
            if isinstance(event, HeardBack):
                if event.missing:
                    raise click.ClickException(event.missing)
                return weigh_echoes(event.onsets_s)
            if isinstance(event, AudioState) and not event.ok:
                raise click.ClickException(f"the sound is gone: {event.detail}")
        sleep(POLL_S)


def _wait_for_devices(
    engine: Engine,
    say: Callable[[str], object],
    clock: Callable[[], float],
    sleep: Callable[[float], object],
) -> tuple[str, str]:
    sound = port = None
    until = clock() + DEVICES_S
    asked = False
    while clock() < until:
        for event in engine.poll():
            if isinstance(event, AudioState):
                if not event.ok:
                    raise click.ClickException(f"there is no click to tap to: {event.detail}")
                sound = event.name
            elif isinstance(event, PortFound):
                port = event.name
        if sound and port:
            return sound, port
        if sound and not asked:
            say("Waiting for a MIDI keyboard ...")
            asked = True
        sleep(POLL_S)
    what = "MIDI keyboard" if sound else "sound device"
    raise click.ClickException(f"no {what} answers; see first-take doctor")


def _play_round(engine: Engine, tapping: Tapping, sleep: Callable[[float], object]) -> Opinion:
    engine.send(plan_calibration())
    engine.send(Start())
    has_started = False
    while True:
        for event in engine.poll():
            if isinstance(event, NoteEvent):
                if tapping.feed(event).state in {"good", "unsure"}:
                    return tapping.opinion
            elif isinstance(event, TransportStarted):
                has_started = True
            elif isinstance(event, TransportStopped) and has_started:
                return tapping.end_round()
            elif isinstance(event, PortLost):
                raise click.ClickException(f"{event.name} is gone; plug it in and start again")
            elif isinstance(event, AudioState) and not event.ok:
                raise click.ClickException(f"the sound is gone: {event.detail}")
        sleep(POLL_S)
