"""The operator's page: characters, their review and their trainings, the bot's work, its groups."""

from bot.surfaces.web.operator.routes import operator_routes
from bot.surfaces.web.operator.shell import OPERATOR_STATIC

__all__ = ["OPERATOR_STATIC", "operator_routes"]
