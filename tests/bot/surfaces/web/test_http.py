"""The page over HTTP: what it is served with, to whom, and what else there is."""

import json
import re

import aiohttp
import pytest

from bot.surfaces.base import Surface, SurfaceHealth
from tests.bot.surfaces.web.conftest import Serve, Site

PICTURE = {"Content-Type": "image/png"}


def boot(html: str) -> dict:
    match = re.search(r'<script type="application/json" id="boot">(.*?)</script>', html, re.DOTALL)
    assert match is not None
    return json.loads(match[1])


async def test_the_page_knows_texts_and_commands_from_the_start(site: Site) -> None:
    async with site.get("/", headers={"Accept-Language": "zh-TW,zh;q=0.9"}) as response:
        html = await response.text()
    assert response.status == 200
    assert '<html lang="zh-CN">' in html
    known = boot(html)
    assert set(known["texts"]) == {"zh-CN", "en"}
    waifu = next(c for c in known["commands"] if c["name"] == "waifu")
    assert waifu["zh"] == "老婆"
    assert waifu["options"][0]["range"] == [1, 64]
    assert not any(c["name"] == "again" for c in known["commands"])  # hidden: reached by its button


async def test_no_text_of_the_catalogue_can_end_the_block_that_it_stands_in(site: Site) -> None:
    site.services.catalogue._texts["en"]["web.title"] = "</script><script>alert(1)</script>"  # type: ignore[index]
    async with site.get("/") as response:
        html = await response.text()
    assert "alert(1)</script>" not in html
    assert boot(html)["texts"]["en"]["title"].startswith("</script>")


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/healthz", "/pictures/none.png", "/nothing"])
async def test_every_answer_keeps_the_page_to_itself(site: Site, path: str) -> None:
    async with site.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


async def test_nothing_of_the_page_comes_from_elsewhere(site: Site) -> None:
    pages = []
    for path in ("/", "/static/style.css", "/static/app.js", "/static/icons.svg", "/static/page.webmanifest"):
        async with site.get(path) as response:
            assert response.status == 200
            pages.append(await response.text())
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", "".join(pages)))
    assert addresses <= {"http://www.w3.org/2000/svg"}


async def test_templates_are_not_served_raw(site: Site) -> None:
    async with site.get("/static/index.html") as response:
        assert response.status == 404


async def test_a_name_that_was_pointed_here_gets_a_sentence_and_no_page(site: Site) -> None:
    for path in ("/", "/metrics", "/pictures/none.png"):
        async with site.get(path, headers={"Host": "rebound.evil.example"}) as response:
            assert response.status == 403
            assert "web:local" not in await response.text()
    host = f"rebound.evil.example:{site.port}"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await site.tab(Host=host, Origin=f"http://{host}").__aenter__()
    assert refused.value.status == 403


async def test_a_proxy_without_a_password_gets_nothing(site: Site) -> None:
    async with site.get("/", headers={"X-Forwarded-For": "203.0.113.9", "Accept-Language": "en"}) as response:
        assert response.status == 403
        assert "WEB_PASSWORD" in await response.text()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
async def test_other_sites_reach_neither_socket_nor_uploads(site: Site, origin: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await site.tab(Origin=origin).__aenter__()
    assert refused.value.status == 403
    async with site.post("/upload", data=b"x", headers=PICTURE | {"Origin": origin}) as response:
        assert response.status == 403


# ------------------------------------------------------------------------------------------------------------- health


async def test_healthz_says_ok_once_commands_are_answered(serve: Serve) -> None:
    async with serve(start=False) as site:
        async with site.get("/healthz") as response:
            assert (response.status, (await response.json())["status"]) == (503, "starting")
        await site.surface.start()
        async with site.get("/healthz") as response:
            body = await response.json()
        assert (response.status, body["status"]) == (200, "ok")
        assert body["surfaces"] == {"web": {"state": "up"}}
        assert body["model"] == ["waifu@starter"]
        assert body["pool"]["ready"] is True


async def test_healthz_stays_ok_and_names_the_surface_that_failed(site: Site) -> None:
    class Broken(Surface):
        name = "qq"

        async def start(self) -> None: ...
        async def stop(self) -> None: ...
        def health(self) -> SurfaceHealth:
            return SurfaceHealth("failed", "wrong token")

    site.services.surfaces["qq"] = Broken()
    async with site.get("/healthz") as response:
        body = await response.json()
    assert (response.status, body["status"]) == (200, "ok")
    assert body["surfaces"]["qq"] == {"state": "failed", "detail": "wrong token"}


async def test_strangers_learn_from_healthz_whether_and_no_more(serve: Serve) -> None:
    async with serve(web_password="sesame") as site, site.get("/healthz") as response:
        assert await response.json() == {"status": "ok"}


async def test_metrics_are_what_prometheus_reads(site: Site) -> None:
    async with site.get("/metrics") as response:
        text = await response.text()
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "# HELP nijigen_" in text


# ----------------------------------------------------------------------------------------------------------- password


async def log_in(site: Site, password: str = "sesame", **headers: str) -> aiohttp.ClientResponse:
    return await site.post("/login", data={"password": password}, headers=headers)


async def test_the_password_opens_the_page(serve: Serve) -> None:
    async with serve(web_password="sesame") as site:
        async with site.get("/") as response:
            assert (response.status, response.headers["Location"]) == (303, "/login")
        async with site.get("/login") as response:
            assert 'type="password"' in await response.text()
        assert (await log_in(site, "wrong")).status == 401
        let_in = await log_in(site)
        assert (let_in.status, let_in.headers["Location"]) == (303, "/")
        cookie = let_in.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie
        async with site.get("/") as response:
            assert response.status == 200
        async with site.tab() as tab:
            await tab.hello()
            await tab.say("/waifu")
            heard = await site.dispatcher.hears()
        visitor = let_in.cookies["nijigen"].value.partition(".")[0]
        assert (heard.member, heard.chat, heard.role.name) == (f"web:{visitor}", f"web:@{visitor}", "MEMBER")


async def test_behind_https_the_cookie_stays_on_https(serve: Serve) -> None:
    async with serve(web_password="sesame") as site:
        response = await log_in(site, **{"X-Forwarded-Proto": "https"})
        assert "Secure" in response.headers["Set-Cookie"]


async def test_without_the_cookie_there_is_no_picture_no_socket_and_no_upload(serve: Serve) -> None:
    async with serve(web_password="sesame") as site:
        key = await site.services.store.files.put(b"a picture", ".png")
        async with site.get(f"/pictures/{key}") as response:
            assert response.status == 401
        async with site.get("/metrics") as response:
            assert response.status == 401
        async with site.post("/upload", data=b"x", headers=PICTURE) as response:
            assert response.status == 401
        async with site.tab() as tab:
            assert await tab.closed() == 4401  # the page then goes to the login


async def test_guessing_is_answered_with_wait(serve: Serve) -> None:
    async with serve(web_password="sesame") as site:
        for _ in range(10):
            assert (await log_in(site, "wrong")).status == 401
        slowed = await log_in(site, "sesame")
        assert slowed.status == 429
        assert int(slowed.headers["Retry-After"]) > 0


async def test_another_site_cannot_log_a_browser_in(serve: Serve) -> None:
    async with serve(web_password="sesame") as site:
        assert (await log_in(site, Origin="https://evil.example")).status == 403


# -------------------------------------------------------------------------------------------------- pictures, uploads


async def test_pictures_are_served_as_what_they_are_and_for_good(site: Site) -> None:
    key = await site.services.store.files.put(b"a picture", ".png")
    async with site.get(f"/pictures/{key}") as response:
        assert await response.read() == b"a picture"
    assert response.headers["Content-Type"] == "image/png"
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "key", ["none.png", "../nijigen.db", "%2e%2e%2fweb.secret", "a" * 64 + ".png", ".png", "x.html"]
)
async def test_nothing_but_pictures_is_there(site: Site, key: str) -> None:
    async with site.get(f"/pictures/{key}") as response:
        assert response.status == 404


async def test_a_file_that_is_no_picture_is_not_served(site: Site) -> None:
    key = await site.services.store.files.put(b"<script>", ".html")
    async with site.get(f"/pictures/{key}") as response:
        assert response.status == 404


async def bring(site: Site, content: bytes) -> str:
    async with site.post("/upload", data=content, headers=PICTURE) as response:
        assert response.status == 200
        return (await response.json())["token"]


async def test_what_was_uploaded_comes_with_its_message(site: Site) -> None:
    token = await bring(site, b"some bytes")
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/recipe", uploads=[token])
        (upload,) = (await site.dispatcher.hears()).uploads
    assert (upload.content, upload.media_type) == (b"some bytes", "image/png")


async def test_an_upload_over_the_cap_is_refused_with_a_sentence(serve: Serve) -> None:
    async with serve(intake_max_bytes=1000) as site:
        async with site.post("/upload", data=b"x" * 1001, headers=PICTURE | {"Accept-Language": "zh"}) as response:
            assert response.status == 413
            assert (await response.json())["text"] == "这张图太大了，我拿不动。"

        async def chunks():
            for _ in range(3):
                yield b"x" * 500

        async with site.post("/upload", data=chunks(), headers=PICTURE) as response:
            assert response.status == 413
        await bring(site, b"x" * 1000)


async def test_a_bot_that_stops_tells_its_tabs(serve: Serve) -> None:
    async with serve() as site, site.tab() as tab:
        await tab.hello()
        await site.surface.stop()
        assert await tab.closed() == 1001
        async with site.get("/healthz") as response:
            assert response.status == 503


@pytest.mark.parametrize(("path", "kind"), [("/static/biri.webp", "image/webp"), ("/static/icon.png", "image/png")])
async def test_the_mascot_is_served_as_a_picture(site: Site, path: str, kind: str) -> None:
    async with site.get(path) as response:
        assert (response.status, response.content_type) == (200, kind)
        assert int(response.headers["content-length"]) < 60_000
