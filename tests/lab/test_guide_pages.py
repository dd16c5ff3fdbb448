"""What stands behind the guide's pages: the order in which cells run, what is told of figures, where one goes on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from hondo.core.language import use_language
from hondo.guide.blocks import Block
from hondo.guide.drawing.canvas import Picture, Plot
from hondo.guide.execution.outputs import Output
from hondo.guide.figures.controls import Choice, Slider, Toggle
from hondo.guide.figures.figure import Figure
from hondo.guide.library import chapter, names
from hondo.guide.words import Words
from hondo.lab.pages.guide import bench as benches
from hondo.lab.pages.guide.bench import Bench
from hondo.lab.pages.guide.contents import minutes, next_stop
from hondo.lab.pages.guide.figures import _drawn, described
from hondo.lab.pages.guide.reader import _holds
from hondo.store.progress import keep_place
from hondo.store.workspace import open_workspace


class Quiet:
    """Outputs without a page."""

    def __init__(self) -> None:
        self.held: list[Output] = []

    def clear(self) -> None:
        self.held.clear()

    def add(self, output: Output) -> None:
        self.held.append(output)

    def settle(self) -> None:
        pass


@dataclass
class Cell:
    """A cell without a page."""

    code: str
    line: int
    ran: bool = False
    outputs: Any = field(default_factory=Quiet)
    told: list[str] = field(default_factory=list)

    @property
    def block(self) -> Block:
        return Block("cell", self.code, "section", self.code, self.line)

    def tell(self, state: str, seconds: float = 0.0) -> None:
        self.told.append(state)


class Kernel:
    """Runs nothing and remembers what it was asked for; ``fails`` fails, ``slow`` waits to be interrupted."""

    def __init__(self) -> None:
        self.alive, self.asked = True, list[str]()
        self.interrupted = asyncio.Event()

    async def run(self, code: str, heard: Callable[[Output], None], seconds: float) -> bool:
        self.asked.append(code)
        if code == "slow":
            await self.interrupted.wait()
        elif "show_verdict" in code:
            heard(Output("verdict", '{"right": false, "words": "forgot b", "mistake": "b"}'))
        else:
            heard(Output("text", code, "stdout"))
        return code not in ("fails", "slow")

    async def interrupt(self) -> None:
        self.interrupted.set()

    async def restart(self) -> None:
        self.asked.append("restart")


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()

    class Registry:
        async def of(self, *_: Any) -> Kernel:
            return made

    monkeypatch.setattr(benches, "kernels", Registry)
    return made


def bench_of(*codes: str) -> tuple[Bench, list[Cell]]:
    bench, cells = Bench(chapter(names()[0], "en")), [Cell(code, line) for line, code in enumerate(codes)]
    for cell in reversed(cells):  # sections come in any order
        bench.add(cell)
    return bench, cells


def test_a_cell_runs_after_those_above_that_have_not_run(kernel: Kernel) -> None:
    bench, cells = bench_of("a", "b", "c", "d")

    async def use() -> None:
        await bench.run([cells[1]])
        await bench.run([cells[2]])
        await bench.run([cells[2]])
        cells[0].ran = False  # it was changed
        await bench.run([cells[3]])

    asyncio.run(use())
    assert kernel.asked == ["a", "b", "c", "c", "a", "d"]
    assert list(dict.fromkeys(cells[1].told)) == ["waiting", "running", "done"]


def test_an_error_ends_the_row_and_an_empty_kernel_forgets(kernel: Kernel) -> None:
    bench, cells = bench_of("a", "fails", "c")

    async def use() -> None:
        await bench.run(cells)
        assert [cell.told[-1] for cell in cells] == ["done", "failed", ""]
        assert [cell.ran for cell in cells] == [True, False, False]
        await bench.restart()

    asyncio.run(use())
    assert kernel.asked == ["a", "fails", "restart"]
    assert not any(cell.ran for cell in cells)


def test_an_interruption_also_ends_what_waits(kernel: Kernel) -> None:
    bench, cells = bench_of("slow", "b")

    async def use() -> None:
        running = asyncio.create_task(bench.run([cells[0]]))
        await asyncio.sleep(0)
        behind = asyncio.create_task(bench.run([cells[1]]))
        await asyncio.sleep(0.05)
        assert [cell.told[-1] for cell in cells] == ["running", "waiting"]
        await bench.interrupt()
        await asyncio.gather(running, behind)

    asyncio.run(use())
    assert kernel.asked == ["slow"]
    assert cells[1].told[-1] == ""


def test_a_check_runs_the_answer_and_hears_the_verdict(kernel: Kernel) -> None:
    bench, _ = bench_of("a")
    outputs: Any = Quiet()
    found = asyncio.run(bench.check("neuron-sum", "w = 1", outputs))
    assert found is not None
    assert (found.right, found.words) == (False, "forgot b")
    assert [each.text for each in outputs.held] == ["w = 1"]
    found = asyncio.run(bench.check("neuron-sum", "fails", outputs))
    assert found is not None
    assert (found.right, found.words) == (False, "")
    assert kernel.asked[-1] == "fails"  # nothing to be checked


def test_controls_are_told_in_the_readers_language() -> None:
    slider = Slider("step", ("step", "paso"), 0, 40, 3, 1, plays=6)
    with use_language("es"):
        assert described(slider) == {
            "kind": "slider", "name": "step", "label": "paso", "value": 3, "low": 0, "high": 40, "step": 1, "plays": 6,
        }  # fmt: skip
        choice = described(Choice("f", "f", {"relu": "ReLU", "none": ("none", "ninguna")}, "relu"))
    assert choice["options"] == [["relu", "ReLU"], ["none", "ninguna"]]
    assert described(Toggle("noise", "noise"))["kind"] == "toggle"


def test_a_figure_that_fails_says_so_instead_of_taking_the_page_along() -> None:
    def draw(at: Any) -> Picture:
        if at.number("w") > 0.5:
            raise ZeroDivisionError("no way")
        return Picture("<svg/>", "seen", Plot((0, 0, 1, 1), (0, float("inf")), (0, 1)))

    figure = Figure("f", Words("f", "f"), (Slider("w", "w", 0, 1, 0),), draw)
    assert _drawn(figure, {"w": "nonsense"}) == {"svg": "<svg/>", "summary": "seen", "plot": None, "links": []}
    with use_language("en"):
        assert "ZeroDivisionError: no way" in _drawn(figure, {"w": 1})["error"]


def test_reading_goes_on_where_it_stopped(private_home: Any) -> None:
    with open_workspace() as workspace, use_language("es"):
        first = next_stop(workspace)
        assert first is not None
        assert (first.address, first.begun) == (f"/guide/{names()[0]}", False)
        written = chapter(names()[-1], "es")
        section = written.sections()[1][0]
        keep_place(workspace, written.name, section.id)
        again = next_stop(workspace)
        assert again is not None
        assert (again.address, again.begun) == (f"/guide/{written.name}#{section.id}", True)
        keep_place(workspace, written.name, "gone-since-then")
        there = next_stop(workspace)
        assert there is not None
        assert (there.address, there.section) == (f"/guide/{written.name}", "")


def test_a_chapters_reading_time_is_plausible() -> None:
    assert all(10 <= minutes(name, "en") <= 240 for name in names())


def test_an_anchor_is_looked_for_in_headings_cells_and_exercises() -> None:
    written = chapter(names()[0], "en")
    section = written.sections()[1]
    kinds = {block.kind: block for block in section[1]}
    assert _holds(section, section[0].id)
    assert _holds(section, f"cell-{kinds['cell'].id}")
    assert _holds(section, f"exercise-{kinds['exercise'].id}")
    assert not _holds(section, "nowhere")
