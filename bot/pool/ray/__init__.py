"""The pool on a Ray cluster: networks run wherever the cluster has room, pixel work stays on this machine.

The bot never imports Ray. A process of its own, the driver, belongs to the cluster and speaks for its workers:

    bot: queue, crew, RayLine  <- pipe and shared memory ->  driver: Relay  <- Ray ->  node: RayWorker

Ray ends a process that has lost its cluster's head for a minute, by design; so it ends the driver, not the bot, and
the bot starts another. Nothing that comes from the cluster is unpickled in the bot.
"""

from bot.pool.ray.cluster import CannotJoin, Cluster
from bot.pool.ray.pool import RayPool

__all__ = ["CannotJoin", "Cluster", "RayPool"]
