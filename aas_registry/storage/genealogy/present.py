"""What a site has at all: a question leaves out what it would look for in vain, for each of many units."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, Table, exists, select, true

from aas_registry.domain.events import Relation
from aas_registry.domain.identifiers import Site
from aas_registry.storage.prepared import prepared
from aas_registry.storage.tables.genealogy import containment, feed_void
from aas_registry.storage.tables.passes import completion, set_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Whether there is, or ever was, any of some kinds of facts; where it is not asked, there may be.

    Attributes:
        panels: A unit was a board of a panel.
        set_ups: A slot of a station held something.
        completions: A pass was completed.
        reworked: Something that was used was taken out.
    """

    panels: bool = True
    set_ups: bool = True
    completions: bool = True
    reworked: bool = True


_OF_PANEL = containment.c.relation == Relation.PANEL_OF.value


def present(connection: Connection, site: Site) -> Present:
    """Return what a site has, asked for together."""
    panels, set_ups, completions, reworked = _kinds(site).ask(connection).one()
    return Present(
        panels=bool(panels), set_ups=bool(set_ups), completions=bool(completions), reworked=bool(reworked)
    )


@prepared
def _kinds(site: Site) -> Select[bool, bool, bool, bool]:
    def any_of(table: Table, which: ColumnElement[bool] = true()) -> ColumnElement[bool]:  # noqa: B008
        return exists().where(table.c.site == site, which)

    return select(any_of(containment, _OF_PANEL), any_of(set_up), any_of(completion), any_of(feed_void))
