"""The search box: one identifier, scanned or typed, to everything that carries it.

A bare code may mean several things; then all of them are candidates and nothing is guessed.
Only what the principal may see is found: a supplier finds its own, a customer's auditor the
units built for its customer. Each kind is bounded, and says where there is more.

What carries the text itself comes first; where that is one thing, it alone is the answer. Else what
has an identifier that begins so is found too, from three characters. Where nothing carries the text
itself and it reads as the label of a reel, what the label names is sought instead: one scan finds
the lot.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.principals import Permission, Principal
from aas_registry.domain.search import Hit, HitGroup, HitKind, SearchResult
from aas_registry.services import reel_labels, search_hits
from aas_registry.services.registry import Registry
from aas_registry.services.search_hits import MOST_HITS, Asker

LEAST_PREFIX_CHARS = 3
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def search(registry: Registry, principal: Principal, text: str) -> SearchResult:
    """Return everything that carries an identifier and that the principal may see.

    Args:
        registry: The running parts.
        principal: Who asks.
        text: A lot code, part number, date code, delivery note, package id, serial number,
            shipment, order number, certificate number, shell id or global asset id, code or name of a
            party, or what one of them begins with; or a whole reel label as scanned.
            White space around it is ignored.
    """
    # Scanners frame what they read with control characters, and no database keeps a NUL.
    wanted = _CONTROL.sub("", text).strip()
    if not matching_key(wanted):
        return SearchResult("", ())
    with registry.read() as connection:
        asker = Asker(registry, connection, principal, wanted)
        found = _found(asker)
        exact = SearchResult(wanted, _groups(found))
        if exact.only_hit is not None:
            return exact
        labelled = None if exact.groups else reel_labels.find_by_scan(asker, text)
        if labelled is not None and (labelled.groups or labelled.possible_lots):
            return labelled
        if len(matching_key(wanted)) < LEAST_PREFIX_CHARS:
            return exact
        for kind, hits in _found(replace(asker, by_prefix=True)).items():
            known = found.setdefault(kind, {})
            known |= {key: hit for key, hit in hits.items() if key not in known}
        return SearchResult(wanted, _groups(found))


_Found = dict[HitKind, dict[str, Hit]]


def _found(asker: Asker) -> _Found:
    kinds: _Found = {}
    for kind, permission, find in _FINDERS:
        for hit in find(asker) if asker.principal.may(permission) else ():
            # Of a package that the plant knows and a list names, the lot is found twice and shown once.
            key = f"{hit.id} {hit.title}" if kind is HitKind.PACKAGE else hit.id
            kinds.setdefault(kind, {}).setdefault(key, hit)
    return kinds


def _groups(found: _Found) -> list[HitGroup]:
    return [
        HitGroup(kind, list(hits.values())[:MOST_HITS], len(hits) > MOST_HITS)
        for kind, hits in found.items()
        if hits
    ]


_Finder = Callable[[Asker], list[Hit]]
_FINDERS: tuple[tuple[HitKind, Permission, _Finder], ...] = (
    (HitKind.LOT, Permission.READ_LOTS, search_hits.lot_hits),
    (HitKind.UNIT, Permission.READ_GENEALOGY, search_hits.unit_hits),
    (HitKind.SHIPMENT, Permission.READ_GENEALOGY, search_hits.shipment_hits),
    (HitKind.PACKAGE, Permission.READ_GENEALOGY, search_hits.package_hits),
    (HitKind.PACKAGE, Permission.READ_LOTS, search_hits.stated_package_hits),
    (HitKind.CERTIFICATE, Permission.READ_CERTIFICATES, search_hits.certificate_hits),
    (HitKind.SHELL, Permission.READ_DOCUMENTS, search_hits.shell_hits),
    (HitKind.PARTY, Permission.SEARCH, search_hits.party_hits),
    (HitKind.MANUFACTURER, Permission.READ_LOTS, search_hits.manufacturer_hits),
)
