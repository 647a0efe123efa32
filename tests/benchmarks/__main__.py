"""Run the benchmarks: every ``bench_*.py`` here, or those whose names are given.

Each has ``figures()``, which yields a `Figure` per number. Exit code 1 if one is short.
"""

import importlib
import sys
from pathlib import Path

from aas_registry.domain.garbage import collect_less_often


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all, and print a line for each number."""
    sys.path.append(str(Path(__file__).parents[1]))  # samples and servers that the tests use too
    there = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    unknown = set(names) - set(there)
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(there)}")
        return 2
    collect_less_often()  # as every server does
    short = 0
    for name in names or there:
        for figure in importlib.import_module(name).figures():
            print(figure, flush=True)
            short += not figure.reaches_target
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
