"""Here no test asks which initial weights a network has."""

import pytest


@pytest.fixture(autouse=True, scope="module")
def drawn_at_once(weights_from_numpy: None) -> None:
    """All networks of these tests begin with weights from NumPy."""
