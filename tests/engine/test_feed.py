"""Samples reach the steps in the order that was drawn, from memory and from a lazy source alike."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import CASES, ROWS, compiled

import hondo.engine.reader as reading
from hondo.core.events import CancelToken
from hondo.engine.feed import Stream
from hondo.engine.fit import fit
from hondo.engine.samples import gather


class Lazy:
    """Rows that are only read by index, as a picture folder gives them."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        self.shape, self.dtype = rows.shape, rows.dtype
        self.most = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        rows = self._rows[index]
        self.most = max(self.most, len(rows))
        return rows


@pytest.mark.parametrize("window", [1, 40 * 12 * 4 * 4, 2**25])
def test_a_lazy_source_trains_the_same_weights_as_an_array(window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STREAM_BYTES", window)
    case = CASES["mlp"]
    resident, streamed = compiled(case), compiled(case)
    arguments = {"batch_size": 16, "epochs": 3, "seed": 2, "verbose": 0, "validation_split": 0.0}
    expected = fit(resident, case.x, case.y, **arguments).history
    assert fit(streamed, Lazy(case.x), case.y, **arguments).history == expected
    for weight, reference in zip(streamed.get_weights(), resident.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, reference)


def test_only_a_window_of_a_lazy_source_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STREAM_BYTES", 2 * 16 * (12 * 4 + 8))
    case, source = CASES["mlp"], Lazy(ROWS)
    fit(compiled(case), source, case.y, batch_size=16, epochs=1, verbose=0, validation_data=(source, case.y))
    assert source.most == 32


@given(steps=st.integers(1, 9), batch=st.integers(1, 5), partial=st.integers(0, 4), window=st.integers(1, 12))
def test_a_stream_gives_the_rows_of_each_step_in_every_epoch(steps: int, batch: int, partial: int, window: int) -> None:
    rows = np.arange(100, dtype="float32")[:, None]
    samples = gather(Lazy(rows), rows)
    orders = [np.random.default_rng(epoch).permutation(100) for epoch in range(3)]
    sizes = [(batch, steps), *([(partial, 1)] if partial else [])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "STREAM_BYTES", window * batch * samples.row_bytes)
        stream = Stream(samples, sizes, orders.__getitem__, epochs=3)
    for epoch in range(3):
        first = 0
        for feed, (size, count) in zip(stream.feeds, sizes, strict=True):
            feed.begin(epoch, 0)
            step = 0
            while step < count:
                portion, reach = feed.portion(step, CancelToken()), feed.reach(step)
                for ahead in range(reach):
                    found = np.asarray(portion.rows[0])[np.asarray(portion.order)[portion.start + ahead]]
                    wanted = orders[epoch][first + (step + ahead) * size :][:size]
                    np.testing.assert_array_equal(found[:, 0], wanted)
                step += reach
            first += size * count
    stream.close()
