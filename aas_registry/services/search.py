"""The search box: one identifier, scanned or typed, to everything that carries it.

A bare code may mean several things; then all of them are candidates and nothing is guessed.
Only what the principal may see is found: a supplier finds its own, a customer's auditor the
units built for its customer. Each kind is bounded, and says where there is more.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aas_registry.domain.identifiers import LotId
from aas_registry.domain.items import Name
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission, Principal
from aas_registry.domain.search import Group, Hit, HitKind, MatchedBy, SearchResult
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage import documents as document_table
from aas_registry.storage import items as item_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage import search as search_table
from aas_registry.storage import units as unit_table
from aas_registry.storage.certificates import CertificateFilter
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import Document, Filter
from aas_registry.storage.lots import Lot, LotFilter

MOST_HITS = 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PAGE = PageRequest(MOST_HITS)


@dataclass(frozen=True, slots=True)
class _Asker:
    registry: Registry
    connection: Connection
    principal: Principal
    text: str

    def public(self, noun: Noun, number: int) -> str:
        return to_public(self.registry, self.principal.site, noun, number)


def search(registry: Registry, principal: Principal, text: str) -> SearchResult:
    """Return everything that carries an identifier and that the principal may see.

    Args:
        registry: The running parts.
        principal: Who asks.
        text: A lot code, part number, date code, delivery note, package id, serial number,
            certificate number, shell id or global asset id. White space around it is ignored.
    """
    # Scanners frame what they read with control characters, and no database keeps a NUL.
    wanted = _CONTROL.sub("", text).strip()
    if not wanted:
        return SearchResult("", ())
    with registry.read() as connection:
        asker = _Asker(registry, connection, principal, wanted)
        found = [(kind, find(asker)) for kind, permission, find in _FINDERS if principal.may(permission)]
    groups = [Group(kind, hits[:MOST_HITS], len(hits) > MOST_HITS) for kind, hits in found if hits]
    return SearchResult(wanted, groups)


def _lots(asker: _Asker) -> list[Hit]:
    text, scope = asker.text, asker.principal.scope
    matched: dict[Lot, list[MatchedBy]] = {}
    for by, wanted in (
        (MatchedBy.LOT_CODE, LotFilter(code=text)),
        (MatchedBy.PART_NUMBER, LotFilter(mpn=text)),
        (MatchedBy.DELIVERY_NOTE, LotFilter(delivery_note=text)),
        (MatchedBy.DATE_CODE, LotFilter(date_code=text)),
    ):
        for lot in lot_table.list_lots(asker.connection, scope, wanted, _PAGE):
            matched.setdefault(lot, []).append(by)
    on_note = search_table.lots_on_delivery_note(asker.connection, scope, text, limit=MOST_HITS + 1)
    for lot in _visible(asker, on_note).values():
        names = matched.setdefault(lot, [])
        if MatchedBy.DELIVERY_NOTE not in names:
            names.append(MatchedBy.DELIVERY_NOTE)
    return [
        Hit(
            kind=HitKind.LOT,
            id=asker.public(Noun.LOT, lot.id),
            title=lot.code,
            details=(lot.mpn, lot.manufacturer),
            matched_by=tuple(by),
        )
        for lot, by in matched.items()
    ][: MOST_HITS + 1]


def _units(asker: _Asker) -> list[Hit]:
    site = asker.principal.site
    found = unit_table.find_units(asker.connection, asker.principal.scope, asker.text, _PAGE)
    products = [each.product for each in found if each.product is not None]
    names = item_table.names_of(asker.connection, site, [*(each.id for each in found), *products])
    return [
        Hit(
            kind=HitKind.UNIT,
            id=asker.public(Noun.UNIT, each.id),
            title=_leading(names.get(each.id, ()), asker.text),
            details=(
                each.kind,
                *_values(names.get(each.product or 0, ())[:1]),
                *_others(names.get(each.id, ())),
            ),
            matched_by=(MatchedBy.NAME,),
        )
        for each in found
    ]


def _packages(asker: _Asker) -> list[Hit]:
    if asker.principal.scope.customer is not None:
        return []  # what a package holds is the plant's business with its suppliers
    site = asker.principal.site
    called = dict(search_table.packages_called(asker.connection, site, asker.text, limit=MOST_HITS + 1))
    held = search_table.lots_in_packages(asker.connection, site, list(called), limit=MOST_HITS + 1)
    lots = _visible(asker, [lot for _, lot in held])
    return [
        Hit(
            kind=HitKind.PACKAGE,
            id=asker.public(Noun.LOT, lot),
            title=called[package],
            details=(lots[lot].code, lots[lot].mpn, lots[lot].manufacturer),
            matched_by=(MatchedBy.NAME,),
        )
        for package, lot in held
        if lot in lots
    ]


def _certificates(asker: _Asker) -> list[Hit]:
    wanted = CertificateFilter(number=asker.text)
    found = certificate_table.list_certificates(asker.connection, asker.principal.scope, wanted, _PAGE)
    return [
        Hit(
            kind=HitKind.CERTIFICATE,
            id=asker.public(Noun.CERTIFICATE, each.id),
            title=each.number or each.file_name,
            details=tuple(text for text in (each.document_type, each.issuer, each.file_name) if text),
            matched_by=(MatchedBy.NUMBER,),
        )
        for each in found
    ]


def _shells(asker: _Asker) -> list[Hit]:
    lots = _visible(
        asker,
        search_table.lots_of_shells(
            asker.connection,
            asker.principal.site,
            [each.id for each in _shells_called(asker)],
            limit=MOST_HITS + 1,
        ),
    )
    of_lots = [
        Hit(
            kind=HitKind.LOT,
            id=asker.public(Noun.LOT, number),
            title=lot.code,
            details=(lot.mpn, lot.manufacturer),
            matched_by=(MatchedBy.SHELL,),
        )
        for number, lot in lots.items()
    ]
    return of_lots or [
        Hit(
            kind=HitKind.SHELL,
            id=each.identifier,
            title=each.identifier,
            details=(),
            matched_by=(MatchedBy.SHELL,),
        )
        for each in _shells_called(asker)
    ]


def _shells_called(asker: _Asker) -> Sequence[Document]:
    scope, kind = asker.principal.scope, IdentifiableKind.SHELL
    found = document_table.find_document(asker.connection, scope, kind, asker.text)
    if found is not None:
        return [found]
    wanted = Filter(asset_ids=[("globalAssetId", asker.text)])
    return document_table.list_documents(asker.connection, scope, kind, wanted, _PAGE)


def _visible(asker: _Asker, numbers: Iterable[LotId]) -> dict[LotId, Lot]:
    found = {
        number: lot_table.find_lot(asker.connection, asker.principal.scope, number)
        for number in dict.fromkeys(numbers)
    }
    return {number: lot for number, lot in found.items() if lot is not None}


def _leading(names: Sequence[Name], otherwise: str) -> str:
    return names[0].value if names else otherwise


def _values(names: Iterable[Name]) -> tuple[str, ...]:
    return tuple(name.value for name in names)


def _others(names: Sequence[Name]) -> tuple[str, ...]:
    return tuple(str(name) for name in names[1:])


_Finder = Callable[[_Asker], list[Hit]]
_FINDERS: tuple[tuple[HitKind, Permission, _Finder], ...] = (
    (HitKind.LOT, Permission.READ_LOTS, _lots),
    (HitKind.UNIT, Permission.READ_GENEALOGY, _units),
    (HitKind.PACKAGE, Permission.READ_GENEALOGY, _packages),
    (HitKind.CERTIFICATE, Permission.READ_CERTIFICATES, _certificates),
    (HitKind.SHELL, Permission.READ_DOCUMENTS, _shells),
)
