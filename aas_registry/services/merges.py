"""What fell together when names got one form for comparing: listed, and parted by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, NotFoundError
from aas_registry.domain.identifiers import LotId, PartyId, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.genealogy import events
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage import merges as merge_table
from aas_registry.storage import parties as party_table
from aas_registry.storage import parting as parting_table
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy.items import names_of
from aas_registry.storage.merges import NameMerge
from aas_registry.storage.parting import Parting

_NOUNS = {"lot": Noun.LOT, "unit": Noun.UNIT, "party": Noun.PARTY}
_PARTED = ("lot", "part_type")


@dataclass(frozen=True, slots=True)
class MergeRow:
    """One thing that fell together with an older one.

    Attributes:
        id: The opaque id of this entry.
        merge: What is on record of it.
        merged_into: The opaque id of the older one, where it is a lot, a unit or a party.
        older: How the older one is spelled; empty where that is not looked up, or not on record.
        can_be_parted: Whether it is a lot or part type that is still merged, and no lot whose part
            type is to be parted instead.
    """

    id: str
    merge: NameMerge
    merged_into: str | None
    older: str = ""
    can_be_parted: bool = False

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
        older = _names_of_older(connection, principal, found)
        types = {each.part_type for each in found if each.part_type is not None}
        merged_types = merge_table.still_merged(connection, principal.site, "part_type", types)
    return [
        replace(
            _row(registry, principal.site, each),
            older=older.get((each.kind, each.merged_into), ""),
            can_be_parted=each.kind in _PARTED
            and each.parted_at is None
            and each.part_type not in merged_types,
        )
        for each in found
    ]


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
            parting_table.point_reports(connection, site, each)
        events.rebuild_within(registry, connection, site)
        named = " ".join(filter(None, (found.manufacturer, found.mpn, found.name)))
        audit.record(registry, connection, principal, f"{found.kind} parted", merge, named[:255])
        parted = replace(found, parted_at=parting.now, parted_by=parting.by)
    return _row(registry, site, parted)


def _find(registry: Registry, connection: Connection, site: Site, merge: str) -> NameMerge:
    for kind in _PARTED:
        try:
            number = registry.opaque_ids.decode(_opaque_kind(kind), site, merge)
        except NotFoundError:
            continue
        found = merge_table.find_merge(connection, site, kind, number)
        if found is not None:
            return found
    raise NotFoundError(Code.MERGE_NOT_FOUND.meaning, code=Code.MERGE_NOT_FOUND)


def _names_of_older(
    connection: Connection, principal: Principal, merges: Sequence[NameMerge]
) -> dict[tuple[str, int], str]:
    """Return how the older ones are spelled, by kind and number."""
    site = principal.site
    numbers: dict[str, list[int]] = {}
    for each in merges:
        numbers.setdefault(each.kind, []).append(each.merged_into)
    lots = lot_table.find_lots(connection, principal.scope, [LotId(each) for each in numbers.pop("lot", ())])
    types = merge_table.part_type_labels(connection, site, numbers.pop("part_type", ()))
    parties = party_table.parties_by_id(
        connection, site, [PartyId(each) for each in numbers.pop("party", ())]
    )
    others = [(kind, number) for kind, some in numbers.items() for number in some]
    items = names_of(connection, site, [number for _, number in others])
    return {
        **{("lot", number): each.label for number, each in lots.items()},
        **{("part_type", number): label for number, label in types.items()},
        **{("party", number): each.code for number, each in parties.items()},
        **{(kind, number): items[number][0].value for kind, number in others if number in items},
    }


def _row(registry: Registry, site: Site, merge: NameMerge) -> MergeRow:
    noun = _NOUNS.get(merge.kind)
    return MergeRow(
        registry.opaque_ids.encode(_opaque_kind(merge.kind), site, merge.id),
        merge,
        None if noun is None else to_public(registry, site, noun, merge.merged_into),
    )


def _opaque_kind(kind: str) -> str:
    return f"merge {kind}"
