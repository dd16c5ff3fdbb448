"""Small pictures of the sets of points, drawn from the real points in the page's own colours."""

from functools import cache

import numpy as np

from hondo.playground.data import points
from hondo.playground.setup import OWN, Setup

_SAMPLES, _SIDE, _REACH = 140, 48, 6.4


@cache
def thumbnail(name: str) -> str:
    """A set's picture as SVG without a text of its own, because its button has one."""
    drawn = _pencil() if name == OWN else _points(name)
    return f'<svg viewBox="0 0 {_SIDE} {_SIDE}" aria-hidden="true" focusable="false">{drawn}</svg>'


def _points(name: str) -> str:
    found = points(Setup(samples=_SAMPLES, train_share=0.9).changed(data=name))
    places = (found.train * [1, -1] / _REACH + 1) * _SIDE / 2
    signs = found.train_y if name in ("plane", "gaussian_mix") else 2 * found.train_y - 1
    shares = signs / np.abs(signs).max()
    return "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.5" style="fill: color-mix(in srgb, '
        f'var({"--accent-map" if share > 0 else "--negative"}) {100 * abs(share):.0f}%, var(--middle))"/>'
        for (x, y), share in zip(places, shares, strict=True)
    )


def _pencil() -> str:
    return (
        '<path d="M12 36 l3 -9 17 -17 6 6 -17 17z M29 13 l6 6" fill="none" stroke="var(--muted)" stroke-width="2" '
        'stroke-linejoin="round"/><circle cx="37" cy="36" r="2.4" fill="var(--accent-map)"/>'
        '<circle cx="29" cy="39" r="2.4" fill="var(--negative)"/>'
    )
