"""The playground's stage on the server's side: it hands frames to ``stage.js``, one at a time, as bytes."""

import time
from collections.abc import Callable
from typing import Any

from nicegui import core
from nicegui.element import Element

_EVENT = "hondo_stage"
_PATIENCE = 1.0  # seconds after which a frame counts as lost, as in a tab that slept


class Stage(Element, component="stage.js", esm={"hondo-stage": "stage"}):
    """What is drawn in the browser.

    Frames go over the page's own connection but not through its outbox, which would write them as JSON and remember
    the last thousand of them.

    Args:
        labels: texts in the reader's language, named in ``stage.js``.
        heard: is called with ``ready``, ``edited``, ``drawn``, ``rewound``, ``chosen``, ``key`` or ``free``, and what
            belongs to it.
    """

    def __init__(self, labels: dict[str, str], heard: Callable[[str, Any], Any]) -> None:
        super().__init__()
        self._props["labels"] = labels
        self._sent_at: float | None = None
        for name in ("ready", "edited", "drawn", "rewound", "chosen", "key"):
            self.on(name, lambda event, name=name: heard(name, event.args))
        self.on("shown", lambda: self._shown(heard))

    @property
    def free(self) -> bool:
        """Whether the browser has drawn what it was sent."""
        return self._sent_at is None or time.monotonic() - self._sent_at > _PATIENCE

    async def show(self, frame: bytes) -> None:
        """Draw a frame."""
        self._sent_at = time.monotonic()
        await core.sio.emit(_EVENT, (self.id, frame), room=self.client.id)

    def tell(self, **options: Any) -> None:
        """Change what does not come with frames: ``drawing``, ``hide``."""
        if any(name not in self._props or self._props[name] != value for name, value in options.items()):
            for name, value in options.items():
                self._props[name] = value
            self.update()

    def _shown(self, heard: Callable[[str, Any], Any]) -> Any:
        self._sent_at = None
        return heard("free", None)
