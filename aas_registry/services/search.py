"""The search box: one identifier, scanned or typed, to everything that carries it.

A bare code may mean several things; then all of them are candidates and nothing is guessed.
Only what the principal may see is found: a supplier finds its own, a customer's auditor the
units built for its customer. Each kind is bounded, and says where there is more.

Where nothing carries the text itself and it reads as the label of a reel, what the label names
is sought instead: one scan finds the lot.
"""

import re
from collections.abc import Callable

from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.principals import Permission, Principal
from aas_registry.domain.search import Hit, HitGroup, HitKind, SearchResult
from aas_registry.services import reel_labels, search_hits
from aas_registry.services.registry import Registry
from aas_registry.services.search_hits import MOST_HITS, Asker

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def search(registry: Registry, principal: Principal, text: str) -> SearchResult:
    """Return everything that carries an identifier and that the principal may see.

    Args:
        registry: The running parts.
        principal: Who asks.
        text: A lot code, part number, date code, delivery note, package id, serial number,
            certificate number, shell id or global asset id, or a whole reel label as scanned.
            White space around it is ignored.
    """
    # Scanners frame what they read with control characters, and no database keeps a NUL.
    wanted = _CONTROL.sub("", text).strip()
    if not matching_key(wanted):
        return SearchResult("", ())
    with registry.read() as connection:
        asker = Asker(registry, connection, principal, wanted)
        found = [(kind, find(asker)) for kind, permission, find in _FINDERS if principal.may(permission)]
        # Of a package that the plant knows and a list names, the lot is found twice and shown once.
        kinds: dict[HitKind, dict[str, Hit]] = {}
        for kind, hits in found:
            known = kinds.setdefault(kind, {})
            for hit in hits:
                known.setdefault(f"{hit.id} {hit.title}" if kind is HitKind.PACKAGE else hit.id, hit)
        groups = [
            HitGroup(kind, list(hits.values())[:MOST_HITS], len(hits) > MOST_HITS)
            for kind, hits in kinds.items()
            if hits
        ]
        return SearchResult(wanted, groups) if groups else reel_labels.find_by_scan(asker, text)


_Finder = Callable[[Asker], list[Hit]]
_FINDERS: tuple[tuple[HitKind, Permission, _Finder], ...] = (
    (HitKind.LOT, Permission.READ_LOTS, search_hits.lot_hits),
    (HitKind.UNIT, Permission.READ_GENEALOGY, search_hits.unit_hits),
    (HitKind.PACKAGE, Permission.READ_GENEALOGY, search_hits.package_hits),
    (HitKind.PACKAGE, Permission.READ_LOTS, search_hits.stated_package_hits),
    (HitKind.CERTIFICATE, Permission.READ_CERTIFICATES, search_hits.certificate_hits),
    (HitKind.SHELL, Permission.READ_DOCUMENTS, search_hits.shell_hits),
)
