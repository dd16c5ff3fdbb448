"""Experiments in the browser: written, started, sorted, marked, deleted and put back, compared; nothing is lost."""

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import insert, select

from hondo.store.runs import find_run
from hondo.store.tables import runs
from hondo.store.workspace import open_workspace

from .conftest import Lab

Visit = Callable[..., tuple[Page, list[str]]]
WAIT = 30_000


@pytest.fixture(scope="module")
def pair(lab: Lab) -> list[str]:
    """Two finished runs that differ."""
    both = [["model.hidden=[8]", "train.epochs=3"], ["model.hidden=[64]", "train.epochs=3", "learn.learning_rate=0.01"]]
    names = [lab.post("/api/runs", {"experiment": "digits-mlp", "changes": changes})["name"] for changes in both]
    assert [lab.at_rest(name)["status"] for name in names] == ["complete"] * 2
    return names


def ready(page: Page) -> Locator:
    """The YAML of a new experiment, once it was checked."""
    expect(page.locator(".verdict")).not_to_be_empty(timeout=WAIT)
    return page.locator(".yaml textarea")


def test_a_mistake_in_the_yaml_is_mended_and_the_experiment_runs(visit: Visit, lab: Lab) -> None:
    page, wrong = visit("/experiments/new")
    page.locator(".start", has_text="digits-mlp").first.click()
    yaml = ready(page)
    start = page.get_by_role("button", name="Start")
    yaml.fill(yaml.input_value().replace("epochs: 30", "epoch: 2"))
    expect(page.locator(".problems")).to_contain_text("Did you mean 'epochs'?", timeout=WAIT)
    line = yaml.input_value().splitlines().index("  epoch: 2") + 1
    expect(page.locator(".yaml .numbers .wrong")).to_have_text(str(line))
    expect(start).to_be_disabled()
    page.reload()  # the draft is still there
    expect(ready(page)).to_have_value(re.compile("epoch: 2"))
    expect(page.get_by_text("This is the draft that you left here.")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name=f"line {line}").click()
    expect(yaml).to_be_focused(timeout=WAIT)  # its line is selected now
    page.keyboard.type("  epochs: 2")
    expect(page.locator(".verdict")).to_have_text("Ready to start", timeout=WAIT)
    yaml.fill("data: [")
    expect(page.locator(".problems")).to_contain_text("not valid YAML", timeout=WAIT)
    expect(page.locator(".spec-form.resting[inert]")).to_be_attached()
    page.get_by_role("button", name="Begin anew").click()
    expect(yaml).to_have_value(re.compile("epochs: 30"), timeout=WAIT)
    page.get_by_role("button", name="Undo").click()
    expect(yaml).to_have_value("data: [", timeout=WAIT)
    yaml.fill("name: mine\ndata: {name: digits}\nmodel: {preset: mlp, hidden: [8]}\ntrain: {epochs: 2}\n")
    expect(page.locator(".verdict")).to_have_text("Ready to start", timeout=WAIT)
    start.click()
    page.wait_for_url("**/runs/mine-1", timeout=WAIT)
    assert lab.at_rest("mine-1")["epochs_done"] == 2
    page.goto(f"{lab.address}/experiments/new?builtin=digits-mlp")  # what was started is no draft any more
    expect(ready(page)).to_have_value(re.compile("epochs: 30"))
    assert wrong == []


def test_form_and_yaml_say_the_same(visit: Visit, lab: Lab) -> None:
    page, wrong = visit("/experiments/new?builtin=digits-mlp", locale="es-ES")
    yaml = ready(page)

    def field(path: str) -> Locator:
        return page.locator(f'[data-path="{path}"]')

    field("train.epochs").fill("4")
    field("learn.optimizer").select_option("sgd")
    field("learn.momentum").wait_for(state="hidden")
    page.locator("details", has=field("learn.momentum")).last.locator("summary").click()
    field("learn.momentum").fill("0.9")
    field("model.hidden").fill("16, 8")
    field("model.hidden").press("Tab")
    expect(yaml).to_have_value(re.compile(r"hidden: \[16, 8\]"), timeout=WAIT)
    for written in ("epochs: 4\n", "optimizer: sgd\n", "momentum: 0.9\n", "# pixels from 0..255 to 0..1\n"):
        assert written in yaml.input_value()
    field("+train.early_stopping").uncheck()
    expect(yaml).not_to_have_value(re.compile("early_stopping"), timeout=WAIT)
    field("=way").select_option("layers")
    expect(yaml).to_have_value(re.compile("- flatten"), timeout=WAIT)
    field("model.layers.1.dense.units").fill("24")
    expect(yaml).to_have_value(re.compile("units: 24"), timeout=WAIT)
    field("=add").select_option("dropout")
    expect(field("model.layers.3.dropout.rate")).to_have_value("0.5", timeout=WAIT)
    page.get_by_role("button", name="dropout: subir").click()
    expect(field("model.layers.2.dropout.rate")).to_have_value("0.5", timeout=WAIT)
    page.get_by_role("button", name="Quitar dropout").click()
    expect(yaml).not_to_have_value(re.compile("dropout"), timeout=WAIT)
    field("=way").select_option("mlp")  # what was there before comes back
    expect(yaml).to_have_value(re.compile(r"hidden: \[16, 8\]"), timeout=WAIT)
    yaml.fill(yaml.input_value().replace("epochs: 4", "epochs: many"))
    expect(page.locator(".entry", has=field("train.epochs")).locator(".wrong")).to_contain_text("entero", timeout=WAIT)
    expect(field("train.epochs")).to_have_value("many")
    assert wrong == []


def test_own_data_and_old_runs_are_good_beginnings(visit: Visit, lab: Lab, pair: list[str]) -> None:
    lab.upload("/api/uploads", ("flowers.csv", b"width;height;kind: of\n1;2;a\n2;1;b\n"), field="file")
    page, wrong = visit("/experiments/new?data=flowers.csv")
    expect(ready(page)).to_have_value(re.compile("path: uploads/flowers.csv\n  target: 'kind: of'  # the last"))
    expect(page.locator('[data-path="=source"]')).to_have_value("path:uploads/flowers.csv")
    expect(page.locator(".verdict")).to_have_text("Ready to start")
    page.goto(f"{lab.address}/experiments/new?from={pair[1]}")
    expect(ready(page)).to_have_value(re.compile("learning_rate: 0.01"))
    page.goto(f"{lab.address}/experiments/new?from=no-such-run")
    expect(page.get_by_text("No run is called 'no-such-run'")).to_be_visible()
    assert wrong == []


def test_the_table_is_sorted_marked_and_the_same_everywhere(visit: Visit, lab: Lab, pair: list[str]) -> None:
    page, wrong = visit("/experiments")
    other, also_wrong = visit("/experiments")
    rows = page.locator(".ledger tbody")
    row = page.locator("tbody", has=page.get_by_role("link", name=pair[0], exact=True))
    page.get_by_role("button", name="result").click()
    expect(page.locator("th", has_text="result")).to_have_attribute("aria-sort", "descending")
    best = max(lab.get("/api/runs?size=500")["items"], key=lambda run: run["summary"].get("accuracy", 0))["name"]
    expect(rows.first.locator("a.name")).to_have_text(best, timeout=WAIT)
    row.get_by_role("button", name="Favourite").click()
    row.get_by_role("button", name="Tags and notes").click()
    page.get_by_label("Add a tag").fill("thesis")
    page.get_by_label("Add a tag").press("Enter")
    notes = page.get_by_role("textbox", name="Notes")
    notes.press_sequentially("Too narrow: ", delay=20)
    lab.ask("PATCH", f"/api/runs/{pair[1]}", {"add_tags": ["wide"], "favourite": True})  # meanwhile, elsewhere
    expect(page.locator(".tags", has_text="wide")).to_be_visible(timeout=WAIT)
    notes.press_sequentially("eight units.", delay=20)
    expect(notes).to_have_value("Too narrow: eight units.")
    expect(other.locator(".excerpt", has_text="Too narrow: eight units.")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="★ Favourites").click()
    expect(rows).to_have_count(2, timeout=WAIT)
    page.get_by_role("combobox", name="Tag", exact=True).select_option("thesis (1)")
    expect(rows).to_have_count(1, timeout=WAIT)
    page.wait_for_url("**/experiments?tag=thesis&star=1&sort=-result")
    page.reload()
    expect(rows).to_have_count(1, timeout=WAIT)
    expect(row.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    expect(row.locator(".tag")).to_have_text("thesis")
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("searchbox").fill("NARROW")
    expect(rows).to_have_count(1, timeout=WAIT)
    assert (wrong, also_wrong) == ([], [])


def test_deleting_several_is_undone(visit: Visit, lab: Lab, pair: list[str]) -> None:
    page, wrong = visit("/experiments")
    other, _ = visit("/experiments")
    for name in pair:
        page.get_by_role("checkbox", name=f"Select {name}").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("region", name="Selected experiments").get_by_role("button", name="Delete").click()
    for seen in (page, other):
        expect(seen.get_by_role("link", name=pair[0], exact=True)).to_have_count(0, timeout=WAIT)
    expect(page.get_by_text("2 experiments were deleted")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    for seen in (page, other):
        expect(seen.get_by_role("link", name=pair[1], exact=True)).to_be_visible(timeout=WAIT)
    assert lab.get(f"/api/runs/{pair[0]}")["status"] == "complete"
    assert wrong == []


def test_two_runs_are_compared(visit: Visit, lab: Lab, pair: list[str]) -> None:
    page, wrong = visit("/experiments")
    for name in pair:
        page.get_by_role("checkbox", name=f"Select {name}").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_url(lambda url: unquote(url).endswith(f"/experiments/compare?runs={','.join(pair)}"))
    expect(page.locator(".overlay .path")).to_have_count(2, timeout=WAIT)
    page.get_by_role("combobox", name="of", exact=True).select_option("both")
    expect(page.locator(".overlay .path")).to_have_count(4, timeout=WAIT)
    page.get_by_role("combobox", name="over").select_option("seconds of training")
    expect(page.locator(".overlay svg")).to_have_attribute("aria-label", "Accuracy by seconds", timeout=WAIT)
    results, differences = page.locator("table.beside").all()
    found = [lab.get(f"/api/runs/{name}")["summary"]["accuracy"] for name in pair]
    winner = results.locator("tr", has_text="Accuracy").locator("td").nth(found.index(max(found)))
    expect(winner).to_have_text(re.compile(r"^★ \d"))
    changed = differences.locator("tr", has_text="model.layers.1.dense.units").locator("td")
    expect(changed).to_have_text(["8", "64"])
    assert "train.epochs" not in differences.inner_text()
    line = page.locator(".parallel .run").nth(1)
    line.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(line.locator(".values")).to_have_css("visibility", "visible")
    assert f"{pair[1]}: model.layers.1.dense.units 64" in (line.get_attribute("aria-label") or "")
    page.goto(f"{lab.address}/experiments/compare?runs={pair[0]},nobody")
    expect(page.get_by_text("There is no run 'nobody'.")).to_be_visible()
    assert wrong == []


def test_two_thousand_runs_are_paged_and_home_knows_the_way(visit: Visit, lab: Lab, pair: list[str]) -> None:
    page, wrong = visit("/")
    expect(page.get_by_role("link", name="Compare the latest")).to_be_visible(timeout=WAIT)
    with open_workspace(lab.home) as workspace, workspace.writing() as connection:
        number = find_run(workspace, pair[0]).id
        row = dict(connection.execute(select(runs).where(runs.c.id == number)).mappings().one())
        own = [{"id": 10_000 + n, "name": f"many-{n}", "base": "many", "number": n, "folder": f"runs/many-{n}"}
               for n in range(1, 2001)]  # fmt: skip
        connection.execute(insert(runs), [row | each | {"tags": [], "notes": ""} for each in own])
    expect(page.get_by_role("link", name="Predict with many-2000")).to_be_visible(timeout=WAIT)
    page.goto(f"{lab.address}/experiments?q=many&sort=name")
    expect(page.locator(".pager")).to_contain_text("1–50 of 2,000", timeout=WAIT)
    page.get_by_role("checkbox", name="Select many-7", exact=True).check()
    page.get_by_role("button", name="Next ›").click()
    expect(page.locator(".ledger tbody").first.locator("a.name")).to_have_text("many-51", timeout=WAIT)
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(page.get_by_text("51 selected")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Clear selection").click()
    expect(page.locator("input[data-act=pick]:checked")).to_have_count(0, timeout=WAIT)
    with open_workspace(lab.home) as workspace, workspace.writing() as connection:
        connection.execute(runs.delete().where(runs.c.base == "many"))
    assert wrong == []
