"""What puts the bot on a server, held against the bot: deploy/, and the pages that say how."""

from __future__ import annotations

import configparser
import fnmatch
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.store.database import url_of

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
PAGES = [ROOT / "docs" / f"{name}{end}.md" for name in ("install", "operating") for end in ("", ".zh-CN")]
SETTINGS = {name.upper() for name in Settings.model_fields}
OTHERS = {  # names in the pages and files that are somebody else's
    "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PIP_INDEX_URL", "TORCH_INDEX", "EXTRAS",
    "POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "COMPOSE_PROFILES", "COMPOSE_FILE", "HTTPS_PROXY",
}  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def _ignored(path: str) -> bool:
    """Whether .dockerignore leaves `path` out of the image: the last line that names it or a folder of it decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.strip().removeprefix("!")
        if not pattern or pattern.startswith("#"):
            continue
        folders = ["/".join(path.split("/")[: i + 1]) for i in range(path.count("/") + 1)]
        if any(fnmatch.fnmatch(folder, pattern) for folder in folders):
            out = not line.startswith("!")
    return out


def test_everything_that_the_image_copies_is_there() -> None:
    copied = [
        source
        for arguments in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M)
        for source in arguments.split()[:-1]
        if source != "."
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).is_file(), source
        assert not _ignored(source), source


def test_the_image_gets_the_code_and_its_weights_and_nothing_private() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]["find"]
    for pattern in packages["include"]:
        assert not _ignored(f"{pattern.rstrip('*')}/__init__.py")
    for needed in ("pyproject.toml", "README.md", "LICENSE", "models/weights/waifu/model.safetensors"):
        assert (ROOT / needed).exists()
        assert not _ignored(needed)
    for private in (".env", ".git/config", "var/nijigen.sqlite3", "deploy/.env"):
        assert _ignored(private)


def test_the_layers_of_packages_hold_what_the_project_asks_for() -> None:
    def printed(*arguments: str) -> list[str]:
        command = [sys.executable, str(DEPLOY / "requirements.py"), *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = re.findall(r"^ARG EXTRAS=(.+)$", DOCKERFILE, re.M)[0]
    wanted = [line for name in extras.split(",") for line in project["optional-dependencies"][name]]
    assert printed("all", extras) == project["dependencies"] + wanted
    assert printed("torch") == [text for text in project["dependencies"] if text.startswith("torch")] != []


def test_the_image_has_a_python_that_the_project_takes() -> None:
    versions = set(re.findall(r"^FROM python:(3\.\d+)-", DOCKERFILE, re.M))
    assert len(versions) == 1, "a virtual environment moves between stages of one version only"
    assert int(versions.pop().split(".")[1]) >= 11


def test_the_image_does_not_run_as_root_and_asks_for_its_health() -> None:
    assert re.findall(r"^USER (\d+)$", DOCKERFILE, re.M) == re.findall(r"--uid (\d+)", DOCKERFILE)
    command = json.loads(re.findall(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", DOCKERFILE, re.M)[0])
    assert "/healthz" in command[-1]
    compile(command[-1], "HEALTHCHECK", "exec")


def test_every_setting_in_the_files_is_one(compose: dict[str, Any]) -> None:
    named = set(re.findall(r"\b([A-Z][A-Z_]+)=", "".join(re.findall(r"^ENV .+$", DOCKERFILE, re.M))))
    named |= {name for service in compose["services"].values() for name in service.get("environment", {})}
    named |= set(re.findall(r"\b([A-Z][A-Z_]+)=", _unit()["Service"]["Environment"]))
    assert {name for name in named - SETTINGS - OTHERS if not name.startswith(("PIP_", "NAPCAT_"))} == set()


def test_what_the_services_share_is_the_same_on_both_sides(compose: dict[str, Any]) -> None:
    bot = compose["services"]["bot"]
    storage = bot["environment"]["STORAGE_DIR"]
    assert f"VOLUME {storage}\n" in DOCKERFILE
    assert f"storage:{storage}" in bot["volumes"]
    assert all(port.endswith(f":{bot['environment']['PORT']}") for port in bot["ports"])
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
    used = {volume.partition(":")[0] for service in compose["services"].values() for volume in service["volumes"]}
    assert used == set(compose["volumes"])
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).is_file()


def test_the_bot_finds_its_database_among_the_services(compose: dict[str, Any]) -> None:
    address = re.sub(r"\$\{[^}]*\}", "word", compose["services"]["bot"]["environment"]["DATABASE_URL"])
    url = url_of(Settings(_env_file=None, database_url=address))  # type: ignore[call-arg]
    postgres = compose["services"]["postgres"]["environment"]
    assert (url.host, url.username, url.database) == ("postgres", postgres["POSTGRES_USER"], postgres["POSTGRES_DB"])


def test_the_gpus_file_adds_to_a_service_that_is_there(compose: dict[str, Any]) -> None:
    import yaml

    gpu = yaml.safe_load((DEPLOY / "compose.gpu.yaml").read_text("utf-8"))
    assert set(gpu["services"]) <= set(compose["services"])
    assert all(f"ARG {name}" in DOCKERFILE for name in gpu["services"]["bot"]["build"]["args"])


def _unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment]  # systemd's names have capitals
    parser.read(DEPLOY / "nijigen.service", "utf-8")
    return parser


def test_the_service_runs_the_bot_where_its_files_are() -> None:
    service = _unit()["Service"]
    assert service["ExecStart"] == f"{service['WorkingDirectory']}/.venv/bin/python -m bot"
    assert f"STORAGE_DIR=/var/lib/{service['StateDirectory']}" in service["Environment"].split()


def test_systemd_takes_the_service(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    text = (DEPLOY / "nijigen.service").read_text("utf-8")
    program = _unit()["Service"]["ExecStart"].split()[0]
    assert program in text
    if analyze is None:
        return  # what else can be said about the file is said above
    unit = tmp_path / "nijigen.service"
    unit.write_text(text.replace(program, sys.executable), "utf-8")
    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, timeout=120)
    assert "nijigen.service" not in done.stderr, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_name_settings_commands_and_files_that_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    blocks = "\n".join(re.findall(r"^ *```\w*\n(.*?)^ *```$", text, re.M | re.S))
    named = set(re.findall(r"^\s*([A-Z][A-Z_]{2,})=", blocks, re.M))
    assert named - SETTINGS - OTHERS == set()
    known = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    ).stdout
    for command in re.findall(r"(?:python|bot) -m bot ([a-z]+)", text):
        assert re.search(rf"\b{command}\b", known), command
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (page.parent / link).exists(), link


def test_the_pages_are_there_in_both_languages_with_the_same_headings() -> None:
    for english, chinese in zip(PAGES[::2], PAGES[1::2], strict=True):
        counts = [len(re.findall(r"^#+ ", page.read_text("utf-8"), re.M)) for page in (english, chinese)]
        assert counts[0] == counts[1], english.name
