"""The process that belongs to the cluster: it joins or starts one, and lets the bot hire workers there.

Out of its pipe comes JSON: {"door": [address], "gpus": n}, then {"gpus": n} whenever that has changed, or
{"failed": text}. When the pipe ends, the driver does, and so does a cluster that it has started.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener

from bot.pool.ray.code import ROOT
from bot.pool.ray.relay import Relay
from bot.pool.ray.shelf import Shelf
from bot.pool.wire import failure_text, say

NAMESPACE = "nijigen"
_LOOK = 10.0  # seconds between two looks at what the cluster has
_OBJECTS = 256 << 20  # bytes of shared memory for what is under way, where the cluster is ours


@dataclass(frozen=True, slots=True)
class Joining:
    """Which cluster: that at `address`, or one of our own with so many processors."""

    address: str | None = None
    cpus: int = 1
    gpus: int = 0


def main(pipe: Connection, joining: Joining, key: bytes) -> None:
    """The life of the driver, until the bot hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the bot decides
    _silence()
    try:
        _join(joining)
        # After joining: Ray sets a handler of its own, and its processes must not inherit ours.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        listener = Listener(authkey=key, backlog=64)
        threading.Thread(target=_receive, args=(listener,), daemon=True).start()
        gpus = _gpus()
        pipe.send_bytes(say(door=listener.address, gpus=gpus))
        while not pipe.poll(_LOOK):
            if (now := _gpus()) != gpus:
                gpus = now
                pipe.send_bytes(say(gpus=gpus))
    except (EOFError, OSError):
        pass
    except Exception as error:
        with contextlib.suppress(OSError):
            pipe.send_bytes(say(failed=failure_text(error).partition("\n")[0]))
    finally:
        _leave()


def _silence() -> None:
    """Ray writes pages to the terminal about what the crew says in a line; its own logs have them as well."""
    sink = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(sink, stream)


def _join(joining: Joining) -> None:
    if joining.address is not None and "://" in joining.address:
        raise ValueError("Ray's client (ray://) is not supported: let this machine join the cluster by `ray start`")
    # Before Ray is imported, which reads them then.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if joining.address is None:
        # Ray listens on all addresses of the machine, and who may talk to it may run what he likes on it.
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    import ray

    if joining.address is not None:
        ray.init(address=joining.address, namespace=NAMESPACE, log_to_driver=False, configure_logging=False)
        return
    ray.init(
        address="local",
        num_cpus=joining.cpus,
        num_gpus=joining.gpus,
        object_store_memory=_OBJECTS,
        include_dashboard=False,
        namespace=NAMESPACE,
        log_to_driver=False,
        configure_logging=False,
        _node_ip_address="127.0.0.1",
    )


def _leave() -> None:
    if "ray" in sys.modules:
        import ray

        with contextlib.suppress(Exception):
            ray.shutdown(wait_for_processes=True)


def _gpus() -> int:
    import ray

    return int(ray.cluster_resources().get("GPU", 0))


def _receive(listener: Listener) -> None:
    shelf = Shelf()
    while True:
        try:
            pipe = listener.accept()
        except AuthenticationError:
            continue
        except (EOFError, OSError):  # somebody hung up at the door
            continue
        threading.Thread(target=Relay(pipe, shelf).live, daemon=True).start()
