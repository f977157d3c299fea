"""Losing and finding the keyboard, with a made-up MIDI world."""

from __future__ import annotations

import pytest

from game.devices.errors import DeviceError
from game.devices.midi_apis import MidiPort
from game.devices.port_watch import PortWatch
from game.devices.thru import Thru
from game.events import PortFound, PortLost, PortsChanged, ThruChanged, ThruPortsChanged
from game.ui.status import Status, news_of


class Desk:
    """A MIDI system whose ports a test plugs and unplugs; remembers what is open."""

    def __init__(self, *names):
        self.names = list(names)
        self.open = []
        self.broken = False

    def list_inputs(self):
        return tuple(MidiPort("desk", name) for name in self.names)

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


# Thru


class Rack:
    """Instruments that can be sent to; remembers what each was sent."""

    def __init__(self, *names):
        self.names = list(names)
        self.sent = {}
        self.open = []
        self.is_dead = False

    def list_outputs(self):
        return tuple(MidiPort("desk", name) for name in self.names)

    def open_output(self, port):
        rack = self

        class Sender:
            def send(self, octets):
                rack.sent.setdefault(port.name, []).append(octets)

            def is_dead(self):
                return rack.is_dead

            def close(self):
                rack.open.remove(port.name)

        self.open.append(port.name)
        return Sender()


def test_keys_are_sent_on_while_the_port_is_there():
    rack, trail = Rack("Nord:in 20:0", "First Take In:in", "First Take:First Take Clock"), []
    thru = Thru(rack, emit=trail.append)
    thru.look()
    assert trail == [ThruPortsChanged(("Nord:in",))]
    thru.play([0x90, 60, 80])  # to nobody
    thru.send_to("Nord:in")
    thru.look()
    assert trail[1:] == [ThruChanged("Nord:in", is_there=True)]
    thru.play([0x90, 62, 80])
    assert rack.sent == {"Nord:in 20:0": [[0x90, 62, 80]]}
    rack.names.pop(0)
    thru.look()
    thru.look()
    assert trail[2:] == [ThruPortsChanged(()), ThruChanged("Nord:in", is_there=False)]
    assert rack.open == []
    thru.play([0x90, 64, 80])
    rack.names.insert(0, "Nord:in 24:0")
    thru.look()
    assert trail[-1] == ThruChanged("Nord:in", is_there=True)
    thru.play([0x90, 65, 80])
    assert rack.sent["Nord:in 24:0"] == [[0x90, 65, 80]]


def test_a_port_that_leads_back_is_left():
    rack, trail = Rack("Loop:bus"), []
    thru = Thru(rack, emit=trail.append)
    thru.send_to("Loop:bus")
    thru.look()
    for pitch in range(40, 80):
        thru.play([0x90, pitch, 80])  # forty keys at once are no loop
    thru.look()
    assert rack.open == ["Loop:bus"]
    for _ in range(40):
        thru.play([0x90, 60, 80])
    thru.look()
    thru.look()
    assert rack.open == []
    assert trail[-1] == ThruChanged("Loop:bus", is_there=False, loops=True)
    assert "sends back" in news_of(trail[-1], Status())[0]


def test_another_port_leaves_no_key_down_on_the_first_and_a_dead_system_is_left():
    rack, trail = Rack("Nord:in", "Moog:in"), []
    thru = Thru(rack, emit=trail.append)
    thru.send_to("Nord:in")
    thru.look()
    thru.send_to("Moog:in")
    thru.look()
    assert rack.sent == {"Nord:in": [[0xB0, 64, 0], [0xB0, 123, 0]]}
    assert rack.open == ["Moog:in"]
    rack.is_dead = True  # and was started again between two looks
    thru.look()
    assert rack.sent.get("Moog:in") is None
    thru.send_to(None)
    rack.is_dead = False
    thru.look()
    assert rack.open == []
    thru.send_to("Korg")
    thru.look()
    assert trail[-1] == ThruChanged("Korg", is_there=False)
