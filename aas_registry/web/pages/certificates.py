"""Pages of certificates: the list, and one with its three verdicts, kept apart."""

import json
from base64 import b64decode
from typing import Any

import orjson
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from aas_registry.domain.certificates import CertificateState
from aas_registry.domain.principals import Permission
from aas_registry.services.certificates import certificates
from aas_registry.services.certificates.certificates import CertificateRow
from aas_registry.web.answers import page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, invalid_request, registry
from aas_registry.web.trace.certificates import CertificatesQuery

routes = Routes("pages_certificates", prefix="/certificates", tag="Pages", is_page=True)

_REASON_CHARS = 2000


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_CERTIFICATES,
    query=CertificatesQuery,
    answers={200: "Certificates.", 404: "No such lot that you may see."},
)
def get_certificates(query: CertificatesQuery) -> ResponseReturnValue:
    """Show the certificates that you may see, newest first."""
    asked = page_request(query, principal())
    rows = certificates.list_certificates(
        registry(),
        principal(),
        asked,
        lot=query.lot or None,
        state=query.state or None,
        number=query.number or None,
    )
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row)
    return render_template("certificates.html", page=page, query=query, states=list(CertificateState))


@routes.operation("GET", "/<certificate>", permission=Permission.READ_CERTIFICATES)
def get_certificate(certificate: str) -> ResponseReturnValue:
    """Show one certificate with every check, its reason and its time."""
    row = certificates.get_certificate(registry(), principal(), certificate)
    return render_template("certificate.html", row=row, statements=_statements(row))


@routes.operation(
    "POST",
    "/<certificate>/acceptance",
    permission=Permission.ACCEPT_CERTIFICATE,
    takes={"application/x-www-form-urlencoded": "`accepted` (`yes`, `no`) and `reason`."},
    answers={303: "Written down.", 400: "No decision or no reason.", 409: "It was rejected."},
)
def post_acceptance(certificate: str) -> ResponseReturnValue:
    """Accept a certificate, or not, with a reason."""
    reason = request.form.get("reason", "").strip()[:_REASON_CHARS]
    decision = request.form.get("accepted")
    if not reason or decision not in {"yes", "no"}:
        raise invalid_request("Decide, and say why.", path="reason")
    certificates.decide_acceptance(
        registry(), principal(), certificate, accepted=decision == "yes", reason=reason
    )
    return redirect(f"/certificates/{certificate}", 303)


def _statements(row: CertificateRow) -> list[tuple[str, str, Any]]:
    """Return (digest, payload as text, time) of each countersigned statement."""
    shown = []
    for each in row.statements:
        payload = orjson.loads(b64decode(orjson.loads(each.envelope)["payload"]))
        shown.append((each.digest, json.dumps(payload, indent=2, ensure_ascii=False), each.recorded_at))
    return shown
