"""The Predict page in a real browser: drawings, pictures, rows and test samples."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from .conftest import Lab

Visit = Callable[..., tuple[Page, list[str]]]

TWO = [(0.3, 0.25), (0.5, 0.18), (0.68, 0.28), (0.66, 0.42), (0.5, 0.6), (0.33, 0.78), (0.5, 0.79), (0.72, 0.79)]
ONE = [(0.5, 0.15), (0.5, 0.85)]


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """Machines that do other things as well need more than the usual five seconds."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def digits(lab: Lab) -> str:
    """A run that knows digits well."""
    name = lab.post("/api/runs", {"experiment": "digits-mlp"})["name"]
    assert lab.at_rest(name)["status"] == "complete"
    return name


@pytest.fixture(scope="module")
def iris(lab: Lab) -> str:
    """A run that knows flowers."""
    name = lab.post("/api/runs", {"experiment": "iris-mlp"})["name"]
    assert lab.at_rest(name)["status"] == "complete"
    return name


def draw(page: Page, strokes: list[tuple[float, float]]) -> None:
    box = page.locator("canvas.pad").bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in strokes]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def picture_of(page: Page) -> bytes:
    """What is on the sheet, as a PNG file."""
    address = page.locator("canvas.pad").evaluate("(sheet) => sheet.toDataURL('image/png')")
    return base64.b64decode(address.partition(",")[2])


def test_a_drawing_is_recognised_by_the_network_that_was_trained(visit: Visit, digits: str, tmp_path: Path) -> None:
    page, wrong = visit(f"/predict?run={digits}")
    best, seen, layers = (
        page.locator(".answers .best > :first-child"),
        page.locator("img.seen"),
        page.locator(".activation img"),
    )
    draw(page, TWO)
    expect(best).to_have_text("2", timeout=60_000)
    expect(seen).to_be_visible()
    expect(layers).to_have_count(3)
    drawn, inside = seen.get_attribute("src"), layers.nth(1).get_attribute("src")
    kept = tmp_path / "two.png"
    kept.write_bytes(picture_of(page))
    page.get_by_text("Clear").click()
    expect(page.get_by_text("Draw something on the sheet.")).to_be_visible()
    expect(layers).to_have_count(0)
    draw(page, ONE)
    expect(best).to_have_text("1")
    expect(seen).not_to_have_attribute("src", drawn or "")
    expect(layers.nth(1)).not_to_have_attribute("src", inside or "")
    page.locator(".file-place input").set_input_files(kept)  # the same two as a file: not cut out, only made smaller
    expect(page.locator(".answers > div")).to_have_count(10)
    expect(page.get_by_text("8 × 8 × 1 numbers from 0")).to_be_visible()
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"this is no picture")
    page.locator(".file-place input").set_input_files(bad)
    expect(page.locator(".answers .message")).to_contain_text("not a complete picture")
    assert wrong == []


def test_a_picture_that_is_dropped_and_its_negative(visit: Visit, lab: Lab, digits: str) -> None:
    page, wrong = visit(f"/predict?run={digits}&sample=0")
    expect(page.locator(".truth")).to_contain_text("True: ", timeout=60_000)
    true = page.locator(".truth").inner_text().removeprefix("True: ")
    expect(page.locator(".answers .best > :first-child")).to_have_text(true)
    address = page.locator("img.sample-picture").get_attribute("src") or ""
    small = cv2.imdecode(np.frombuffer(base64.b64decode(address.partition(",")[2]), np.uint8), cv2.IMREAD_GRAYSCALE)
    negative = 255 - cv2.resize(small, (160, 160), interpolation=cv2.INTER_NEAREST)
    sent = base64.b64encode(cv2.imencode(".png", negative)[1].tobytes()).decode()
    page.get_by_text("Invert colours").click()
    page.locator(".file-place").evaluate(
        """(place, sent) => {
          const bytes = Uint8Array.from(atob(sent), (sign) => sign.charCodeAt(0)), moved = new DataTransfer();
          moved.items.add(new File([bytes], "negative.png", { type: "image/png" }));
          place.dispatchEvent(new DragEvent("drop", { dataTransfer: moved, bubbles: true, cancelable: true }));
        }""",
        sent,
    )
    expect(page.locator(".truth")).to_have_text("")  # nobody knows what a file shows
    expect(page.locator(".answers .best > :first-child")).to_have_text(true)
    assert wrong == []


def test_a_row_is_filled_in_and_many_come_as_csv(visit: Visit, iris: str, tmp_path: Path) -> None:
    page, wrong = visit(f"/predict?run={iris}")
    best = page.locator(".answers .best > :first-child")
    expect(page.locator(".truth")).to_contain_text("True: ", timeout=60_000)
    length = page.get_by_role("spinbutton", name="petal length (cm)")
    expect(length).not_to_have_value("")
    for name, value in (
        ("petal length (cm)", "1.3"),
        ("petal width (cm)", "0.2"),
        ("sepal length (cm)", "5"),
        ("sepal width (cm)", "3.5"),
    ):
        page.get_by_role("spinbutton", name=name).fill(value)
    expect(best).to_have_text("setosa")
    expect(page.locator(".truth")).to_have_text("")
    page.locator(".feature input[type=range]").nth(2).fill("6")
    page.locator(".feature input[type=range]").nth(3).fill("2.3")
    expect(length).to_have_value("6")
    expect(best).to_have_text("virginica")
    page.get_by_label("Next test sample").click()
    expect(page.get_by_text("sample 1 of 30")).to_be_visible(timeout=30_000)
    expect(length).not_to_have_value("6")
    page.get_by_text("Many rows at once").click()
    page.get_by_label("Rows as CSV").fill("petal length (cm)\n1")
    page.get_by_text("Predict all").click()
    expect(page.locator(".many-answers .message")).to_contain_text("sepal length (cm)")
    names = "sepal length (cm);sepal width (cm);petal length (cm);petal width (cm)"
    kept = tmp_path / "rows.csv"
    kept.write_text(f"{names}\n5,1;3,5;1,4;0,2\n6,7;3;5,6;2,3\n", encoding="utf-8")
    page.locator(".many .file-place input").set_input_files(kept)
    expect(page.locator(".many-answers tbody tr")).to_have_count(2)
    expect(page.locator(".many-answers tbody tr").nth(1)).to_contain_text("virginica")
    with page.expect_download() as download:
        page.get_by_text("Download as CSV").click()
    assert Path(download.value.path()).read_text(encoding="utf-8").splitlines()[1].startswith("setosa,")
    assert wrong == []


def test_another_run_is_found_by_its_data(visit: Visit, iris: str, digits: str) -> None:
    page, wrong = visit(f"/predict?run={digits}")
    page.locator(".chosen").click()
    page.get_by_label("Search by name or data").fill("iris")
    expect(page.locator(".run-choice")).to_have_count(1, timeout=20_000)
    page.locator(".run-choice").click()
    page.wait_for_url(f"**/predict?run={iris}")
    expect(page.locator(".chosen")).to_contain_text("96.7% accuracy")
    assert wrong == []
