"""Cells run as a reader expects: what they show arrives, what goes too far is stopped and explained."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from hondo.core.errors import HondoError
from hondo.core.language import use_language
from hondo.guide.execution.cases import meaning
from hondo.guide.execution.explain import explained
from hondo.guide.execution.kernel import Kernel
from hondo.guide.execution.limits import OutputLimit
from hondo.guide.execution.outputs import Output, check_code, from_bundle, harmless, joined
from hondo.guide.execution.process import PRIVATE
from hondo.guide.exercises import exercise as exercises_module

Ran = tuple[bool, list[Output]]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@pytest.fixture(scope="module")
def kernel(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel for the module: each test defines what it uses."""
    started = runner.run(Kernel.start("en", tmp_path_factory.mktemp("kernel") / "work"))
    yield started
    runner.run(started.shutdown())
    assert not started.alive


@pytest.fixture
def run(runner: asyncio.Runner, kernel: Kernel) -> Callable[..., Ran]:
    def run_code(code: str, seconds: float = 60) -> Ran:
        heard: list[Output] = []
        fine = runner.run(kernel.run(code, heard.append, seconds))
        return fine, joined(heard)

    return run_code


def test_streams_results_tables_and_pictures(run: Callable[..., Ran]):
    fine, shown = run("import sys\nprint('uno ñ')\nprint('two', file=sys.stderr)\n6 * 7")
    assert fine
    assert {(each.stream, each.text) for each in shown} == {
        ("stdout", "uno ñ\n"),
        ("stderr", "two\n"),
        ("result", "42\n"),
    }

    fine, shown = run("import pandas as pd\npd.DataFrame({'a': [1, '<script>x</script>']})")
    assert fine
    assert [each.kind for each in shown] == ["html"]
    assert "<td>1</td>" in shown[0].text
    assert "<script>" not in shown[0].text

    fine, shown = run("import matplotlib.pyplot as plt\nplt.figure(figsize=(3, 2))\nplt.plot([1, 2])")
    assert fine
    assert [each.kind for each in shown] == ["png"]  # and not what plot() returns
    assert run("len(plt.get_fignums())")[1] == [Output("text", "0\n", "result")]


def test_outputs_come_while_the_cell_runs(runner: asyncio.Runner, kernel: Kernel):
    heard: list[float] = []
    code = "import time\nprint(1)\ntime.sleep(1.5)\nprint(2)"
    assert runner.run(kernel.run(code, lambda _: heard.append(time.monotonic())))
    assert heard[-1] - heard[0] > 1


def test_an_error_names_the_readers_lines_and_what_helps(run: Callable[..., Ran]):
    run("import numpy as np\n\ndef total(x):\n    return np.ones((3, 4)) @ x")
    fine, shown = run("y = 1\ntotal(np.ones(3))")
    assert not fine
    [error] = shown
    assert error.kind == "error"
    assert "line 2:  total(np.ones(3))" in error.text
    assert "line 4 of an earlier cell, in total:  return np.ones((3, 4)) @ x" in error.text
    assert "as many columns as B has rows; here they are 4 and 3" in error.text
    assert "Traceback" not in error.text

    assert "Did you mean `total`?" in run("totel(1)")[1][0].text
    assert "line 2" in run("x = 1\nif x\n    print(x)")[1][0].text
    assert "Cells cannot ask" in run("input('?')")[1][0].text


def test_a_cell_that_takes_too_long_is_stopped_and_keeps_what_it_had(run: Callable[..., Ran]):
    fine, shown = run("import time\nkept = 5\ntime.sleep(60)", seconds=1.5)
    assert not fine
    assert [each.kind for each in shown] == ["error"]
    assert "Stopped after" in shown[0].text
    assert run("kept")[1] == [Output("text", "5\n", "result")]


def test_the_reader_stops_a_cell(runner: asyncio.Runner, kernel: Kernel):
    async def stop() -> tuple[bool, list[Output]]:
        heard: list[Output] = []
        printed = asyncio.Event()

        def hear(output: Output) -> None:
            heard.append(output)
            printed.set()

        running = asyncio.create_task(kernel.run("print(1, flush=True)\nimport time\ntime.sleep(60)", hear))
        await asyncio.wait_for(printed.wait(), 20)
        await kernel.interrupt()
        return await asyncio.wait_for(running, 20), heard

    fine, heard = runner.run(stop())
    assert not fine
    assert heard[-1].text.startswith("KeyboardInterrupt")
    assert "stopped before its end" in heard[-1].text
    runner.run(kernel.interrupt())  # with nothing running: nothing happens
    assert runner.run(kernel.value("1 + 1")) == "2"


def test_who_stops_waiting_stops_the_cell(runner: asyncio.Runner, kernel: Kernel):
    async def go_away() -> None:
        begun = asyncio.Event()
        code = "left = 3\nprint(left)\nimport time\ntime.sleep(60)"
        running = asyncio.create_task(kernel.run(code, lambda _: begun.set()))
        await asyncio.wait_for(begun.wait(), 20)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    runner.run(go_away())
    assert runner.run(asyncio.wait_for(kernel.value("left"), 10)) == "3"


def test_values_are_texts(runner: asyncio.Runner, kernel: Kernel):
    assert runner.run(kernel.value("f'{2 / 3:.2f}'")) == "0.67"
    with pytest.raises(HondoError, match="ZeroDivisionError"):
        runner.run(kernel.value("1 / 0"))


def test_too_many_outputs_are_cut_and_the_program_goes_on(runner: asyncio.Runner, kernel: Kernel):
    kernel.limit = lambda: OutputLimit(characters=1000, pictures=2)
    heard: list[Output] = []
    code = (
        "from IPython.display import SVG, display\nfor i in range(3000):\n    print('x' * 50)\n"
        "for i in range(5):\n    display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))\nfinished = True"
    )
    try:
        assert runner.run(kernel.run(code, heard.append))
    finally:
        kernel.limit = OutputLimit
    assert sum(len(each.text) for each in heard if each.stream == "stdout") == 1000
    assert [each.kind for each in heard].count("svg") == 2
    assert [each.text.strip() for each in heard if each.stream == "stderr"] == [
        "[Only the first 1,000 characters of a cell are shown.]",
        "[Only the first 2 pictures of a cell are shown.]",
    ]
    assert runner.run(kernel.value("finished")) == "True"


def test_an_exercise_is_checked_where_the_answer_is(run: Callable[..., Ran]):
    run(
        "from hondo.guide.exercises.exercise import Mistake, exercise\n"
        "@exercise('kernel-double', starter='', solution='', hints=())\n"
        "def _(work):\n"
        "    if work.function('double')(4) != 8: raise Mistake('not-double', 'Not the double.', 'No es el doble.')\n"
        "def double(x): return x + x + 1"
    )
    fine, shown = run(check_code("kernel-double", "05-neuron"))
    assert fine
    assert [json.loads(each.text) for each in shown if each.kind == "verdict"] == [
        {"right": False, "words": "Not the double.", "mistake": "not-double"}
    ]
    run("def double(x): return x + x")
    _, shown = run(check_code("kernel-double", "05-neuron"))
    assert [(each.kind, json.loads(each.text)["right"]) for each in shown] == [("verdict", True)]
    assert "kernel-double" not in exercises_module.EXERCISES


def test_nobody_else_reads_its_folder_and_it_knows_no_secret(kernel: Kernel, run: Callable[..., Ran]):
    private = kernel.folder / PRIVATE
    connection = json.loads((private / "connection.json").read_text(encoding="utf-8"))
    assert connection["ip"] == "127.0.0.1"
    assert connection["key"]
    if os.name == "posix":
        assert private.stat().st_mode & 0o077 == 0
    assert run("import os\nos.getcwd() == " + repr(str(kernel.folder)))[1][0].text == "True\n"


def test_a_dead_kernel_is_told_and_replaced(run: Callable[..., Ran], kernel: Kernel):
    run("old = 1")
    fine, shown = run("import os\nos._exit(3)")
    assert not fine
    assert "The kernel has ended" in shown[-1].text
    assert not kernel.alive
    assert run("'old' in globals()") == (True, [Output("text", "False\n", "result")])


def test_restarting_ends_what_runs(runner: asyncio.Runner, kernel: Kernel):
    async def restart() -> tuple[bool, list[Output]]:
        heard: list[Output] = []
        code = "while True:\n    try:\n        import time; time.sleep(60)\n    except BaseException:\n        pass"
        running = asyncio.create_task(kernel.run(code, heard.append))
        await asyncio.sleep(0.5)
        await asyncio.wait_for(kernel.restart(), 30)
        return await running, heard

    fine, heard = runner.run(restart())
    assert not fine
    assert [each.kind for each in heard] == ["error"]
    assert runner.run(kernel.value("1")) == "1"


def test_a_kernel_that_takes_too_much_memory_or_does_not_stop_is_ended(runner: asyncio.Runner, tmp_path: Path):
    async def fill() -> tuple[Ran, Ran, str]:
        kernel = await Kernel.start("es", tmp_path / "work", growth=150 * 2**20)
        try:
            heard: list[Output] = []
            many = "import time\nkept = []\nfor _ in range(600):\n    kept.append(b'x' * 2**20); time.sleep(0.001)"
            filled = await kernel.run(many, heard.append), list(heard)
            heard.clear()
            deaf = "while True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass"
            stuck = await kernel.run("import time\n" + deaf, heard.append, 0.5), list(heard)
            return filled, stuck, await kernel.value("'kept' in globals()")
        finally:
            await kernel.shutdown()

    (filled, told), (stopped, said), kept = runner.run(fill())
    assert (filled, stopped, kept) == (False, False, "False")
    assert "0.15 GB de memoria" in told[-1].text
    assert [each.kind for each in said] == ["error", "error"]
    assert "El núcleo ha terminado" in said[-1].text


def test_a_kernel_that_was_shut_down_refuses(runner: asyncio.Runner, tmp_path: Path):
    async def use() -> None:
        kernel = await Kernel.start("en", tmp_path)
        await kernel.shutdown()
        await kernel.run("1", lambda _: None)

    with pytest.raises(HondoError, match="shut down"):
        runner.run(use())


def test_no_kernel_outlives_who_started_it(tmp_path: Path):
    code = (
        "import asyncio, os, sys\nfrom pathlib import Path\nfrom hondo.guide.execution.kernel import Kernel\n"
        f"async def main():\n    kernel = await Kernel.start('en', Path({str(tmp_path / 'w')!r}))\n"
        "    print(await kernel.value(\"__import__('os').getpid()\"), flush=True)\n    os._exit(1)\nasyncio.run(main())"
    )
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout)
    end = time.monotonic() + 15
    while not (gone := is_gone(pid)) and time.monotonic() < end:
        time.sleep(0.1)
    assert gone


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_every_explanation_fits_both_languages():
    for kinds, message in [
        ("ValueError", "operands could not be broadcast together with shapes (2,) (3,) "),
        ("ValueError", "cannot reshape array of size 6 into shape (4,)"),
        ("TypeError", "f() missing 1 required positional argument: 'x'"),
        ("TypeError", "unsupported operand type(s) for +: 'int' and 'str'"),
        ("IndexError", "index 9 is out of bounds for axis 0 with size 3"),
        ("AttributeError", "module 'numpy' has no attribute 'foo'"),
    ]:
        for language in ("en", "es"):
            with use_language(language):
                assert "{" not in (told := meaning([kinds], message))
                assert told
    with use_language("es"):
        assert explained(ZeroDivisionError("division by zero")).endswith("súmele un número pequeño.")
        assert explained(HondoError("uno", "dos")) == "HondoError: uno\ndos"


def test_html_and_svg_cannot_act():
    hostile = "<table onclick='x()'><tr><td><img src=x onerror=y()>a<script>z()</script></td></tr></table>"
    assert harmless(hostile) == "<table><tr><td>a</td></tr></table>"
    assert from_bundle({"image/svg+xml": "<svg onload='x()'/>", "text/plain": "<svg>"}) == Output(
        "text", "<svg>\n", "result"
    )
    assert from_bundle({"text/html": "<b>x</b>", "text/plain": "x"}) == Output("text", "x\n", "result")


def test_progress_bars_leave_their_last_state():
    pieces = [Output("text", "1/3\r2/", "stdout"), Output("text", "3\r3/3\nab\b\bc\n", "stdout")]
    assert joined(pieces) == [Output("text", "3/3\nc\n", "stdout")]
    assert Output.from_json(pieces[0].as_json()) == pieces[0]
