"""What a doctor asks of the MIDI and sound of this machine, without the engine running."""

from __future__ import annotations

from dataclasses import dataclass

from game.devices.audio import BLOCK_MS, OWN_RATE
from game.devices.backends import BACKENDS, backend_names, list_outputs, missing_sound
from game.devices.errors import DeviceError
from game.devices.midi_apis import api_names
from game.devices.port_names import is_keyboard, label_ports
from game.devices.quiet import silence


@dataclass(frozen=True)
class MidiSurvey:
    """The MIDI systems and what they offer."""

    answering: tuple[str, ...]
    silent: tuple[str, ...]
    """Compiled in, but not running on this machine."""
    keyboards: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class SoundSurvey:
    """The sound device that "auto" opens."""

    backend: str
    """Empty where none opens."""
    devices: tuple[str, ...]
    detail: str


def survey_midi() -> MidiSurvey:
    """Ask every MIDI system for its ports.

    Raises:
        DeviceError: where FIRST_TAKE_MIDI_API names an unknown system.
    """
    import rtmidi  # noqa: PLC0415 - a compiled library; only where MIDI is touched

    answering, silent = [], []
    inputs: list[str] = []
    outputs: list[str] = []
    for name in api_names():
        api = rtmidi.get_compiled_api_by_name(name)
        try:
            with silence():
                midi_in = rtmidi.MidiIn(rtapi=api, name="First Take Doctor")
                midi_out = rtmidi.MidiOut(rtapi=api, name="First Take Doctor")
                inputs += midi_in.get_ports()
                outputs += midi_out.get_ports()
                midi_in.delete()
                midi_out.delete()
        except rtmidi.RtMidiError:
            silent.append(name)
        else:
            answering.append(name)
    keyboards = label_ports([name for name in inputs if is_keyboard(name)])
    return MidiSurvey(tuple(answering), tuple(silent), keyboards, label_ports(outputs))


def survey_sound(wanted: str = "auto", chosen: str | None = None) -> SoundSurvey:
    """Open the sound device as the engine would, without playing on it.

    Args:
        wanted: the setting of the backend.
        chosen: the device that the player has chosen by name; None is the default.

    Raises:
        DeviceError: where no such backend is known.
    """
    import miniaudio  # noqa: PLC0415 - loads the sound libraries

    there: tuple[str, ...] = ()
    for name in backend_names(wanted):
        backends = [getattr(miniaudio.Backend, BACKENDS[name])]
        try:
            with silence():
                device = miniaudio.PlaybackDevice(
                    sample_rate=OWN_RATE, buffersize_msec=BLOCK_MS, backends=backends
                )
                device.close()
            names = tuple(list_outputs(name))
        except (miniaudio.MiniaudioError, DeviceError):
            continue
        if chosen is None:
            return SoundSurvey(name, names, f"{name}: {', '.join(names) or 'its default device'}")
        if chosen in names:
            return SoundSurvey(name, names, f"{name}: {chosen}")
        there = (*there, *names)
    return SoundSurvey("", there, missing_sound(wanted, chosen))
