"""The playground in a real browser: it plays, goes back, compares, learns the reader's points, and is an address."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from hondo.playground.own import OwnPoints, from_text, to_csv, to_text

from .conftest import Lab

Visit = Callable[..., tuple[Page, list[str]]]

PATIENCE = 30_000


def epochs(page: Page) -> float:
    return float(page.locator(".counter").inner_text().replace(",", ""))


def drawn(page: Page) -> None:
    """Wait for the first frame."""
    expect(page.locator(".scoreboard td").nth(1)).not_to_have_text("", timeout=PATIENCE)


def open_at(visit: Visit, query: str, **options: Any) -> tuple[Page, list[str]]:
    page, wrong = visit(f"/playground?{query}", **options)
    drawn(page)
    return page, wrong


def play(page: Page, until: float) -> None:
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        f"Number(document.querySelector('.counter').textContent.replaceAll(',', '')) >= {until}", timeout=PATIENCE
    )


def map_of(page: Page, number: int = 0) -> Locator:
    return page.locator(".maps canvas").nth(number)


def picture(canvas: Locator) -> str:
    return str(canvas.evaluate("(canvas) => canvas.toDataURL()"))


def test_it_plays_goes_back_and_goes_on(visit: Visit) -> None:
    page, wrong = open_at(visit, "data=xor&net=8.8&lr=0.1")
    began = picture(map_of(page))
    play(page, 20)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.wait_for_timeout(300)
    reached = epochs(page)
    seen = picture(map_of(page))
    assert seen != began
    slider = page.get_by_role("slider", name="rewind")
    steps = int(slider.input_value())
    slider.fill("0")
    expect(page.locator(".counter")).to_have_text("0", timeout=PATIENCE)
    assert picture(map_of(page)) == began
    slider.fill(str(steps))
    expect(page.locator(".counter")).to_have_text(f"{reached:g}", timeout=PATIENCE)
    assert picture(map_of(page)) == seen
    slider.fill(str(steps // 2))
    expect(page.locator(".counter")).not_to_have_text(f"{reached:g}", timeout=PATIENCE)
    play(page, reached + 5)
    page.get_by_label("activation", exact=True).select_option("ReLU")
    page.wait_for_url("**/playground?*act=relu*")
    assert "data=xor" in page.url
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".counter")).to_have_text("0", timeout=PATIENCE)
    page.goto(page.url.partition("?")[0] + "?data=circel")
    expect(page.locator(".message.bad")).to_contain_text("Did you mean 'circle'?")
    assert wrong == []


def test_steps_keys_and_the_condition_to_stop(visit: Visit) -> None:
    page, wrong = open_at(visit, "data=gaussians&stop=epochs:12")
    page.get_by_role("button", name="+1 epoch").click()
    expect(page.locator(".counter")).to_have_text("1", timeout=PATIENCE)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".steps")).to_have_text("26 steps", timeout=PATIENCE)
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator(".steps")).to_have_text("1 steps", timeout=PATIENCE)
    limit = page.get_by_label("limit to stop at")
    limit.press("ArrowRight")
    limit.press("Space")
    expect(page.locator(".steps")).to_have_text("1 steps")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("Space")
    expect(page.get_by_text("It stopped: the condition is met.")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".counter")).to_have_text("12", timeout=PATIENCE)
    page.get_by_label("stop", exact=True).select_option("test loss ≤")
    page.wait_for_url("**stop=test_loss:0.05*")
    limit.fill("7.5")
    limit.press("Tab")
    page.wait_for_url("**stop=test_loss:7.5*")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_text("The condition to stop is met already.")).to_be_visible(timeout=PATIENCE)
    assert wrong == []


def test_weights_are_seen_and_edited_by_pointer_and_by_keyboard(visit: Visit) -> None:
    page, wrong = open_at(visit, "net=&in=x1.x2")
    output, sheet = page.locator(".neuron[aria-label='output']"), page.locator(".sheet canvas")
    output.focus()
    expect(page.locator(".seen-neuron")).to_have_text("output")
    before = picture(map_of(page))
    output.press("Enter")
    field = page.get_by_label("from input x₁")
    field.fill("-3")
    field.press("Tab")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(output).to_be_focused()
    page.wait_for_function("(before) => document.querySelector('.maps canvas').toDataURL() !== before", arg=before)
    box, (one, other) = sheet.bounding_box(), (page.locator(".neuron").nth(at).bounding_box() for at in (0, 2))
    assert box is not None
    assert one is not None
    assert other is not None
    across = (one["x"] + one["width"] + other["x"]) / 2
    page.mouse.move(across, (one["y"] + other["y"] + one["height"]) / 2)
    expect(page.locator(".weight-tip")).to_have_text("Weight -3.000")
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_label("input x₁ → output")).to_have_value("-3.000")
    before = picture(map_of(page))
    page.get_by_label("input x₁ → output").fill("1e9")
    page.get_by_label("input x₁ → output").press("Enter")
    page.wait_for_function("(before) => document.querySelector('.maps canvas').toDataURL() !== before", arg=before)
    output.press("Enter")
    expect(page.get_by_label("from input x₁")).to_have_value("100.000")
    assert wrong == []


def test_several_classes_and_twins(visit: Visit) -> None:
    page, wrong = open_at(visit, "data=spiral&net=8.8&opt=adam&lr=0.01&in=x1.x2.sinx1.sinx2")
    page.get_by_role("combobox", name="output").select_option("softmax")
    page.get_by_label("classes", exact=True).select_option("4")
    page.wait_for_url("**classes=4*")
    expect(page.locator(".legend i")).to_have_count(4)
    expect(page.locator(".neuron[aria-label='output 3']")).to_be_visible()
    card = page.locator(".twins")
    card.get_by_label("setting").select_option("learning rate")
    card.get_by_label("B has").select_option("1")
    card.get_by_role("button", name="Compare").click()
    page.wait_for_url("**twin=lr:1.0*")
    expect(page.locator(".maps canvas")).to_have_count(2)
    expect(page.get_by_text("Both began with the same weights.")).to_be_visible()
    expect(page.locator(".apart")).to_have_text("They disagree on 0 % of the plane", timeout=PATIENCE)
    assert picture(map_of(page)) == picture(map_of(page, 1))
    page.get_by_label("speed, a frame", exact=True).select_option("20 epochs")
    play(page, 120)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="discretise").click()
    page.wait_for_url("**discrete=1*")
    expect(page.locator(".apart")).not_to_have_text("They disagree on 0 % of the plane", timeout=PATIENCE)
    assert min(map_of(page).evaluate(SHARES_OF_CLASSES)) > 0.06  # the points alone cover half of that
    losses = [float(page.locator(".scoreboard tbody tr").first.locator("td").nth(at).inner_text()) for at in (0, 2)]
    assert losses[0] < losses[1]
    page.get_by_role("button", name="B learning rate: 1").click()
    expect(page.get_by_role("button", name="B learning rate: 1")).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="One network again").click()
    expect(page.locator(".maps canvas")).to_have_count(1)
    page.wait_for_url(lambda address: "twin" not in address)
    assert wrong == []


SHARES_OF_CLASSES = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const style = getComputedStyle(document.body);
  return [0, 1, 2, 3].map((number) => {
    const text = style.getPropertyValue(`--class-${number}`).trim();
    const colour = [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
    let found = 0;
    for (let at = 0; at < data.length; at += 4)
      if (colour.every((part, channel) => Math.abs(part - data[at + channel]) < 8)) found++;
    return (4 * found) / data.length;
  });
}"""


def test_a_teacher_hides_controls_and_the_address_brings_the_same_network(visit: Visit) -> None:
    page, wrong = open_at(visit, "data=moons&noise=0.2&net=5&batch=7&speed=5e&test=1")
    page.get_by_role("button", name="Share", exact=True).click()
    window = page.get_by_role("dialog", name="Share this network")
    for name in ("noise", "batch_size", "twins", "hidden", "share"):
        window.locator(".tick").filter(has=page.get_by_text(name, exact=True)).locator("input").check()
    field = window.get_by_label("Address")
    expect(field).to_have_value(re.compile("hide=noise,batch_size,hidden,twins,share$"), timeout=PATIENCE)
    address = field.input_value()
    expect(page.get_by_label("noise", exact=True)).to_be_visible()
    page.goto(address)
    drawn(page)
    expect(page.get_by_label("learning rate", exact=True)).to_be_visible()
    expect(page.get_by_label("training share", exact=True)).to_be_visible()
    for hidden in (page.get_by_label("noise", exact=True), page.get_by_label("batch size"), page.locator(".twins"),
                   page.locator(".layers"), page.get_by_role("button", name="Share", exact=True)):  # fmt: skip
        expect(hidden).to_have_count(0)
    expect(page.locator(".neuron")).to_have_count(8)
    expect(page.get_by_role("button", name="show test points")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("learning rate", exact=True).select_option("0.3")
    page.wait_for_url("**lr=0.3*hide=noise,batch_size,hidden,twins,share")
    assert "noise=0.2" in page.url
    assert "batch=7" in page.url
    assert wrong == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("data=spiral&out=softmax&classes=3&n=90", "classes: 3"),
        ("data=own&points={points}", "path: uploads/points-"),
    ],
)
def test_several_classes_and_own_points_become_experiments(visit: Visit, lab: Lab, query: str, said: str) -> None:
    rng = np.random.default_rng(0)
    classes = np.arange(60.0) % 2
    drawn_points = OwnPoints(rng.normal(4 * classes - 2, 1, (2, 60)).T.clip(-6, 6), classes)
    page, wrong = open_at(visit, query.format(points=to_text(drawn_points)))
    page.get_by_role("button", name="As an experiment").click()
    window = page.get_by_role("dialog", name="As an experiment")
    expect(window).to_contain_text(said, timeout=PATIENCE)
    window.get_by_role("button", name="Train it now").click()
    page.wait_for_url("**/runs/playground-*", timeout=PATIENCE)
    run = lab.at_rest(page.url.rsplit("/", 1)[-1])
    assert run["status"] == "complete", run
    snapped = to_csv(from_text(to_text(drawn_points), numbers=False))
    expected = [snapped] if "own" in query else []
    kept = list((lab.home / "lab" / "uploads").glob("points-*.csv"))
    assert [file.read_text(encoding="utf-8") for file in kept] == expected
    assert wrong == []


def test_points_are_drawn_and_come_from_a_table(visit: Visit, tmp_path: Path) -> None:
    page, wrong = open_at(visit, "data=gaussians&n=40")
    page.get_by_role("button", name="your own").click()
    tools = page.get_by_role("group", name="Draw points")
    expect(tools).to_contain_text("20 points.", timeout=PATIENCE)
    tools.get_by_role("button", name="blue").click()
    expect(tools.get_by_role("button", name="blue")).to_have_attribute("aria-pressed", "true")
    map_of(page).scroll_into_view_if_needed()
    box = map_of(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 20, steps=12)
    page.mouse.up()
    expect(tools).not_to_contain_text("20 points.", timeout=PATIENCE)
    page.wait_for_timeout(500)
    count = int(re.findall(r"(\d+) points", tools.inner_text())[0])
    assert count > 22
    before = page.url
    map_of(page).press("Enter")
    expect(tools).to_contain_text(f"{count + 1} points.", timeout=PATIENCE)
    page.wait_for_url(lambda now: now != before, timeout=PATIENCE)
    address = page.url
    assert "points=" in address
    page.goto(address)
    drawn(page)
    expect(tools).to_contain_text(f"{count + 1} points.", timeout=PATIENCE)
    good = tmp_path / "good.csv"
    rows = [f"{number % 9},{number * 7 % 11},kind {'abc'[number % 3]}" for number in range(60)]
    good.write_text("width,height,what\n" + "\n".join(rows), encoding="utf-8")
    bad = tmp_path / "bad.csv"
    bad.write_text("width,height,what\n1,2,a\n1,2\n", encoding="utf-8")
    large = tmp_path / "large.csv"
    large.write_text("a,b,c\n" + "1,2,3\n" * 100_000, encoding="utf-8")
    chooser = tools.locator("input[type=file]")
    chooser.set_input_files(bad)
    expect(page.get_by_text("line 3: 2 cells")).to_be_visible(timeout=PATIENCE)
    chooser.set_input_files(large)
    expect(page.get_by_text("At most 512 KB are read here", exact=False)).to_be_visible(timeout=PATIENCE)
    expect(tools).to_contain_text(f"{count + 1} points.")
    chooser.set_input_files(good)
    window = page.get_by_role("dialog", name="good.csv")
    window.get_by_label("to learn", exact=False).first.select_option("width")
    window.get_by_label("learn it as").select_option("classes")
    window.get_by_role("button", name="Use these columns").click()
    expect(page.get_by_text("'width' has 9 classes")).to_be_visible(timeout=PATIENCE)
    window.get_by_label("to learn", exact=False).first.select_option("what")
    window.get_by_role("button", name="Use these columns").click()
    expect(page.locator(".legend")).to_contain_text("kind c", timeout=PATIENCE)
    expect(tools).to_contain_text("60 points.")
    expect(page.get_by_role("combobox", name="output")).to_have_value("softmax")
    play(page, 3)
    tools.get_by_role("button", name="Remove all").click()
    expect(tools).to_contain_text("0 points.", timeout=PATIENCE)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_text("Draw at least two points first.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Draw at least two points first.")).to_have_count(0, timeout=PATIENCE)
    page.get_by_role("button", name="As an experiment").click()
    expect(page.get_by_text("Draw at least two points first.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Undo").click()
    expect(tools).to_contain_text("60 points.", timeout=PATIENCE)
    assert wrong == []


def test_what_lies_deeper_and_what_is_taken_along(visit: Visit) -> None:
    page, wrong = open_at(visit, "act=relu&net=8.8&lr=10&init=normal", color_scheme="dark")
    play(page, 5)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".dead")).to_contain_text("Dead neurons (dashed)", timeout=PATIENCE)
    page.get_by_label("learning rate", exact=True).select_option("0.03")
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="Draw it now").click()
    surface = page.locator("canvas.surface")
    expect(surface).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("At epoch 0: the loss is")).to_be_visible()
    colours = (
        "(canvas) => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, 99, 99).data.buffer)).size"
    )
    page.wait_for_function(f"({colours})(document.querySelector('canvas.surface')) > 30")
    page.get_by_role("button", name="Keras code").click()
    code = page.get_by_role("dialog", name="Keras code")
    expect(code).to_contain_text("model.set_weights")
    with page.expect_download() as download:
        code.get_by_role("button", name="Download").click()
    assert "keras.Sequential" in download.value.path().read_text(encoding="utf-8")
    page.keyboard.press("Escape")
    expect(code).to_have_count(0)
    page.get_by_role("button", name="As an experiment").click()
    page.get_by_role("button", name="Train it now").click()
    page.wait_for_url("**/runs/playground-circle-*", timeout=PATIENCE)
    assert wrong == []
