"""What a bundle tells the person who carries its model elsewhere: each step in words, and how to compare."""

from collections.abc import Sequence

from hondo.core.language import tr, use_language
from hondo.data.preprocessor import Preprocessor


def step_text(name: str, preprocessor: Preprocessor) -> str:
    """What happens in a step, exactly enough to write it again, in the language in force."""
    spec, shape = preprocessor.spec, preprocessor.encoded_shape
    if name == "resize" and spec.resize:
        size = f"{spec.resize[0]}×{spec.resize[1]}"
        return tr(
            f"Resized to {size} (height × width), proportions not kept: by the average over areas where both sides "
            "shrink (cv2.INTER_AREA), else linearly (cv2.INTER_LINEAR); rounded to whole pixels.",
            f"Redimensionadas a {size} (alto × ancho) sin conservar las proporciones: por la media de áreas si ambos "
            "lados se reducen (cv2.INTER_AREA) y, si no, linealmente (cv2.INTER_LINEAR); redondeadas a enteros.",
        )
    texts = {
        "read": _read_text(preprocessor),
        "columns": _columns_text(spec.categories or "one-hot"),
        "greyscale": tr(
            "Luminance 0.299 R + 0.587 G + 0.114 B, rounded to whole numbers.",
            "Luminancia 0,299 R + 0,587 G + 0,114 B, redondeada a enteros.",
        ),
        "scale": tr("Pixels divided by 255.", "Píxeles divididos entre 255.")
        if spec.scale == "unit"
        else tr("Pixels divided by 127.5, minus 1.", "Píxeles divididos entre 127,5, menos 1."),
        "standardise": tr(
            "(x - mean) / std, with 'mean' and 'std' in preprocess.json.",
            "(x - mean) / std, con 'mean' y 'std' de preprocess.json.",
        ),
        "flatten": tr(
            f"From {shape} to one row, the last axis fastest.",
            f"De {shape} a una fila; el último eje varía antes.",
        ),
        "model": tr("What model.keras gives, in inference mode.", "Lo que da model.keras en modo de inferencia."),
        "outputs": tr(
            "The probabilities of both classes, 1 - p and p."
            if preprocessor.task == "classification"
            else "In the target's unit: outputs × target_std + target_mean, both in preprocess.json.",
            "Las probabilidades de ambas clases, 1 - p y p."
            if preprocessor.task == "classification"
            else "En la unidad del objetivo: salidas × target_std + target_mean, de preprocess.json.",
        ),
    }
    return texts[name]


def _columns_text(categories: str) -> str:
    if categories == "ordinal":
        return tr(
            "As 'columns' in preprocess.json says, in that order: a missing number is 'fill'; a category its place "
            "among 'codes', -1 if it is not there (a missing one comes last where 'missing' is true).",
            "Según 'columns' en preprocess.json y en ese orden: un número ausente pasa a ser 'fill'; una categoría, su "
            "posición en 'codes', o -1 si no está (una ausente va al final si 'missing' es true).",
        )
    return tr(
        "As 'columns' in preprocess.json says, in that order: a missing number becomes 'fill'; a category becomes a "
        "column of 0 and 1 for each of its 'codes', and one more for missing values where 'missing' is true.",
        "Según 'columns' en preprocess.json y en ese orden: un número ausente pasa a ser 'fill'; una categoría, una "
        "columna de 0 y 1 por cada uno de sus 'codes', y otra más para los ausentes si 'missing' es true.",
    )


def _read_text(preprocessor: Preprocessor) -> str:
    if preprocessor.kind == "table":
        return tr(
            "The rows as numbers: a category is its place in its list in preprocess.json, a missing value is NaN.",
            "Las filas como números: una categoría es su posición en su lista de preprocess.json; un ausente es NaN.",
        )
    if preprocessor.kind == "image":
        return tr(
            "The pictures as they were read, (height, width, channels), red first.",
            "Las imágenes tal como se leyeron, (alto, ancho, canales), con el rojo primero.",
        )
    return tr("The samples as they were read.", "Las muestras tal como se leyeron.")


def guide(run: str, preprocessor: Preprocessor, steps: Sequence[str]) -> str:
    """The bundle's README, in both languages."""
    parts = []
    for language in ("en", "es"):
        with use_language(language):
            parts.append(_in_one_language(run, preprocessor, steps))
    return "\n---\n\n".join(parts)


def _in_one_language(run: str, preprocessor: Preprocessor, steps: Sequence[str]) -> str:
    listed = "\n".join(f"{place}. **{name}**: {step_text(name, preprocessor)}" for place, name in enumerate(steps))
    title = tr(f"Parity bundle of {run}", f"Paquete de paridad de {run}")
    how = tr(
        "Feed the golden inputs (`inputs`) to your own program and compare with the files in `steps/`, in this order. "
        "`outputs.npy` and `outputs.csv` are the right answers. `manifest.json` names the samples, the fingerprint of "
        "each weight and the SHA-256 of each file.",
        "Dé las entradas de referencia (`inputs`) a su propio programa y compare con los archivos de `steps/`, en este "
        "orden. `outputs.npy` y `outputs.csv` son las respuestas correctas. `manifest.json` indica las muestras, la "
        "huella de cada peso y el SHA-256 de cada archivo.",
    )
    check = tr(
        "`hondo verify BUNDLE` computes everything again; `hondo verify BUNDLE --outputs mine.npy` compares your "
        "outputs and says which common mistake explains a difference.",
        "`hondo verify PAQUETE` lo recalcula todo; `hondo verify PAQUETE --outputs mias.npy` compara sus salidas y "
        "dice qué error habitual explica una diferencia.",
    )
    return f"# {title}\n\n{how}\n\n{listed}\n\n{check}\n"
