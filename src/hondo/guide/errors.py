"""What is wrong with a chapter, said with its file and line."""

from hondo.core.errors import HondoError


class GuideError(HondoError):
    """A chapter, figure or exercise that cannot be read or does not exist."""

    exit_code = 2
