"""A replay goes either way and is always in a state that really was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hondo.core.language import use_language
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.mistakes import Mistake
from hondo.scratch.networks.network import mlp
from hondo.scratch.trace.record import record
from hondo.scratch.trace.replay import Replay
from hondo.scratch.trace.step import Trace

TRACE = record(mlp((2, 2, 1), "tanh"), "mean_squared_error", [(np.ones((1, 2)), np.ones((1, 1)))] * 2, Adam(0.1))


@given(st.lists(st.booleans(), max_size=60))
def test_any_walk_ends_in_the_state_of_its_position(ways: list[bool]) -> None:
    film = Replay(Trace.from_json(TRACE.to_json()))
    position = 0
    for forwards in ways:
        if forwards and position < len(TRACE.steps):
            assert film.forward().name == TRACE.steps[position].name
            position += 1
        elif not forwards and position > 0:
            position -= 1
            assert film.back().name == TRACE.steps[position].name
    assert film.position == position
    expected = TRACE.state(position)
    assert film.state.keys() == expected.keys()
    for name, value in film.state.items():
        np.testing.assert_array_equal(value, expected[name])


def test_going_back_over_an_update_brings_the_old_weights_back() -> None:
    film = Replay(TRACE, next(i for i, step in enumerate(TRACE.steps) if step.name == "W1"))
    old = film.state["W1"]
    assert not np.array_equal(film.forward().value, old)
    film.back()
    np.testing.assert_array_equal(film.state["W1"], old)


@pytest.mark.parametrize(("start", "move"), [(0, "back"), (len(TRACE.steps), "forward")])
def test_there_is_nothing_beyond_the_ends(start: int, move: str) -> None:
    film = Replay(TRACE, start)
    with pytest.raises(Mistake, match="positions 0 to"):
        getattr(film, move)()
    with use_language("es"), pytest.raises(Mistake, match="posiciones de 0 a"):
        film.jump(-1)
    assert film.position == start
