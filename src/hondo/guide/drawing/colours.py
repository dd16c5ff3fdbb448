"""The colours of figures, by what they are for: the page's own where it has them, so that dark pages stay dark."""

import numpy as np

from hondo.core.arrays import Array, FloatArray

COLOURS = {
    "ink": "var(--ink, #1c2630)",
    "muted": "var(--muted, #5c6975)",
    "faint": "var(--faint, #e3e7ea)",
    "paper": "var(--raised, #ffffff)",
    "soft": "var(--accent-soft, #e8f1f6)",
    "blue": "var(--fig-blue, #0b6394)",
    "orange": "var(--fig-orange, #c2541b)",
    "green": "var(--fig-green, #2c7a4b)",
    "purple": "var(--fig-purple, #7a4fa3)",
    "gold": "var(--fig-gold, #a67a00)",
    "red": "var(--fig-red, #b3263b)",
    "grey": "var(--fig-grey, #7d8994)",
}
"""``blue`` is the first choice, positive, right; ``orange`` is negative, wrong, compared with it."""

SERIES = ("blue", "orange", "green", "purple", "gold", "red", "grey")
"""In which order several lines take their colours."""

_BLUE, _ORANGE = np.array((42, 127, 176)), np.array((217, 121, 63))
_LIGHT = np.array((244, 246, 247))
_DEEP = np.array([(236, 243, 247), (156, 203, 228), (86, 163, 205), (31, 127, 179), (11, 99, 148), (8, 63, 96)])


def colour(name: str) -> str:
    """A colour by its name; anything else is taken as CSS says it."""
    return COLOURS.get(name, name)


def signed_colours(values: FloatArray, reach: float | None = None) -> Array:
    """Blue above 0, orange below, pale near it.

    Args:
        values: of any shape.
        reach: what is fully coloured; left out, the largest distance from 0.

    Returns:
        uint8 ``(*values.shape, 3)``.
    """
    values = np.nan_to_num(np.asarray(values, np.float64))
    reach = reach or float(np.abs(values).max(initial=0.0)) or 1.0
    share = np.clip(np.abs(values) / reach, 0, 1)[..., None]
    end = np.where((values >= 0)[..., None], _BLUE, _ORANGE)
    return np.round(_LIGHT + share * (end - _LIGHT)).astype(np.uint8)


def deep_colours(values: FloatArray, low: float | None = None, high: float | None = None) -> Array:
    """From pale (low) to deep blue (high), as water gets deeper.

    Args:
        values: of any shape.
        low, high: what is palest and deepest; left out, the extremes.

    Returns:
        uint8 ``(*values.shape, 3)``.
    """
    values = np.nan_to_num(np.asarray(values, np.float64))
    low = float(values.min(initial=0.0)) if low is None else low
    high = float(values.max(initial=1.0)) if high is None else high
    place = np.clip((values - low) / ((high - low) or 1.0), 0, 1) * (len(_DEEP) - 1)
    return (
        np.stack([np.interp(place, np.arange(len(_DEEP)), _DEEP[:, c]) for c in range(3)], -1).round().astype(np.uint8)
    )


def grey_colours(values: FloatArray, low: float | None = None, high: float | None = None) -> Array:
    """From black (low) to white (high), as pictures are.

    Returns:
        uint8 ``(*values.shape, 3)``.
    """
    values = np.nan_to_num(np.asarray(values, np.float64))
    low = float(values.min(initial=0.0)) if low is None else low
    high = float(values.max(initial=0.0)) if high is None else high
    grey = np.round(255 * np.clip((values - low) / ((high - low) or 1.0), 0, 1)).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=-1)
