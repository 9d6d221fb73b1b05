"""For whoever runs the bot, and for members who wonder why it takes so long."""

from bot.chat import Chat
from bot.command import Reply, Role, command


@command("status", zh="状态")
async def status(chat: Chat) -> Reply:
    """Whether the bot is well: queue, workers, models, and where it is connected."""
    pool = chat.services.pool.status()
    up = [w for w in pool.workers if w.state in ("idle", "busy")]
    models = sorted({m for w in pool.workers for m in w.models})
    lines = [
        chat.text("status.well" if pool.ready else "status.starting"),
        chat.text("status.queue", waiting=pool.waiting, running=pool.running),
        chat.text("status.workers", up=len(up), all=len(pool.workers), served=pool.served),
    ]
    if models:
        lines.append(chat.text("status.models", models=chat.text("list.comma").join(models)))
    surfaces = chat.text("list.comma").join(
        chat.text("status.surface", name=name, state=chat.text(f"surface.{surface.health().state}"))
        for name, surface in chat.services.surfaces.items()
    )
    lines.append(chat.text("status.surfaces", surfaces=surfaces))
    if chat.role >= Role.SUPERUSER:
        for w in pool.workers:
            lines.append(
                chat.text(
                    "status.worker",
                    name=w.name,
                    device=w.device,
                    state=w.state,
                    restarts=w.restarts,
                    memory=round(w.memory_bytes / 1e6),
                )
            )
    return Reply("\n".join(lines))
