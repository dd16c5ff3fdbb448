"""Figures on scikit-learn: estimators and their borders, folds, and the luck of one split."""

from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_wine, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from hondo.core.arrays import Array, FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.figure import figure

_K = (61, 41, 31, 21, 15, 11, 7, 5, 3, 1)
_GAMMA = (0.03, 0.1, 0.3, 1, 2, 4, 8, 16, 40, 100)


def _estimator(kind: str, level: int) -> tuple[Any, str]:
    """An estimator of so much freedom, from 1 to 10, and how one writes it."""
    if kind == "logistic":
        model = make_pipeline(
            StandardScaler(), PolynomialFeatures(level), StandardScaler(), LogisticRegression(C=100, max_iter=2000)
        )
        return model, f"PolynomialFeatures(degree={level})"
    if kind == "neighbours":
        return KNeighborsClassifier(_K[level - 1]), f"KNeighborsClassifier(n_neighbors={_K[level - 1]})"
    if kind == "tree":
        return DecisionTreeClassifier(max_depth=level, random_state=0), f"DecisionTreeClassifier(max_depth={level})"
    gamma = _GAMMA[level - 1]
    machine: Any = SVC
    return make_pipeline(StandardScaler(), machine(gamma=gamma, C=10)), f"SVC(gamma={gamma}, C=10)"


@cache
def _moons() -> tuple[FloatArray, Array, FloatArray, Array]:
    x, y = (np.asarray(each, np.float64) for each in make_moons(700, noise=0.3, random_state=3))
    return x[:140], y[:140], x[140:], y[140:]


@cache
def _border(kind: str, level: int) -> tuple[FloatArray, float, float]:
    x, y, new_x, new_y = _moons()
    model = _estimator(kind, level)[0].fit(x, y)
    across, up = np.meshgrid(np.linspace(-2, 3, 90), np.linspace(2, -1.6, 65))
    grid = np.column_stack([across.ravel(), up.ravel()])
    score = model.decision_function(grid) if kind == "vectors" else model.predict_proba(grid)[:, 1] * 2 - 1
    return np.tanh(score).reshape(across.shape), float(model.score(x, y)), float(model.score(new_x, new_y))


@figure(
    "estimator-borders",
    ("Four estimators, one interface", "Cuatro estimadores, una sola interfaz"),
    Choice(
        "kind",
        ("estimator", "estimador"),
        {
            "logistic": ("logistic regression on powers", "regresión logística con potencias"),
            "neighbours": ("nearest neighbours", "vecinos más próximos"),
            "tree": ("decision tree", "árbol de decisión"),
            "vectors": ("support vectors", "vectores de soporte"),
        },
        "tree",
    ),
    Slider("level", ("freedom", "libertad"), 1, 10, 3, 1, plays=1.5),
    Toggle("new", ("show the new points", "mostrar los puntos nuevos"), False),
)
def estimator_borders(at: At) -> Picture:
    """What an estimator answers everywhere, and how often it is right on old and on new points."""
    canvas = Canvas(640, 370)
    kind, level = at.chosen("kind"), at.whole("level")
    score, known, new = _border(kind, level)
    x, y, new_x, new_y = _moons()
    plot = canvas.axes((-2, 3), (-1.6, 2), box=(40, 34, 350, 280), xlabel="x₁", ylabel="")
    plot.heat(signed_colours(0.75 * score, 1.0))
    if at.on("new"):
        plot.points(new_x[:, 0], new_x[:, 1], ["blue" if each else "orange" for each in new_y], 2.6, opacity=0.75)
    else:
        plot.points(x[:, 0], x[:, 1], ["blue" if each else "orange" for each in y], 4.5)
    canvas.text(40, 22, _estimator(kind, level)[1], size=13, mono=True, bold=True)
    levels = np.arange(1, 11)
    scores = [_border(kind, each)[1:] for each in levels.tolist()]
    side = canvas.axes(
        (1, 10),
        (0.7, 1.0),
        box=(450, 34, 170, 230),
        xlabel=tr("freedom", "libertad"),
        ylabel=tr("accuracy", "exactitud"),
    )
    side.line(levels, [each[0] for each in scores], "purple")
    side.line(levels, [each[1] for each in scores], "green")
    side.points([level, level], [known, new], ["purple", "green"], 5)
    canvas.legend(
        450,
        328,
        [
            (tr("140 known points", "140 puntos conocidos"), "purple"),
            (tr("560 new points", "560 puntos nuevos"), "green"),
        ],
    )
    return canvas.picture(
        tr(
            f"Right on {known:.0%} of the points it was fitted to, and on {new:.0%} of the new ones.",
            f"Acierta en el {known:.0%} de los puntos con que se ajustó y en el {new:.0%} de los nuevos.",
        )
    )


_SPLITTERS = {
    "plain": "KFold(k)",
    "shuffled": "KFold(k, shuffle=True)",
    "stratified": "StratifiedKFold(k)",
}


@cache
def _folds(how: str, k: int) -> tuple[list[Array], list[float]]:
    x, y = (np.asarray(each) for each in load_wine(return_X_y=True))
    splitter = {
        "plain": KFold(k),
        "shuffled": KFold(k, shuffle=True, random_state=0),
        "stratified": StratifiedKFold(k),
    }[how]
    tests, scores = [], []
    for train, test in splitter.split(x, y):
        mean, deviation = x[train].mean(axis=0), x[train].std(axis=0)
        known, new = (x[train] - mean) / deviation, (x[test] - mean) / deviation
        squares = (new**2).sum(1)[:, None] + (known**2).sum(1) - 2 * new @ known.T
        nearest = y[train][np.argsort(squares, axis=1)[:, :5]]
        votes = np.array([np.bincount(each, minlength=3).argmax() for each in nearest])
        tests.append(test)
        scores.append(float(np.mean(votes == y[test])))
    return tests, scores


@figure(
    "folds-of-data",
    ("Cross-validation: who is tested when", "Validación cruzada: a quién se examina y cuándo"),
    Choice("how", ("splitter", "división"), _SPLITTERS, "plain"),
    Slider("k", ("folds k", "pliegues k"), 2, 10, 3, 1),
    Slider("fold", ("fold", "pliegue"), 1, 10, 1, 1, plays=1),
)
def folds_of_data(at: At) -> Picture:
    """The wine table's rows in folds, and the score of each."""
    canvas = Canvas(640, 370)
    k, how = at.whole("k"), at.chosen("how")
    fold = (at.whole("fold") - 1) % k
    tests, scores = _folds(how, k)
    y = np.asarray(load_wine(return_X_y=True)[1])
    shades = np.array([(217, 121, 63), (42, 127, 176), (60, 140, 90)], np.uint8)
    left, wide, top, high = 60, 440, 78, min(64, 262 // k - 4)
    canvas.text(
        left,
        24,
        tr(
            "178 wines, in the order of the table, coloured by class",
            "178 vinos, en el orden de la tabla, coloreados por clase",
        ),
        size=13,
        colour_="muted",
    )
    canvas.pixels(left, 32, wide, 20, shades[y][None])
    for each, (test, score) in enumerate(zip(tests, scores, strict=True)):
        row = np.full((len(y), 3), (205, 211, 216), np.uint8)
        row[test] = shades[y[test]]
        canvas.pixels(left, top + each * (high + 4), wide, high, row[None])
        canvas.text(
            left - 10,
            top + each * (high + 4) + high / 2 + 4,
            str(each + 1),
            size=12,
            anchor="end",
            colour_="muted",
            mono=True,
        )
        canvas.rect(left + wide + 14, top + each * (high + 4) + 2, 70 * score, high - 4, "blue", opacity=0.75)
        canvas.text(left + wide + 92, top + each * (high + 4) + high / 2 + 4, f"{score:.0%}", size=12, mono=True)
        if each == fold:
            canvas.rect(left - 3, top + each * (high + 4) - 2, wide + 6, high + 4, stroke="ink", line=2, round_=3)
    counts = np.bincount(y[tests[fold]], minlength=3).tolist()
    canvas.text(left + wide + 14, 66, tr("accuracy", "exactitud"), size=12, colour_="muted")
    canvas.text(
        left,
        top + k * (high + 4) + 18,
        tr("grey: trained on   ·   in colour: tested on", "gris: entrena   ·   en color: se examina"),
        size=12,
        colour_="muted",
    )
    mean, spread = float(np.mean(scores)), float(np.std(scores))
    return canvas.picture(
        tr(
            f"Fold {fold + 1} tests {len(tests[fold])} wines (by class {counts}) and gets "
            f"{scores[fold]:.0%} right; "
            f"over the {k} folds, {mean:.1%} ± {spread:.1%}.",
            f"El pliegue {fold + 1} examina {len(tests[fold])} vinos (por clases, {counts}) y acierta el "
            f"{scores[fold]:.0%}; en los {k} pliegues, {mean:.1%} ± {spread:.1%}.",
        )
    )


@cache
def _lucky(percent: int) -> FloatArray:
    """Test accuracies of the nearest-centroid rule over 200 random splits."""
    x, y = (np.asarray(each) for each in load_breast_cancer(return_X_y=True))
    rng = np.random.default_rng(0)
    tested = round(len(x) * percent / 100)
    scores = np.empty(200)
    for split in range(200):
        order = rng.permutation(len(x))
        test, train = order[:tested], order[tested:]
        mean, deviation = x[train].mean(axis=0), x[train].std(axis=0)
        known, new = (x[train] - mean) / deviation, (x[test] - mean) / deviation
        centres = np.stack([known[y[train] == c].mean(axis=0) for c in (0, 1)])
        answer = ((new[:, None] - centres) ** 2).sum(-1).argmin(1)
        scores[split] = np.mean(answer == y[test])
    return scores


@figure(
    "luck-of-the-split",
    ("The luck of one split", "La suerte de una sola división"),
    Slider("percent", ("tested share (%)", "parte de prueba (%)"), 5, 50, 10, 5),
    Slider("splits", ("splits", "divisiones"), 1, 200, 60, 1, plays=20),
)
def luck_of_the_split(at: At) -> Picture:
    """Accuracies of the same method over random splits."""
    canvas = Canvas(640, 340)
    percent, splits = at.whole("percent"), at.whole("splits")
    scores = _lucky(percent)[:splits]
    tested = round(569 * percent / 100)
    width = max(1 / tested, 0.004)
    bins, counts = np.unique(np.round(scores / width).astype(int), return_counts=True)
    plot = canvas.axes(
        (0.7, 1.0),
        (0, max(8, 1.15 * int(counts.max()))),
        box=(56, 24, 560, 250),
        xlabel=tr("accuracy on the tested part", "exactitud en la parte de prueba"),
        ylabel=tr("splits", "divisiones"),
    )
    plot.bars(bins * width, counts, "blue", width * 0.86, 0.75)
    mean, spread = float(scores.mean()), float(scores.std())
    binomial = float(np.sqrt(mean * (1 - mean) / tested))
    plot.vertical(float(scores[-1]), "orange", "", 2.5)
    plot.vertical(mean, "ink")
    last, before = (
        plot.px(float(scores[-1])),
        scores[-1] < mean,
    )  # each line has its words on the side away from the other
    aside, anchor = (-6, "end") if before else (6, "start")
    canvas.text(last + aside, 40, tr("last split", "última división"), size=12, anchor=anchor, colour_="orange")
    aside, anchor = (6, "start") if before else (-6, "end")
    canvas.text(plot.px(mean) + aside, 40, tr("mean", "media"), size=12, anchor=anchor)
    return canvas.picture(
        tr(
            f"Testing on {tested} of 569: accuracies from {scores.min():.1%} to {scores.max():.1%}, mean "
            f"{mean:.1%}, "
            f"standard deviation {spread:.1%} (a coin of that bias, tossed {tested} times, would have "
            f"{binomial:.1%}).",
            f"Con {tested} de 569 para probar: exactitudes de {scores.min():.1%} a {scores.max():.1%}, media "
            f"{mean:.1%}, desviación {spread:.1%} (una moneda con ese sesgo, lanzada {tested} veces, tendría "
            f"{binomial:.1%}).",
        )
    )
