"""What the devices say when something cannot be done."""

from __future__ import annotations


class DeviceError(Exception):
    """A port or a device is not as needed; the message says which, and what to do."""
