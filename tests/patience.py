"""Waiting until a fact holds. How long it took is never judged: a busy machine is no failure."""

import time
from collections.abc import Callable

# Reached only where something hangs: many times what the slowest machine needs.
PATIENCE_S = 600.0
_PAUSE_S = 0.01


def until(holds: Callable[[], object], *, for_s: float = PATIENCE_S) -> bool:
    """Return True as soon as ``holds`` answers so, or what it answers after all patience."""
    end = time.monotonic() + for_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(_PAUSE_S)
    return bool(holds())
