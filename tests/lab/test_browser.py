"""The lab in a real browser: the ticket lets in, a click trains, two tabs agree, and nothing comes from elsewhere."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import TOKEN, Lab, watched


@pytest.mark.parametrize(("language", "word"), [("en-GB", "Train on "), ("es-ES", "Entrenar ")])
def test_a_click_runs_the_whole_flow_and_two_tabs_agree(browser: Browser, lab: Lab, language: str, word: str) -> None:
    context = browser.new_context(locale=language)
    page, other = context.new_page(), context.new_page()
    wrong = [watched(page, lab), watched(other, lab)]
    page.goto(f"http://127.0.0.1:{lab.port}/?token={TOKEN}")
    expect(page.get_by_role("button", name=word)).to_be_visible()
    assert "token" not in page.url
    other.goto(f"http://127.0.0.1:{lab.port}/")
    page.get_by_text(word).click()
    page.wait_for_url("**/runs/digits-mlp-*", timeout=20_000)
    name = page.url.rsplit("/", 1)[-1]
    row = other.locator("tr", has_text=name)
    expect(row).to_be_visible(timeout=20_000)
    done = {"en-GB": "complete", "es-ES": "completado"}[language]
    expect(row).to_contain_text(done, timeout=90_000)
    expect(page.locator(".status")).to_have_text(done, timeout=20_000)
    expect(page.locator("figure svg")).to_have_count(2)
    page.get_by_text({"en-GB": "Full report", "es-ES": "Informe completo"}[language]).click()
    expect(page.locator("h1")).to_have_text(name)
    assert wrong == [[], []]
    context.close()


def entered(browser: Browser, lab: Lab, **options: Any) -> Page:
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(f"{lab.address}/?token={TOKEN}")
    page.wait_for_url(f"{lab.address}/")
    return page


def test_language_and_theme_are_chosen_and_stay(browser: Browser, lab: Lab) -> None:
    page = entered(browser, lab, locale="en-GB", color_scheme="light")
    page.get_by_text("Español").click()
    expect(page.locator("h1")).to_have_text("Aprendizaje profundo en marcha")
    page.get_by_text("Tema del sistema").click()
    expect(page.get_by_text("Claro")).to_be_visible()
    page.get_by_text("Claro").click()
    expect(page.get_by_text("Oscuro")).to_be_visible()
    assert page.evaluate("document.body.classList.contains('body--dark')")
    page.reload()
    expect(page.get_by_text("Oscuro")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.context.close()


def test_the_theme_is_not_said_again_however_much_changes_on_a_page(browser: Browser, lab: Lab) -> None:
    """Each time, a browser works out the style of the whole page anew."""
    page = entered(browser, lab, color_scheme="dark")
    page.add_init_script(
        "window.said = 0; new MutationObserver(all => window.said += all.filter(each => each.target.name === "
        "'color-scheme').length).observe(document, {attributes: true, attributeFilter: ['content'], subtree: true})"
    )
    page.goto(f"{lab.address}/guide/05-neuron")
    expect(page.locator(".chapter .part")).not_to_have_count(0)
    expect(page.locator(".chapter .part:not([data-ready])")).to_have_count(0, timeout=60_000)
    assert page.evaluate("document.body.classList.contains('body--dark')")
    assert page.evaluate("window.said") <= 2  # NiceGUI, as every page begins, and the lab
    page.context.close()


@pytest.mark.parametrize(
    ("locale", "words"), [("en-GB", "There is no page here"), ("es-ES", "Aquí no hay ninguna página")]
)
def test_an_address_without_a_page_says_so(browser: Browser, lab: Lab, locale: str, words: str) -> None:
    page = entered(browser, lab, locale=locale, viewport={"width": 390, "height": 800})
    answer = page.goto(f"{lab.address}/nowhere/%3Cimg%20src=x%3E" + "x" * 200)
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text(words)
    expect(page.locator(".lede")).to_contain_text("/nowhere/<img src=x>")
    assert page.locator("main img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("main .button.primary").click()
    page.wait_for_url(f"{lab.address}/")
    page.context.close()
    assert lab.ask("GET", "/_nicegui/nothing").json == {"detail": "Not Found"}


def test_a_page_that_fails_says_why_and_others_go_on(browser: Browser, lab: Lab) -> None:
    page = entered(browser, lab, locale="es-ES")
    with closing(sqlite3.connect(lab.home / "hondo.db")) as database:
        database.execute("ALTER TABLE runs RENAME TO elsewhere")
        database.commit()
        try:
            answer = page.reload()
            assert answer is not None
            assert answer.status == 500
            expect(page.locator("h1")).to_have_text("No se pudo mostrar esta página")
            expect(page.locator(".lede").first).to_contain_text("hondo.db falló: no such table: runs")
            expect(page.locator(".lede").last).to_contain_text("Revise el disco")
            page.goto(f"{lab.address}/experiments")
            expect(page.locator(".toast.bad")).to_contain_text("no such table: runs")
            page.goto(f"{lab.address}/data")
            expect(page.locator(".set")).not_to_have_count(0)
        finally:
            database.execute("ALTER TABLE elsewhere RENAME TO runs")
            database.commit()
    page.goto(lab.address)
    expect(page.locator("h1")).to_have_text("Aprendizaje profundo en marcha")
    page.context.close()


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
