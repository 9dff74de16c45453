#!/usr/bin/env python3
"""systemd's manager on the system bus, as far as the systemd collector asks it.

  fake_systemd.py STATE.json                            serves
  fake_systemd.py change UNIT RESULT ACTIVE SUB SINCE   has the one that serves tell of a change
  fake_systemd.py cancel UNIT                           … of a start that a dependency cancelled
  fake_systemd.py forge UNIT RESULT ACTIVE SUB SINCE    sends the change of its own, to all who listen

Reads STATE.json for every answer:
  {"version": "252", "state": "running", "loaded_at": 7,
   "units": [["a.service", "loaded", "active", "simple"], …],
   "properties": {"a.service": {"Service.NRestarts": ["u", 2]}}}
Prints "ready" once it owns its name, "done" once it has told. Needs python3-dbus and python3-gi.
"""
import json
import re
import sys

import dbus
import dbus.lowlevel
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NAME = "org.freedesktop.systemd1"
MANAGER = "org.freedesktop.systemd1.Manager"
PROPERTIES = "org.freedesktop.DBus.Properties"
FAKE = "tocsin.Fake"
ROOT = "/org/freedesktop/systemd1"
TYPES = {"s": dbus.String, "u": dbus.UInt32, "t": dbus.UInt64, "b": dbus.Boolean}


def state():
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def path_of(unit):
    return dbus.ObjectPath(f"{ROOT}/unit/" + re.sub(r"[^A-Za-z0-9]", lambda c: f"_{ord(c[0]):02x}", unit))


def unknown(name):
    return dbus.exceptions.DBusException(
        f"Unknown property {name}", name="org.freedesktop.DBus.Error.UnknownProperty")


def changed(unit, result, active, sub, since):
    """The two signals in which systemd tells a change."""
    kind = unit.rpartition(".")[2].capitalize()
    both = (kind, {"Result": result, "NRestarts": dbus.UInt32(1)}), \
           ("Unit", {"ActiveState": active, "SubState": sub,
                     "InactiveEnterTimestampMonotonic": dbus.UInt64(since)})
    for interface, values in both:
        message = dbus.lowlevel.SignalMessage(path_of(unit), PROPERTIES, "PropertiesChanged")
        message.append(f"{NAME}.{interface}", values, [], signature="sa{sv}as")
        yield message


class Units(dbus.service.FallbackObject):
    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v", path_keyword="path")
    def Get(self, interface, name, path=None):
        now = state()
        for unit, _, _, kind in now["units"]:
            if path_of(unit) != path:
                continue
            if name == "Type":
                return kind
            key = interface.removeprefix(f"{NAME}.") + "." + name
            if key in now.get("properties", {}).get(unit, {}):
                code, value = now["properties"][unit][key]
                return TYPES[code](value, variant_level=1)
        raise unknown(name)


class Manager(dbus.service.Object):
    subscribers = set()

    @dbus.service.method(MANAGER, out_signature="a(ssssssouso)")
    def ListUnits(self):
        return [(name, "description", load, active, "sub", "", path_of(name), dbus.UInt32(0), "",
                 dbus.ObjectPath("/"))
                for name, load, active, _ in state()["units"]]

    @dbus.service.method(MANAGER, sender_keyword="sender")
    def Subscribe(self, sender=None):
        if sender in self.subscribers:
            raise dbus.exceptions.DBusException("Client is already subscribed.",
                                                name=f"{NAME}.AlreadySubscribed")
        self.subscribers.add(sender)

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        now = state()
        if name == "Version":
            return now["version"]
        if name == "SystemState":
            return now["state"]
        if name == "UnitsLoadTimestampMonotonic" and "loaded_at" in now:
            return dbus.UInt64(now["loaded_at"])
        raise unknown(name)

    @dbus.service.method(FAKE, in_signature="ssssu")
    def Change(self, unit, result, active, sub, since):
        for message in changed(unit, result, active, sub, since):
            self.connection.send_message(message)

    @dbus.service.method(FAKE, in_signature="s")
    def Cancel(self, unit):
        message = dbus.lowlevel.SignalMessage(ROOT, MANAGER, "JobRemoved")
        message.append(dbus.UInt32(9), dbus.ObjectPath(f"{ROOT}/job/9"), unit, "dependency",
                       signature="uoss")
        self.connection.send_message(message)

    @dbus.service.method(FAKE, out_signature="as")
    def Subscribers(self):
        return sorted(self.subscribers)


def serve():
    DBusGMainLoop(set_as_default=True)
    bus = dbus.SystemBus()
    name = dbus.service.BusName(NAME, bus)
    manager, units = Manager(bus, ROOT), Units(bus, f"{ROOT}/unit")
    print("ready", flush=True)
    GLib.MainLoop().run()
    del name, manager, units


def tell(command, *arguments):
    bus = dbus.SystemBus()
    fake = dbus.Interface(bus.get_object(NAME, ROOT), FAKE)
    if command == "cancel":
        fake.Cancel(*arguments)
    elif command == "change":
        fake.Change(*arguments[:4], int(arguments[4]))
    else:
        for listener in fake.Subscribers():
            for message in changed(*arguments[:4], int(arguments[4])):
                message.set_destination(listener)
                bus.send_message(message)
        bus.flush()
        bus.get_name_owner(NAME)  # the bus has passed them on when it answers this
    print("done", flush=True)


if __name__ == "__main__":
    if sys.argv[1] in ("change", "cancel", "forge"):
        tell(*sys.argv[1:])
    else:
        serve()
