import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from data.curate import measure
from data.dataset.reading import pictures_of
from data.report import page, survey
from tests.data.dataset.pictures import fill, noise

CHROMIUM = next(
    (
        p
        for n in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
        if n and (p := shutil.which(n))
    ),
    None,
)
EVIL = "<img src=x onerror=alert(1)>&quot;.png"


@pytest.fixture
def text(tmp_path: Path) -> str:
    root = fill(tmp_path / "pictures", 8)
    (root / EVIL).write_bytes(noise(1, 200))
    (root / "\udcff.png").write_bytes(noise(2, 90))
    (root / ("long" * 50 + ".png")).write_bytes(b"torn")
    (root / "twin.png").write_bytes((root / "00000.png").read_bytes())
    source = pictures_of(str(root))
    return page(survey(source, measure(source, tmp_path / "cache", processes=1)))


def test_a_page_asks_nobody_for_anything_and_a_files_name_is_only_text(text: str):
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;&amp;quot;.png" in text
    assert set(re.findall(r'src="([a-z]+:[a-z/]+)', text)) == {"data:image/webp"}
    assert "http" not in re.sub("http-equiv", "", text)
    text.encode("utf-8")


def test_every_part_is_there(text: str):
    assert re.findall("<h2>(.*?)</h2>", text) == [
        "Samples", "Measures", "Colours", "Least sharp", "Least colour", "Smallest", "Copies", "Unreadable",
    ]  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: set $CHROMIUM, or install the package")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_it_fits_a_phone_and_a_desk_in_light_and_dark(text: str, width: int, scheme: str, tmp_path: Path):
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        shown.on("console", lambda message: complaints.append(message.text))
        shown.goto((tmp_path / "report.html").as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth") == width
        assert shown.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
        color, paper = shown.evaluate(
            "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        )
        browser.close()
    assert complaints == []
    light, dark = (sum(map(int, re.findall(r"\d+", rgb)[:3])) for rgb in (paper, color))
    assert (light > dark + 300) == (scheme == "light")
    assert abs(light - dark) > 300
