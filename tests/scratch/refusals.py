"""A refusal is only as good as its words, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest

from hondo.core.language import use_language
from hondo.scratch.mistakes import Mistake


def assert_refused(call: Callable[[], Any], english: str, spanish: str) -> None:
    """``call`` is a mistake, and its message and hint hold these words in this order; … stands for any others."""
    for language, words in (("en", english), ("es", spanish)):
        with use_language(language), pytest.raises(Mistake) as caught:
            call()
        rest = str(caught.value)
        for part in words.split(" … "):
            assert part in rest, f"{part!r} is missing in {str(caught.value)!r}"
            rest = rest.split(part, 1)[1]
