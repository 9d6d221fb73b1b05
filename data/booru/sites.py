"""The sites by name."""

from __future__ import annotations

from yarl import URL

from data.booru.base import Site
from data.booru.danbooru import Danbooru
from data.booru.gelbooru import Gelbooru
from data.booru.moebooru import Moebooru

SITES: dict[str, tuple[type[Site], str]] = {
    "danbooru":         (Danbooru, "https://danbooru.donmai.us"),
    "safebooru":        (Gelbooru, "https://safebooru.org"),
    "safebooru-donmai": (Danbooru, "https://safebooru.donmai.us"),
    "konachan":         (Moebooru, "https://konachan.com"),
    "yandere":          (Moebooru, "https://yande.re"),
}  # fmt: skip


def site(name: str, base_url: str | None = None, login: str = "", api_key: str = "", tag_limit: int = 2) -> Site:
    """A site by its name, or another host of the same API. Raises `ValueError` with a sentence.

    Login, key and limit of tags are Danbooru's; the key is shown to hosts of donmai.us only.
    """
    family, home = SITES[name]
    address = base_url or home
    url = URL(address)  # raises ValueError
    if url.scheme not in ("http", "https") or not url.host or url.user is not None or url.query_string:
        raise ValueError(f"{address!r} is no address of a site; an example is {home}")
    if family is not Danbooru:
        return family(name, address)
    if url.scheme != "https" or not url.host.endswith(".donmai.us"):
        login = api_key = ""
    return Danbooru(name, address, login, api_key, tag_limit)
