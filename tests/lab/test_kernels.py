"""Readers' kernels: few at once, ended when unused and when the lab ends, with nothing left in the workspace."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hondo.core.errors import HondoError
from hondo.lab.kernels import Kernels, kernels


def with_kernels(folder: Path, use: Callable[[Kernels], Awaitable[None]], **options: float) -> None:
    """Use kernels, then end them; nothing of them is left."""

    async def go() -> None:
        held = Kernels(folder, **options)  # pyright: ignore[reportArgumentType]
        try:
            await use(held)
        finally:
            await held.close()
        with pytest.raises(HondoError, match="ending"):
            await held.of("r", "05-neuron", "en")
        assert not folder.exists() or not list(folder.iterdir())

    asyncio.run(go())


def test_a_reader_has_one_kernel_a_chapter_and_language(tmp_path: Path):
    async def use(held: Kernels) -> None:
        assert held.there("ana", "05-neuron", "en") is None
        await held.interrupt("ana", "05-neuron", "en")
        await held.restart("ana", "05-neuron", "en")
        one, again = await asyncio.gather(*(held.of("ana", "05-neuron", "en") for _ in range(2)))
        assert one is again
        assert held.there("ana", "05-neuron", "en") is one
        other = await held.of("ana", "05-neuron", "es")
        assert other is not one
        assert other.folder != one.folder
        await one.run("x = 1", lambda _: None)
        assert await other.value("__import__('os').environ['HONDO_LANG']") == "es"
        await held.restart("ana", "05-neuron", "en")
        assert await one.value("'x' in globals()") == "False"

    with_kernels(tmp_path / "kernels", use)


def test_the_one_unused_longest_makes_room_and_one_that_computes_does_not(tmp_path: Path):
    async def use(held: Kernels) -> None:
        first, second = [await held.of("ana", chapter, "en") for chapter in ("05-neuron", "06-networks")]
        await held.of("ana", "05-neuron", "en")  # looked at again
        third = await held.of("ana", "07-keras", "en")
        assert (first.alive, second.alive, third.alive) == (True, False, True)
        assert not second.folder.exists()

        sleeping = "import time; time.sleep(60)"
        running = [asyncio.create_task(each.run(sleeping, lambda _: None)) for each in (first, third)]
        await asyncio.sleep(0.2)
        with pytest.raises(HondoError, match="computing"):
            await held.of("ana", "08-backpropagation", "en")
        await held.interrupt("ana", "05-neuron", "en")
        assert await asyncio.wait_for(running[0], 20) is False
        await held.of("ana", "08-backpropagation", "en")
        assert (first.alive, third.alive) == (False, True)
        await held.close()  # while one computes
        assert await asyncio.wait_for(running[1], 20) is False

    with_kernels(tmp_path / "kernels", use, most=2)


def test_unused_ones_are_ended_and_what_dead_labs_left_is_removed(tmp_path: Path):
    folder = tmp_path / "kernels"
    left, others = folder / "999999999-abc", folder / f"{os.getppid()}-abc"
    for each in (left, others):
        each.mkdir(parents=True)

    async def use(held: Kernels) -> None:
        kernel = await held.of("ana", "05-neuron", "en")
        assert not left.exists()
        assert others.exists()
        others.rmdir()
        await held.tend()
        assert kernel.alive
        kernel.used -= 100
        await held.tend()
        assert not kernel.alive
        assert held.there("ana", "05-neuron", "en") is None
        assert await (await held.of("ana", "05-neuron", "en")).value("1") == "1"

    with_kernels(folder, use, idle=50)


def test_there_are_none_without_a_lab():
    with pytest.raises(HondoError, match="no lab"):
        kernels()
