"""What fell together when names got one form for comparing: listed, and parted by a person."""

from dataclasses import dataclass, replace

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, NotFoundError
from aas_registry.domain.identifiers import Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.genealogy import events
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import merges as merge_table
from aas_registry.storage import parting as parting_table
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.merges import NameMerge
from aas_registry.storage.parting import Parting

_NOUNS = {"lot": Noun.LOT, "unit": Noun.UNIT, "party": Noun.PARTY}


@dataclass(frozen=True, slots=True)
class MergeRow:
    """One thing that fell together with an older one.

    Attributes:
        id: The opaque id of this entry.
        merge: What is on record of it.
        merged_into: The opaque id of the older one, where it is a lot, a unit or a party.
    """

    id: str
    merge: NameMerge
    merged_into: str | None

    def as_json(self) -> dict[str, str | None]:
        """Return it as the API and the command line tell of it."""
        merge = self.merge
        return {
            "id": self.id,
            "kind": merge.kind,
            "manufacturer": merge.manufacturer,
            "mpn": merge.mpn,
            "name": merge.name,
            "mergedInto": self.merged_into,
            "mergedAt": merge.merged_at.isoformat(),
            "partedAt": None if merge.parted_at is None else merge.parted_at.isoformat(),
            "partedBy": merge.parted_by,
        }


def list_merges(registry: Registry, principal: Principal, page: PageRequest) -> list[MergeRow]:
    """Return what fell together, kind by kind, one more than asked where there is a next page."""
    with registry.read() as connection:
        found = merge_table.list_merges(connection, principal.site, page)
    return [_row(registry, principal.site, each) for each in found]


def part(registry: Registry, principal: Principal, merge: str) -> MergeRow:
    """Make a lot or part type a thing of its own again, with all that was said under its spelling.

    The genealogy is built anew from the events: that takes as long as `rebuild-projection`, and
    other writes wait meanwhile.

    Raises:
        NotFoundError: Nothing that is still merged has this id, or it is neither lot nor part type.
        ConflictError: The lot fell together with its part type, which is to be parted.
    """
    site = principal.site
    with registry.write(site) as connection:
        found = _find(registry, connection, site, merge)
        if found.kind == "lot" and found.part_type is not None:
            of = merge_table.find_merge(connection, site, "part_type", found.part_type)
            if of is not None:
                raise ConflictError(Code.MERGE_OF_PART_TYPE.meaning, code=Code.MERGE_OF_PART_TYPE)
        parting = Parting(merge=found, by=principal.name, now=recording_time(connection))
        again = parting_table.part(connection, registry.allocator, site, parting)
        for each in again:
            asked = to_public(registry, site, Noun.LOT, each.id)
            parting_table.point_reports(connection, site, each, asked=asked)
        events.rebuild_within(registry, connection, site)
        named = " ".join(filter(None, (found.manufacturer, found.mpn, found.name)))
        audit.record(registry, connection, principal, f"{found.kind} parted", merge, named[:255])
        parted = replace(found, parted_at=parting.now, parted_by=parting.by)
    return _row(registry, site, parted)


def _find(registry: Registry, connection: Connection, site: Site, merge: str) -> NameMerge:
    for kind in ("lot", "part_type"):
        try:
            number = registry.opaque_ids.decode(_opaque_kind(kind), site, merge)
        except NotFoundError:
            continue
        found = merge_table.find_merge(connection, site, kind, number)
        if found is not None:
            return found
    raise NotFoundError(Code.MERGE_NOT_FOUND.meaning, code=Code.MERGE_NOT_FOUND)


def _row(registry: Registry, site: Site, merge: NameMerge) -> MergeRow:
    noun = _NOUNS.get(merge.kind)
    return MergeRow(
        registry.opaque_ids.encode(_opaque_kind(merge.kind), site, merge.id),
        merge,
        None if noun is None else to_public(registry, site, noun, merge.merged_into),
    )


def _opaque_kind(kind: str) -> str:
    return f"merge {kind}"
