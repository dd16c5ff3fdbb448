"""The page's address: the setup, how it is shown, and what a teacher hid, so that a link is all that is needed."""

from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from hondo.core.errors import SpecError, nearest
from hondo.core.language import tr
from hondo.lab.pages.playground.session import Twin
from hondo.playground.own import MOST_IN_ADDRESS, NOTHING, OwnPoints, from_text, to_text
from hondo.playground.setup import OWN, Setup
from hondo.playground.stopping import Stop
from hondo.playground.url import from_query, setting_from_text, setting_to_text, to_query

SPEEDS = ("1s", "10s", "100s", "1000s", "10000s", "1e", "5e", "20e", "100e")
"""What is trained for each frame: so many steps, or so many epochs."""
HIDEABLE = (
    "play", "step", "reset", "speed", "stop", "rewind",
    "data", "noise", "train_share", "batch_size", "regenerate", "own",
    "inputs", "hidden", "edit", "gradients",
    "learning_rate", "activation", "output", "classes", "optimizer", "initialisation",
    "regularisation", "regularisation_rate",
    "test", "discrete", "scores", "loss", "twins", "surface", "export", "share",
)  # fmt: skip
"""The names by which controls are hidden: ``?hide=noise,batch_size``."""

_VIEW_KEYS = ("speed", "stop", "test", "discrete", "grad", "twin", "points", "hide")


@dataclass(frozen=True)
class View:
    """How a setup is shown.

    Attributes:
        speed: one of :data:`SPEEDS`.
        stop: when playing ends.
        test, discrete, gradients: what is drawn.
        twin: in what the second network differs, if there is one.
        points: the reader's own.
        hide: controls that are not shown.
    """

    speed: str = "1e"
    stop: Stop = field(default_factory=Stop)
    test: bool = False
    discrete: bool = False
    gradients: bool = True
    twin: Twin | None = None
    points: OwnPoints = NOTHING
    hide: frozenset[str] = frozenset()


def from_address(query: str) -> tuple[Setup, View]:
    """What an address asks for.

    Raises:
        HondoError: for one that cannot be followed.
    """
    own, rest = {}, []
    for key, text in parse_qsl(query, keep_blank_values=True):
        if key in _VIEW_KEYS:
            own[key] = text
        else:
            rest.append(f"{key}={text.replace('&', '%26')}")
    setup = from_query("&".join(rest))
    view = View(
        speed=_known("speed", own.get("speed", "1e"), SPEEDS),
        stop=_stop(own.get("stop", "")),
        test=own.get("test") == "1",
        discrete=own.get("discrete") == "1",
        gradients=own.get("grad") != "0",
        twin=setting_from_text(own["twin"]) if "twin" in own else None,
        hide=frozenset(_known("hide", each, HIDEABLE) for each in own.get("hide", "").split(",") if each),
    )
    if setup.data == OWN and "points" in own:
        view = replace(view, points=from_text(own["points"], numbers=setup.problem == "regression"))
    return setup, view


def to_address(setup: Setup, view: View) -> str:
    """The query of an address that shows the same; the many points of a table do not fit in it."""
    parts = [to_query(setup)]
    if view.speed != "1e":
        parts.append(f"speed={view.speed}")
    if view.stop.kind != "never":
        parts.append(f"stop={view.stop.kind}:{view.stop.value:g}")
    parts += [f"{name}=1" for name in ("test", "discrete") if getattr(view, name)]
    if not view.gradients:
        parts.append("grad=0")
    if view.twin is not None:
        parts.append(f"twin={setting_to_text(*view.twin)}")
    if setup.data == OWN and 0 < len(view.points) <= MOST_IN_ADDRESS:
        parts.append(f"points={to_text(view.points)}")
    if view.hide:
        parts.append(f"hide={','.join(each for each in HIDEABLE if each in view.hide)}")
    return "&".join(part for part in parts if part)


def _known(key: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise SpecError(
            tr(
                f"the address has {key}={text!r}, which is not known",
                f"la dirección tiene {key}={text!r}: no se conoce",
            ),
            nearest(text, known),
        )
    return text


def _stop(text: str) -> Stop:
    if not text:
        return Stop()
    kind, _, value = text.partition(":")
    try:
        return Stop(kind, float(value))
    except ValueError:
        raise SpecError(
            tr(f"stop must end with a number, got {text!r}", f"stop debe acabar en un número; se recibió {text!r}"),
            tr("Such as stop=test_loss:0.05.", "Por ejemplo stop=test_loss:0.05."),
        ) from None
