"""`/healthz`: one word for a load balancer, the whole picture for who may see the page."""

from typing import Any

from bot.monitoring.alerts import standing_alerts
from bot.monitoring.redaction import Redaction, secrets_of
from bot.services import Services
from bot.surfaces.base import SurfaceHealth
from bot.surfaces.web.status import status_of


def health_of(services: Services, ready: bool, full: bool) -> dict[str, Any]:
    """The JSON of `/healthz`. A surface that failed does not make the whole unhealthy, but is named."""
    body: dict[str, Any] = {"status": "ok" if ready else "starting"}
    if full:
        status = status_of(services)
        hide = Redaction(secrets_of(services.settings))  # an address may have a token in it
        body["surfaces"] = {name: _surface(surface.health(), hide) for name, surface in services.surfaces.items()}
        body["model"] = status.pop("models")
        body["pool"] = status
        body["alerts"] = standing_alerts(services)
    return body


def _surface(health: SurfaceHealth, hide: Redaction) -> dict[str, str]:
    return {"state": health.state} | ({"detail": hide(health.detail)} if health.detail else {})
