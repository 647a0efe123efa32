"""What fell together when names got one form for comparing: listed, and parted by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, NotFoundError
from aas_registry.domain.identifiers import LotId, PartyId, Site, seen_key, tells_apart
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.genealogy import events
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage import merges as merge_table
from aas_registry.storage import parties as party_table
from aas_registry.storage import parting as parting_table
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy.items import names_of
from aas_registry.storage.lot_names import LotTexts, find_lots_named, find_part_type
from aas_registry.storage.merges import NameMerge, Spelling
from aas_registry.storage.parting import Parting

_NOUNS = {"lot": Noun.LOT, "unit": Noun.UNIT, "party": Noun.PARTY}
_PARTED = ("lot", "part_type")
_SPELLINGS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class MergeRow:
    """One thing that fell together with an older one.

    Attributes:
        id: The opaque id of this entry.
        merge: What is on record of it.
        merged_into: The opaque id of the older one, where it is a lot, a unit or a party.
        older: How the older one is spelled; empty where that is not looked up, or not on record.
        is_with_part_type: Whether it is a lot whose part type is to be parted instead.
        can_be_parted: Whether it is a lot or part type that is still merged and looks different, and
            no such lot.
    """

    id: str
    merge: NameMerge
    merged_into: str | None
    older: str = ""
    is_with_part_type: bool = False
    can_be_parted: bool = False

    @property
    def label(self) -> str:
        """Return how it was spelled, in one line."""
        return " ".join(filter(None, (self.merge.manufacturer, self.merge.mpn, self.merge.name)))

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
            row := _row(registry, principal.site, each),
            older=(label := older.get((each.kind, each.merged_into), "")),
            is_with_part_type=(is_with := each.part_type in merged_types),
            can_be_parted=each.kind in _PARTED
            and each.parted_at is None
            and not is_with
            and seen_key(row.label) != seen_key(label),
        )
        for each in found
    ]


@dataclass(frozen=True, slots=True)
class SpellingRow:
    """A text by which statements call a lot that is spelled otherwise.

    Attributes:
        id: The opaque id of the lot.
    """

    id: str
    spelling: Spelling

    @property
    def key(self) -> tuple[int, str]:
        """Return the place in the list."""
        return self.spelling.lot, self.spelling.code

    def as_json(self) -> dict[str, str | int]:
        """Return it as the API and the command line tell of it."""
        said = self.spelling
        return {
            "lot": self.id,
            "manufacturer": said.manufacturer,
            "mpn": said.mpn,
            "code": said.own_code,
            "spelling": said.code,
            "statements": said.statements,
            "saidAt": said.said_at.isoformat(),
        }


def list_spellings(registry: Registry, principal: Principal, page: PageRequest) -> list[SpellingRow]:
    """Return what lots are called otherwise than they are spelled, one more than asked where there is more.

    Only what can be seen counts, not case, blanks or invisible characters. What events alone say is
    not known here.
    """
    found: list[SpellingRow] = []
    after = None if page.after is None else (int(str(page.after[0])), str(page.after[1]))
    site = principal.site
    with registry.read() as connection:
        while len(found) <= page.limit:
            rows = merge_table.list_spellings(connection, site, after=after, limit=_SPELLINGS_AT_ONCE)
            found += [
                SpellingRow(to_public(registry, site, Noun.LOT, each.lot), each)
                for each in rows
                if tells_apart(each.code, each.own_code)
            ]
            if len(rows) < _SPELLINGS_AT_ONCE:
                break
            after = rows[-1].lot, rows[-1].code
    return found[: page.limit + 1]


def part_spelling(registry: Registry, principal: Principal, lot: str, code: str) -> MergeRow:
    """Make a spelling of a lot's code a lot of its own, with all that was and will be said under it.

    The genealogy is built anew, as by `part`; one that fell together in an upgrade is parted as that is.

    Raises:
        NotFoundError: No such lot, or the code is not another spelling that stands for this lot: it is
            the lot's own, or that of the lot from which this one was parted, or it stands apart already;
            or no statement, package, certificate or event ever said it.
        ConflictError: The lot of this spelling fell together with its part type, which is to be parted.
    """
    site = principal.site
    number = LotId(to_internal(registry, site, Noun.LOT, lot))
    with registry.write(site) as connection:
        held = lot_table.find_lot(connection, principal.scope, number)
        if held is None:
            raise not_found(Noun.LOT)
        known = merge_table.find_spelled(connection, site, held.id, code)
        if known is not None:
            return _part(registry, connection, principal, known)
        now = recording_time(connection)
        merge = NameMerge(
            kind="lot",
            id=registry.allocator.one(connection, site, "item"),
            merged_into=held.id,
            part_type=None,
            manufacturer=held.manufacturer,
            mpn=held.mpn,
            name=code,
            created_at=None,
            merged_at=now,
            parted_at=None,
            parted_by=None,
        )
        merge_table.add_merge(connection, site, merge)
        parted = _part(registry, connection, principal, merge)
        if not parting_table.spoken_of(connection, site, [merge.id]):
            raise _spelling_not_found()  # and all of it is rolled back
        return parted


def part(registry: Registry, principal: Principal, merge: str) -> MergeRow:
    """Make a lot or part type a thing of its own again, with all that was said under its spelling.

    The genealogy is built anew from the events: that takes as long as `rebuild-projection`, and
    other writes wait meanwhile.

    Raises:
        NotFoundError: Nothing that is still merged has this id, or it is neither lot nor part type, or
            it looks like the older one, or like what was parted already.
        ConflictError: The lot fell together with its part type, which is to be parted.
    """
    site = principal.site
    with registry.write(site) as connection:
        found = _find(registry, connection, site, merge)
        return _part(registry, connection, principal, found)


def _part(registry: Registry, connection: Connection, principal: Principal, merge: NameMerge) -> MergeRow:
    """Part what is merged, build the genealogy anew, and write down who did."""
    site = principal.site
    if merge.part_type is not None:
        of = merge_table.find_merge(connection, site, "part_type", merge.part_type)
        if of is not None:
            raise ConflictError(Code.MERGE_OF_PART_TYPE.meaning, code=Code.MERGE_OF_PART_TYPE)
    if not _is_another_spelling(connection, principal, merge):
        raise _spelling_not_found()
    lots = parting_table.lots_beside(connection, site, merge)
    told = parting_table.spoken_of(connection, site, lots)
    named: dict[LotTexts, LotId] = {}
    if merge.kind == "part_type":
        names = events.lot_names_in_events(registry, connection, site, lots)
        named = find_lots_named(connection, principal.scope, names)
    parting = Parting(merge=merge, by=principal.label, now=recording_time(connection), named=named)
    for each in parting_table.part(connection, registry.allocator, site, parting):
        parting_table.point_reports(connection, site, each)
    events.rebuild_within(registry, connection, site)
    parting_table.drop_silent(connection, site, told)
    parted = _row(registry, site, replace(merge, parted_at=parting.now, parted_by=parting.by))
    audit.record(registry, connection, principal, f"{merge.kind} parted", parted.id, parted.label[:255])
    return parted


def _is_another_spelling(connection: Connection, principal: Principal, merge: NameMerge) -> bool:
    """Return whether what is to be parted stands for the older one until now, and looks different."""
    maker, mpn, code = merge.manufacturer or "", merge.mpn or "", merge.name or ""
    stands_for: int | None
    if merge.kind == "lot":
        older = lot_table.find_lot(connection, principal.scope, LotId(merge.merged_into))
        stands_for = find_lots_named(connection, principal.scope, [(maker, mpn, code)]).get(
            (maker, mpn, code)
        )
        return older is not None and stands_for == older.id and tells_apart(code, older.code)
    labels = merge_table.part_type_labels(connection, principal.site, [merge.merged_into])
    stands_for = find_part_type(connection, principal.site, maker, mpn)
    is_apart = tells_apart(f"{maker} {mpn}", labels.get(merge.merged_into, ""))
    return stands_for == merge.merged_into and is_apart


def _spelling_not_found() -> NotFoundError:
    return NotFoundError(Code.SPELLING_NOT_FOUND.meaning, code=Code.SPELLING_NOT_FOUND)


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
