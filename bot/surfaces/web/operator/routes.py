"""The HTTP side of the operator's page: views, what they show, pictures, changes. Everything asks `OperatorDoor`."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from loguru import logger
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.characters import showing
from bot.command import UserError
from bot.services import Services
from bot.store import StorageFull, StoreUnavailable
from bot.surfaces.web.operator.changes import CHANGES
from bot.surfaces.web.operator.door import Operator, OperatorDoor
from bot.surfaces.web.operator.given import Given
from bot.surfaces.web.operator.shell import shell
from bot.surfaces.web.operator.views import Views
from bot.surfaces.web.sentences import Sentences
from bot.surfaces.web.visitors import Admission, LoginNeeded, Refused

MOST_BYTES = 64 * 1024  # of a change
_MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}

Work = Callable[[Operator], Awaitable[Response]]


def operator_routes(services: Services, admission: Admission) -> APIRouter:
    """The routes below /operator."""
    router = APIRouter(prefix="/operator", include_in_schema=False)
    say, door, views = Sentences(services), OperatorDoor(services.settings, admission), Views(services)

    async def answered(request: Request, work: Work, change: bool = False) -> Response:
        """What `work` gives, or a sentence that says why not."""
        try:
            return await work(door.admit_change(request) if change else door.admit(request))
        except Refused as refused:
            return say.json(request, refused.key, refused.status, refused.values)
        except UserError as error:
            return say.json(request, error.key, 409, error.values)
        except StoreUnavailable as error:
            logger.error("the operator's page cannot reach the store: {}", error)
            return say.json(request, "error.storage_away", 503)
        except StorageFull as error:
            logger.error("a change of the operator's could not be kept: {}", error)
            return say.json(request, "error.storage_full", 507)
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception:
            id = secrets.token_hex(3)
            logger.exception("error {} at the operator's page, {}", id, request.url.path)
            return say.json(request, "error.internal", 500, {"id": id})

    async def page(request: Request, view: str, number: str | None = None) -> Response:
        try:
            door.admit(request)
        except LoginNeeded:
            return RedirectResponse("/login", 303)
        except Refused as refused:
            return say.page(request, refused.key, refused.status, values=refused.values)
        html = shell(services, say.locale(request), view, None if number is None else _number(number))
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    @router.get("")
    async def home(request: Request) -> Response:
        return await page(request, "home")

    @router.get("/bot")
    async def bot(request: Request) -> Response:
        return await page(request, "bot")

    @router.get("/groups")
    async def groups(request: Request) -> Response:
        return await page(request, "groups")

    @router.get("/characters/{number}")
    async def character(request: Request, number: str) -> Response:
        return await page(request, "character", number)

    @router.get("/characters/{number}/review")
    async def review(request: Request, number: str) -> Response:
        return await page(request, "review", number)

    @router.get("/runs/{number}")
    async def run(request: Request, number: str) -> Response:
        return await page(request, "run", number)

    # -----------------------------------------------------------------------------------------------------------------

    def data(request: Request, show: Callable[[Operator, str], Awaitable[dict[str, Any]]]) -> Awaitable[Response]:
        async def work(operator: Operator) -> Response:
            return _json(await show(operator, say.locale(request)))

        return answered(request, work)

    @router.get("/data/home")
    async def home_data(request: Request) -> Response:
        return await data(request, views.home)

    @router.get("/data/bot")
    async def bot_data(request: Request) -> Response:
        return await data(request, views.bot)

    @router.get("/data/groups")
    async def groups_data(request: Request) -> Response:
        return await data(request, lambda operator, locale: views.groups())

    @router.get("/data/characters/{number}")
    async def character_data(request: Request, number: str) -> Response:
        return await data(request, lambda operator, locale: views.character(operator, locale, _number(number)))

    @router.get("/data/characters/{number}/contributions")
    async def contributions_data(request: Request, number: str) -> Response:
        asked = dict(request.query_params)
        return await data(
            request, lambda operator, locale: views.contributions(operator, locale, _number(number), asked)
        )

    @router.get("/data/runs/{number}")
    async def run_data(request: Request, number: str) -> Response:
        return await data(request, lambda operator, locale: views.run(operator, locale, _number(number)))

    # -----------------------------------------------------------------------------------------------------------------

    @router.get("/heads/{number}")
    async def head(request: Request, number: str) -> Response:
        async def work(operator: Operator) -> Response:
            store, id = services.store, _number(number)
            contribution = await store.contributions.get(id)
            her = None if contribution is None else await store.characters.get(contribution.character)
            if contribution is None or her is None:
                raise Refused("web.refused.picture", 404)
            content = (await showing.heads(store, operator.actor(), her, [contribution])).get(id)
            if content is None:
                raise Refused("web.refused.picture", 404)
            # a browser keeps none that a member may take back
            return Response(content, headers={"Cache-Control": "no-store"}, media_type="image/webp")

        return await answered(request, work)

    @router.get("/runs/{number}/{sheet}")
    async def sheet(request: Request, number: str, sheet: str) -> Response:
        async def work(operator: Operator) -> Response:
            run = await services.trainings.get(_number(number))
            path = None if run is None else (await services.trainings.sheets(run)).get(sheet)
            try:
                content = None if path is None else await asyncio.to_thread(path.read_bytes)
            except OSError:  # it was thinned just now
                content = None
            if path is None or content is None:
                raise Refused("web.refused.picture", 404)
            return Response(content, headers={"Cache-Control": "no-store"}, media_type=_MEDIA_TYPES[path.suffix])

        return await answered(request, work)

    @router.post("/do/{name}")
    async def do(request: Request, name: str) -> Response:
        async def work(operator: Operator) -> Response:
            change = CHANGES.get(name)
            if change is None:
                raise Refused("operator.no_change", 404)
            done = await change(services, operator, Given(await _fields(request)))
            logger.info("{} at the operator's page: {} {}", operator.member, name, done.values)
            text = services.catalogue.text(say.locale(request), done.key, **done.values)
            return _json({"text": text, **done.more})

        return await answered(request, work, change=True)

    return router


def _json(body: dict[str, Any]) -> Response:
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _number(text: str) -> int:
    """Of an address; one that is none, or that no database counts to, is nobody's."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


async def _fields(request: Request) -> dict[str, Any]:
    """The JSON object that was sent. Raises `UserError`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise UserError("operator.large")
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise UserError("operator.unreadable")
    return fields
