"""Shared memory between the bot, which owns it, and one worker, which writes into it."""

import contextlib
import os
import sys
import threading
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

_SMALLEST = 1 << 20
_attaching = threading.Lock()


def create(size: int) -> SharedMemory:
    """A segment of at least `size` bytes, with room to spare. Raises `OSError` where the system has not that much."""
    room = max(_SMALLEST, 1 << (size - 1).bit_length())
    segment = SharedMemory(create=True, size=room)
    descriptor = getattr(segment, "_fd", -1)
    if descriptor >= 0 and hasattr(os, "posix_fallocate"):
        # Without this a full /dev/shm (64 MB in a plain Docker container) kills the worker that writes, with SIGBUS.
        try:
            os.posix_fallocate(descriptor, 0, room)
        except OSError:
            remove(segment)
            raise
    return segment


def remove(segment: SharedMemory) -> None:
    """Take a segment out of the system; no view of it may be alive."""
    segment.close()
    with contextlib.suppress(FileNotFoundError):  # somebody tidied /dev/shm
        segment.unlink()


def attach(name: str) -> SharedMemory:
    """The worker's side of a segment that the bot made."""
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    # Before 3.13 attaching counts as owning: the resource tracker, which bot and workers share, would forget or
    # remove the segment a second time. Nobody else misses the function: a worker has one thread here, and Ray's driver
    # attaches in one thread at a time.
    with _attaching:
        register = resource_tracker.register
        resource_tracker.register = lambda name, rtype: None
        try:
            return SharedMemory(name)
        finally:
            resource_tracker.register = register
