"""Is a bundle still what it was, here and now? Every step is computed again, and the first that differs is named."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.backend import KerasModel
from hondo.core.environment import describe_environment
from hondo.core.errors import DataError, HondoError
from hondo.core.language import tr
from hondo.data.preprocessor import Preprocessor, load_preprocessor
from hondo.engine.checkpoint import UNREADABLE
from hondo.engine.evaluate import predict
from hondo.experiments.export.container import MAX_OTHER_BYTES, MODEL, Unpacked, unpacked
from hondo.experiments.export.fingerprint import changed_weights, file_digest, fingerprints
from hondo.experiments.export.golden import read_array, read_inputs
from hondo.experiments.export.hypotheses import Tried, explain_step, final_outputs, try_mistakes
from hondo.experiments.export.manifest import Manifest, read_manifest
from hondo.experiments.export.outputs import fitted
from hondo.experiments.export.stages import STEPS, apply_until, difference, model_inputs, step_names
from hondo.experiments.run import PREPROCESS, load_model

TOLERANCE = 1e-4
State = Literal["ok", "differs", "unknown"]
_SHOWN, _MOST_NUMBERS = 3, 2**26
_T = TypeVar("_T")


@dataclass(frozen=True)
class Check:
    """One row of a verification.

    Attributes:
        name: ``files``, ``read``, a step's name, ``weights``, ``model``, ``outputs`` or ``yours``.
        state: whether it agrees; ``unknown`` where it could not be computed.
        difference: the largest absolute difference, where there are numbers to compare.
        detail: what differs, in words.
        mistake: the common mistake that explains it, a word that never changes; "" if none was found.
    """

    name: str
    state: State
    difference: float | None = None
    detail: str = ""
    mistake: str = ""


@dataclass(frozen=True)
class Verification:
    """What verifying a bundle has shown.

    Attributes:
        run: whose bundle it is.
        samples: how many golden inputs it has.
        tolerance: the largest difference that still counts as equal.
        checks: in the order in which numbers go their way.
        tried: which mistakes explain the outputs that were given; None where none were given or they agree.
    """

    run: str
    samples: int
    tolerance: float
    checks: tuple[Check, ...]
    tried: Tried | None = None

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return all(check.state == "ok" for check in self.checks)

    @property
    def first(self) -> Check | None:
        """The first step that differs; the files only where every step agrees all the same."""
        off = [check for check in self.checks if check.state == "differs"]
        steps = [check for check in off if check.name != "files"]
        return next(iter(steps or off or [check for check in self.checks if check.state != "ok"]), None)

    def written(self) -> dict[str, Any]:
        """This record as plain data."""
        first = self.first
        return {
            "run": self.run,
            "samples": self.samples,
            "agrees": self.agrees,
            "tolerance": self.tolerance,
            "first": first and first.name,
            "checks": [vars(check) for check in self.checks],
            "mistakes": [vars(each) for each in self.tried.matching] if self.tried else [],
            "nearest": vars(self.tried.nearest) if self.tried and self.tried.nearest else None,
        }


def verify_bundle(path: Path, *, tolerance: float = TOLERANCE, outputs: FloatArray | None = None) -> Verification:
    """Compute a bundle again and compare every step; compare a port's outputs, too, where they are given.

    Args:
        path: a zip or a folder that ``hondo export --to bundle`` wrote.
        tolerance: the largest difference that counts as equal, relative to the largest value where that is above 1.
        outputs: what another program computed from the golden inputs, ``(samples, classes)`` or ``(samples, outputs)``
            (see :func:`~hondo.experiments.export.outputs.read_outputs`).

    Raises:
        DataError: if it is no bundle, or ``outputs`` have another shape.
    """
    with unpacked(path) as bundle:
        manifest = read_manifest(bundle.folder, path)
        return _Verifier(bundle, manifest, tolerance).run(outputs)


class _Verifier:
    """Goes through one bundle."""

    def __init__(self, bundle: Unpacked, manifest: Manifest, tolerance: float) -> None:
        self._folder, self._manifest, self._tolerance = bundle.folder, manifest, tolerance
        self._odd = _odd_files(bundle, manifest)
        self._files = {step.name: step.file for step in manifest.steps}
        self._checks: list[Check] = []

    def run(self, theirs: FloatArray | None) -> Verification:
        """All checks, in their order."""
        self._check_files()
        preprocessor = self._opened("read", lambda: load_preprocessor(self._folder / PREPROCESS))
        raws = preprocessor and self._opened("read", lambda: self._inputs(preprocessor))
        if preprocessor and raws:
            self._check_read(preprocessor, raws)
            self._check_steps(preprocessor, raws)
        model = self._opened("weights", lambda: load_model(self._folder / MODEL))
        if model is not None:
            self._check_weights(model)
        if model is not None and preprocessor:
            self._check_model(model, preprocessor)
        tried = None
        if theirs is not None:
            tried = self._check_theirs(theirs, model, preprocessor, raws)
        samples = len(self._manifest.samples)
        return Verification(self._manifest.run, samples, self._tolerance, tuple(self._checks), tried)

    def _check_files(self) -> None:
        names = list(self._odd)
        listed = ", ".join(f"{name} ({_odd_word(self._odd[name])})" for name in names[:_SHOWN])
        more = f" + {len(names) - _SHOWN}" if len(names) > _SHOWN else ""
        self._checks.append(Check("files", "differs" if names else "ok", detail=listed + more))

    def _opened(self, name: str, read: Callable[[], _T]) -> _T | None:
        """What was read, or None and a row that says why it could not be."""
        try:
            return read()
        except HondoError as error:
            self._checks.append(Check(name, "unknown", detail=error.message))
            return None

    def _inputs(self, preprocessor: Preprocessor) -> list[Array]:
        samples = self._manifest.samples
        if preprocessor.kind == "image" and np.prod(preprocessor.encoded_shape, dtype=float) > _MOST_NUMBERS:
            raise DataError(tr("preprocess.json asks for giant pictures", "preprocess.json pide imágenes gigantes"))
        raws = read_inputs(self._folder, [sample.input for sample in samples], preprocessor)
        if len(raws) != len(samples):
            raise DataError(
                tr(f"{len(raws)} inputs, {len(samples)} expected", f"{len(raws)} entradas; se esperaban {len(samples)}")
            )
        return raws

    def _stored(self, name: str) -> list[Array] | None:
        """The samples after a step as the bundle has them, or None and a row that says why they cannot be read."""
        return self._opened(name, lambda: read_samples(self._folder / self._files[name], len(self._manifest.samples)))

    def _limit(self, stored: Sequence[Array]) -> float:
        """How much may differ: relative to the largest value where that is above 1."""
        largest = max((float(np.nanmax(np.abs(each), initial=0)) for each in stored if np.size(each)), default=0.0)
        return self._tolerance * max(1.0, largest)

    def _check_read(self, preprocessor: Preprocessor, raws: list[Array]) -> None:
        stored = self._stored("read") if "read" in self._files else None
        if stored is not None:
            self._compare("read", raws, stored, preprocessor, raws)

    def _check_steps(self, preprocessor: Preprocessor, raws: list[Array]) -> None:
        """Each step from the raw inputs on, with the bundle's own preprocessing."""
        present = step_names(preprocessor)
        for name in STEPS:
            if name not in self._files and name not in present:
                continue
            if name not in self._files:
                detail = tr("the bundle was made without this step", "el paquete se hizo sin este paso")
                self._checks.append(Check(name, "differs", detail=detail))
                continue
            stored = self._stored(name)
            if stored is None:
                continue
            try:
                wanted = present[: present.index(name) + 1] if name in present else _before(name, present)
                computed = apply_until(preprocessor, wanted, raws)
            except (HondoError, ValueError) as error:
                why = error.message if isinstance(error, HondoError) else str(error)
                self._checks.append(Check(name, "differs", detail=why))
                continue
            self._compare(name, computed, stored, preprocessor, raws)

    def _compare(
        self,
        name: str,
        computed: Sequence[Array],
        stored: Sequence[Array],
        preprocessor: Preprocessor,
        raws: Sequence[Array],
    ) -> None:
        """Add the row of a step; the first that differs is explained if a common mistake does so."""
        gap, limit = difference(computed, stored), self._limit(stored)
        if gap <= limit:
            self._checks.append(Check(name, "ok", gap))
            return
        if any(check.state == "differs" and check.name != "files" for check in self._checks):
            self._checks.append(Check(name, "differs", gap))
            return
        file, found = self._files[name], None
        if file in self._odd:
            detail = tr(f"{file} has changed", f"{file} ha cambiado")
        else:
            found = explain_step(name, stored, preprocessor, raws, limit)
            detail = (
                tr("the bundle's numbers come from: ", "los números del paquete salen con: ") + found.text
                if (found)
                else ""
            )
        self._checks.append(Check(name, "differs", gap, detail, found.mistake if found else ""))

    def _check_weights(self, model: KerasModel) -> None:
        changed = changed_weights(self._manifest.weights, fingerprints(model))
        shown = ", ".join(f"{path} ({_change_word(what)})" for path, what in changed[:_SHOWN])
        more = f" + {len(changed) - _SHOWN}" if len(changed) > _SHOWN else ""
        self._checks.append(Check("weights", "differs" if changed else "ok", detail=shown + more))

    def _check_model(self, model: KerasModel, preprocessor: Preprocessor) -> None:
        """The model's arithmetic on the inputs that the bundle has, whatever the steps before have shown."""
        last = [step.name for step in self._manifest.steps if step.name not in ("model", "outputs")][-1]
        fed, stored = self._stored(last), self._stored("model")
        if fed is None or stored is None:
            return
        try:
            x = model_inputs(preprocessor, fed) if last == "read" else np.stack(fed).astype(np.float32)
            raw = np.asarray(predict(model, x, batch_size=len(x)))
        except (HondoError, ValueError, TypeError) as error:
            self._checks.append(Check("model", "differs", detail=str(error).strip().partition("\n")[0][:200]))
            return
        self._check_outputs("model", raw, stored)
        if "outputs" in self._files and (final := self._stored("outputs")) is not None:
            self._check_outputs("outputs", final_outputs(np.stack(stored), preprocessor), final)

    def _check_outputs(self, name: str, computed: Array, stored: Sequence[Array]) -> None:
        gap = difference(list(computed), stored)
        if gap <= self._limit(stored):
            self._checks.append(Check(name, "ok", gap))
            return
        file = self._files[name]
        detail = (
            tr(f"{file} has changed", f"{file} ha cambiado") if file in self._odd else _other_versions(self._manifest)
        )
        self._checks.append(Check(name, "differs", gap, detail))

    def _check_theirs(
        self,
        theirs: FloatArray,
        model: KerasModel | None,
        preprocessor: Preprocessor | None,
        raws: list[Array] | None,
    ) -> Tried | None:
        """Compare a port's outputs, and find the mistake that explains a difference."""
        last = self._manifest.steps[-1].name
        stored = self._stored(last)
        if stored is None:
            return None
        expected = np.stack(stored)
        theirs = fitted(theirs, expected, self._manifest)
        gap, limit = float(np.abs(theirs - expected).max()), self._limit(stored)
        if gap <= limit:
            self._checks.append(Check("yours", "ok", gap))
            return None
        tried = None
        if model is not None and preprocessor and raws:
            tried = try_mistakes(model, preprocessor, raws, theirs, expected, tolerance=limit)
        found = tried.matching[0] if tried and tried.matching else None
        detail = _where(theirs, expected, self._manifest)
        self._checks.append(Check("yours", "differs", gap, detail, found.mistake if found else ""))
        return tried


def _before(name: str, present: Sequence[str]) -> list[str]:
    """The steps that come before one that is no longer there."""
    return [each for each in present if STEPS.index(each) < STEPS.index(name)]


def _odd_files(bundle: Unpacked, manifest: Manifest) -> dict[str, str]:
    """The files that are not as they were written: ``missing``, ``damaged``, ``changed``, or ``new``."""
    odd = {}
    for name, digest in manifest.files.items():
        path = bundle.folder / name
        if name in bundle.damaged:
            odd[name] = "damaged"
        elif not path.is_file() or not path.resolve().is_relative_to(bundle.folder.resolve()):
            odd[name] = "missing"
        elif file_digest(path) != digest:
            odd[name] = "changed"
    used = {PREPROCESS, MODEL, *(step.file for step in manifest.steps), *(each.input for each in manifest.samples)}
    return odd | dict.fromkeys(sorted(used - set(manifest.files)), "new")


def _odd_word(what: str) -> str:
    return {
        "missing": tr("missing", "falta"),
        "damaged": tr("damaged", "dañado"),
        "changed": tr("changed", "ha cambiado"),
        "new": tr("not in the manifest", "no está en el manifiesto"),
    }[what]


def _change_word(what: str) -> str:
    return {
        "missing": tr("missing", "falta"),
        "new": tr("not in the bundle's model", "no estaba en el modelo del paquete"),
        "shape": tr("another shape", "otra forma"),
        "values": tr("other values", "otros valores"),
    }[what]


def _other_versions(manifest: Manifest) -> str:
    """Which packages were others when the bundle was made."""
    then, now = manifest.made_with.get("packages"), describe_environment().packages
    if not isinstance(then, dict):
        return ""
    other = [f"{name} {then[name]} → {now[name]}" for name in sorted(then) if name in now and now[name] != then[name]]
    if not other:
        return tr("the same weights give other numbers here", "los mismos pesos dan aquí otros números")
    listed = ", ".join(other[:6])
    return tr(f"other versions than when it was made: {listed}", f"otras versiones que cuando se hizo: {listed}")


def _where(theirs: FloatArray, expected: FloatArray, manifest: Manifest) -> str:
    """Which sample differs most, and how often the most probable class is the same."""
    row = int(np.abs(theirs - expected).max(axis=1).argmax())
    sample = manifest.samples[row]
    place = sample.input if sample.input.endswith(".png") else tr(f"sample {row}", f"muestra {row}")
    text = tr(f"most at {place}", f"sobre todo en {place}")
    if manifest.task == "classification":
        same = int((theirs.argmax(axis=1) == expected.argmax(axis=1)).sum())
        text += tr(f"; same class in {same} of {len(theirs)}", f"; misma clase en {same} de {len(theirs)}")
    return text


def read_samples(path: Path, count: int) -> list[Array]:
    """Read what :func:`~hondo.experiments.export.bundle.write_samples` wrote, one array a sample.

    Raises:
        DataError: if the file is missing or damaged, or has another number of samples.
    """
    if path.suffix == ".npz":
        try:
            with zipfile.ZipFile(path) as packed:
                size = sum(member.file_size for member in packed.infolist())
            if size > MAX_OTHER_BYTES:
                raise ValueError(tr("too large", "demasiado grande"))
            with np.load(path, allow_pickle=False) as loaded:
                samples = [loaded[name] for name in sorted(loaded.files)]
        except UNREADABLE as error:
            raise DataError(
                tr(f"{path.name} cannot be read: {error}", f"no se puede leer {path.name}: {error}")
            ) from error
    else:
        samples = list(np.atleast_1d(read_array(path)))
    if len(samples) != count or any(each.dtype.kind not in "biuf" for each in samples):
        raise DataError(
            tr(
                f"{path.name} has {len(samples)} samples, {count} expected",
                f"{path.name} tiene {len(samples)} muestras; se esperaban {count}",
            )
        )
    return samples
