#!/usr/bin/env python3
"""A FUSE file system that answers statfs(2) only once a file exists: a mount that hangs.

  hanging_fs.py MOUNTPOINT GATE

Prints "ready" when it is mounted. While GATE does not exist statfs hangs; then the file system has
1000 blocks of 4096 bytes, 250 of them free. Needs root, /dev/fuse and python3-fuse.
"""
import errno
import os
import stat
import sys
import threading

import fuse

fuse.fuse_python_api = (0, 2)


class Hanging(fuse.Fuse):
    def fsinit(self):
        print("ready", flush=True)

    def getattr(self, path):
        if path != "/":
            return -errno.ENOENT
        attributes = fuse.Stat()
        attributes.st_mode = stat.S_IFDIR | 0o755
        attributes.st_nlink = 2
        return attributes

    def readdir(self, path, offset):
        yield fuse.Direntry(".")
        yield fuse.Direntry("..")

    def statfs(self):
        pause = threading.Event()
        while not os.path.exists(GATE):
            pause.wait(0.01)
        answer = fuse.StatVfs()
        answer.f_bsize = answer.f_frsize = 4096
        answer.f_blocks = 1000
        answer.f_bfree = answer.f_bavail = 250
        answer.f_files = answer.f_ffree = 10
        return answer


MOUNTPOINT, GATE = sys.argv[1:3]
server = Hanging(dash_s_do="setsingle")
server.parse([MOUNTPOINT, "-f", "-o", "fsname=tocsin-hanging,allow_other"])
server.main()
