"""Losing and finding the keyboard, with a made-up MIDI world."""

from __future__ import annotations

import pytest

from game.devices.errors import DeviceError
from game.devices.midi_apis import InputPort
from game.devices.port_watch import PortWatch
from game.events import PortFound, PortLost, PortsChanged


class Desk:
    """A MIDI system whose ports a test plugs and unplugs; remembers what is open."""

    def __init__(self, *names):
        self.names = list(names)
        self.open = []
        self.broken = False

    def list_inputs(self):
        return tuple(InputPort("desk", name) for name in self.names)

    def open_input(self, port, on_message):
        if self.broken:
            raise DeviceError("gone")
        self.open.append(port.name)
        desk = self

        class Handle:
            def close(self):
                desk.open.remove(port.name)

        del on_message
        return Handle()


class Watched:
    def __init__(self, *names):
        self.desk = Desk(*names)
        self.trail = []
        self.watch = PortWatch(
            self.desk,
            on_message=lambda _clock, _octets: None,
            emit=self.trail.append,
            release=lambda: self.trail.append("release"),
        )

    def look(self):
        self.watch.look()
        trail, self.trail[:] = list(self.trail), []
        return trail


def test_the_first_keyboard_is_taken_and_not_the_systems_own_ports():
    world = Watched("Midi Through:Midi Through Port-0 14:0", "First Take:First Take Clock")
    world.watch.listen(None)
    assert world.look() == [PortsChanged(())]
    world.desk.names.append("Nord:Nord MIDI 20:0")
    assert world.look() == [PortsChanged(("Nord:Nord MIDI",)), PortFound("Nord:Nord MIDI")]
    assert world.look() == []


def test_nothing_is_opened_before_it_is_asked_for():
    world = Watched("Nord:MIDI 20:0")
    assert world.look() == [PortsChanged(("Nord:MIDI",))]
    assert world.desk.open == []


def test_unplugged_and_back_under_another_number():
    world = Watched("Nord:MIDI 20:0")
    world.watch.listen("Nord:MIDI")
    world.look()
    world.desk.names.clear()
    assert world.look() == ["release", PortLost("Nord:MIDI"), PortsChanged(())]
    assert world.desk.open == []
    world.desk.names.append("Nord:MIDI 28:0")
    assert world.look() == [PortsChanged(("Nord:MIDI",)), PortFound("Nord:MIDI")]
    assert world.desk.open == ["Nord:MIDI 28:0"]


def test_a_remembered_keyboard_that_is_off_is_named_once_and_awaited():
    world = Watched("Juno:MIDI 20:0")
    world.watch.listen("Nord")
    assert world.look() == [PortsChanged(("Juno:MIDI",)), PortLost("Nord")]
    assert world.look() == []
    world.desk.names.append("Nord:MIDI 24:0")
    assert world.look()[-1] == PortFound("Nord:MIDI")


def test_another_choice_lets_go_of_the_keys_of_the_first():
    world = Watched("Juno:MIDI 20:0", "Nord:MIDI 24:0")
    world.watch.listen(None)
    world.look()
    world.watch.listen("Nord:MIDI")
    assert world.look() == ["release", PortFound("Nord:MIDI")]
    assert world.desk.open == ["Nord:MIDI 24:0"]
    world.watch.listen(None)
    assert world.look() == []


def test_without_a_name_the_lost_keyboard_goes_before_others():
    world = Watched("Juno:MIDI 20:0", "Nord:MIDI 24:0")
    world.watch.listen("Nord")
    world.look()
    world.watch.listen(None)
    world.desk.names.remove("Nord:MIDI 24:0")
    world.look()
    assert world.desk.open == ["Juno:MIDI 20:0"]


def test_a_port_that_leaves_while_it_is_opened_is_tried_again():
    world = Watched("Nord:MIDI 20:0")
    world.watch.listen(None)
    world.desk.broken = True
    assert PortFound("Nord:MIDI") not in world.look()
    world.desk.broken = False
    assert world.look() == [PortFound("Nord:MIDI")]


@pytest.mark.parametrize("wanted", [None, "nord"])
def test_twin_keyboards_are_two_ports(wanted):
    world = Watched("Nord:MIDI 20:0", "Nord:MIDI 24:0")
    world.watch.listen(wanted)
    world.look()
    assert world.desk.open == ["Nord:MIDI 20:0"]
