"""Everything an operator can set, from the environment or `.env` (nonebot2 reads the same file).

`.env.example` documents each field; the names are those of the settings upper-cased.
"""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from data.addresses import Allowance

MemberId = Annotated[str, Field(pattern=r"^[a-z]+:[^\s:]+$")]
GroupId = Annotated[str, Field(pattern=r"^[a-z]+:[^\s:]+$")]


_LIST = 'it must be a JSON list such as ["qq:10001"]'


class WrongSettings(Exception):
    """A setting cannot be used; the message is one sentence that names it."""


class Settings(BaseSettings):
    """Resolved settings; `load` reads them with better manners."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)  # 0 takes a free port
    web_password: SecretStr | None = None
    open_browser: bool = True  # only where a desktop is there and the page serves loopback

    storage_dir: Path = Path("var")
    storage_cap_gb: float = Field(default=20.0, gt=0)
    database_url: str | None = None  # None: SQLite in `storage_dir`
    files_url: str | None = None  # None: a folder in `storage_dir`; "s3://bucket/prefix"
    files_options: SecretStr | None = None  # JSON, handed to fsspec: {"key": …, "secret": …, "endpoint_url": …}

    superusers: frozenset[MemberId] = frozenset()
    groups_allow: frozenset[GroupId] = frozenset()  # empty: all
    command_start: frozenset[str] = frozenset({"/"})
    language: Literal["zh-CN", "en"] = "zh-CN"
    timezone: str = "Asia/Shanghai"
    cooldown_seconds: float = Field(default=3.0, ge=0)
    quota_per_day: int = Field(default=200, ge=0)
    contributions_per_day: int = Field(default=100, ge=0)  # pictures that a member may give characters a day

    onebot_access_token: SecretStr | None = None
    onebot_ws_urls: frozenset[str] = frozenset()
    qq_sends_per_minute: int = Field(default=60, ge=1)  # of all groups: QQ punishes floods

    discord_token: SecretStr | None = None
    discord_proxy: str | None = None  # http://host:port
    discord_api_base: str | None = None  # instead of https://discord.com/api/v10
    discord_gateway: str | None = None  # instead of the address that Discord gives
    discord_admin_roles: frozenset[Annotated[int, Field(ge=1)]] = frozenset()  # admins besides who manages the server
    discord_contributions: bool = False  # whether pictures handed to /contribute on Discord may be learnt from
    discord_shards: int | Literal["auto"] | None = None  # None: one connection

    pool: Literal["local", "ray"] = "local"
    ray_address: str | None = None  # None: Ray starts on this machine
    pool_devices: str = "auto"  # "auto", "cpu", "cuda:0,cuda:1"
    pool_threads: int | Literal["auto"] = "auto"  # torch threads of a CPU worker
    pool_models_mb: int = Field(default=1024, ge=1)  # of each worker: models that it keeps in memory
    pool_queue: int = Field(default=2048, ge=1)  # pictures that may wait before the bot says that it is busy

    train_minutes: float = Field(default=30.0, ge=1, le=1440)  # that a character's nightly training may learn for
    train_devices: str = "auto"  # "auto": those of the pool; "cpu", "cuda:1"; one training at a time on each

    intake_allow: frozenset[str] = frozenset()  # hosts and networks that pictures may be fetched from besides
    intake_max_bytes: int = Field(default=20_000_000, ge=1)
    intake_max_pixels: int = Field(default=50_000_000, ge=1)
    animeface_cascade: Path | None = None  # None: nagadomi's cascade is fetched from its home when it is first used
    finder_onnx: Path | None = None  # a YOLO network that finds heads or faces
    people_onnx: Path | None = None  # a YuNet that finds people's faces
    tagger_onnx: Path | None = None  # the folder of a tagger: model.onnx, selected_tags.csv
    rater_onnx: Path | None = None  # the folder of a rating classifier: model.onnx, meta.json

    twin_data: Path | None = None  # a folder of framed heads that /twin looks among, too

    crawl_user_agent: str = Field(default="nijigen/0.1 (+https://github.com/nijigen/nijigen)", pattern=r"^[!-~][ -~]*$")
    danbooru_login: str | None = None
    danbooru_api_key: SecretStr | None = None  # with it the API of *.donmai.us is open to the crawler
    danbooru_tag_limit: int = Field(default=2, ge=1)  # tags that the account may search for at once

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    alerts: bool = True  # tell superusers, in private, what is wrong with the bot

    @field_validator(
        "web_password",
        "onebot_access_token",
        "database_url",
        "files_url",
        "files_options",
        "discord_token",
        "discord_proxy",
        "discord_api_base",
        "discord_gateway",
        "discord_shards",
        "ray_address",
        "danbooru_login",
        "danbooru_api_key",
        "animeface_cascade",
        "finder_onnx",
        "people_onnx",
        "tagger_onnx",
        "rater_onnx",
        "twin_data",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("intake_allow")
    @classmethod
    def _hosts_or_networks(cls, value: frozenset[str]) -> frozenset[str]:
        Allowance.parse(value)  # raises with a sentence
        return value

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone is called {value!r}; an example is Asia/Shanghai") from error
        return value

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def load() -> Settings:
    """The settings of this process. Raises `WrongSettings`."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(p) for p in e['loc']).upper()}: {_LIST if e['type'] == 'frozen_set_type' else e['msg']}"
            for e in error.errors()
        )
    except SettingsError as error:
        # What is no JSON at all does not get as far as the validation, and its message has nothing but the name.
        field = re.search(r'field "(\w+)"', str(error))
        wrong = f"{field[1].upper() if field else error}: {_LIST}"
    except UnicodeDecodeError:
        wrong = ".env is not UTF-8: save it again as UTF-8"
    raise WrongSettings(f"The settings (.env or environment) are wrong. {wrong}")
