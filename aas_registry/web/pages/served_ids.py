"""Pages of ids that several hold: who holds what, which is served, decisions, and pinned prefixes."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission
from aas_registry.services import parties, served_ids
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, invalid_request, registry, validated
from aas_registry.web.trace.served_ids import ConflictsQuery, NewDecision, NewPin

routes = Routes("pages_served_ids", prefix="/identifiers", tag="Pages", is_page=True)

_FORM = "application/x-www-form-urlencoded"
_MOST_PARTIES = 1000


@routes.operation("GET", "", permission=Permission.DECIDE_IDENTIFIERS, query=ConflictsQuery)
def get_identifiers(query: ConflictsQuery) -> ResponseReturnValue:
    """Show the ids that several hold, and which object is served."""
    asked = page_request(query, principal())
    rows = served_ids.list_conflicts(
        registry(), principal(), asked, kind=query.kind or None, only_differing=query.only_differing
    )
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row)
    return render_template("identifiers.html", page=page, query=query, kinds=list(IdentifiableKind))


@routes.operation(
    "POST",
    "/decision",
    permission=Permission.DECIDE_IDENTIFIERS,
    takes={_FORM: "`kind`, `identifier`, `party` (blank for the plant) and `reason`."},
    answers={303: "Decided.", 400: "No reason.", 404: "Not several hold it, or the party does not."},
)
def post_decision() -> ResponseReturnValue:
    """Decide whose object with an id is served."""
    kind, identifier = request.form.get("kind", ""), request.form.get("identifier", "")
    if kind not in list(IdentifiableKind):
        raise invalid_request("Name a kind.", path="kind")
    given = {"party": request.form.get("party") or None, "reason": request.form.get("reason", "")}
    wanted = validated(NewDecision, given, "form field")
    served_ids.decide(
        registry(),
        principal(),
        IdentifiableKind(kind),
        identifier,
        party=wanted.party,
        reason=wanted.reason.strip(),
    )
    return redirect("/identifiers", 303)


@routes.operation("GET", "/prefixes", permission=Permission.ADMINISTER, query=PageQuery)
def get_prefixes(query: PageQuery) -> ResponseReturnValue:
    """Show the pinned prefixes of ids."""
    asked = page_request(query, principal())
    rows = served_ids.list_pins(registry(), principal(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: (row.prefix,), render=lambda row: row)
    known = parties.list_parties(registry(), principal(), PageRequest(_MOST_PARTIES))
    return render_template(
        "prefixes.html", page=page, parties=known[:_MOST_PARTIES], most_chars=served_ids.PREFIX_CHARS
    )


@routes.operation(
    "POST",
    "/prefixes",
    permission=Permission.ADMINISTER,
    takes={_FORM: "`prefix` and `party` (blank for the plant)."},
    answers={303: "Pinned.", 400: "No prefix.", 404: "No such party.", 409: "Pinned already."},
)
def post_prefix() -> ResponseReturnValue:
    """Pin a prefix of ids to a party, or to the plant."""
    given = {"prefix": request.form.get("prefix", "").strip(), "party": request.form.get("party") or None}
    wanted = validated(NewPin, given, "form field")
    served_ids.pin_prefix(registry(), principal(), prefix=wanted.prefix, party=wanted.party)
    return redirect("/identifiers/prefixes", 303)


@routes.operation(
    "POST",
    "/prefixes/removal",
    permission=Permission.ADMINISTER,
    takes={_FORM: "`prefix`."},
    answers={303: "Removed.", 404: "Not pinned."},
)
def post_prefix_removal() -> ResponseReturnValue:
    """Remove the pin of a prefix."""
    served_ids.unpin_prefix(registry(), principal(), request.form.get("prefix", ""))
    return redirect("/identifiers/prefixes", 303)
