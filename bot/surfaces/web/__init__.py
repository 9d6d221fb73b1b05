"""The chat page: the way in that needs no account, no token and no setting."""

from bot.surfaces.web.onebot_guard import guard_onebot
from bot.surfaces.web.surface import WebSurface

__all__ = ["WebSurface", "guard_onebot"]
