"""The flow on Keras's other backends: Keras's own fit trains, and the run is whole all the same."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_the_whole_flow_runs_on_another_backend_and_says_who_trains(backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed (.ci/compare installs it)")
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_ENABLE_ONEDNN_OPTS": "0"}
    command = [sys.executable, "-m", "hondo", "run", "iris-mlp", "--set", "train.epochs=30", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["status"] == "complete"
    assert result["evaluation"]["accuracy"] > 0.6
    assert len(result["history"]["loss"]) == 30
    assert backend in done.stderr
