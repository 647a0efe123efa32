"""What a person types for a lot or unit: the registry's id, or the code or serial number it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from aas_registry.cli.error_output import error_json, print_error
from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.output import print_json, print_table
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import NotFoundError
from aas_registry.domain.paging import PageRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aas_registry.domain.principals import Principal
    from aas_registry.services.registry import Registry

_MOST_CANDIDATES = 50
_LOT_COLUMNS = ("id", "code", "mpn", "manufacturer")
_UNIT_COLUMNS = ("id", "serial", "kind", "product", "customer")
Row = TypeVar("Row")


def find_lots(registry: Registry, principal: Principal, text: str) -> list[dict[str, Any]]:
    """Return the lot with an id, else every lot with that code, as JSON.

    Raises:
        NotFoundError: There is none.
    """
    from aas_registry.services.genealogy import lots
    from aas_registry.services.genealogy.lots import LotFilter
    from aas_registry.web.trace.lots import render_lot

    return _find(
        text,
        by_id=lambda: [lots.find_lot(registry, principal, text)],
        by_name=lambda page: lots.list_lots(registry, principal, LotFilter(code=text), page),
        render=render_lot,
        code=Code.LOT_NOT_FOUND,
    )


def find_units(registry: Registry, principal: Principal, text: str) -> list[dict[str, Any]]:
    """Return the unit with an id, else every unit with that name, as JSON.

    Raises:
        NotFoundError: There is none.
    """
    from aas_registry.services.genealogy import units
    from aas_registry.web.trace.units import render_unit

    return _find(
        text,
        by_id=lambda: [units.find_unit(registry, principal, text).unit],
        by_name=lambda page: units.find_units(registry, principal, text, page),
        render=render_unit,
        code=Code.UNIT_NOT_FOUND,
    )


def show_candidates(candidates: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """List what an identifier may mean: an error that says how to go on."""
    code = Code.IDENTIFIER_AMBIGUOUS
    if as_json:
        error = error_json(code.meaning, code, (), ExitCode.AMBIGUOUS)
        print_json({"error": {**error, "candidates": candidates}})
        return
    columns = _UNIT_COLUMNS if "serial" in candidates[0] else _LOT_COLUMNS
    print_table(columns, [[each.get(name) for name in columns] for each in candidates], empty="")
    print_error(code.meaning, code, exit_code=ExitCode.AMBIGUOUS, as_json=False)


def _find(
    text: str,
    *,
    by_id: Callable[[], list[Row]],
    by_name: Callable[[PageRequest], list[Row]],
    render: Callable[[Row], dict[str, Any]],
    code: Code,
) -> list[dict[str, Any]]:
    try:
        found = by_id()
    except NotFoundError:
        found = by_name(PageRequest(_MOST_CANDIDATES))[:_MOST_CANDIDATES]
    if not found:
        raise NotFoundError(f"Nothing on record is called {text!r}.", code=code)
    return [render(each) for each in found]
