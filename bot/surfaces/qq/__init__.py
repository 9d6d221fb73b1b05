"""QQ, and whatever else nonebot2 speaks: the surface `QQSurface`, in the shape of a nonebot2 plugin.

OneBot v11 comes in by reverse WebSocket on `/onebot/v11/ws` and goes out by forward WebSocket to `ONEBOT_WS_URLS`.
Messages are read and written as alconna's UniMessage, so that other adapters work too. Import it after
`nonebot.init`; earlier does no harm, but then alconna reads no settings of its own.
"""

import warnings

from nonebot import require
from nonebot.plugin import PluginMetadata, inherit_supported_adapters

with warnings.catch_warnings():
    # alconna warns where no adapter is registered yet; it finds them by name later all the same.
    warnings.simplefilter("ignore", RuntimeWarning)
    require("nonebot_plugin_alconna")

from bot.surfaces.qq.surface import QQSurface

__all__ = ["QQSurface", "__plugin_meta__"]

__plugin_meta__ = PluginMetadata(
    name="nijigen",
    description="画不存在的人的动漫脸 (draws anime faces of people who do not exist)",
    usage="/waifu 4 · /help",
    type="application",
    homepage="https://github.com/nijigen/nijigen",
    supported_adapters=inherit_supported_adapters("nonebot_plugin_alconna"),
)
