"""What corrupts a bundle on purpose."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def refresh(bundle: Path) -> None:
    """Write the digests of the files as they are now, as somebody would who packs the bundle again."""
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"] = {name: hashlib.sha256((bundle / name).read_bytes()).hexdigest() for name in manifest["files"]}
    (bundle / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def edit_json(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")
