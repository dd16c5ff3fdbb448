"""The playground's controls, group by group: what plays, what is learnt, how it is learnt, and the hidden layers."""

import functools
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.pages.playground.address import SPEEDS
from hondo.lab.pages.playground.bench import Bench
from hondo.lab.pages.playground.controls import helper
from hondo.lab.pages.playground.thumbnails import thumbnail
from hondo.lab.pages.playground.words import INPUT_NAMES, data_names, label, speed_name, stop_names, value_text
from hondo.lab.parts import attribute, button, element, field, fill, text
from hondo.lab.speech import spoken
from hondo.playground.setup import CHOICES, CLASS_OUTPUTS, INPUTS, MANY_SETS, MOST_LAYERS, MOST_NEURONS, OWN, RANGES

RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_STOP_VALUES = {"epochs": 100, "train_loss": 0.05, "test_loss": 0.05, "train_score": 0.95, "test_score": 0.95}
_LARGEST_BATCH = 100


def transport(bench: Bench) -> None:
    """Play, steps, reset, speed, and when to stop."""
    desk = bench.desk
    with ui.element("div").classes("plays"):
        if desk.shows("play"):
            _player(bench)
        if desk.shows("step"):
            with ui.element("div").classes("pair"):
                button(tr("+1 batch", "+1 lote"), functools.partial(bench.step, 1, "s"))
                button(tr("+1 epoch", "+1 época"), functools.partial(bench.step, 1, "e"))
        if desk.shows("reset"):
            made = button(tr("Reset", "Reiniciar"), bench.reset)
            attribute(made, title=tr("Back to the same first weights", "Vuelve a los mismos pesos iniciales"))
    with ui.element("div").classes("paces"):
        desk.choice(
            "speed",
            {speed: speed_name(speed) for speed in SPEEDS},
            lambda: bench.view.speed,
            lambda speed: bench.look(speed=speed),
        )
        _stopping(bench)


def _player(bench: Bench) -> None:
    with element("button", "button primary play", type="button", title=tr("Space", "Espacio")) as made:
        words = ui.label()
    made.on("click", spoken(bench.play))

    def bring() -> None:
        going = bench.session.playing
        words.set_text(tr("Pause", "Pausa") if going else tr("Play", "Iniciar"))
        attribute(made, data_going=str(going).lower())

    bench.desk.keep(bring)


def _stopping(bench: Bench) -> None:
    desk = bench.desk
    desk.choice(
        "stop",
        stop_names(),
        lambda: bench.view.stop.kind,
        lambda kind: bench.set_stop(kind, float(_STOP_VALUES.get(kind, 0))),
    )
    if not desk.shows("stop"):
        return
    with ui.element("div").classes("limit") as around:
        shown = [bench.view.stop.value]

        def typed(words: str) -> None:
            try:
                shown[0] = float(words.replace(",", "."))
            except ValueError:
                shown[0] = float("nan")
            bench.set_stop(bench.view.stop.kind, shown[0])

        made = field(
            tr("limit", "límite"), f"{shown[0]:g}", typed, kind="number", at_end=True, step="any",
            aria_label=tr("limit to stop at", "límite para detenerse"),
        )  # fmt: skip

    def bring() -> None:
        if bench.view.stop.value != shown[0]:
            shown[0] = bench.view.stop.value
            fill(made, f"{shown[0]:g}")

    desk.keep(bring)
    desk.showing(around, lambda: bench.view.stop.kind != "never")


def settings(bench: Bench) -> None:
    """How it is learnt."""
    _setting(bench, "learning_rate", RATES)
    _setting(bench, "activation", CHOICES["activation"])
    _setting(bench, "output", CLASS_OUTPUTS, when=lambda: bench.setup.problem == "classification")
    low, high = (int(each) for each in RANGES["classes"])

    def several() -> bool:
        return bench.setup.output == "softmax" and bench.setup.data in (*MANY_SETS, OWN)

    _setting(bench, "classes", range(low, high + 1), when=several)
    _setting(bench, "optimizer", CHOICES["optimizer"])
    _setting(bench, "initialisation", CHOICES["initialisation"])
    _setting(bench, "regularisation", CHOICES["regularisation"])
    _setting(bench, "regularisation_rate", (0.0, *RATES), when=lambda: bench.setup.regularisation != "none")


def _setting(bench: Bench, name: str, values: Any, when: Any = None) -> None:
    present = getattr(bench.setup, name)
    listed = list(values) if present in values or present == "linear" else sorted({*values, present})
    bench.desk.choice(
        name,
        {each: value_text(name, each) for each in listed},
        lambda: getattr(bench.setup, name),
        lambda value: bench.change(**{name: value}),
        when=when,
    )


def data_panel(bench: Bench) -> None:
    """What is learnt, and what the network sees of it."""
    desk = bench.desk
    if desk.shows("data"):
        with desk.control("data"), element("div", "gallery", role="group", aria_label=label("data")):
            for name, words in data_names().items():
                if name != OWN or desk.shows("own"):
                    _thumb(bench, name, words)
    if desk.shows("regenerate"):
        with ui.element("div").classes("ticks regenerate"):
            button(tr("New points", "Otros puntos"), functools.partial(_again, bench, "data_seed"))
            button(tr("New weights", "Otros pesos"), functools.partial(_again, bench, "seed"))
    _slide(bench, "noise", (0, 50), 100, when=lambda: bench.setup.data != OWN)
    _slide(bench, "train_share", (10, 90), 100)
    _slide(bench, "batch_size", (1, max(_LARGEST_BATCH, bench.setup.batch_size)), 1)
    if desk.shows("inputs"):
        with desk.control("inputs"), element("div", "ticks", role="group", aria_label=label("inputs")):
            for name in INPUTS:
                desk.switch(
                    "inputs", INPUT_NAMES[name], functools.partial(_sees, bench, name),
                    functools.partial(_flip_input, bench, name),
                )  # fmt: skip


def _thumb(bench: Bench, name: str, words: str) -> None:
    async def choose() -> None:
        await bench.choose_data(name)

    with element("button", "thumb", type="button") as made:
        ui.html(thumbnail(name), sanitize=False)
        ui.label(words)
    made.on("click", spoken(choose))
    bench.desk.keep(lambda: attribute(made, aria_pressed=str(bench.setup.data == name).lower()))


async def _again(bench: Bench, name: str) -> None:
    await bench.change(**{name: (getattr(bench.setup, name) + 1) % 2**32})


def _sees(bench: Bench, name: str) -> bool:
    return name in bench.setup.inputs


async def _flip_input(bench: Bench, name: str) -> None:
    inputs = bench.setup.inputs
    await bench.change(inputs=tuple(each for each in INPUTS if (each in inputs) != (each == name)))


def _slide(bench: Bench, name: str, ends: tuple[int, int], factor: int, when: Any = None) -> None:
    bench.desk.slide(
        name,
        ends,
        lambda: round(getattr(bench.setup, name) * factor),
        lambda moved: bench.change(**{name: moved if factor == 1 else moved / factor}),
        lambda value: f"{value}" if factor == 1 else f"{value} %",
        when=when,
    )


def layers_panel(bench: Bench) -> None:
    """How many hidden layers, and how many neurons in each."""
    desk = bench.desk
    if not desk.shows("hidden"):
        return
    with ui.element("div").classes("layers"):
        with ui.element("div").classes("stepper"):
            said = ui.label()
            less = button("−", functools.partial(_layers, bench, -1), label=tr("remove a layer", "quitar una capa"))
            more = button("+", functools.partial(_layers, bench, 1), label=tr("add a layer", "añadir una capa"))
            helper("hidden")
        steppers = [_neurons(bench, place) for place in range(MOST_LAYERS)]

    def bring() -> None:
        hidden = bench.setup.hidden
        layers = tr("hidden layers", "capas ocultas") if len(hidden) != 1 else tr("hidden layer", "capa oculta")
        said.set_text(f"{len(hidden)} {layers}")
        attribute(less, disabled=not hidden)
        attribute(more, disabled=len(hidden) == MOST_LAYERS)
        for place, (around, number, fewer, further) in enumerate(steppers):
            attribute(around, hidden=place >= len(hidden))
            if place < len(hidden):
                number.set_text(str(hidden[place]))
                attribute(fewer, disabled=hidden[place] == 1)
                attribute(further, disabled=hidden[place] == MOST_NEURONS)

    desk.keep(bring)


def _neurons(bench: Bench, place: int) -> tuple[Any, ...]:
    name = tr(f"layer {place + 1}", f"capa {place + 1}")
    with ui.element("div").classes("stepper") as around:
        text("span", name, "quiet-name")
        fewer = button(
            "−", functools.partial(_resize, bench, place, -1),
            label=tr(f"fewer neurons in {name}", f"menos neuronas en la {name}"),
        )  # fmt: skip
        number = ui.label()
        further = button(
            "+", functools.partial(_resize, bench, place, 1),
            label=tr(f"more neurons in {name}", f"más neuronas en la {name}"),
        )  # fmt: skip
    return around, number, fewer, further


async def _layers(bench: Bench, more: int) -> None:
    hidden = bench.setup.hidden
    await bench.change(hidden=(*hidden, 2) if more > 0 else hidden[:-1])


async def _resize(bench: Bench, place: int, more: int) -> None:
    hidden = list(bench.setup.hidden)
    if place < len(hidden):
        hidden[place] += more
        await bench.change(hidden=tuple(hidden))
