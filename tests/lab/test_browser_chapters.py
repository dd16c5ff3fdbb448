"""Every chapter in both languages as a browser shows it: whole, silent, within its width, nothing from elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hondo.guide.library import chapter, names

Visit = Callable[..., tuple[Page, list[str]]]


@pytest.mark.parametrize(("locale", "scheme", "width"), [("es-ES", "light", 1280), ("en-GB", "dark", 390)])
def test_every_chapter_is_whole_and_silent(visit: Visit, locale: str, scheme: str, width: int) -> None:
    page, wrong = visit("/", locale=locale, color_scheme=scheme, viewport={"width": width, "height": 800})
    origin = page.url.rstrip("/")
    found: dict[str, list[Any]] = {}
    for name in names():
        written = chapter(name, "es" if locale == "es-ES" else "en")
        page.goto(f"{origin}/guide/{name}")
        expect(page.locator("html")).to_have_attribute("lang", locale[:2])
        expect(page.locator(".chapter .part:not([data-ready])")).to_have_count(0, timeout=60_000)
        figures = page.locator("figure.live")
        expect(figures).to_have_count(len(written.of("live")))
        for figure in figures.all():  # a figure is drawn when a reader comes near
            figure.scroll_into_view_if_needed()
        expect(page.locator("svg.drawing")).to_have_count(figures.count(), timeout=60_000)
        faults: list[Any] = [*wrong]
        if page.locator(".part .message.bad").count():
            faults.append(page.locator(".part .message.bad").all_inner_texts())
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            faults.append(f"it is {needed} pixels wide")
        if "…" in (shown := page.locator(".prose .value").all_inner_texts()):
            faults.append(f"numbers without a value: {shown.count('…')}")
        if faults:
            found[name] = faults
        wrong.clear()
    assert found == {}
