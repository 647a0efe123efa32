"""The search page: one box for any identifier; straight to the one hit, or the candidates."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from pydantic import Field

from aas_registry.domain.data_identifiers import Meaning
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.principals import Permission
from aas_registry.domain.search import Hit, HitKind, MatchedBy
from aas_registry.services import reel_labels, search
from aas_registry.web.aas.identifiers import encode_identifier
from aas_registry.web.aas.repository import PREFIX
from aas_registry.web.auth.principal import optional_principal, principal
from aas_registry.web.pages.addresses import start_page
from aas_registry.web.routing import RequestModel, Routes, registry

routes = Routes("pages_search", prefix="", tag="Pages", is_page=True)

_PLACES = {
    HitKind.LOT: "/lots/",
    HitKind.UNIT: "/units/",
    HitKind.SHIPMENT: "/shipments/",
    HitKind.PACKAGE: "/lots/",
    HitKind.CERTIFICATE: "/certificates/",
    HitKind.PARTY: "/parties/",
}
_KINDS = {
    HitKind.LOT: lazy_gettext("Lots"),
    HitKind.UNIT: lazy_gettext("Units"),
    HitKind.SHIPMENT: lazy_gettext("Shipments"),
    HitKind.PACKAGE: lazy_gettext("Packages, and the lots in them"),
    HitKind.CERTIFICATE: lazy_gettext("Certificates"),
    HitKind.SHELL: lazy_gettext("Asset Administration Shells"),
    HitKind.PARTY: lazy_gettext("Suppliers and customers"),
    HitKind.MANUFACTURER: lazy_gettext("Manufacturers"),
}
_MATCHES = {
    MatchedBy.LOT_CODE: lazy_gettext("lot code"),
    MatchedBy.PART_NUMBER: lazy_gettext("part number"),
    MatchedBy.DATE_CODE: lazy_gettext("date code"),
    MatchedBy.DELIVERY_NOTE: lazy_gettext("delivery note"),
    MatchedBy.NAME: lazy_gettext("label"),
    MatchedBy.SHELL: lazy_gettext("shell"),
    MatchedBy.NUMBER: lazy_gettext("certificate number"),
    MatchedBy.ORDER: lazy_gettext("order number"),
    MatchedBy.CODE: lazy_gettext("code or name"),
}
_HINTS = (
    (Permission.READ_LOTS, lazy_gettext("Lot code")),
    (Permission.READ_LOTS, lazy_gettext("Part number")),
    (Permission.READ_LOTS, lazy_gettext("Delivery note")),
    (Permission.READ_GENEALOGY, lazy_gettext("Serial number")),
    (Permission.READ_GENEALOGY, lazy_gettext("Reel")),
    (Permission.READ_GENEALOGY, lazy_gettext("Shipment")),
    (Permission.READ_GENEALOGY, lazy_gettext("Order number")),
    (Permission.READ_CERTIFICATES, lazy_gettext("Certificate number")),
    (Permission.READ_DOCUMENTS, lazy_gettext("Shell id")),
    (Permission.SEARCH, lazy_gettext("Supplier, manufacturer or customer")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One thing that can be done here; without an address it is only told."""

    icon: str
    title: str
    sentence: str
    permission: Permission
    address: str = ""


class SearchQuery(RequestModel):
    """What is looked for."""

    q: str = Field("", max_length=4096, description="Any identifier, or a reel label as it was scanned.")


@routes.operation("GET", "/", permission=Permission.PUBLIC, answers={303: "To the start page of the role."})
def get_start() -> ResponseReturnValue:
    """Lead to the page on which the role begins."""
    return redirect(start_page(optional_principal()), 303)


@routes.operation(
    "GET",
    "/search",
    permission=Permission.SEARCH,
    query=SearchQuery,
    answers={200: "The candidates by kind.", 303: "There is exactly one hit; here it is."},
)
def get_search(query: SearchQuery) -> ResponseReturnValue:
    """Search any identifier."""
    result = search.search(registry(), principal(), query.q)
    if result.only_hit is not None:
        return redirect(address_of(result.only_hit), 303)
    return render_template(
        "search.html",
        text=query.q,
        result=result if result.text else None,
        kinds=_KINDS,
        matches=_MATCHES,
        address_of=address_of,
        hints=[hint for permission, hint in _HINTS if principal().may(permission)],
        tiles=_tiles(),
    )


@routes.operation(
    "POST",
    "/search/picture",
    permission=Permission.SEARCH,
    takes={"multipart/form-data": "One part named `picture`: PNG, JPEG or WebP."},
    answers={200: "What the labels in the picture say and name.", 400: "The picture shows no label."},
)
def post_picture() -> ResponseReturnValue:
    """Search by the picture of a reel label."""
    sent = request.files.get("picture")
    if sent is None or not sent.filename:
        raise InvalidRequestError("Choose a picture of a label.")
    content = sent.stream.read(registry().settings.label_picture_bytes + 1)
    return render_template(
        "label.html",
        found=reel_labels.match_picture(registry(), principal(), content, file_name=sent.filename),
        kinds=_KINDS,
        matches=_MATCHES,
        meanings=Meaning,
        address_of=address_of,
    )


def address_of(hit: Hit) -> str:
    """Return the page of a hit; of a shell that speaks of no lot, its address in the AAS API.

    Of a manufacturer it is the list of its lots.
    """
    if hit.kind is HitKind.SHELL:
        return f"{PREFIX}/shells/{encode_identifier(hit.id)}"
    if hit.kind is HitKind.MANUFACTURER:
        return f"/lots?{urlencode({'manufacturer': hit.id})}"
    return _PLACES[hit.kind] + hit.id


def _tiles() -> list[Tile]:
    tiles = [
        Tile(
            icon="lot",
            title=_("Where did a lot go?"),
            sentence=_("Every board and product that holds it, exact, possible and assumed apart."),
            permission=Permission.READ_GENEALOGY,
            address="/lots" if principal().may(Permission.READ_LOTS) else "",
        ),
        Tile(
            icon="unit",
            title=_("What is in a unit?"),
            sentence=_("Every lot and reel behind a serial number, down to the place on the board."),
            permission=Permission.READ_GENEALOGY,
        ),
        Tile(
            icon="upload",
            title=_("Send a package"),
            sentence=_("Drop an AASX here; the findings appear at once, and nothing is taken by halves."),
            permission=Permission.UPLOAD,
            address="/uploads",
        ),
        Tile(
            icon="certificate",
            title=_("Who signed what?"),
            sentence=_("Each certificate with every check, its reason and its time."),
            permission=Permission.READ_CERTIFICATES,
            address="/certificates",
        ),
        Tile(
            icon="report",
            title=_("Prove it"),
            sentence=_("A signed report that anyone can verify without this server."),
            permission=Permission.READ_REPORTS,
            address="/reports",
        ),
    ]
    return [tile for tile in tiles if principal().may(tile.permission)]
