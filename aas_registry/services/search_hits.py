"""Hits: what carries one identifier, kind by kind, as the asker may see it.

The search box and the reader of labels ask here; both hold the transaction. Each function answers
one hit more than `MOST_HITS`, where there is one, to tell that there is more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import LotId, PartyId, matching_key
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.domain.search import Hit, HitKind, MatchedBy
from aas_registry.services.genealogy.moments import moment_now
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage import search as search_table
from aas_registry.storage.certificates import Certificate, CertificateFilter
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import documents as document_table
from aas_registry.storage.documents.documents import Document, Filter
from aas_registry.storage.genealogy import items as item_table
from aas_registry.storage.genealogy import package_claims as claim_table
from aas_registry.storage.genealogy import shipments as shipment_table
from aas_registry.storage.genealogy import units as unit_table
from aas_registry.storage.genealogy.own_units import own_units_beginning
from aas_registry.storage.lots import Lot, LotFilter

MOST_HITS = 20
PAGE = PageRequest(MOST_HITS)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for what, inside one transaction.

    Attributes:
        registry: The running parts.
        connection: The transaction.
        principal: Who asks.
        text: The identifier asked for.
        by_prefix: Whether things are sought that have an identifier which begins so.
    """

    registry: Registry
    connection: Connection
    principal: Principal
    text: str
    by_prefix: bool = False

    @property
    def moment(self) -> Moment:
        """Return now."""
        return moment_now(self.registry, self.connection, self.principal.site)

    def about(self, text: str) -> "Asker":
        """Return the same asker with another identifier."""
        return replace(self, text=text)

    def public(self, noun: Noun, number: int) -> str:
        """Return the opaque id of a row."""
        return to_public(self.registry, self.principal.site, noun, number)


def lot_hit(asker: Asker, lot: Lot, by: Iterable[MatchedBy]) -> Hit:
    """Return the hit of one lot."""
    return Hit(
        kind=HitKind.LOT,
        id=asker.public(Noun.LOT, lot.id),
        title=lot.code,
        details=(lot.mpn, lot.manufacturer),
        matched_by=tuple(by),
        is_exact=not asker.by_prefix,
    )


def certificate_hit(asker: Asker, found: Certificate, by: MatchedBy) -> Hit:
    """Return the hit of one certificate."""
    return Hit(
        kind=HitKind.CERTIFICATE,
        id=asker.public(Noun.CERTIFICATE, found.id),
        title=found.number or found.file_name,
        details=tuple(text for text in (found.document_type, found.issuer, found.file_name) if text),
        matched_by=(by,),
        is_exact=not asker.by_prefix,
    )


def lot_hits(asker: Asker) -> list[Hit]:
    """Return the lots with this code, part number, delivery note or date code."""
    text, scope = asker.text, asker.principal.scope
    matched: dict[Lot, list[MatchedBy]] = {}
    for by, wanted in (
        (MatchedBy.LOT_CODE, LotFilter(code=text, by_prefix=asker.by_prefix)),
        (MatchedBy.PART_NUMBER, LotFilter(mpn=text, by_prefix=asker.by_prefix)),
        (MatchedBy.DELIVERY_NOTE, LotFilter(delivery_note=text, by_prefix=asker.by_prefix)),
        (MatchedBy.DATE_CODE, LotFilter(date_code=text, by_prefix=asker.by_prefix)),
    ):
        for lot in lot_table.list_lots(asker.connection, scope, wanted, PAGE):
            matched.setdefault(lot, []).append(by)
    return [lot_hit(asker, lot, by) for lot, by in matched.items()][: MOST_HITS + 1]


def unit_hits(asker: Asker) -> list[Hit]:
    """Return the units with this name."""
    site, scope = asker.principal.site, asker.principal.scope
    if asker.by_prefix:
        beginning = unit_table.units_beginning if scope.customer is None else own_units_beginning
        found = beginning(asker.connection, scope, asker.text, asker.moment, limit=MOST_HITS + 1)
    else:
        found = unit_table.find_units(asker.connection, scope, asker.text, PAGE, asker.moment)
    products = [each.product for each in found if each.product is not None]
    names = item_table.names_of(asker.connection, site, [*(each.id for each in found), *products])
    return [
        Hit(
            kind=HitKind.UNIT,
            id=asker.public(Noun.UNIT, each.id),
            title=next((name.value for name in names.get(each.id, ())), asker.text),
            details=(
                each.kind,
                *(name.value for name in names.get(each.product or 0, ())[:1]),
                *(str(name) for name in names.get(each.id, ())[1:]),
            ),
            matched_by=(MatchedBy.NAME,),
            is_exact=not asker.by_prefix,
        )
        for each in found
    ]


def package_hits(asker: Asker) -> list[Hit]:
    """Return the lots in the packages with this name."""
    if asker.principal.scope.customer is not None:
        return []  # what a package holds is the plant's business with its suppliers
    site = asker.principal.site
    called = dict(
        search_table.packages_called(
            asker.connection, site, asker.text, by_prefix=asker.by_prefix, limit=MOST_HITS + 1
        )
    )
    held = search_table.lots_in_packages(asker.connection, site, list(called), limit=MOST_HITS + 1)
    lots = _visible(asker, [lot for _, lot in held])
    return [
        Hit(
            kind=HitKind.PACKAGE,
            id=asker.public(Noun.LOT, lot),
            title=called[package],
            details=(lots[lot].code, lots[lot].mpn, lots[lot].manufacturer),
            matched_by=(MatchedBy.NAME,),
            is_exact=not asker.by_prefix,
        )
        for package, lot in held
        if lot in lots
    ]


def stated_package_hits(asker: Asker) -> list[Hit]:
    """Return the lots that lists say to be in the packages with this name; a supplier's own lists."""
    said = claim_table.claims_about_package(
        asker.connection,
        asker.principal.scope,
        asker.text,
        by_prefix=asker.by_prefix,
        limit=MOST_HITS + 1,
    )
    lots = _visible(asker, [each.lot for each in said])
    hits = {
        each.lot: Hit(
            kind=HitKind.PACKAGE,
            id=asker.public(Noun.LOT, each.lot),
            title=each.package,
            details=(lots[each.lot].code, lots[each.lot].mpn, lots[each.lot].manufacturer),
            matched_by=(MatchedBy.NAME,),
            is_exact=not asker.by_prefix,
        )
        for each in said
        if each.lot in lots
    }
    return list(hits.values())


def certificate_hits(asker: Asker) -> list[Hit]:
    """Return the certificates with this number."""
    wanted = CertificateFilter(number=asker.text, by_prefix=asker.by_prefix)
    found = certificate_table.list_certificates(asker.connection, asker.principal.scope, wanted, PAGE)
    return [certificate_hit(asker, each, MatchedBy.NUMBER) for each in found]


def shipment_hits(asker: Asker) -> list[Hit]:
    """Return the shipments with this name or order number."""
    found = shipment_table.find_shipments(
        asker.connection,
        asker.principal.scope,
        asker.text,
        asker.moment,
        by_prefix=asker.by_prefix,
        limit=MOST_HITS + 1,
    )
    customers = [each.customer for each in found if each.customer is not None]
    names = item_table.names_of(asker.connection, asker.principal.site, customers)
    key = matching_key(asker.text)
    return [
        Hit(
            kind=HitKind.SHIPMENT,
            id=asker.public(Noun.SHIPMENT, each.id),
            title=each.name,
            details=(
                *((each.order,) if each.order else ()),
                *(name.value for name in names.get(each.customer or 0, ())[:1]),
            ),
            matched_by=(MatchedBy.NAME if matching_key(each.name).startswith(key) else MatchedBy.ORDER,),
            is_exact=not asker.by_prefix,
        )
        for each in found
    ]


def party_hits(asker: Asker) -> list[Hit]:
    """Return the suppliers, manufacturers and customers with this code or name."""
    site = asker.principal.site
    found = party_table.parties_called(
        asker.connection,
        asker.principal.scope,
        asker.text,
        by_prefix=asker.by_prefix,
        limit=MOST_HITS + 1,
    )
    known = party_table.parties_by_id(asker.connection, site, [PartyId(each) for each in found])
    names = item_table.names_of(asker.connection, site, found)
    return [
        Hit(
            kind=HitKind.PARTY,
            id=asker.public(Noun.PARTY, each),
            title=known[PartyId(each)].name if each in known else names[each][0].value,
            details=(known[PartyId(each)].code,) if each in known else (),
            matched_by=(MatchedBy.CODE,),
            is_exact=not asker.by_prefix,
        )
        for each in found
    ]


def manufacturer_hits(asker: Asker) -> list[Hit]:
    """Return the makers of lots with this name."""
    found = lot_table.manufacturers(
        asker.connection,
        asker.principal.scope,
        asker.text,
        by_prefix=asker.by_prefix,
        limit=MOST_HITS + 1,
    )
    return [
        Hit(
            kind=HitKind.MANUFACTURER,
            id=name,
            title=name,
            details=(),
            matched_by=(MatchedBy.NAME,),
            is_exact=not asker.by_prefix,
        )
        for name in found
    ]


def shell_hits(asker: Asker) -> list[Hit]:
    """Return the shells with this id or asset id, or rather the lots that they speak of."""
    lots = _visible(
        asker,
        search_table.lots_of_shells(
            asker.connection,
            asker.principal.site,
            [each.id for each in _shells_called(asker)],
            limit=MOST_HITS + 1,
        ),
    )
    of_lots = [lot_hit(asker, lot, [MatchedBy.SHELL]) for lot in lots.values()]
    return of_lots or [
        Hit(
            kind=HitKind.SHELL,
            id=each.identifier,
            title=each.identifier,
            details=(),
            matched_by=(MatchedBy.SHELL,),
            is_exact=not asker.by_prefix,
        )
        for each in _shells_called(asker)
    ]


def _shells_called(asker: Asker) -> Sequence[Document]:
    scope, kind = asker.principal.scope, IdentifiableKind.SHELL
    if asker.by_prefix:
        beginnings = (Filter(beginning=asker.text), Filter(asset_beginning=asker.text))
        shells = (
            each
            for wanted in beginnings
            for each in document_table.list_documents(asker.connection, scope, kind, wanted, PAGE)
        )
        return list({each.id: each for each in shells}.values())[: MOST_HITS + 1]
    found = document_table.find_document(asker.connection, scope, kind, asker.text)
    if found is not None:
        return [found]
    wanted = Filter(asset_ids=[("globalAssetId", asker.text)])
    return document_table.list_documents(asker.connection, scope, kind, wanted, PAGE)


def _visible(asker: Asker, numbers: Iterable[LotId]) -> dict[LotId, Lot]:
    wanted = list(dict.fromkeys(numbers))
    found = lot_table.find_lots(asker.connection, asker.principal.scope, wanted)
    return {number: found[number] for number in wanted if number in found}
