"""Every shape that is written in an annotation is the shape that is really there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


@pytest.mark.skipif("HONDO_CHECK_SHAPES" in os.environ, reason="this is the run with checks")
def test_the_tests_pass_with_annotations_enforced() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not mistake and not slow",
        str(FOLDER),
    ]
    environment = {**os.environ, "HONDO_CHECK_SHAPES": "1"}
    result = subprocess.run(
        command, env=environment, cwd=FOLDER.parent.parent, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-4000:]


@pytest.mark.skipif("HONDO_CHECK_SHAPES" not in os.environ, reason="checks are off")
def test_a_wrong_shape_is_noticed_when_checks_are_on() -> None:
    import numpy as np
    from jaxtyping import TypeCheckError

    from hondo.scratch.layers.dense import dense

    with pytest.raises(TypeCheckError):
        dense(np.ones((2, 3)), np.ones((4, 5)), np.ones(5))
