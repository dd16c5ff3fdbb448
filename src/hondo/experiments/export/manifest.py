"""A bundle's manifest: what is in it, checked when it is read, since it comes from other people's machines."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.experiments.export.container import MANIFEST, MAX_BYTES, safe_name
from hondo.experiments.export.fingerprint import Fingerprint

FORMAT, VERSION = "hondo-bundle", 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Sample(_Part):
    """A golden input.

    Attributes:
        input: its file.
        row: its place in that file; 0 for a picture.
        place: its place in the split.
        target: its class by name, or the numbers to predict.
        reduced: whether the picture was made smaller for the bundle.
    """

    input: str
    row: int
    place: int
    target: str | tuple[float, ...]
    reduced: bool = False


class Step(_Part):
    """A step of the way from the golden inputs to the outputs, and the file with the samples after it."""

    name: str
    file: str
    about: dict[str, str] = {}


class Manifest(_Part):
    """What a bundle says about itself.

    Attributes:
        format: always ``hondo-bundle``.
        version: of the format.
        run: the run's name.
        status: how its training ended.
        task: classification or regression.
        kind: image, table or array.
        classes: their names by number.
        target: what is predicted.
        split: where the golden samples come from.
        made_with: versions, and the backend and device that computed.
        samples: the golden inputs.
        steps: in their order; the last is the outputs.
        weights: a fingerprint of each variable.
        files: the SHA-256 of each file but this one.
    """

    format: Literal["hondo-bundle"]
    version: Literal[1]
    run: str
    status: str
    task: Literal["classification", "regression"]
    kind: Literal["image", "table", "array"]
    classes: tuple[str, ...] = ()
    target: str = ""
    split: str
    made_with: dict[str, Any]
    samples: tuple[Sample, ...] = Field(min_length=1, max_length=1000)
    steps: tuple[Step, ...] = Field(min_length=2, max_length=100)
    weights: tuple[Fingerprint, ...]
    files: dict[str, str]

    @field_validator("files")
    @classmethod
    def _inside(cls, files: dict[str, str]) -> dict[str, str]:
        if not all(map(safe_name, files)):
            raise ValueError("a file outside of the bundle")
        return files

    @field_validator("steps", "samples")
    @classmethod
    def _inside_too(cls, parts: tuple[Any, ...]) -> tuple[Any, ...]:
        if not all(safe_name(part.file if isinstance(part, Step) else part.input) for part in parts):
            raise ValueError("a file outside of the bundle")
        return parts


def read_manifest(folder: Path, bundle: Path) -> Manifest:
    """Read a bundle's manifest.

    Args:
        folder: the bundle's folder.
        bundle: what it is called in errors.

    Raises:
        DataError: if there is none, it is damaged, or of a later version of the format.
    """
    path = folder / MANIFEST
    try:
        if path.stat().st_size > MAX_BYTES[MANIFEST]:
            raise ValueError(tr("too large", "demasiado grande"))
        read = json.loads(path.read_text(encoding="utf-8"))
        later = read.get("version") if isinstance(read, dict) and read.get("format") == FORMAT else None
        if isinstance(later, int) and later > VERSION:
            raise DataError(
                tr(
                    f"{bundle} has version {later} of the format; this Hondo reads up to {VERSION}",
                    f"{bundle} usa la versión {later} del formato; este Hondo lee hasta la {VERSION}",
                ),
                tr("Update Hondo: pip install -U hondo.", "Actualice Hondo: pip install -U hondo."),
            )
        return Manifest.model_validate(read)
    except FileNotFoundError as error:
        raise DataError(
            tr(f"{bundle} has no {MANIFEST}", f"{bundle} no tiene {MANIFEST}"),
            tr(
                "Give a bundle of hondo export --to bundle; a zip may be truncated.",
                "Dé un paquete creado con hondo export --to bundle; un zip puede estar truncado.",
            ),
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        why = _first(error) if isinstance(error, ValidationError) else str(error)
        raise DataError(
            tr(f"the manifest of {bundle} is damaged: {why}", f"el manifiesto de {bundle} está dañado: {why}"),
            tr("Export the bundle again.", "Exporte el paquete de nuevo."),
        ) from error


def _first(error: ValidationError) -> str:
    found = error.errors()[0]
    return f"{'.'.join(map(str, found['loc']))}: {found['msg']}"
