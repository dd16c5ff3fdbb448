"""The lab in a real browser: the ticket lets in, a click trains, two tabs agree, and nothing comes from elsewhere."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .conftest import TOKEN, Lab

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("HONDO_REQUIRE_BROWSER"):
            pytest.fail("HONDO_REQUIRE_BROWSER is set but there is no chromium")
        pytest.skip("needs chromium on the path")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def watched(page: Page, lab: Lab) -> list[str]:
    """What a page should never do: ask another host, complain, fail."""
    wrong: list[str] = []
    own = (f"http://127.0.0.1:{lab.port}/", f"ws://127.0.0.1:{lab.port}/", "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else wrong.append(request.url))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return wrong


@pytest.mark.parametrize(("language", "word"), [("en-GB", "Train the first"), ("es-ES", "Entrenar la primera")])
def test_a_click_trains_and_two_tabs_agree(browser: Browser, lab: Lab, language: str, word: str) -> None:
    context = browser.new_context(locale=language)
    page, other = context.new_page(), context.new_page()
    wrong = [watched(page, lab), watched(other, lab)]
    page.goto(f"http://127.0.0.1:{lab.port}/?token={TOKEN}")
    expect(page.get_by_text(word)).to_be_visible()
    assert "token" not in page.url
    other.goto(f"http://127.0.0.1:{lab.port}/")
    before = lab.get("/api/runs")["total"]
    page.get_by_text(word).click()
    for tab in (page, other):
        expect(tab.locator("tbody tr")).to_have_count(before + 1, timeout=20_000)
        expect(tab.locator("tbody tr").first).to_contain_text("complete", timeout=90_000)
    assert wrong == [[], []]
    context.close()


def test_a_stranger_sees_how_to_get_in(browser: Browser, lab: Lab) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{lab.port}/")
    expect(page.get_by_text("This lab opens with its token")).to_be_visible()
    expect(page.get_by_text("Este laboratorio se abre con su token")).to_be_visible()
    context.close()


def test_the_documentation_is_silent(browser: Browser, lab: Lab) -> None:
    context = browser.new_context(extra_http_headers={"Authorization": f"Bearer {TOKEN}"})
    page = context.new_page()
    wrong = watched(page, lab)
    page.goto(f"http://127.0.0.1:{lab.port}/api/docs")
    expect(page.get_by_text("/api/runs/{name}/predict")).to_be_visible()
    assert [each for each in wrong if "favicon" not in each] == []
    context.close()
