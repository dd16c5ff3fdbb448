"""A text in both languages that is kept until somebody reads it: labels of figures, hints of exercises."""

from typing import NamedTuple

from hondo.core.language import tr


class Words(NamedTuple):
    """The same in English and in Spanish; ``str()`` gives that of the language in force."""

    en: str
    es: str

    def __str__(self) -> str:
        return tr(self.en, self.es)


def both(words: "Words | tuple[str, str] | str") -> Words:
    """Two texts, or one that is the same in both languages, as :class:`Words`."""
    return Words(words, words) if isinstance(words, str) else Words(*words)
