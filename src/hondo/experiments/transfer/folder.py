"""From a folder of somebody's own pictures to a sensible experiment: what is there, which backbone, which settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.data.folder import FolderLook, look_at_folder
from hondo.experiments.specs.read import read_spec
from hondo.models.pretrained.catalogue import OWN, find_network
from hondo.models.pretrained.weights import at_hand

FEWEST, FEW, MANY = 3, 20, 1000
"""Pictures a class: without fewer than the first nothing can be learnt and judged; above the last nothing is scarce."""
_IMBALANCE = 3.0
_LARGEST = 160  # pixels a side: Keras's networks know what they see at this size, too, and are twice as fast
# Small and accurate ones first, for they must run on a laptop's processor.
_PREFERRED = (
    "mobilenet_v2", "mobilenet_v3_large", "efficientnet_v2_b0", "efficientnet_b0", "mobilenet_v3_small", "mobilenet",
    "nasnet_mobile", "densenet121", "resnet50", "resnet50_v2", "inception_v3", "xception",
)  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """An experiment for a folder of pictures, and how it came about.

    Attributes:
        look: what the folder holds.
        spec: what to do with it.
        reasons: why, in the reader's language.
    """

    look: FolderLook
    spec: RunSpec
    reasons: tuple[str, ...]


def propose(
    path: Path, *, backbone: str | None = None, size: int | None = None, changes: tuple[str, ...] = ()
) -> Proposal:
    """Look at a folder and say what to do with it.

    Args:
        path: a folder or zip of pictures, one folder for each class.
        backbone: which network; left out, the best that is at hand.
        size: pixels a side at which it sees the pictures; left out, what suits the network.
        changes: to the spec, such as ``"train.epochs=5"``.

    Raises:
        DataError: if there are too few pictures, or the folder is not laid out in classes.
        ModelError: for a network that does not exist.
        SpecError: for changes that make no sense.
    """
    if not path.exists():
        raise DataError(tr(f"{path} does not exist", f"{path} no existe"), tr("Check the path.", "Revise la ruta."))
    look = look_at_folder(path)
    _enough(look, path)
    chosen = backbone or choose_backbone()
    side = size or min(find_network(chosen).size, _LARGEST)
    reasons = [_why(chosen, given=backbone is not None)]
    counts = look.counts["train"].values()
    scarce = min(counts) < MANY
    spec: dict[str, Any] = {
        "name": _name(path),
        "data": {"path": str(path), "validation": 0.2, "test": 0.2},
        "preprocess": {"resize": [side, side]},
        "model": {"transfer": _transfer(chosen, scarce=scarce)},
        "learn": {"optimizer": "adam", "learning_rate": 0.001},
        "train": {
            "epochs": 20,
            "batch_size": 32,
            "early_stopping": {"monitor": "val_loss", "patience": 6},
        },
    }
    if scarce:
        spec["augment"] = {"horizontal_flip": True, "rotation": 10.0, "zoom": 0.1, "shift": 0.06, "brightness": 0.1}
        reasons.append(
            tr(
                "Pictures are few, so they are augmented, and only the upper blocks of the backbone are tuned",
                "Hay pocas imágenes: se aumentan y solo se ajustan los bloques superiores del extractor",
            )
        )
    if max(counts) > _IMBALANCE * min(counts):
        spec["train"]["class_weights"] = "balanced"
        reasons.append(
            tr(
                "Classes are of unequal size, so rare ones count more (class_weights: balanced)",
                "Las clases tienen tamaños desiguales: las raras cuentan más (class_weights: balanced)",
            )
        )
    return Proposal(look, read_spec(spec, changes), tuple(reasons))


def choose_backbone() -> str:
    """The best network whose weights are at hand: in ``HONDO_WEIGHTS`` or Keras's cache, else Hondo's own."""
    have = set(at_hand(top=False))
    return next((name for name in _PREFERRED if name in have), OWN.name)


def describe(look: FolderLook) -> list[str]:
    """What a folder holds, in lines for the reader."""
    lines = []
    for split, classes in look.counts.items():
        total, listed = sum(classes.values()), ", ".join(f"{name} {count}" for name, count in classes.items())
        name = {"train": tr("pictures", "imágenes")} if len(look.counts) == 1 else {}
        lines.append(f"{name.get(split, split)}: {total:,} ({listed})")
    sizes = ", ".join(f"{height}×{width} ({count})" for (height, width), count in look.sizes.most_common(3))
    more = len(look.sizes) - 3
    rest = tr(f" and {more} more", f" y {more} más") if more > 0 else ""
    lines.append(tr(f"sizes (height × width): {sizes}{rest}", f"tamaños (alto × ancho): {sizes}{rest}"))
    fewest = min((count, name) for classes in look.counts.values() for name, count in classes.items())
    if fewest[0] < FEW:
        lines.append(
            tr(
                f"{fewest[1]!r} has {fewest[0]} pictures; from about {FEW} a class on results can be trusted more",
                f"{fewest[1]!r} tiene {fewest[0]} imágenes; desde unas {FEW} por clase los resultados son más fiables",
            )
        )
    if look.damaged:
        shown = ", ".join(list(look.damaged)[:5]) + (", …" if len(look.damaged) > 5 else "")
        count = len(look.damaged)
        lines.append(
            tr(f"left out, damaged or too large ({count}): {shown}", f"se omiten, dañadas o enormes ({count}): {shown}")
        )
    return [*lines, *look.notes]


def _enough(look: FolderLook, path: Path) -> None:
    for name, count in look.counts["train"].items():
        if count < FEWEST:
            raise DataError(
                tr(
                    f"{path}: the class {name!r} has {count} pictures, and at least {FEWEST} are needed",
                    f"{path}: la clase {name!r} tiene {count} imágenes y hacen falta al menos {FEWEST}",
                ),
                tr(
                    f"One to learn from, one to watch the training, one to judge it; {FEW} or more give good results.",
                    f"Una para aprender, otra para vigilar y otra para juzgar; con {FEW} o más hay buenos resultados.",
                ),
            )


def _why(backbone: str, *, given: bool) -> str:
    if given:
        return tr(f"Backbone {backbone}, as asked", f"Extractor {backbone}, como se pidió")
    if backbone == OWN.name:
        return tr(
            f"Backbone {backbone}, which comes with Hondo: no larger network is at hand. With an Internet connection, "
            "--backbone mobilenet_v2 is usually much better",
            f"Extractor {backbone}, incluido en Hondo: no hay ninguna red mayor a mano. Con conexión a Internet, "
            "--backbone mobilenet_v2 suele ser mucho mejor",
        )
    return tr(f"Backbone {backbone}: its weights are at hand", f"Extractor {backbone}: sus pesos están a mano")


def _transfer(backbone: str, *, scarce: bool) -> dict[str, Any]:
    tune: dict[str, Any] = {"epochs": 8, "unfreeze": 2 if scarce else "all"}
    passes = {"augmented_passes": 6} if scarce else {}
    return {"backbone": backbone, "dropout": 0.2, **passes, "fine_tune": tune}


def _name(path: Path) -> str:
    """The folder's name as a run's name."""
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in path.resolve().stem
    )
    return (plain.lstrip("._-") or "pictures")[:60] + "-transfer"
