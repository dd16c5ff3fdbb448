"""Questions that follow a hand, of which only the newest matters."""

from collections.abc import Awaitable, Callable
from typing import Any


class Newest:
    """Asks one question at a time; while it waits, a newer one takes the place of the one that waits behind it.

    So answers come in the order of their questions, none is asked in vain for long, and the last one always comes.

    Args:
        ask: answers a question.
        show: gets each answer, unless all was forgotten since it was asked for.
    """

    def __init__(self, ask: Callable[[Any], Awaitable[Any]], show: Callable[[Any], Any]) -> None:
        self._ask, self._show = ask, show
        self._waiting: list[Any] = []
        self._busy = False
        self._round = 0

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._busy

    async def put(self, question: Any) -> None:
        """Ask, now or as soon as the answer before has come."""
        self._waiting[:] = [question]
        if self._busy:
            return
        self._busy = True
        try:
            while self._waiting:
                asked, begun = self._waiting.pop(), self._round
                answer = await self._ask(asked)
                if begun == self._round:
                    self._show(answer)
        finally:
            self._busy = False

    def forget(self) -> None:
        """Let no answer be shown to what was asked so far."""
        self._round += 1
        self._waiting.clear()
