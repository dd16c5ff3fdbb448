"""The pages about data in a real browser: looked at, filtered, augmented; uploaded, refused, deleted."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, expect

from .conftest import Lab

Visit = Callable[..., tuple[Page, list[str]]]
PATIENCE = 30_000
REFUSED = "the server responded with a status of 422"  # the browser notes every refusal


def picture(colour: int) -> bytes:
    done, png = cv2.imencode(".png", np.full((24, 36, 3), colour, np.uint8))
    assert done
    return png.tobytes()


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def pets(each: int = 8) -> dict[str, bytes]:
    return {
        f"{name}/{n}.png": picture(20 * n + place) for place, name in enumerate(("cat", "dog")) for n in range(each)
    }


def choose(page: Page, name: str, content: bytes) -> None:
    """Upload one file as a reader does."""
    chooser = page.locator(".drop input[type=file]").first
    chooser.wait_for(state="attached", timeout=PATIENCE)
    chooser.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def loaded(page: Page, selector: str) -> int:
    """How many pictures have really arrived."""
    script = "all => all.filter(each => each.complete && each.naturalWidth > 0).length"
    return page.locator(selector).evaluate_all(script)


def test_digits_are_looked_at_filtered_described_and_augmented(visit: Visit) -> None:
    page, wrong = visit("/data", viewport={"width": 1280, "height": 900})
    page.get_by_role("link", name=re.compile("^digits")).click()
    page.wait_for_url("**/data/digits")
    expect(page.locator(".sample")).to_have_count(48, timeout=PATIENCE)
    expect(page.locator(".pager")).to_contain_text("page 1 of 38 · 1,797 samples")
    page.wait_for_function("document.querySelector('.sample img').naturalWidth === 8")

    page.get_by_role("combobox", name="Class").select_option("7")
    expect(page.locator(".pager")).to_contain_text("179 samples", timeout=PATIENCE)
    assert set(page.locator(".sample > :last-child").all_inner_texts()) == {"7"}
    page.get_by_role("combobox", name="Part").select_option("Test")
    expect(page.locator(".pager")).to_contain_text("page 1 of 1", timeout=PATIENCE)
    page.get_by_role("combobox", name="Part").select_option("All")
    page.get_by_role("button", name="Next page").click()
    expect(page.locator(".pager")).to_contain_text("page 2 of 4", timeout=PATIENCE)

    expect(page.get_by_role("listitem").filter(has_text="179 · 10.0%")).to_have_count(1)
    expect(page.locator(".histogram rect").first).to_be_attached()
    expect(page.locator(".statistics")).to_contain_text("77.85")
    page.get_by_text("Look for duplicates").click()
    expect(page.get_by_text("No sample occurs twice.")).to_be_visible(timeout=PATIENCE)

    first = page.locator(".versions img").first
    expect(first).to_have_attribute("src", re.compile("^data:image/png"), timeout=PATIENCE)
    before = first.get_attribute("src")
    page.get_by_role("slider", name="Rotation").fill("170")
    expect(page.locator(".knobs")).to_contain_text("±170°", timeout=PATIENCE)
    expect(page.get_by_text("rotation: 170")).to_be_visible(timeout=PATIENCE)
    expect(first).not_to_have_attribute("src", before or "", timeout=PATIENCE)
    assert loaded(page, ".versions img") == 12
    page.get_by_role("button", name="Mirror ↔").click()
    expect(page.get_by_text("horizontal_flip: true")).to_be_visible(timeout=PATIENCE)

    page.locator(".sample").first.click()
    original = page.locator(".original img").get_attribute("src")
    page.get_by_role("button", name="See it augmented").click()
    expect(page.locator(".original img")).not_to_have_attribute("src", original or "", timeout=PATIENCE)
    assert page.get_by_role("link", name="New experiment").get_attribute("href") == "/experiments/new?data=digits"
    assert wrong == []


def test_tables_fetched_sets_and_unknown_names_say_what_there_is(visit: Visit) -> None:
    page, wrong = visit("/data/iris", viewport={"width": 390, "height": 844}, locale="es-ES")
    expect(page.locator(".rows tbody tr")).to_have_count(20, timeout=PATIENCE)
    expect(page.locator(".statistics svg")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(page.url.replace("iris", "cifar100"))
    expect(page.get_by_text("hondo data get cifar100")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Descargar ahora")).to_be_visible()
    page.goto(page.url.replace("cifar100", "irs"))
    expect(page.get_by_role("alert")).to_contain_text("¿Quiso decir 'iris'?", timeout=PATIENCE)
    page.goto(page.url.replace("/irs", ""))
    expect(page.locator(".set")).to_have_count(17, timeout=PATIENCE)
    expect(page.locator(".cover svg").first).to_be_attached(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert wrong == []


def test_a_table_is_uploaded_its_target_chosen_and_deleted(visit: Visit, lab: Lab) -> None:
    page, wrong = visit("/data")
    rows = "\n".join(f"{n},{n % 5},{'' if n % 9 == 0 else n * 0.5},{'yes' if n % 2 else 'no'}" for n in range(90))
    choose(page, "Mis datos (1).csv", f"length,group,width,answer\n{rows}\n".encode())
    page.wait_for_url("**/data/Mis-datos-1.csv", timeout=PATIENCE)
    expect(page.locator(".snippet").first).to_contain_text("target: answer", timeout=PATIENCE)
    expect(page.get_by_role("listitem").filter(has_text="45 · 50.0%")).to_have_count(2)
    expect(page.locator(".statistics")).to_contain_text("10 (11.1%)")
    page.get_by_role("combobox", name="Column to predict").select_option("width")
    page.wait_for_url("**?target=width", timeout=PATIENCE)
    expect(page.get_by_text("To predict: width")).to_be_visible(timeout=PATIENCE)
    link = page.get_by_role("link", name="New experiment").get_attribute("href")
    assert link == "/experiments/new?data=Mis-datos-1.csv&target=width"
    kept = lab.home / "lab" / "uploads" / "Mis-datos-1.csv"
    assert kept.exists()
    page.get_by_role("button", name="Delete this upload").click()
    page.get_by_role("button", name="Keep").click()
    assert kept.exists()
    page.get_by_role("button", name="Delete this upload").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url("**/data", timeout=PATIENCE)
    assert not kept.exists()
    assert wrong == []


def test_pictures_come_as_a_zip_or_a_folder_and_hostile_files_do_not(visit: Visit, lab: Lab, tmp_path: Path) -> None:
    page, wrong = visit("/data")
    good = zipped(pets())
    refused = {
        "hostile.zip": (zipped({"../../evil.png": picture(1)}), "'../../evil.png'"),
        "corrupt.zip": (good[: len(good) // 2], "not a readable archive"),
        "flat.zip": (zipped({"a.png": picture(1)}), "pictures without a class folder"),
        "ragged.csv": (b"a,b\n1,2\n3\n", "line 3"),
        "program.exe": (b"MZ", "not a kind of file"),
    }
    for name, (content, said) in refused.items():
        choose(page, name, content)
        expect(page.get_by_role("alert")).to_contain_text(said, timeout=PATIENCE)
    assert list(lab.home.parent.rglob("evil*")) == []
    assert [path.name for path in (lab.home / "lab" / "uploads").glob("*")] == []
    assert [each for each in wrong if REFUSED not in each] == []
    wrong.clear()

    choose(page, "pets.zip", good)
    page.wait_for_url("**/data/pets.zip", timeout=PATIENCE)
    expect(page.locator(".sample")).to_have_count(16, timeout=PATIENCE)
    page.wait_for_function("document.querySelector('.sample img').naturalWidth === 36")
    expect(page.locator(".statistics tbody tr")).to_have_count(3)
    expect(page.locator(".versions img").first).to_have_attribute("src", re.compile("^data:"), timeout=PATIENCE)

    for name, content in pets(3).items():
        (tmp_path / "pets" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pets" / name).write_bytes(content)
    (tmp_path / "pets" / "notes.txt").write_text("not a picture")
    page.goto(f"{lab.address}/data")
    folder = page.locator(".drop input[type=file]").nth(1)
    folder.wait_for(state="attached", timeout=PATIENCE)
    folder.set_input_files(tmp_path / "pets")
    page.wait_for_url("**/data/pets-2.zip", timeout=PATIENCE)
    expect(page.locator(".sample")).to_have_count(6, timeout=PATIENCE)
    assert page.get_by_text("data:\n  path: uploads/pets-2.zip").count() == 1
    assert wrong == []
