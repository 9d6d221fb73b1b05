"""`python -m bot doctor` as its owner types it."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 400  # seconds; the machine of the tests may be busy
TIDY = ("STORAGE_DIR", "PORT", "HOST", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "PYTHONPATH")


def _doctor(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in TIDY}
    return subprocess.run(
        [sys.executable, "-m", "bot", "doctor", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )


def test_on_an_empty_machine_the_bot_is_ready_and_nothing_is_made(tmp_path: Path) -> None:
    done = _doctor(tmp_path, PORT="0")
    assert done.returncode == 0, done.stdout
    assert "python -m bot" in done.stdout.splitlines()[-2]
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_a_broken_configuration_is_told_in_full_and_without_a_secret(tmp_path: Path) -> None:
    secrets = ["tokenpart.two.three", "dbpassword", "querysecret", "proxypass", "hunter22", "s3secret", "botaccess"]
    token, database, query, proxy, page, s3, access = secrets
    (tmp_path / ".env").write_text(
        f"""
        PORT=99999
        TIMEZONE=Moon
        DISCORD_TOKEN={token}
        DISCORD_API_BASE=http://127.0.0.1:1
        DISCORD_PROXY=http://me:{proxy}@127.0.0.1:1
        ONEBOT_WS_URLS=["ws://127.0.0.1:1/?access_token={query}"]
        ONEBOT_ACCESS_TOKEN={access}
        DATABASE_URL=postgresql://me:{database}@127.0.0.1:1/nijigen
        FILES_URL=s3://bucket
        FILES_OPTIONS={{"key": "k", "secret": "{s3}", "client_kwargs": {{"endpoint_url": "http://127.0.0.1:1"}}}}
        WEB_PASSWORD={page}
        POOL_DEVICES=cuda:7
        WEB PASSWORD
        """,
        "utf-8",
    )
    done = _doctor(tmp_path, "--json", LANGUAGE="zh-CN")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["ready"] is False
    assert done.stderr == ""
    bad = [finding["check"] for finding in report["findings"] if finding["sign"] == "bad"]
    assert bad == ["settings", "settings", "torch", "database", "files", "onebot", "discord"]
    assert not [secret for secret in secrets if secret in done.stdout + done.stderr]


def test_it_speaks_the_language_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the folder's place")
    assert "磁盘" in _doctor(tmp_path, LANG="zh_CN.UTF-8").stdout


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python without any package."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def test_without_a_single_package_it_says_what_to_install(bare: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(bare), "-m", "bot.doctor"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "LANGUAGE": "en"},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert "-m pip install -e ." in done.stdout
    assert "torch" in done.stdout
    assert "One thing to mend first" in done.stdout
    assert done.stderr == ""


def test_its_output_can_be_piped_where_letters_are_few(tmp_path: Path) -> None:
    done = _doctor(tmp_path, PORT="0", LANGUAGE="en", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "  + Python" in done.stdout
