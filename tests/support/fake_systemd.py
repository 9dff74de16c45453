#!/usr/bin/env python3
"""systemd's manager on the system bus, as far as the systemd collector asks it.

  fake_systemd.py STATE.json

Reads STATE.json for every answer:
  {"version": "252", "state": "running", "loaded_at": 7,
   "units": [["a.service", "loaded", "active", "simple"], …]}
Prints "ready" once it owns its name. Needs python3-dbus and python3-gi.
"""
import json
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

MANAGER = "org.freedesktop.systemd1.Manager"
PROPERTIES = "org.freedesktop.DBus.Properties"
ROOT = "/org/freedesktop/systemd1"


def state():
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def unknown(name):
    return dbus.exceptions.DBusException(
        f"Unknown property {name}", name="org.freedesktop.DBus.Error.UnknownProperty")


class Unit(dbus.service.Object):
    def __init__(self, bus, number):
        super().__init__(bus, f"{ROOT}/unit/u{number}")
        self.number = number

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        units = state()["units"]
        if name != "Type" or self.number >= len(units):
            raise unknown(name)
        return units[self.number][3]


class Manager(dbus.service.Object):
    @dbus.service.method(MANAGER, out_signature="a(ssssssouso)")
    def ListUnits(self):
        return [(name, "description", load, active, "sub", "", dbus.ObjectPath(f"{ROOT}/unit/u{i}"),
                 dbus.UInt32(0), "", dbus.ObjectPath("/"))
                for i, (name, load, active, _) in enumerate(state()["units"])]

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


def main():
    DBusGMainLoop(set_as_default=True)
    bus = dbus.SystemBus()
    name = dbus.service.BusName("org.freedesktop.systemd1", bus)
    manager = Manager(bus, ROOT)
    units = [Unit(bus, number) for number in range(16)]
    print("ready", flush=True)
    GLib.MainLoop().run()
    del name, manager, units


if __name__ == "__main__":
    main()
