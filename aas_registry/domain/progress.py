"""Progress: how far a long piece of work is, told to whoever waits for it.

A reader or a service takes a callback and tells it a phase, what is done and what there
is in all. Nothing is decided by it: work goes on the same where nobody listens.
"""

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Told ``(phase, done, total)``: the phase is a word such as ``reading``; done and total
count in one unit of the phase (bytes, rows); total is None where nobody knows it yet."""


def no_progress(phase: str, done: int, total: int | None) -> None:
    """Listen to nothing: the callback where nobody waits."""
