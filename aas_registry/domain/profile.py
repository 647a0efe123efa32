"""How strictly AAS content is read."""

from enum import StrEnum


class Profile(StrEnum):
    """What a violated rule of the metamodel leads to.

    Attributes:
        STRICT: Any finding of severity ``error`` refuses the whole; the AAS API reads so.
        REPORT: All that can be read is stored as it stands, and every violation is a finding
            with its place and what was done; uploads are read so. What cannot be stored
            without loss still refuses the whole.
    """

    STRICT = "strict"
    REPORT = "report"
