"""What `/healthz` tells of a bot that has troubles, and to whom."""

from bot.monitoring.troubles import Open, Trouble
from bot.surfaces.base import Surface, SurfaceHealth
from tests.bot.surfaces.web.conftest import Serve, Site


class Down(Surface):
    """Says what it was told to say of itself."""

    name = "qq"

    def __init__(self, detail: str) -> None:
        self.detail = detail

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def health(self) -> SurfaceHealth:
        return SurfaceHealth("failed", self.detail)


def trouble(site: Site) -> None:
    one = Trouble("surface_down", "qq", 400.0, {"detail": "wrong token"})
    site.services.metrics.troubles.open[one.id] = Open(one)


async def test_a_bot_without_troubles_says_so(site: Site) -> None:
    async with site.get("/healthz") as response:
        assert (await response.json())["alerts"] == []


async def test_what_superusers_are_told_of_stands_there_while_it_lasts(site: Site) -> None:
    trouble(site)
    async with site.get("/healthz") as response:
        body = await response.json()
    assert (response.status, body["status"]) == (200, "ok")
    (alert,) = body["alerts"]
    assert (alert["kind"], alert["subject"]) == ("surface_down", "qq")
    assert "7 min" in alert["text"]
    assert "wrong token" in alert["text"]


async def test_strangers_do_not_learn_what_is_wrong(serve: Serve) -> None:
    async with serve(web_password="sesame") as site:
        trouble(site)
        async with site.get("/healthz") as response:
            assert await response.json() == {"status": "ok"}


async def test_a_token_in_what_a_surface_says_of_itself_is_not_shown(serve: Serve) -> None:
    async with serve(onebot_access_token="a-secret-token") as site:
        site.services.surfaces["qq"] = Down("ws://10.0.0.1:3001/?x=a-secret-token: refused")
        async with site.get("/healthz") as response:
            body = await response.json()
    assert body["surfaces"]["qq"]["detail"] == "ws://10.0.0.1:3001/?x=***: refused"
