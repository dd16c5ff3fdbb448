"""Each page speaks the language in which its reader asked for it, also long afterwards, when a handler answers."""

import contextvars
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from nicegui import run, ui

from hondo.core.language import Language, language, use_language

_SPOKEN = "hondo_language"  # what a page remembers of its reader


def readers_language() -> Language:
    """The language in which this page was built; while it is built, that of its request."""
    try:
        client = ui.context.client
    except RuntimeError:  # a task of a page's own: it began in its reader's language
        return language()
    return getattr(client, _SPOKEN, None) or language()


def spoken(build: Callable[..., Any]) -> Callable[..., Any]:
    """Let a page, or a handler of it, speak the language in which the page was asked for."""

    def chosen() -> Language:
        client, now = ui.context.client, readers_language()
        setattr(client, _SPOKEN, now)
        return now

    if inspect.iscoroutinefunction(build):

        @functools.wraps(build)
        async def speak_later(*given: Any, **named: Any) -> Any:
            with use_language(chosen()):
                return await build(*given, **named)

        return speak_later

    @functools.wraps(build)
    def speak(*given: Any, **named: Any) -> Any:
        now = chosen()
        with use_language(now):
            answer = build(*given, **named)
        return _later(now, answer) if inspect.iscoroutine(answer) else answer

    return speak


async def _later(now: Language, answer: Coroutine[Any, Any, Any]) -> Any:
    """Let what a handler leaves to be awaited speak the same language."""
    with use_language(now):
        return await answer


async def aside(work: Callable[..., Any], *given: Any) -> Any:
    """Do blocking work in a thread, in the reader's language; the page goes on meanwhile.

    Returns:
        What the work returns; None when the lab is closing.

    Raises:
        Exception: whatever the work raises.
    """
    with use_language(readers_language()):
        return await run.io_bound(contextvars.copy_context().run, work, *given)
