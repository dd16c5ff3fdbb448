"""The pieces that pages are made of, in the lab's own look: plain elements, usable by keyboard, labelled.

All texts are put in as text and all attributes as values, so that nothing a reader wrote is read as markup.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.speech import spoken

_TOASTS = "hondo_toasts"  # where a page keeps the place for its messages
_TOAST_SECONDS, _UNDO_SECONDS = 6.0, 12.0


def element(tag: str, classes: str = "", **attributes: Any) -> Any:
    """An element of some kind; ``aria_label=…`` becomes ``aria-label``, ``None`` and ``False`` leave one out."""
    made = ui.element(tag).classes(classes)
    attribute(made, **attributes)
    return made


def attribute(made: Any, **attributes: Any) -> None:
    """Set or, with ``None`` or ``False``, remove attributes of an element."""
    for name, value in attributes.items():
        name = name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            made.props.pop(name, None)
        else:
            made.props[name] = value
    made.update()


def text(kind: str, words: str, classes: str = "") -> Any:
    """An element of some kind (``h1``, ``p`` …) with text in it, which is never read as markup."""
    with ui.element(kind).classes(classes) as made:
        ui.label(words)
    return made


def link(words: str, address: str, classes: str = "") -> Any:
    """A plain link, without a widget's look."""
    with element("a", classes, href=address) as made:
        ui.label(words)
    return made


def button(words: str, act: Callable[[], Any], *, kind: str = "", label: str | None = None) -> Any:
    """A button of the lab's own look; ``label`` says what it does where its words are only a sign."""
    made = element("button", f"button {kind}", type="button", aria_label=label, title=label)
    made.on("click", spoken(act))
    with made:
        ui.label(words)
    return made


def toggle(label: str, pressed: bool, act: Callable[[], Any]) -> Any:
    """A button that stays down."""
    made = button(label, act)
    attribute(made, aria_pressed=str(pressed).lower())
    return made


def select(label: str, options: Mapping[Any, str], value: Any, chosen: Callable[[Any], Any]) -> Any:
    """A list to choose from; ``chosen`` gets the key of what was chosen."""
    keys: Sequence[Any] = list(options)
    with ui.element("label").classes("control") as made:
        ui.label(label)
        with ui.element("select").on(
            "change",
            spoken(lambda event: chosen(keys[int(event.args)])),
            js_handler="(event) => emit(event.target.selectedIndex)",
        ):
            for key in keys:
                with element("option", selected=key == value):
                    ui.label(options[key])
    return made


def slider(low: int, high: int, value: int, moved: Callable[[float], Any], label: str, *, at_end: bool = False) -> Any:
    """A slider; ``moved`` is called while it moves, or when it is let go."""
    made = element("input", type="range", min=low, max=high, value=value, aria_label=label)

    def move(event: Any) -> None:
        attribute(made, value=f"{float(event.args):g}")  # or it would jump back whenever the page is drawn anew
        moved(float(event.args))

    made.on(
        "change" if at_end else "input",
        spoken(move),
        js_handler="(event) => emit(event.target.value)",
        throttle=0.05,
    )
    return made


def field(
    label: str, value: str, typed: Callable[[str], Any], *, kind: str = "text", at_end: bool = False, **attributes: Any
) -> Any:
    """A field to type in, its label above it.

    Args:
        label: what it is for.
        value: what it holds at first.
        typed: gets the text while it is typed, or when the field is left.
        kind: ``text``, ``search``, ``number`` …, or ``area`` for several lines.
        at_end: whether to wait until the field is left.
        attributes: others of the element.
    """
    tag = "textarea" if kind == "area" else "input"
    with ui.element("label").classes("control"):
        ui.label(label)
        made = element(tag, "field", type=None if kind == "area" else kind, **attributes)
        made.props["defaultValue"] = value  # "value" would be put back whenever the page is drawn anew
    made.on(
        "change" if at_end else "input",
        spoken(lambda event: typed(str(event.args if event.args is not None else ""))),
        js_handler="(event) => emit(event.target.value)",
        throttle=0.0 if at_end else 0.25,
    )
    return made


def fill(made: Any, value: str) -> None:
    """Put other text into a field."""
    ui.run_javascript(f"getHtmlElement({made.id}).value = {json.dumps(value)}")


def scroll(label: str) -> Any:
    """A place that scrolls sideways, by keyboard as well, for a table that is wider than a phone."""
    return element("div", "scroll", tabindex=0, role="region", aria_label=label)


@contextmanager
def dialog(title: str) -> Iterator[Any]:
    """A window over the page, filled in the block; :func:`open_dialog` shows it, Escape or its button closes it."""
    with element("dialog", "dialog", aria_label=title) as made:
        with ui.element("div").classes("dialog-head"):
            text("h2", title)
            button("×", lambda: close_dialog(made), kind="quiet", label=tr("Close", "Cerrar"))
        yield made


def open_dialog(made: Any) -> None:
    """Show a dialog."""
    ui.run_javascript(f"getHtmlElement({made.id})?.showModal()")


def close_dialog(made: Any) -> None:
    """Put a dialog away."""
    ui.run_javascript(f"getHtmlElement({made.id})?.close()")


def toasts() -> None:
    """The place at the page's edge where :func:`say` speaks; the frame makes it."""
    setattr(ui.context.client, _TOASTS, element("div", "toasts", role="status", aria_live="polite"))


def say(words: str, hint: str = "", *, undo: Callable[[], Any] | None = None, bad: bool = False) -> None:
    """Tell the reader something for a few seconds, with a button that undoes it where that is possible."""
    with getattr(ui.context.client, _TOASTS):
        made = ui.element("div").classes(f"toast {'bad' if bad else ''}")
        with made:
            with ui.element("div"):
                text("span", words)
                if hint:
                    text("span", hint, "hint")
            if undo is not None:
                button(tr("Undo", "Deshacer"), _once(undo, made), kind="quiet")
            ui.timer(_TOAST_SECONDS if undo is None else _UNDO_SECONDS, made.delete, once=True)


def say_error(error: HondoError) -> None:
    """Tell the reader what went wrong and how to mend it."""
    say(error.message, error.hint, bad=True)


def _once(act: Callable[[], Any], made: Any) -> Callable[[], Any]:
    def undone() -> Any:
        made.delete()
        return act()

    return undone
