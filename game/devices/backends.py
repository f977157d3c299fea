"""The sound backends of miniaudio, and the devices that each has."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from game.devices.errors import DeviceError
from game.devices.quiet import silence

if TYPE_CHECKING:
    from collections.abc import Mapping

BACKENDS = {
    "pulseaudio": "PULSEAUDIO",
    "alsa": "ALSA",
    "jack": "JACK",
    "coreaudio": "COREAUDIO",
    "wasapi": "WASAPI",
    "dsound": "DSOUND",
    "winmm": "WINMM",
    "oss": "OSS",
    "sndio": "SNDIO",
    "null": "NULL",
}
"""What the settings call a backend, and its name in miniaudio."""


SINK = "Discard all samples"
"""What ALSA calls a device that nobody hears."""


def auto_backends() -> tuple[str, ...]:
    """The backends that "auto" tries here, in order; never "null", which is silent."""
    if sys.platform == "darwin":
        return ("coreaudio",)
    if sys.platform == "win32":
        return ("wasapi", "dsound", "winmm")
    return ("pulseaudio", "alsa", "jack", "oss", "sndio")


def backend_names(wanted: str) -> tuple[str, ...]:
    """The backends to try for a setting: "auto", "none", or a backend's name.

    Raises:
        DeviceError: for a name that is not known.
    """
    if wanted == "none":
        return ()
    if wanted == "auto":
        return auto_backends()
    if wanted.lower() in BACKENDS:
        return (wanted.lower(),)
    known = ", ".join(("auto", "none", *BACKENDS))
    raise DeviceError(f"no sound backend {wanted!r}; known are {known}")


def list_outputs(backend: str) -> Mapping[str, Any]:
    """The devices of a backend that can be played on, by name, with what miniaudio calls each.

    Twins are told apart by a number.

    Raises:
        DeviceError: the backend does not run here.
    """
    import miniaudio  # noqa: PLC0415 - loads the sound libraries

    try:
        with silence():
            found = miniaudio.Devices([getattr(miniaudio.Backend, BACKENDS[backend])])
            listed = found.get_playbacks()
    except miniaudio.MiniaudioError as error:
        raise DeviceError(f"{backend}: {error}") from error
    outputs: dict[str, Any] = {}
    for item in listed:
        name, number = " ".join(str(item["name"]).split()), 1
        if name.startswith(SINK):
            continue
        while (label := name if number == 1 else f"{name} {number}") in outputs:
            number += 1
        outputs[label] = item["id"]
    return outputs


def missing_sound(wanted: str, device: str | None = None) -> str:
    """The player's line where no device opens, or not the one of that name."""
    shown = "The click is shown, not heard."
    if wanted == "none":
        return f"Sound is off. {shown}"
    if device is not None:
        return f"{device} is not there. {shown} Plug it in, or choose another output (Options)."
    if wanted != "auto":
        return f"No sound by {wanted}. {shown} Start its server, or choose the backend auto."
    cure = {
        "darwin": "Choose an output in System Settings > Sound.",
        "win32": "Enable an output in Settings > System > Sound.",
    }.get(sys.platform, "Connect a sound card, or start PipeWire, PulseAudio or JACK.")
    return f"No sound device found. {shown} {cure}"
