"""What fell together when names got one form for comparing: the list, for those who may part it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aas_registry.domain.identifiers import Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import merges as merge_table
from aas_registry.storage.merges import NameMerge

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


def list_merges(registry: Registry, principal: Principal, page: PageRequest) -> Sequence[MergeRow]:
    """Return what fell together, kind by kind, one more than asked where there is a next page."""
    with registry.read() as connection:
        found = merge_table.list_merges(connection, principal.site, page)
    return [_row(registry, principal.site, each) for each in found]


def _row(registry: Registry, site: Site, merge: NameMerge) -> MergeRow:
    noun = _NOUNS.get(merge.kind)
    return MergeRow(
        registry.opaque_ids.encode(_opaque_kind(merge.kind), site, merge.id),
        merge,
        None if noun is None else to_public(registry, site, noun, merge.merged_into),
    )


def _opaque_kind(kind: str) -> str:
    return f"merge {kind}"
