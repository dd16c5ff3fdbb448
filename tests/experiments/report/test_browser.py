"""The report in a real browser: it fits the screen, asks nothing of the network, and complains of nothing."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from hondo.core.language import Language, use_language
from hondo.experiments.flow import execute
from hondo.experiments.specs.read import read_spec


@pytest.fixture(scope="module", params=["en", "es"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    language: Language = request.param
    folder = tmp_path_factory.mktemp(language)
    with use_language(language):
        execute(read_spec("digits-mlp", ["train.epochs=3"]), folder=folder)
    return folder / "report.html"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_fits_and_is_silent(browser: Browser, report: Path, width: int, scheme: Any) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text() == "digits-mlp"
    assert page.locator("html").get_attribute("lang") == report.parent.name[:2]
    page.close()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    execute(read_spec("diabetes-two-inputs", ["train.epochs=2"]), folder=folder)
    return folder / "report.html"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("scheme", "ink"), [("light", "rgb(28, 38, 48)"), ("dark", "rgb(228, 233, 237)")])
def test_the_drawn_model_fits_and_follows_the_theme(
    browser: Browser, drawn: Path, width: int, scheme: Any, ink: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(drawn.as_uri())
    box = page.locator(".graph").bounding_box()
    assert box is not None
    assert 0 < box["x"] < box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    name = page.locator(".graph text", has_text="blood_features")
    assert name.evaluate("each => getComputedStyle(each).fill") == ink
    assert page.locator(".graph svg").get_attribute("aria-label") is not None
    page.close()
