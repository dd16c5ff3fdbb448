"""What runs have in common and what not: the keys of their specs that differ, and which run is best by which value."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from hondo.core.language import tr
from hondo.experiments.report.wording import value_word

_PROSE = {"name", "about"}
_HIGHER = ("acc", "auc", "precision", "recall", "r2")
_LOWER = ("loss", "mse", "mae", "rmse", "entropy", "huber")

# What decides which samples a run is judged on, and what its loss counts.
_JUDGED_ON = ("data.name", "data.path", "data.target", "data.task", "data.options", "data.test", "data.seed")
_LOSS_COUNTS = ("learn.loss", "learn.label_smoothing", "learn.huber_delta", "learn.l1", "learn.l2")
_TARGET = "preprocess.target"
_PAUSE = 20.0  # times as long as an epoch usually lasts


def differing(specs: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """The keys of specs that are not the same in all of them.

    Args:
        specs: resolved specs as plain data.

    Returns:
        The values by dotted path, one for each spec; None where a spec does not have that key.

    Example:
        >>> differing([{"train": {"epochs": 5, "seed": 0}}, {"train": {"epochs": 9, "seed": 0}}])
        {'train.epochs': (5, 9)}
    """
    found: dict[str, tuple[Any, ...]] = {}
    _compare([{key: part for key, part in spec.items() if key not in _PROSE} for spec in specs], "", found)
    return found


def _compare(values: Sequence[Any], path: str, found: dict[str, tuple[Any, ...]]) -> None:
    """Note in ``found`` where the values differ."""
    if all(value == values[0] for value in values[1:]):
        return
    present = [value for value in values if value is not None]
    if all(isinstance(value, Mapping) for value in present):
        for key in dict.fromkeys(key for value in present for key in value):
            _compare([value and value.get(key) for value in values], f"{path}.{key}" if path else str(key), found)
    elif all(isinstance(value, (list, tuple)) and _nested(value) for value in present):
        for place in range(max(len(value) for value in present)):
            parts = [value[place] if value is not None and place < len(value) else None for value in values]
            if _other_kinds(parts):
                found[f"{path}.{place}"] = tuple(parts)
            else:
                _compare(parts, f"{path}.{place}", found)
    else:
        found[path] = tuple(values)


def _nested(values: Sequence[Any]) -> bool:
    return any(isinstance(value, Mapping) for value in values)


def _other_kinds(layers: Sequence[Any]) -> bool:
    """Whether these are layers of different kinds, whose options say nothing of one another."""
    return len({tuple(layer) if isinstance(layer, Mapping) else () for layer in layers}) > 1


def higher_is_better(name: str) -> bool | None:
    """Whether more of a value is better; None for one that is neither good nor bad in itself."""
    if any(part in name for part in _LOWER):
        return False
    return True if any(part in name for part in _HIGHER) else None


def best(name: str, values: Sequence[Any]) -> tuple[int, ...]:
    """The places of the best values; none where all are equal or nothing can be said.

    Args:
        name: what the values are of, such as ``accuracy``.
        values: numbers; anything else, and what is not finite, is never best.

    Example:
        >>> best("loss", [0.5, 0.2, None]), best("accuracy", [0.9, 0.9])
        ((1,), ())
    """
    higher = higher_is_better(name)
    known = {
        place: float(value)
        for place, value in enumerate(values)
        if isinstance(value, (int, float)) and abs(value) != float("inf") and value == value
    }
    if higher is None or len(set(known.values())) < 2:
        return ()
    winner = max(known.values()) if higher else min(known.values())
    return tuple(place for place, value in known.items() if value == winner)


def cautions(differences: Mapping[str, tuple[Any, ...]]) -> dict[str, str]:
    """Why values of runs whose specs differ so may not compare.

    Returns:
        A sentence for ``data`` if the runs were judged on other samples, and for ``loss`` if theirs count other things.
    """
    data = [path for path in differences if path.startswith(_JUDGED_ON)]
    if "standardise" in differences.get(_TARGET, ()):  # errors are counted in another unit
        data.append(_TARGET)
    loss = [path for path in differences if path in _LOSS_COUNTS or path.startswith("model.graph.outputs")]
    found = {}
    if data:
        listed = ", ".join(data)
        found["data"] = tr(
            f"The runs were evaluated on different data ({listed}): their results are not comparable.",
            f"Se evaluaron con datos distintos ({listed}): los resultados no son comparables.",
        )
    if loss:
        listed = ", ".join(loss)
        found["loss"] = tr(
            f"Their losses measure different things ({listed}): compare the metrics.",
            f"Sus pérdidas miden cosas distintas ({listed}): compare las métricas.",
        )
    return found


def layer_word(layer: Mapping[str, Any]) -> str:
    """A layer in a line, without the options that are as they always are.

    Example:
        >>> layer_word({"dense": {"units": 3, "activation": "softmax", "use_bias": True}})
        'dense {units: 3, activation: softmax}'
        >>> layer_word({"name": "both", "from": ["a", "b"], "concatenate": {}})
        'both: concatenate (a, b)'
    """
    from pydantic import ValidationError

    from hondo.core.spec.graph import GraphLayer
    from hondo.experiments.specs.write import main_keys

    try:
        read = GraphLayer.model_validate(layer)
    except ValidationError:  # written by another version
        return value_word(layer)
    options = read.options.model_dump(mode="json", exclude_defaults=True)
    main = main_keys().get(read.kind)
    if main in options:
        options = {main: options.pop(main), **options}
    word = f"{read.kind} {value_word(options)}" if options else read.kind
    word = f"{read.name}: {word}" if read.name else word
    return f"{word} ({', '.join(read.sources)})" if read.sources else word


def summaries(runs: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """The runs' final values by name, one for each run; None where a run does not have that value.

    Args:
        runs: the final values of each run.
    """
    names = dict.fromkeys(name for values in runs for name in values)
    return {name: tuple(values.get(name) for values in runs) for name in names}


def winners(results: Mapping[str, Sequence[Any]], notes: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """The places of the best by name; none where :func:`cautions` says that values do not compare.

    Args:
        results: see :func:`summaries`.
        notes: see :func:`cautions`.
    """
    unmarked = set(results) if "data" in notes else {"loss"} if "loss" in notes else set[str]()
    return {name: () if name in unmarked else best(name, values) for name, values in results.items()}


def cell_word(path: str, value: Any) -> str:
    """A value of a spec in a table of differences, whole layers in short."""
    layer = path.startswith(("model.layers.", "model.graph.layers.")) and isinstance(value, dict)
    return layer_word(value) if layer else value_word(value)


def elapsed(times: Sequence[float | None]) -> list[float]:
    """Seconds of training at the end of each epoch; a pause, such as that of a resumed run, does not count.

    Args:
        times: when each epoch ended, in seconds since whenever.

    Returns:
        As many seconds. The first epoch is taken to last as long as the others do, since its beginning is not known.

    Example:
        >>> elapsed([100.0, 102.0, 104.0, 900.0, 902.0])
        [2.0, 4.0, 6.0, 8.0, 10.0]
    """
    known = [0.0 if time is None else time for time in times]
    lasted = [max(0.0, later - earlier) for earlier, later in pairwise(known)]
    usual = sorted(lasted)[len(lasted) // 2] if lasted else 0.0
    total, ends = 0.0, []
    for one in (usual, *lasted):
        total += usual if one > _PAUSE * usual + 1.0 else one
        ends.append(total)
    return ends[: len(known)]


def condensed(rows: int, limit: int, keep: int | None = None) -> list[int]:
    """At most ``limit`` places of ``rows``, evenly spread, with the first, the last and ``keep`` among them.

    Args:
        rows: how many there are.
        limit: how many to choose at most, three or more.
        keep: a place that must be among them.

    Example:
        >>> condensed(100, 5, keep=42)
        [0, 25, 42, 74, 99]
    """
    if rows <= limit:
        return list(range(rows))
    chosen = [round(place * (rows - 1) / (limit - 1)) for place in range(limit)]
    if keep is not None and keep not in chosen:
        nearest = min(range(1, limit - 1), key=lambda place: abs(chosen[place] - keep))
        chosen[nearest] = keep
    return chosen
