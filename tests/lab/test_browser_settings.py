"""The settings in a real browser: language and theme, what computes, and a clean-up that asks first."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hondo.core.environment import Environment
from hondo.core.spec import DataSpec, ModelSpec, RunSpec
from hondo.store.removal import put_aside
from hondo.store.runs import create_run
from hondo.store.workspace import open_workspace

from .conftest import TOKEN, Lab, end_lab, start_lab

Visit = Callable[..., tuple[Page, list[str]]]
PATIENCE = 60_000
DARK = re.compile("body--dark")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Lab]:
    """A lab with a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HONDO_CACHE", str(cache))
        patch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
        started = start_lab(tmp_path_factory.mktemp("lab"))
    yield started
    end_lab(started)


def test_language_and_theme_are_chosen_and_the_machine_is_described(visit: Visit) -> None:
    page, wrong = visit("/settings", viewport={"width": 390, "height": 844}, color_scheme="light")
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("group", name="Theme").get_by_text("Dark").click()
    expect(page.locator("body")).to_have_class(DARK, timeout=PATIENCE)
    page.get_by_role("group", name="Language").get_by_text("Español").click()
    expect(page.locator("h1")).to_have_text("Ajustes", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Español")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("group", name="Tema").get_by_text("Sistema").click()
    expect(page.locator("body")).not_to_have_class(DARK, timeout=PATIENCE)
    expect(page.locator("dd").filter(has_text="JAX")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("dd").filter(has_text="libres")).to_be_visible()
    assert TOKEN not in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert wrong == []


def test_a_clean_up_asks_then_frees_and_keeps_what_is_kept(visit: Visit, lab: Lab, cache: Path) -> None:
    compiled, foreign = cache / "xla" / "jit_step-00ff-cache", cache / "xla" / "thesis.txt"
    compiled.parent.mkdir(parents=True, exist_ok=True)
    compiled.write_bytes(bytes(3_000_000))
    foreign.write_text("mine")
    spec = RunSpec(name="mine", data=DataSpec(name="digits"), model=ModelSpec(preset="mlp"))
    with open_workspace(lab.home) as workspace:
        kept, gone = (create_run(workspace, spec, Environment("3", "here", "0")) for _ in range(2))
        (gone.folder / "weights.bin").write_bytes(bytes(2_000_000))
        put_aside(workspace, gone)

    page, wrong = visit("/settings")
    programs = page.get_by_role("listitem").filter(has_text="Compiled programs")
    expect(programs).to_contain_text("3.0 MB", timeout=PATIENCE)
    programs.get_by_role("button").click()
    window = page.get_by_role("dialog")
    expect(window).to_contain_text("frees 3.0 MB", timeout=PATIENCE)
    expect(window).to_contain_text(str(cache / "xla"))
    window.get_by_role("button", name="Cancel").click()
    expect(window).to_be_hidden()
    assert compiled.exists()
    programs.get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Freed: 3.0 MB")).to_be_visible(timeout=PATIENCE)
    expect(programs).to_contain_text("0 B")
    expect(programs.get_by_role("button")).to_be_disabled()
    assert not compiled.exists()
    assert foreign.exists()

    page.get_by_role("button", name="Empty: Removed experiments").click()
    expect(page.get_by_role("dialog")).to_contain_text("frees 2.0 MB", timeout=PATIENCE)
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Freed: 2.0 MB")).to_be_visible(timeout=PATIENCE)
    assert not gone.folder.exists()
    assert (kept.folder / "spec.yaml").exists()
    assert [run["name"] for run in lab.get("/api/runs")["items"]] == [kept.name]
    assert wrong == []
