"""Discord: the surface `DiscordSurface`. discord.py itself is imported only where there is a token for it.

Slash commands, context menus and buttons become the lines that a member would type, and go the way of all messages.
"""

from bot.surfaces.discord.surface import DiscordSurface

__all__ = ["DiscordSurface"]
