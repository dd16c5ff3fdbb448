"""The run page in a real browser: it follows a training in place, and opens what lies behind every number."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import LONG, Lab

Visit = Callable[..., tuple[Page, list[str]]]


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """Machines that do other things as well need more than the usual five seconds."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


def opened(page: Page, name: str) -> None:
    page.locator(f".part-{name} > summary").click()


def test_curves_are_smoothed_on_a_log_axis_and_read_by_keys(visit: Visit, lab: Lab, trained: str) -> None:
    page, wrong = visit(f"/runs/{trained}")
    loss = page.locator("figure[data-name=loss]")
    line = loss.locator("path.line").last
    expect(line).to_be_attached(timeout=30_000)
    plain = line.get_attribute("d") or ""
    page.get_by_label("Smoothing").fill("0.9")
    expect(line).not_to_have_attribute("d", plain)
    expect(loss.locator("path.raw")).to_have_count(2)
    page.get_by_label("Smoothing").fill("0")
    expect(line).to_have_attribute("d", plain)
    page.get_by_role("button", name="Log axis").click()
    expect(line).not_to_have_attribute("d", plain)
    page.get_by_role("button", name="Log axis").click()
    loss.focus()
    page.keyboard.press("Home")
    expect(loss.locator(".key")).to_contain_text("epoch 1 ·")
    curves = lab.get(f"/api/runs/{trained}/metrics")["series"]
    first, last = curves["loss"]["values"][0], curves["val_loss"]["values"][-1]
    expect(loss.locator(".key")).to_contain_text(f"training {float(f'{first:.4g}'):g}")
    page.keyboard.press("ArrowRight")
    expect(loss.locator(".key")).to_contain_text("epoch 2 ·")
    expect(loss.locator(".key")).to_contain_text(f"validation {float(f'{last:.4g}'):g}")
    page.get_by_role("button", name="Steps").click()
    expect(loss.locator("path.line")).to_have_count(1)
    loss.focus()
    page.keyboard.press("End")
    expect(loss.locator(".key")).to_contain_text("step ")
    assert wrong == []


def test_a_cell_opens_its_pictures_and_sections_what_they_say(
    visit: Visit, lab: Lab, trained: str, tmp_path: Path
) -> None:
    page, wrong = visit(f"/runs/{trained}")
    cell = page.locator(".matrix button.miss").first
    expect(cell).to_be_visible(timeout=30_000)
    count = int(cell.inner_text())
    cell.click()
    expect(page.locator("dialog[open] .shot img")).to_have_count(min(count, 60), timeout=90_000)
    expect(page.locator("dialog[open]")).to_contain_text(re.compile(f"{count} samples? of the test split"))
    page.keyboard.press("Escape")
    opened(page, "mistakes")
    expect(page.locator(".part-mistakes .shot.miss img").first).to_be_visible(timeout=60_000)
    expect(page.locator(".part-mistakes .shot .caption").first).to_contain_text("→")
    opened(page, "layers")
    expect(page.locator(".part-layers .activation img")).to_have_count(3, timeout=60_000)
    page.locator(".part-layers .layer-name.button").first.click()
    expect(page.locator(".part-layers img.kernels")).to_be_visible(timeout=30_000)
    expect(page.locator(".part-layers svg.histogram")).to_have_count(2)
    before = page.locator(".part-layers .activation img").nth(1).get_attribute("src")
    page.get_by_label("Next sample").click()
    expect(page.locator(".part-layers .activation img").nth(1)).not_to_have_attribute(
        "src", before or "", timeout=30_000
    )
    opened(page, "spec")
    expect(page.locator(".part-spec pre")).to_contain_text("epochs: 2")
    expect(page.locator(".part-spec a")).to_have_attribute("href", f"/experiments/new?from={trained}")
    opened(page, "environment")
    expect(page.locator(".part-environment")).to_contain_text("Python")
    opened(page, "log")
    expect(page.locator(".part-log pre")).to_contain_text("epoch 2")
    opened(page, "files")
    with page.expect_download() as download:
        page.locator(".part-files a", has_text="model.keras").click()
    assert download.value.suggested_filename == f"{trained}.keras"
    assert Path(download.value.path()).read_bytes() == lab.ask("GET", f"/api/runs/{trained}/files/model.keras").body
    page.locator(".part-mistakes .shot").first.click()
    page.wait_for_url("**/predict?run=*&sample=*")
    expect(page.locator(".truth")).to_contain_text("True: ", timeout=60_000)
    assert wrong == []


def test_it_follows_without_disturbing_and_stops_and_goes_on(visit: Visit, lab: Lab) -> None:
    name = lab.post("/api/runs", LONG)["name"]
    page, wrong = visit(f"/runs/{name}")
    other, quiet = visit(f"/runs/{name}")
    figure = page.locator(".figures > div", has_text="epochs").locator("> :first-child")
    expect(figure).not_to_have_text("0/100000", timeout=60_000)
    expect(page.locator(".eta")).to_contain_text("to go", timeout=60_000)
    page.get_by_label("Smoothing").fill("0.5")
    opened(page, "spec")
    page.locator(".part-spec pre").evaluate("(made) => { made.dataset.mark = 'kept' }")
    earlier = figure.inner_text()
    expect(figure).not_to_have_text(earlier)
    page.wait_for_timeout(1500)
    expect(page.get_by_label("Smoothing")).to_have_value("0.5")
    expect(page.locator(".part-spec pre[data-mark=kept]")).to_be_visible()
    opened(page, "results")
    expect(page.locator(".part-results")).to_contain_text("evaluated when its training ends")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".status").first).to_have_text("stopped", timeout=60_000)
    expect(other.locator(".status").first).to_have_text("stopped")
    expect(page.locator(".part-results .matrix")).to_be_visible(timeout=90_000)  # evaluated now, since nobody had
    expect(page.get_by_label("Smoothing")).to_have_value("0.5")
    done = lab.get(f"/api/runs/{name}")["epochs_done"]
    page.get_by_role("button", name="Train further").click()
    field = page.get_by_label("Up to epoch")
    expect(field).not_to_have_value("")
    field.fill(str(done))
    page.locator("dialog[open]").get_by_role("button", name="Train further").click()
    expect(page.locator(".toast")).to_contain_text("epochs are done already")
    field.fill(str(done + 3))
    page.locator("dialog[open]").get_by_role("button", name="Train further").click()
    expect(page.locator(".status").first).to_have_text("complete", timeout=90_000)
    expect(figure).to_have_text(f"{done + 3}/{done + 3}")
    expect(other.locator(".status").first).to_have_text("complete")
    assert (wrong, quiet) == ([], [])


def test_what_is_not_there_is_said(visit: Visit, lab: Lab) -> None:
    name = lab.post("/api/runs", {"experiment": "iris-mlp", "changes": ["train.epochs=1"]})["name"]
    assert lab.at_rest(name)["status"] == "complete"
    folder = lab.home / "runs" / name
    (folder / "model.keras").write_bytes(b"damaged")
    page, wrong = visit(f"/runs/{name}")
    expect(page.locator(".matrix")).to_be_visible(timeout=30_000)
    opened(page, "layers")
    expect(page.locator(".part-layers .message")).to_contain_text("not a Keras model", timeout=60_000)
    (folder / "result.json").unlink()
    opened(page, "results")
    opened(page, "mistakes")
    expect(page.locator(".part-mistakes .message")).to_contain_text("no finished run", timeout=60_000)
    assert wrong == []
