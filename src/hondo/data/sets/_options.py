"""How a loader says which values its options may have.

The catalogue reads this off the annotations, so that a loader states each limit once and checks nothing itself::

    def circle(*, samples: Samples = 500, noise: Noise = 0.0, seed: Seed = 0) -> Dataset: ...
"""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Between:
    """The least and the greatest value that a number may have, both allowed."""

    low: float
    high: float


Samples = Annotated[int, Between(10, 1_000_000)]
Noise = Annotated[float, Between(0.0, 0.5)]
Seed = Annotated[int, Between(0, 2**32 - 1)]
