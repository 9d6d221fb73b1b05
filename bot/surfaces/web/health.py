"""`/healthz`: one word for a load balancer, the whole picture for who may see the page."""

from typing import Any

from bot.services import Services
from bot.surfaces.web.status import status_of


def health_of(services: Services, ready: bool, full: bool) -> dict[str, Any]:
    """The JSON of `/healthz`. A surface that failed does not make the whole unhealthy, but is named."""
    body: dict[str, Any] = {"status": "ok" if ready else "starting"}
    if full:
        status = status_of(services)
        body["surfaces"] = {name: _surface(surface.health()) for name, surface in services.surfaces.items()}
        body["model"] = status.pop("models")
        body["pool"] = status
    return body


def _surface(health: Any) -> dict[str, str]:
    return {"state": health.state} | ({"detail": health.detail} if health.detail else {})
