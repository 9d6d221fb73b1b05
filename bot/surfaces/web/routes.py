"""The HTTP side of the page. Everything but `/healthz` and the static files asks `Admission` first."""

import re
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket

from bot.services import Services
from bot.surfaces.web.answer import SUFFIXES
from bot.surfaces.web.boot import STATIC, boot_data, page, template
from bot.surfaces.web.handed import handed
from bot.surfaces.web.health import health_of
from bot.surfaces.web.held import Held
from bot.surfaces.web.peers import network_of, same_origin
from bot.surfaces.web.ranges import ranged
from bot.surfaces.web.sentences import Sentences
from bot.surfaces.web.sessions import COOKIE, KEEP_SECONDS
from bot.surfaces.web.uploads import UploadRefused, Uploads
from bot.surfaces.web.visitors import Admission, LoginNeeded, Refused, Visitor

CLOSE_LOGIN = 4401
_MOST_FORM_BYTES = 4096
_MEDIA_TYPES = {suffix: media_type for media_type, suffix in SUFFIXES.items()}


class Talks(Protocol):
    """What the routes need of the surface."""

    @property
    def ready(self) -> bool: ...
    async def talk(self, visitor: Visitor, websocket: WebSocket) -> None: ...


def web_routes(services: Services, admission: Admission, uploads: Uploads, held: Held, talks: Talks) -> APIRouter:
    """The routes of the page, for the app that OneBot uses too."""
    router = APIRouter(include_in_schema=False)
    say = Sentences(services)

    @router.get("/")
    async def index(request: Request) -> Response:
        try:
            visitor = admission.admit(request)
        except LoginNeeded:
            return RedirectResponse("/login", 303)
        except Refused as refused:
            return say.page(request, refused.key, refused.status)
        data = boot_data(services, visitor.role, visitor.runs_the_bot(services.settings))
        html = page(template("index.html"), say.locale(request), data)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    @router.get("/login")
    async def login_page(request: Request) -> Response:
        if admission.sessions is None or admission.sessions.visitor(request.cookies.get(COOKIE)) is not None:
            return RedirectResponse("/", 303)
        return say.page(request, "", 200)

    @router.post("/login")
    async def login(request: Request) -> Response:
        sessions = admission.sessions
        if sessions is None:
            return RedirectResponse("/", 303)
        if not same_origin(request):
            return say.page(request, "web.refused.origin", 403)
        network = network_of(request)
        if (wait := sessions.wait(network)) > 0:
            return say.page(request, "web.login.slower", 429, {"Retry-After": str(int(wait) + 1)})
        password = await _form_field(request, "password")
        if not sessions.is_password(password, network):
            return say.page(request, "web.login.wrong", 401)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            sessions.issue(),
            max_age=KEEP_SECONDS,
            httponly=True,
            samesite="strict",
            secure=_https(request),
        )
        return answer

    @router.post("/upload")
    async def upload(request: Request) -> Response:
        try:
            visitor = admission.admit(request)
            if not same_origin(request):
                raise Refused("web.refused.origin")
            length = request.headers.get("content-length", "")
            token = await uploads.receive(
                visitor.id,
                request.headers.get("content-type", "").partition(";")[0].strip().lower(),
                int(length) if length.isdecimal() else None,
                request.stream(),
            )
        except (Refused, UploadRefused) as refused:
            return say.json(request, refused.key, refused.status)
        except ClientDisconnect:
            return Response(status_code=499)
        return JSONResponse({"token": token}, headers={"Cache-Control": "no-store"})

    @router.get("/pictures/{key}")
    async def picture(request: Request, key: str) -> Response:
        try:
            admission.admit(request)
        except Refused as refused:
            return say.plain(request, refused.key, refused.status)
        suffix = key[key.rfind(".") :] if "." in key else ""
        content = await services.store.files.get(key) if suffix in _MEDIA_TYPES else None
        if content is None:
            return say.plain(request, "web.refused.picture", 404)
        # a key is the hash of what it names, which therefore never changes
        headers = {"Cache-Control": "private, max-age=31536000, immutable"}
        return ranged(content, request.headers.get("range"), _MEDIA_TYPES[suffix], headers)

    @router.get("/held/{name}")
    async def held_picture(request: Request, name: str) -> Response:
        try:
            visitor = admission.admit(request)
        except Refused as refused:
            return say.plain(request, refused.key, refused.status)
        picture = held.get(visitor.id, name)
        if picture is None:
            return say.plain(request, "web.refused.picture", 404)
        return Response(picture.content, headers={"Cache-Control": "no-store"}, media_type=picture.media_type)

    @router.get("/files/{seq}/{n}")
    async def file(request: Request, seq: str, n: str) -> Response:
        try:
            visitor = admission.admit(request)
        except Refused as refused:
            return say.plain(request, refused.key, refused.status)
        found = await handed(services, visitor, seq, n)
        if found is None:
            return say.plain(request, "web.refused.file", 404)
        headers = {
            "Content-Disposition": f'attachment; filename="{re.sub(r"[^0-9A-Za-z._-]", "-", found.name)}"',
            "Cache-Control": "no-store",
        }
        return Response(found.content, headers=headers, media_type=found.media_type)

    @router.get("/healthz")
    async def healthz(request: Request) -> Response:
        try:
            admission.admit_machine(request)
            full = True
        except Refused:
            full = False
        body = health_of(services, talks.ready, full)
        return JSONResponse(body, 200 if talks.ready else 503, headers={"Cache-Control": "no-store"})

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        try:
            admission.admit_machine(request)
        except Refused as refused:
            return say.plain(request, refused.key, refused.status)
        return Response(services.metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @router.websocket("/ws")
    async def socket(websocket: WebSocket) -> None:
        try:
            if not same_origin(websocket):
                raise Refused("web.refused.origin")
            visitor = admission.admit(websocket)
        except LoginNeeded:
            # accepted first: a browser does not tell its page why a WebSocket was refused, only why it was closed
            await websocket.accept()
            await websocket.close(CLOSE_LOGIN)
        except Refused:
            await websocket.close(1008)  # before it is accepted: answered with 403
        else:
            await talks.talk(visitor, websocket)

    return router


class StaticPages(StaticFiles):
    """Files of a page's own; the browser asks each time whether they changed, since their names do not."""

    def __init__(self, folder: Path = STATIC) -> None:
        super().__init__(directory=folder)

    def file_response(self, *args: Any, **more: Any) -> Response:
        response = super().file_response(*args, **more)
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.endswith(".html"):
            return PlainTextResponse("", 404)
        return await super().get_response(path, scope)


def _https(request: Request) -> bool:
    """Whether the browser speaks https: to us, or to a proxy that says so. A lie would only lose the liar's cookie."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", "").strip().lower())


async def _form_field(request: Request, name: str) -> str:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_FORM_BYTES:
            return ""
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).get(name, [""])[0]
