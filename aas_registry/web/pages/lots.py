"""Pages of material lots: the list, and one lot with everything that is known of it."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import field_validator

from aas_registry.domain.certificates import CertificateState
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission, Role
from aas_registry.services import parties
from aas_registry.services.certificates import certificates, submission
from aas_registry.services.certificates.certificates import CertificateRow
from aas_registry.services.certificates.countersigning import DocumentFacts
from aas_registry.services.certificates.submission import SentDocument, Subject
from aas_registry.services.genealogy import lots, package_claims
from aas_registry.services.genealogy.lot_history import lot_history
from aas_registry.services.genealogy.lots import LotRow
from aas_registry.web.answers import page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.pages.genealogy import WhereUsedPageQuery, view_where_used
from aas_registry.web.pages.uploads import party_choices
from aas_registry.web.routing import Routes, registry
from aas_registry.web.trace.lots import LotsQuery, date_codes
from aas_registry.web.trace.uploads import uploaded_file

routes = Routes("pages_lots", prefix="/lots", tag="Pages", is_page=True)

_MOST_CERTIFICATES = 100
_MOST_PACKAGES = 50
_NUMBER_CHARS = 255


class LotFields(LotsQuery):
    """The filters as fields of a form; an empty field is none."""

    @field_validator("code", "manufacturer", "mpn", "date_code", "delivery_note", mode="before")
    @classmethod
    def drop_empty(cls, value: str | None) -> str | None:
        """Take an empty field as no filter."""
        return value or None


@routes.operation("GET", "", permission=Permission.READ_LOTS, query=LotFields)
def get_lots(query: LotFields) -> ResponseReturnValue:
    """Show the lots that fit the filters."""
    asked = page_request(query, principal())
    rows = lots.list_lots(registry(), principal(), query.wanted(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: (row.lot.id,), render=lambda row: row)
    return render_template(
        "lots.html",
        page=page,
        is_filtered=any(value for name, value in request.args.items() if name not in {"cursor", "limit"}),
        date_codes=date_codes,
        submitters=submitters,
        submitter_codes=_exportable(),
    )


def _papers(lot: str) -> list[CertificateRow]:
    return certificates.list_certificates(registry(), principal(), PageRequest(_MOST_CERTIFICATES), lot=lot)


def submitters(row: LotRow) -> list[str]:
    """Return the codes of the parties that said something about a lot, once."""
    return sorted({party for _, party in row.submissions if party is not None})


@routes.operation("GET", "/<lot>", permission=Permission.READ_LOTS, query=WhereUsedPageQuery)
def get_lot(lot: str, query: WhereUsedPageQuery) -> ResponseReturnValue:
    """Show a lot: where it went, who says what of it, and its certificates."""
    row = lots.find_lot(registry(), principal(), lot)
    may = principal().may
    papers = _papers(lot) if may(Permission.READ_CERTIFICATES) else []
    return render_template(
        "lot.html",
        row=row,
        refused=[each for each in papers if each.certificate.state is CertificateState.REJECTED],
        used=view_where_used(lot, query) if may(Permission.READ_GENEALOGY) else None,
        history=lot_history(registry(), principal(), lot, **query.times())
        if may(Permission.READ_GENEALOGY)
        else None,
        certificates=papers,
        packages=package_claims.list_packages(registry(), principal(), lot, PageRequest(_MOST_PACKAGES)),
        most_packages=_MOST_PACKAGES,
        date_codes=date_codes,
    )


@routes.operation(
    "POST",
    "/<lot>/certificates",
    permission=Permission.SUBMIT_CERTIFICATE,
    takes={"multipart/form-data": "`file`, a PDF, and its `number`."},
    answers={303: "Kept; the page shows every check.", 400: "It is no PDF."},
    is_upload=True,
)
def post_certificate(lot: str) -> ResponseReturnValue:
    """Attach a certificate to a lot."""
    sent = uploaded_file()
    document = SentDocument(
        stream=sent.stream,
        file_name=sent.name or "certificate.pdf",
        subject=Subject(lots=[lot]),
        facts=DocumentFacts(number=request.form.get("number", "").strip()[:_NUMBER_CHARS] or None),
    )
    row, _ = submission.submit_certificate(registry(), principal(), document)
    return redirect(f"/certificates/{row.id}", 303)


def _exportable() -> list[tuple[str, str]]:
    """Return (code, name) of the parties whose everything the asker may export."""
    who = principal()
    if not who.may(Permission.READ_DOCUMENTS):
        return []
    if who.role is Role.SUPPLIER:
        own = parties.party_for(registry(), who, None)
        return [] if own is None else [(own.code, own.code)]
    return party_choices()
