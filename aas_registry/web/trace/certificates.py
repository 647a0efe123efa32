"""Quality certificates: `/trace/v1/certificates`."""

from typing import Any

import orjson
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.principals import Permission
from aas_registry.services.certificates import certificates, submission
from aas_registry.services.certificates.certificates import CertificateRow
from aas_registry.services.certificates.countersigning import DocumentFacts
from aas_registry.services.certificates.submission import SentDocument, Subject
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.downloads import FILE_ANSWERS, download
from aas_registry.web.names import NameText
from aas_registry.web.routing import RequestModel, Routes, registry, validated
from aas_registry.web.schemas.answer import ANY_FILE, Page
from aas_registry.web.schemas.certificates import CertificateJson
from aas_registry.web.times import Day
from aas_registry.web.trace.uploads import uploaded_file

routes = Routes("certificates", prefix="/trace/v1/certificates", tag="Certificates")

_TEXT = 255


class CertificatesQuery(PageQuery):
    """Filters of the list; all that are given must hold."""

    lot: str | None = Field(None, max_length=64, description="Id of a lot that it speaks of.")
    state: str | None = Field(None, max_length=64, description="State, such as `countersigned`.")
    number: str | None = Field(None, max_length=_TEXT, description="Certificate number.")


class CertificateForm(RequestModel):
    """Fields of the form beside `file`: what the document speaks of, and what it is."""

    lots: list[str] = Field(default_factory=list, alias="lot", description="Ids of lots.")
    delivery_note: NameText | None = Field(None, alias="deliveryNote", min_length=1, max_length=_TEXT)
    manufacturer: NameText | None = Field(
        None, min_length=1, max_length=_TEXT, description="With `mpn`: a part."
    )
    mpn: NameText | None = Field(None, min_length=1, max_length=_TEXT)
    document_type: str | None = Field(None, alias="documentType", max_length=_TEXT)
    number: str | None = Field(None, max_length=_TEXT)
    issuer: str | None = Field(None, max_length=_TEXT)
    issued_on: Day | None = Field(None, alias="issuedOn")
    expires_on: Day | None = Field(None, alias="expiresOn")
    on_behalf_of: str | None = Field(None, alias="onBehalfOf", max_length=_TEXT)


class Acceptance(RequestModel):
    """A named person's decision."""

    accepted: bool
    reason: str = Field(min_length=1, max_length=2000)


@routes.operation(
    "POST",
    "",
    permission=Permission.SUBMIT_CERTIFICATE,
    takes={"multipart/form-data": "A part `file` (PDF) and fields that say what it speaks of."},
    answers={
        200: "The same document was submitted for the same subject before.",
        201: "Kept; the answer shows every check. A document that fails is kept too.",
        400: "It is no PDF, or says nothing of what it speaks of.",
        404: "It speaks of a lot or delivery note that is not on record.",
    },
    is_upload=True,
    gives=CertificateJson,
)
def post_certificate() -> ResponseReturnValue:
    """Submit a certificate for lots, a delivery note or a part."""
    sent = uploaded_file()
    fields: dict[str, Any] = {name: values[-1] for name, values in request.form.lists()}
    if "lot" in fields:
        fields["lot"] = request.form.getlist("lot")
    form = validated(CertificateForm, fields, "form field")
    document = SentDocument(
        stream=sent.stream,
        file_name=sent.name or "certificate.pdf",
        subject=Subject(
            lots=form.lots, delivery_note=form.delivery_note, manufacturer=form.manufacturer, mpn=form.mpn
        ),
        facts=DocumentFacts(
            document_type=form.document_type,
            number=form.number,
            issuer=form.issuer,
            issued_on=form.issued_on,
            expires_on=form.expires_on,
        ),
        on_behalf_of=form.on_behalf_of,
    )
    row, is_new = submission.submit_certificate(registry(), principal(), document)
    status = 201 if is_new else 200
    return json_answer(render_certificate(row), status, Location=f"/trace/v1/certificates/{row.id}")


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_CERTIFICATES,
    query=CertificatesQuery,
    answers={200: "Certificates.", 404: "No such lot that you may see."},
    gives=Page[CertificateJson],
)
def get_certificates(query: CertificatesQuery) -> ResponseReturnValue:
    """List the certificates that you may see, newest first."""
    asked = page_request(query, principal())
    rows = certificates.list_certificates(
        registry(), principal(), asked, lot=query.lot, state=query.state, number=query.number
    )
    answer = page_of(rows, asked, principal(), key=lambda row: row.key, render=render_certificate)
    return json_answer(answer)


@routes.operation(
    "GET",
    "/<certificate>",
    permission=Permission.READ_CERTIFICATES,
    answers={200: "The certificate with every check.", 404: "None that you may see."},
    gives=CertificateJson,
)
def get_certificate(certificate: str) -> ResponseReturnValue:
    """Answer one certificate with every check, its reason and time."""
    return json_answer(render_certificate(certificates.get_certificate(registry(), principal(), certificate)))


@routes.operation(
    "GET",
    "/<certificate>/original",
    permission=Permission.READ_CERTIFICATES,
    answers={200: "The very bytes that were submitted.", 404: "None that you may see.", **FILE_ANSWERS},
    gives=ANY_FILE,
)
def get_original(certificate: str) -> ResponseReturnValue:
    """Answer the very bytes that were submitted."""
    found, stream = certificates.open_original(registry(), principal(), certificate)
    return download(
        stream,
        media_type=found.media_type,
        name=found.file_name,
        etag=found.sha256,
    )


@routes.operation(
    "POST",
    "/<certificate>/acceptance",
    permission=Permission.ACCEPT_CERTIFICATE,
    body=Acceptance,
    answers={200: "Written down.", 404: "None that you may see.", 409: "It was rejected."},
    gives=CertificateJson,
)
def post_acceptance(certificate: str, body: Acceptance) -> ResponseReturnValue:
    """Accept a certificate, or not, as a named person, with a reason."""
    row = certificates.decide_acceptance(
        registry(), principal(), certificate, accepted=body.accepted, reason=body.reason
    )
    return json_answer(render_certificate(row))


def render_certificate(row: CertificateRow) -> dict[str, Any]:
    """Return a certificate as JSON."""
    found = row.certificate
    return {
        "id": row.id,
        "sha256": found.sha256,
        "fileName": found.file_name,
        "mediaType": found.media_type,
        "documentType": found.document_type,
        "number": found.number,
        "issuer": found.issuer,
        "issuedOn": found.issued_on,
        "expiresOn": found.expires_on,
        "submittedBy": row.party_code,
        "signer": found.signer,
        "signingParty": row.signing_party_code,
        "signedAt": None if found.signed_at is None else found.signed_at.isoformat(),
        "recordedAt": found.recorded_at.isoformat(),
        "state": found.state,
        "countersignature": row.countersignature,
        "authentic": found.authentic,
        "matches": found.matches,
        "accepted": found.accepted,
        "speaksOf": [{"kind": term.kind, "value": term.value} for term in row.terms],
        "lots": [
            {"id": public, "manufacturer": lot.manufacturer, "mpn": lot.mpn, "code": lot.code}
            for public, lot in row.lots
        ],
        "checks": [check.as_json() for check in row.checks],
        "steps": [
            {"state": step.state, "who": step.who, "reason": step.reason, "at": step.at.isoformat()}
            for step in row.steps
        ],
        "statements": [
            {"digest": each.digest, "envelope": orjson.loads(each.envelope)} for each in row.statements
        ],
    }
