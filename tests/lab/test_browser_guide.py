"""The guide in a real browser: read, moved, run, changed, solved; what a reader did is there again later."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from hondo.guide.exercises.catalogue import exercise_named
from hondo.guide.library import chapter

from .conftest import Lab

Visit = Callable[..., tuple[Page, list[str]]]

CHAPTER = "05-neuron"
ENGLISH = chapter(CHAPTER, "en")
SECTIONS = [heading.id for heading, _ in ENGLISH.sections()[1:]]


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """Machines that do other things as well need more than the usual five seconds."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


def whole(page: Page) -> None:
    """Wait until all sections are there."""
    expect(page.locator(".part[data-ready]")).to_have_count(len(SECTIONS) + 1)


def cells(page: Page) -> Locator:
    """Those that can run."""
    return page.locator(".cell:not(.still)")


def write(cell: Locator, code: str) -> None:
    """Put other code into a cell."""
    if not cell.locator("textarea").count():
        cell.get_by_role("button", name="Edit").click()
    cell.locator("textarea").fill(code)


def test_a_chapter_is_found_read_and_taken_up_again(visit: Visit, lab: Lab) -> None:
    page, wrong = visit("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Guide", exact=True).click()
    page.get_by_role("searchbox").fill("sigmoid")
    expect(page.locator(".hit").first).to_contain_text("igmoid")
    page.get_by_role("searchbox").fill("qwertyuiop")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    page.locator(".chapter-row", has_text=ENGLISH.title).click()
    page.wait_for_url(f"**/guide/{CHAPTER}")
    whole(page)
    page.locator(".toc.wide").get_by_role("link").last.click()
    last = page.locator(f"h2#{SECTIONS[-1]}")
    expect(last).to_be_in_viewport()
    expect(page.locator(".toc.wide [aria-current]")).to_have_attribute("data-to", SECTIONS[-1])
    last.hover()
    last.locator(".anchor").click()
    expect(last.locator(".anchor")).to_have_attribute("data-copied", "Copied")
    assert page.url.endswith(f"#{SECTIONS[-1]}")
    page.mouse.wheel(0, 100_000)
    expect(page.locator(f".toc.wide [data-to={SECTIONS[-1]}]")).to_have_attribute("data-read", "true")
    page.wait_for_timeout(1500)  # a place is kept when the reader stays
    page.goto(f"{lab.address}/guide/{CHAPTER}")
    whole(page)
    page.wait_for_timeout(1500)  # a chapter that is only opened keeps its place
    page.goto(f"{lab.address}/guide")
    expect(page.locator(".chapter-row", has_text=ENGLISH.title)).to_contain_text(f"1/{len(SECTIONS)} sections read")
    page.goto(f"{lab.address}/")
    page.locator(".go-on").click()
    page.wait_for_url(f"**/guide/{CHAPTER}#{SECTIONS[-1]}")
    expect(last).to_be_in_viewport()
    whole(page)
    page.wait_for_timeout(800)
    expect(last).to_be_in_viewport()  # also now that everything above it has come
    assert wrong == []


def test_a_figure_moves_by_slider_pointer_and_keys_and_plays(visit: Visit) -> None:
    page, wrong = visit(f"/guide/{CHAPTER}")
    whole(page)
    draggable = page.locator(".live").filter(has=page.locator(".grip"))
    for each in page.locator(".live").all():  # they are drawn when they come near
        each.scroll_into_view_if_needed()
        expect(each.locator(".live-svg svg")).to_be_visible()
    figure = draggable.first
    figure.scroll_into_view_if_needed()
    summary, reset = figure.locator(".live-summary"), figure.locator("figcaption button")
    seen = [summary.inner_text()]

    def changed() -> None:
        expect(summary).not_to_have_text(seen[-1])
        seen.append(summary.inner_text())

    expect(reset).to_be_disabled()
    grip = figure.locator(".grip")
    box = grip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()
    changed()
    grip.press("Shift+ArrowRight")
    changed()
    figure.locator("input[type=range]").first.press("Home")
    changed()
    reset.click()
    expect(summary).to_have_text(seen[0])
    player = page.locator(".live").filter(has=page.locator(".play")).first
    player.scroll_into_view_if_needed()
    moving = player.locator(".plays input").first
    moving.press("Home")
    start = moving.input_value()
    player.locator(".play").first.click()
    expect(moving).not_to_have_value(start)
    assert wrong == []


def test_cells_run_after_those_above_and_keep_what_was_written(visit: Visit) -> None:
    page, wrong = visit(f"/guide/{CHAPTER}")
    whole(page)
    first, second = cells(page).nth(0), cells(page).nth(1)
    write(first, "x = 41")
    write(second, "import time\nprint('begun', flush=True)\nfor _ in range(600):\n    time.sleep(0.1)\n")
    second.get_by_role("button", name="Run").click()
    expect(second.locator(".outputs")).to_contain_text("begun")  # while it runs
    expect(first.locator(".cell-said")).to_contain_text("done")
    second.get_by_role("button", name="Stop").click()
    expect(second.locator(".cell-said")).to_contain_text("stopped")
    write(second, "import pandas as pd\nprint(x + 1)\npd.DataFrame({'a': [x]})")
    second.locator("textarea").press("Control+Enter")
    expect(second.locator(".outputs pre.stdout")).to_have_text("42")
    expect(second.frame_locator("iframe").locator("td")).to_have_text("41")
    write(second, "print(y)")
    second.locator("textarea").press("Shift+Enter")
    expect(second.locator(".out.error")).to_contain_text("NameError")
    page.get_by_role("button", name="Restart").click()
    write(second, "print('x' in globals())")
    write(first, "del_me = 1")
    second.locator("textarea").press("Control+Enter")
    expect(second.locator(".outputs pre.stdout")).to_have_text("False")
    page.reload()
    whole(page)
    expect(second.locator("pre.code")).to_have_text("print('x' in globals())")
    second.get_by_role("button", name="Reset").click()
    expect(second.locator("pre.code")).not_to_contain_text("globals()")
    page.get_by_role("button", name="Undo").click()
    expect(second.locator("pre.code")).to_contain_text("globals()")
    for cell in (first, second):
        cell.get_by_role("button", name="Reset").click()
    assert wrong == []


def test_what_was_recorded_is_shown_before_anything_runs(visit: Visit) -> None:
    page, wrong = visit(f"/guide/{CHAPTER}")
    whole(page)
    expect(cells(page).first.get_by_text("Recorded when the chapter was executed")).to_be_visible()
    expect(cells(page).first.locator(".outputs")).not_to_be_empty()
    assert page.locator(".prose .value").first.inner_text() != "…"
    assert wrong == []


def test_an_exercise_names_the_mistake_helps_and_remembers(visit: Visit, lab: Lab) -> None:
    page, wrong = visit(f"/guide/{CHAPTER}")
    whole(page)
    exercise = exercise_named(ENGLISH.of("exercise")[0].id, CHAPTER)
    task = page.locator(f"#exercise-{exercise.name}")
    expect(task.get_by_role("button", name="Solution")).to_be_disabled()
    task.get_by_role("button", name="Hint").click()
    expect(task.locator(".hints li")).to_have_count(1)
    task.locator("textarea").fill(exercise.wrong[0].code)
    task.get_by_role("button", name="Check").click()
    expect(task.locator(".judged")).to_contain_text("Not yet")
    task.get_by_role("button", name="Solution").click()
    expect(task.locator(".solution pre")).to_be_visible()
    task.locator("textarea").fill("1/0")
    task.get_by_role("button", name="Check").click()
    expect(task.locator(".out.error")).to_contain_text("ZeroDivisionError")
    task.locator("textarea").fill(exercise.solved())
    task.locator("textarea").press("Control+Enter")
    expect(task.locator(".judged")).to_have_text(re.compile("Right"))
    expect(task.locator(".out.error")).to_have_count(0)
    page.goto(f"{lab.address}/guide")
    row = page.locator(".chapter-row", has_text=ENGLISH.title)
    expect(row).to_contain_text(f"1/{len(ENGLISH.of('exercise'))} exercises solved")
    page.goto(f"{lab.address}/guide/{CHAPTER}#exercise-{exercise.name}")
    expect(task.locator(".chip")).to_have_text("✓ solved")
    expect(task.locator("textarea")).to_have_value(exercise.solved())
    expect(task).to_be_in_viewport()
    assert wrong == []


def test_terms_say_what_they_mean_and_lead_to_the_glossary(visit: Visit) -> None:
    page, wrong = visit(f"/guide/{CHAPTER}", locale="es-ES")
    whole(page)
    term = page.locator("a.term").first
    term.scroll_into_view_if_needed()
    term.focus()
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    key = (term.get_attribute("href") or "").partition("#")[2]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/guide/glossary#{key}")
    expect(page.locator(f"dt#{key}")).to_be_in_viewport()
    assert wrong == []


def test_a_cell_opens_as_an_experiment_with_what_was_written(visit: Visit) -> None:
    page, wrong = visit("/guide/07-keras#cell-fit-model")
    cell = page.locator("#cell-fit-model")
    expect(page.locator(".chapter .part:not([data-ready])")).to_have_count(0)
    cell.get_by_role("button", name="Edit").click()
    area = cell.locator("textarea")
    area.fill(area.input_value().replace("epochs=20", "epochs=9"))
    expect(cell.locator(".chip", has_text="changed")).to_be_visible()
    cell.get_by_role("button", name="As an experiment").click()
    page.wait_for_url("**/experiments/new?builtin=digits-mlp**")
    assert "train.epochs%3D9" in page.url
    expect(page.get_by_label("epochs", exact=True)).to_have_value("9")
    assert wrong == []
