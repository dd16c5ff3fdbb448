"""Every page in both languages and themes, on a phone and a laptop: silent, in its width, and usable by everybody."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PAGES = [
    "/", "/guide", "/guide/05-neuron", "/guide/references", "/guide/glossary", "/guide/no-such-chapter",
    "/playground", "/data", "/data/digits", "/experiments", "/experiments/new",
    "/experiments/compare?runs={trained}", "/predict", "/settings", "/runs/{trained}", "/runs/no-such-run",
]  # fmt: skip
READERS = [("es-ES", "dark", 390), ("en-GB", "light", 1280), ("es-ES", "light", 1280), ("en-GB", "dark", 390)]

Visit = Callable[..., tuple[Page, list[str]]]


@pytest.mark.parametrize(("locale", "scheme", "width"), READERS)
def test_every_page_is_silent_fits_its_screen_and_hinders_nobody(
    visit: Visit, trained: str, locale: str, scheme: str, width: int
) -> None:
    page, wrong = visit("/", locale=locale, color_scheme=scheme, viewport={"width": width, "height": 800})
    origin = page.url.rstrip("/")
    found: dict[str, list[str]] = {}
    for address in PAGES:
        page.goto(origin + address.format(trained=trained))
        expect(page.locator("h1")).to_be_visible(timeout=30_000)
        expect(page.locator("html")).to_have_attribute("lang", locale[:2])
        expect(page.locator(".chapter .part:not([data-ready])")).to_have_count(0, timeout=60_000)  # of a chapter
        page.wait_for_timeout(700)
        found[address] = [*wrong, *barriers(page)]
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            found[address].append(f"it is {needed} pixels wide")
        wrong.clear()
    assert {address: faults for address, faults in found.items() if faults} == {}


def barriers(page: Page) -> list[str]:
    """What hinders readers who use a keyboard, a screen reader or strong contrast, as axe finds it."""
    results: Any = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:160]} {[each['message'] for each in node['any'][:1]]}"
        for fault in results["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:4]
    ]
