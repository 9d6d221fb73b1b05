"""Saying why not, in the language that the browser asks for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from bot.locale import Catalogue
from bot.services import Services
from bot.surfaces.web.boot import page, template

NO_VALUES: Mapping[str, Any] = MappingProxyType({})


class Sentences:
    """Says why not, in the language that the browser asks for."""

    def __init__(self, services: Services) -> None:
        self._catalogue: Catalogue = services.catalogue
        self._language = services.settings.language

    def locale(self, connection: HTTPConnection) -> str:
        first = connection.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
        return self._catalogue.nearest(first) if first and first != "*" else self._language

    def plain(self, request: Request, key: str, status: int) -> Response:
        return PlainTextResponse(self._catalogue.text(self.locale(request), key), status)

    def json(self, request: Request, key: str, status: int, values: Mapping[str, Any] = NO_VALUES) -> Response:
        return JSONResponse({"key": key, "text": self._catalogue.text(self.locale(request), key, **values)}, status)

    def page(
        self,
        request: Request,
        key: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        values: Mapping[str, Any] = NO_VALUES,
    ) -> Response:
        """The door: a sentence, and a field for the password where one would help."""
        locale = self.locale(request)
        data = {
            "language": locale,
            "texts": {locale: self._catalogue.table(locale, "web")},
            "door": {"key": key.removeprefix("web."), "login": status in (200, 401, 429), "values": dict(values)},
        }
        html = page(template("door.html"), locale, data)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store", **(headers or {})})
