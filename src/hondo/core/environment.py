"""Where and with what a run was made: enough to explain a difference, or to make the same run again.

Versions are read from the packages' metadata, so that describing the environment imports none of them.
"""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

PACKAGES = (
    "hondo",
    "keras",
    "jax",
    "jaxlib",
    "tensorflow",
    "torch",
    "numpy",
    "scikit-learn",
    "pandas",
    "opencv-python-headless",
    "sqlalchemy",
)
"""The packages that can change what a run computes or how it is kept; those not installed are left out."""


@dataclass(frozen=True)
class GitState:
    """The working folder's place in its history.

    Attributes:
        commit: the full hash, or "" in a repository without commits.
        branch: its name, or None where no branch is checked out.
        dirty: whether tracked files differ from the commit.
    """

    commit: str
    branch: str | None
    dirty: bool


@dataclass(frozen=True)
class Environment:
    """What surrounds a run.

    Attributes:
        python: Python's version and implementation.
        platform: system, release and processor.
        hondo: Hondo's version.
        packages: versions of what computes, by distribution name.
        backend: Keras's backend: ``jax``, ``tensorflow`` or ``torch``.
        device: what computes, in words; "" where nobody said.
        cpus: processors that this process may use.
        memory: the machine's memory in bytes.
        seed: the run's seed, where there is one.
        git: the working folder's commit, or None outside a repository or without git.
        time: when this was written down, ISO 8601 in UTC.
    """

    python: str
    platform: str
    hondo: str
    packages: Mapping[str, str] = field(default_factory=dict)
    backend: str = ""
    device: str = ""
    cpus: int = 0
    memory: int = 0
    seed: int | None = None
    git: GitState | None = None
    time: str = ""

    def written(self) -> dict[str, Any]:
        """This record as plain data, for a file or a database."""
        return asdict(self)


def describe_environment(device: str = "", seed: int | None = None, folder: Path | None = None) -> Environment:
    """Write down the environment of this process.

    Args:
        device: What will compute, in words; the caller knows, since asking would start the backend.
        seed: The run's seed.
        folder: The folder whose git state counts; left out, the working folder.

    Returns:
        The record. What cannot be found out is empty: describing never fails a run.
    """
    packages = _versions(PACKAGES)
    return Environment(
        python=f"{platform.python_version()} {platform.python_implementation()}",
        platform=platform.platform(),
        hondo=packages.pop("hondo", ""),
        packages=packages,
        backend=os.environ.get("KERAS_BACKEND", "jax"),
        device=device,
        cpus=usable_cpus(),
        memory=psutil.virtual_memory().total,
        seed=seed,
        git=git_state(folder),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def git_state(folder: Path | None = None, timeout: float = 3.0) -> GitState | None:
    """The commit, branch and cleanliness of a folder's repository.

    Args:
        folder: Any folder inside the repository; left out, the working folder.
        timeout: How long git may take, in seconds.

    Returns:
        The state, or None: no git, no repository, or no answer in time.
    """
    # A repository's own settings may name programs to run on `status`; describing must not start them.
    command = ["git", "-c", "core.fsmonitor=false", "status", "--porcelain=v2", "--branch", "--untracked-files=no"]
    try:
        answer = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = answer.stdout.splitlines()
    heads = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# branch."))
    commit, branch = heads.get("branch.oid", ""), heads.get("branch.head")
    return GitState(
        commit="" if commit == "(initial)" else commit,
        branch=None if branch == "(detached)" else branch,
        dirty=any(not line.startswith("#") for line in lines),
    )


def _versions(names: tuple[str, ...]) -> dict[str, str]:
    """The installed ones' versions by name."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def usable_cpus() -> int:
    """How many processors this process may use, which in a container or under `taskset` are not all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
