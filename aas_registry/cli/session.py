"""The registry that local commands work on: the one that the environment configures."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from aas_registry.domain.paging import PageRequest
from aas_registry.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aas_registry.domain.principals import Principal
    from aas_registry.services.registry import Registry

Row = TypeVar("Row")
_PAGE_ROWS = 1000


@contextmanager
def local_registry(*, may_begin: bool = False) -> Iterator[tuple[Registry, Principal]]:
    """Open the configured registry as its administrator, and close it afterwards.

    Whoever may open the database itself needs no token.

    Args:
        may_begin: Whether a registry is made where the data folder holds none; a question makes none.

    Raises:
        ConfigurationError: A setting is wrong, the schema is another, or there is no registry.
        UnavailableError: The database cannot be reached.
    """
    from aas_registry.services.access import local_administrator
    from aas_registry.services.logs import configure_logging
    from aas_registry.services.registry import open_registry, require_registry

    settings = Settings.from_environment()
    configure_logging("ERROR")
    if not may_begin:
        require_registry(settings)
    registry = open_registry(settings)
    try:
        yield registry, local_administrator(registry)
    finally:
        registry.close()


def every(fetch: Callable[[PageRequest], list[Row]], *, key: Callable[[Row], tuple[Any, ...]]) -> list[Row]:
    """Return every row of a paged list.

    Args:
        fetch: Answers a page, with one row more where there is a next one.
        key: Gives a row's place in the order.
    """
    found: list[Row] = []
    while True:
        asked = PageRequest(_PAGE_ROWS, key(found[-1]) if found else None)
        rows = fetch(asked)
        found += rows[:_PAGE_ROWS]
        if len(rows) <= _PAGE_ROWS:
            return found
