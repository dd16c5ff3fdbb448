"""Questions of which only the newest matters: one at a time, in order, and the last one is always answered."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hondo.lab.asking import Newest


def test_the_newest_question_is_answered_last_and_what_is_forgotten_is_not_shown() -> None:
    async def play() -> None:
        asked: list[int] = []
        shown: list[int] = []
        gates: dict[int, asyncio.Event] = {number: asyncio.Event() for number in range(6)}

        async def ask(number: int) -> int:
            asked.append(number)
            await gates[number].wait()
            return number

        newest = Newest(ask, shown.append)
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(newest.put(number)) for number in range(4)]
        await asyncio.sleep(0)
        assert asked == [0]
        for number in (3, 2, 1, 0):  # the later ones could be answered at once
            gates[number].set()
        await asyncio.gather(*tasks)
        assert (asked, shown) == ([0, 3], [0, 3])
        late = asyncio.create_task(newest.put(4))
        await asyncio.sleep(0)
        newest.forget()
        gates[4].set()
        gates[5].set()
        await late
        await newest.put(5)
        assert shown == [0, 3, 5]

    with ThreadPoolExecutor(1) as aside:  # the browser of other tests has a loop in this thread
        aside.submit(asyncio.run, play()).result(timeout=30)
