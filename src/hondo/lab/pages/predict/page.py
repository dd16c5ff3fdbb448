"""Ask a trained model: draw, and see its probabilities move."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from nicegui import run as background
from nicegui import ui

from hondo.core.arrays import Array
from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.predict import Predictions
from hondo.experiments.report.figures import data_uri
from hondo.experiments.run import MODEL, RESULT, Run, load_run
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.islands.pad import Pad, as_digit, read_drawing
from hondo.lab.parts import button, link, text
from hondo.lab.speech import spoken
from hondo.store.records import RunRecord
from hondo.store.runs import list_runs

_SHOWN = 10
_SMALL = 12  # pixels a side: digits that small fill their pictures, MNIST's leave a seventh on each side


@ui.page("/predict")
@spoken
def predict_page(run: str = "") -> None:
    """Choose a run that knows pictures; draw."""
    able = [each for each in list_runs(here()) if _knows_pictures(each)]
    with frame(tr("Predict", "Predecir"), "/predict"):
        text("h1", tr("Predict", "Predecir"))
        if not able:
            text(
                "p",
                tr(
                    "Train a network on pictures first, such as the digits.",
                    "Entrene antes una red con imágenes, como los dígitos.",
                ),
                "lede",
            )
            return
        chosen = next((each for each in able if each.name == run), able[0])
        _choice(able, chosen)
        _sheet(chosen)


def _knows_pictures(run: RunRecord) -> bool:
    return (run.folder / RESULT).exists() and (run.folder / MODEL).exists() and _kind(run.folder) == "image"


@lru_cache(maxsize=4096)
def _kind(folder: Path) -> str:
    import json

    from hondo.experiments.run import PREPROCESS

    try:
        return str(json.loads((folder / PREPROCESS).read_text(encoding="utf-8")).get("kind", ""))
    except (OSError, ValueError):
        return ""


def _choice(able: list[RunRecord], chosen: RunRecord) -> None:
    with ui.element("div").classes("row"):
        for each in able[:6]:
            here = 'aria-current="page"' if each is chosen else ""
            link(each.name, f"/predict?run={each.name}").classes("button").props(here)


def _sheet(chosen: RunRecord) -> None:
    with ui.element("div").classes("predict"):
        with ui.element("div"):
            pad = Pad(
                tr("Sheet to draw on; Delete empties it", "Hoja para dibujar; Supr la borra"),
                spoken(lambda sent: _answer(chosen, sent, seen, answers)),
                spoken(lambda: _empty(seen, answers)),
            )
            with ui.element("div").classes("row"):
                button(tr("Clear", "Borrar"), pad.wipe)
        with ui.element("div"):
            text("h2", tr("What the network sees", "Lo que ve la red"))
            seen = ui.element("div")
            text("h2", tr("What it says", "Lo que dice"))
            answers = ui.element("div")
    _empty(seen, answers)


def _empty(seen: Any, answers: Any) -> None:
    for place, words in ((seen, ""), (answers, tr("Draw something on the sheet.", "Dibuje algo en la hoja."))):
        place.clear()
        with place:
            text("p", words, "empty")


async def _answer(chosen: RunRecord, sent: str, seen: Any, answers: Any) -> None:
    try:
        drawing = read_drawing(sent)
        answer = await background.io_bound(ask, chosen.folder, drawing)
    except HondoError as error:
        answers.clear()
        with answers:
            text("p", str(error), "message bad")
        return
    if answer is None:  # the server is closing
        return
    picture, found = answer
    seen.clear()
    with seen:
        done, png = cv2.imencode(".png", picture)
        if done:
            side = f"{picture.shape[0]}×{picture.shape[1]}"
            ui.element("img").classes("seen").props(f'src="{data_uri(png.tobytes())}" alt="{side}"')
    answers.clear()
    with answers:
        _bars(found)


def ask(folder: Path, drawing: Array) -> tuple[Array, Predictions]:
    """What a run says of a drawing, and the picture that it was shown.

    Args:
        folder: the run's.
        drawing: uint8 ``(280, 280)``.

    Returns:
        uint8 ``(height, width)`` and the answers.
    """
    run = _loaded(folder)
    height, width, channels = run.preprocessor.raw_shape
    side = max(height, width)
    picture = as_digit(drawing, side, margin=0.0 if side <= _SMALL else 1 / 7)
    if (height, width) != picture.shape:
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    raw = np.repeat(picture[None, ..., None], channels, axis=3)
    if run.preprocessor.raw_dtype != "uint8":
        raw = raw.astype(run.preprocessor.raw_dtype)
    return picture, run.predict(raw)


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Run:
    return load_run(folder)


def _bars(found: Predictions) -> None:
    shares = found.outputs[0]
    order = np.argsort(-shares)[:_SHOWN] if len(shares) > _SHOWN else range(len(shares))
    with ui.element("div").classes("answers"):
        for number in order:
            best = "best" if number == shares.argmax() else ""
            with ui.element("div").classes(best):
                text("span", found.classes[int(number)] if found.classes else str(number))
                with ui.element("div").classes("bar"):
                    ui.element("div").style(f"width: {float(shares[number]):.1%}")
                text("span", f"{float(shares[number]):.1%}", "share")
