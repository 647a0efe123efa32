"""How the benchmarks take time: the least of several rounds, as the machine has other work too."""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

Answer = TypeVar("Answer")


def fastest(ask: Callable[[], Answer], rounds: int = 5) -> tuple[float, Answer]:
    """Return the least seconds of some rounds, after one to warm up, and the last answer."""
    answer = ask()
    times = []
    for _ in range(rounds):
        began = perf_counter()
        answer = ask()
        times.append(perf_counter() - began)
    return min(times), answer


def once(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    """Return the seconds of a single round: for rivals that take long."""
    began = perf_counter()
    answer = ask()
    return perf_counter() - began, answer


def milliseconds(**seconds: float) -> str:
    """Return times for the reader: ``ours 1.2 ms, rival 34 ms``."""
    return ", ".join(f"{name} {_shown(1000 * each)} ms" for name, each in seconds.items())


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
