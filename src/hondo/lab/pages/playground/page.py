"""The playground: a small network on points of a plane, watched while it learns."""

from collections.abc import Callable
from typing import Any

from nicegui import ui
from starlette.requests import Request

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.specs.write import spec_to_yaml
from hondo.lab.frame import frame
from hondo.lab.islands.stage import Session, Stage
from hondo.lab.parts import button, say_error, select, slider, text, toggle
from hondo.lab.speech import spoken
from hondo.playground.keras_code import to_keras
from hondo.playground.record import to_json
from hondo.playground.setup import CHOICES, INPUTS, MOST_LAYERS, MOST_NEURONS, OWN, Setup
from hondo.playground.spec import to_spec
from hondo.playground.url import from_query, to_query

_FRAME = 1 / 30  # seconds
_RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_SPEEDS = (0, 1, 5, 20, 100)
_INPUT_NAMES = {
    "x1": "x₁", "x2": "x₂", "x1^2": "x₁²", "x2^2": "x₂²", "x1x2": "x₁x₂", "sin(x1)": "sin x₁", "sin(x2)": "sin x₂",
}  # fmt: skip


@ui.page("/playground")
@spoken
def playground(request: Request) -> None:
    """The page; its address holds the setup."""
    fault = ""
    try:
        setup = from_query(request.url.query)
    except HondoError as error:
        setup, fault = Setup(), str(error)
    with frame(tr("Playground", "Campo de juego"), "/playground"):
        text("h1", tr("Playground", "Campo de juego"))
        if fault:
            text("p", fault, "message bad")
        Bench(Session(setup)).build()


class Bench:
    """The controls around a stage, and the loop that trains and shows.

    Args:
        session: what is trained.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.speed = 1  # epochs a frame; 0 is one step
        self.frame: dict[str, Any] = {}

    def build(self) -> None:
        """Put everything on the page."""
        self.top = ui.element("div").classes("top")
        with ui.element("div").classes("bench"):
            self.side = ui.element("div").classes("controls")
            with ui.element("div"):
                self.net = ui.element("div").classes("layers")
                labels = {
                    "network": tr(
                        "The network; click a line or a neuron to edit it",
                        "La red; pulse una línea o una neurona para editarla",
                    ),
                    "map": tr("What the network says all over the plane", "Lo que dice la red en todo el plano"),
                    "loss": tr("Loss so far", "Pérdida hasta ahora"),
                    "weight": tr("Weight", "Peso"),
                    "bias": tr("Bias", "Sesgo"),
                }
                self.stage = Stage(labels, spoken(self.begin), spoken(self.edited))
        self.controls()
        ui.timer(_FRAME, spoken(self.tick))

    def begin(self) -> None:
        """Show the network as it is."""
        self.stage.begin(self.session.shape(_INPUT_NAMES))
        self.show(whole=True)

    def tick(self) -> None:
        """Train and show, if the browser keeps up."""
        if self.session.playing and self.stage.free:
            self.session.history.run(max(1, self.speed * self.session.training.batches))
            self.show()

    def show(self, *, whole: bool = False) -> None:
        """Draw the present state."""
        self.frame = self.session.frame(whole=whole)
        self.stage.show(self.frame)
        self.tell()

    def tell(self) -> None:
        """Say where the training is and how good the network."""
        epoch, now = self.session.training.epoch(self.session.state), self.frame
        if not now:
            return
        self.counter.set_text(f"{epoch:,.0f}" if self.speed else f"{epoch:,.2f}")
        train, test = _shown(now["train"]), _shown(now["test"])
        score = tr("accuracy", "exactitud") if self.session.setup.problem == "classification" else "R²"
        self.scores.set_text(
            tr(
                f"loss {train}, on test points {test} · {score} {_shown(now['testScore'])}",
                f"pérdida {train}, en los puntos de prueba {test} · {score} {_shown(now['testScore'])}",
            )
        )

    def edited(self, change: dict[str, Any]) -> None:
        """A weight that the reader wrote."""
        try:
            self.session.edit(change)
        except (HondoError, LookupError, TypeError, ValueError):  # only a page of somebody's own sends such
            return
        self.show(whole=True)

    def change(self, **values: Any) -> None:
        """Another setup; what cannot be is said and nothing changes."""
        try:
            self.session.change(self.session.setup.changed(**values))
        except HondoError as error:
            say_error(error)
            return
        query = to_query(self.session.setup)
        ui.run_javascript(f"history.replaceState(null, '', '/playground{'?' + query if query else ''}')")
        self.controls()
        self.begin()

    def play(self) -> None:
        """Go on, or pause."""
        self.playing(not self.session.playing)

    def playing(self, going: bool) -> None:
        """Whether it trains by itself from now on."""
        self.session.playing = going
        self.player.set_text(tr("Pause", "Pausa") if going else tr("Play", "Iniciar"))

    def step(self) -> None:
        """One step (or the chosen number of epochs) by hand."""
        self.playing(False)
        self.session.history.run(max(1, self.speed * self.session.training.batches))
        self.show()

    def reset(self) -> None:
        """Back to the same first weights."""
        self.playing(False)
        self.session.history.reset()
        self.begin()

    def other(self) -> None:
        """Other first weights, and other points."""
        seed = self.session.setup.seed + 1
        self.change(seed=seed, data_seed=seed)

    def rewind(self, share: float) -> None:
        """Look at an earlier moment; playing goes on from there."""
        self.playing(False)
        self.session.go_to(share)
        self.show()

    def give(self, kind: str) -> None:
        """Hand out the network: as Keras code, as an experiment, or as a record of its training."""
        setup, state = self.session.setup, self.session.state
        if kind == "keras":
            ui.download.content(to_keras(setup, state.weights), "playground.py")
        elif kind == "record":
            ui.download.content(to_json(self.session.history), "playground.json")
        else:
            spec, differences = to_spec(setup)
            ui.download.content(spec_to_yaml(spec) + "".join(f"# {each}\n" for each in differences), "playground.yaml")

    def controls(self) -> None:
        """All controls anew, with the values of the moment."""
        for place, build in ((self.top, self._top), (self.side, self._side), (self.net, self._layers)):
            place.clear()
            with place:
                build()
        self.tell()

    def _top(self) -> None:
        setup = self.session.setup
        with ui.element("button").classes("button primary").props('type="button"').on("click", spoken(self.play)):
            self.player = ui.label()
        self.playing(self.session.playing)
        button(tr("Step", "Paso"), self.step)
        button(tr("Reset", "Reiniciar"), self.reset)
        with ui.element("div"):
            with ui.element("div").classes("counter"):
                self.counter = ui.label("0")
            with ui.element("div").classes("scores"):
                ui.label(tr("epochs", "épocas"))
        speeds = {
            0: tr("one step", "un paso"),
            **{each: tr(f"{each} epochs", f"{each} épocas") for each in _SPEEDS[1:]},
        }
        speeds[1] = tr("1 epoch", "1 época")
        select(tr("a frame", "por fotograma"), speeds, self.speed, self._set_speed)
        rates = {each: f"{each:g}" for each in sorted({*_RATES, setup.learning_rate})}
        select(
            tr("learning rate", "tasa de aprendizaje"),
            rates,
            setup.learning_rate,
            lambda each: self.change(learning_rate=each),
        )
        for name, label in (
            ("activation", tr("activation", "activación")),
            ("optimizer", tr("optimizer", "optimizador")),
            ("initialisation", tr("first weights", "pesos iniciales")),
            ("regularisation", tr("regularisation", "regularización")),
        ):
            select(label, {each: each for each in CHOICES[name]}, getattr(setup, name), self._setter(name))
        if setup.regularisation != "none":
            strengths = {each: f"{each:g}" for each in sorted({0.0, *_RATES, setup.regularisation_rate})}
            select(tr("its rate", "su tasa"), strengths, setup.regularisation_rate, self._setter("regularisation_rate"))
        with ui.element("label").classes("control"):
            ui.label(tr("rewind", "rebobinar"))
            slider(0, 1000, 1000, lambda moved: self.rewind(moved / 1000), tr("rewind", "rebobinar"))
        with ui.element("div").classes("scores"):
            self.scores = ui.label("")

    def _side(self) -> None:
        setup = self.session.setup
        names = {
            "circle": tr("circle", "círculo"), "xor": "XOR", "gaussians": tr("two clouds", "dos nubes"),
            "spiral": tr("spiral", "espiral"), "moons": tr("moons", "lunas"),
            "plane": tr("plane (numbers)", "plano (números)"),
            "gaussian_mix": tr("hills (numbers)", "colinas (números)"),
        }  # fmt: skip
        select(
            tr("data", "datos"),
            {each: names.get(each, each) for each in CHOICES["data"] if each != OWN},
            setup.data,
            self._setter("data"),
        )
        if setup.problem == "classification":
            outputs = {each: each for each in ("tanh", "sigmoid", "softmax")}
            select(tr("output", "salida"), outputs, setup.output, self._setter("output"))
        for name, label, low, high, factor in (
            ("noise", tr("noise", "ruido"), 0, 50, 100),
            ("train_share", tr("share to learn from", "parte para aprender"), 10, 90, 100),
            ("batch_size", tr("batch size", "tamaño del lote"), 1, 30, 1),
        ):
            value = getattr(setup, name)
            shown = f"{value:.0%}" if factor == 100 else f"{value}"
            with ui.element("label").classes("control"):
                ui.label(f"{label}: {shown}")
                slider(low, high, round(value * factor), self._scaled(name, factor), label, at_end=True)
        text("span", tr("inputs", "entradas"), "control")
        with ui.element("div").classes("ticks"):
            for each in INPUTS:
                self._tick_button(each)
        with ui.element("div").classes("ticks"):
            toggle(
                tr("show test points", "mostrar puntos de prueba"), self.session.show_test, self._toggle("show_test")
            )
            toggle(tr("discretise", "discretizar"), self.session.discrete, self._toggle("discrete"))
            button(tr("Other points and weights", "Otros puntos y pesos"), self.other)
        text("span", tr("take it with you", "llévesela"), "control")
        with ui.element("div").classes("ticks"):
            button(tr("Keras code", "Código Keras"), lambda: self.give("keras"))
            button(tr("Experiment", "Experimento"), lambda: self.give("spec"))
            button(tr("Recorded run", "Registro"), lambda: self.give("record"))

    def _layers(self) -> None:
        hidden = self.session.setup.hidden
        ui.label(
            tr(f"{len(hidden)} hidden layers", f"{len(hidden)} capas ocultas")
            if len(hidden) != 1
            else tr("1 hidden layer", "1 capa oculta")
        )
        more = tr("add a layer", "añadir una capa")
        if len(hidden) < MOST_LAYERS:
            button("+", lambda: self.change(hidden=(*hidden, 2)), label=more)
        if hidden:
            less = tr("remove the last layer", "quitar la última capa")
            button("−", lambda: self.change(hidden=hidden[:-1]), label=less)
        for place, count in enumerate(hidden):
            counts = {each: str(each) for each in range(1, MOST_NEURONS + 1)}
            select(
                tr(f"neurons in layer {place + 1}", f"neuronas de la capa {place + 1}"),
                counts,
                count,
                self._resize(place),
            )

    def _resize(self, place: int) -> Callable[[int], None]:
        def resize(count: int) -> None:
            hidden = list(self.session.setup.hidden)
            hidden[place] = count
            self.change(hidden=tuple(hidden))

        return resize

    def _setter(self, name: str) -> Callable[[Any], None]:
        return lambda value: self.change(**{name: value})

    def _scaled(self, name: str, factor: int) -> Callable[[float], None]:
        return lambda value: self.change(**{name: int(value) if factor == 1 else value / factor})

    def _set_speed(self, value: int) -> None:
        self.speed = value

    def _tick_button(self, name: str) -> None:
        inputs = self.session.setup.inputs
        kept = tuple(each for each in INPUTS if (each in inputs) != (each == name))
        toggle(_INPUT_NAMES[name], name in inputs, lambda: self.change(inputs=kept))

    def _toggle(self, name: str) -> Callable[[], None]:
        def flip() -> None:
            setattr(self.session, name, not getattr(self.session, name))
            self.controls()
            self.begin()

        return flip


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
