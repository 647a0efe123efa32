"""One of several parts of the tests, so that as many machines share them: ``SHARD=2/3 make test``.

A file of tests belongs whole to one part, chosen by its name alone: so every machine finds the
same parts without asking the others, and what a file sets up is set up once.
"""

import re
from dataclasses import dataclass
from zlib import crc32


class ShardError(ValueError):
    """What ``SHARD`` holds names no part."""


@dataclass(frozen=True)
class Shard:
    """The part ``number`` of ``count``, the first being 1."""

    number: int
    count: int

    @classmethod
    def of(cls, text: str) -> "Shard":
        """Read ``2/3``; nothing at all is the whole.

        Raises:
            ShardError: The text is no such pair, or the number is not between 1 and the count.
        """
        found = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", text or "1/1", flags=re.ASCII)
        if found is None or int(found[1]) > int(found[2]):
            raise ShardError(f"SHARD is the number of a part and how many there are, as in 2/3, not {text!r}")
        return cls(int(found[1]), int(found[2]))

    def holds(self, path: str) -> bool:
        """Answer whether a file belongs to this part; ``path`` is relative to the tests, with ``/``."""
        return crc32(path.encode()) % self.count == self.number - 1
