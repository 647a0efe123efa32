"""Every exit code of the command line, and what it means; `docs/cli.md` lists them."""

from enum import IntEnum
from typing import Self


class ExitCode(IntEnum):
    """How a command ended; a code never changes its meaning."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        """Attach the meaning to the value."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    OK = 0, "Done, or verified."
    UNFORESEEN = 1, "Something failed that nobody foresaw; standard error has the details."
    USAGE = 2, "The command line is not of the documented form."
    REFUSED = 3, "The input was refused, or contradicts what is on record; nothing of it was kept."
    NOT_FOUND = 4, "What was named is not on record."
    FORBIDDEN = 5, "The server does not know the token, or its role may not do this."
    FAILED = 6, "A verification or check failed: something is not what it claims to be."
    UNKNOWN = 7, "A verification could not be decided, such as without a pinned root. Not a pass."
    UNAVAILABLE = 8, "The database, the server or the address cannot be used, or the set-up is wrong."
    AMBIGUOUS = 9, "Several have this identifier; the candidates were listed."
    INTERRUPTED = 130, "A person stopped it (Ctrl-C)."
