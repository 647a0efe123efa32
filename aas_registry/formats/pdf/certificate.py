"""A lot's quality certificate as one page of PDF, as a supplier's office prints it.

The demo's suppliers and the example make theirs here; they sign the page afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aas_registry.domain.certificate_claims import AcceptanceSampling
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.formats.pdf.text import TextPage, write_text_pdf

_HEADER = ("Characteristic", "Unit", "Minimum", "Mean", "Maximum")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateText:
    """What a certificate says beside the lot's own facts.

    Attributes:
        number: Number of the document.
        title: Kind of the document, such as ``Certificate of conformity``.
        issued_on: Date of issue.
        designation: What the part is, in words.
        sampling: The sampling plan and its result.
        measurements: Characteristic, unit, minimum, mean and maximum of the sample.
    """

    number: str
    title: str
    issued_on: date
    designation: str
    sampling: AcceptanceSampling
    measurements: Sequence[tuple[str, str, str, str, str]] = ()


def write_certificate_pdf(facts: LotFacts, text: CertificateText) -> bytes:
    """Return the unsigned page; the same facts give the same bytes.

    Raises:
        InvalidRequestError: A text cannot be written with the standard fonts.
    """
    plan = text.sampling
    numbers = f"n = {plan.sample_size}, Ac = {plan.acceptance_number}, Re = {plan.rejection_number}"
    fields = [
        ("Certificate no.", text.number),
        ("Manufacturer", facts.manufacturer),
        ("Part number", facts.mpn),
        ("Description", text.designation),
        ("Lot code", facts.lot_code),
        ("Date code", ", ".join(facts.date_codes)),
        ("Quantity", f"{facts.quantity} {facts.unit_of_measure or 'pcs'}"),
        ("Delivery note", facts.delivery_note or "-"),
        ("Date of issue", text.issued_on.isoformat()),
        ("Sampling plan", f"ISO 2859-1, {numbers}"),
        ("Found", found_text(plan.nonconforming_found)),
    ]
    page = TextPage(
        heading=facts.manufacturer,
        title=text.title,
        fields=fields,
        table=(_HEADER, *text.measurements) if text.measurements else (),
        closing=(
            "We confirm that the goods named above were inspected and meet the agreed specification.",
            "This document is valid with its electronic signature only, where it carries one.",
        ),
    )
    return write_text_pdf(page)


def found_text(nonconforming: int) -> str:
    """Return the line that says how many pieces of the sample were bad."""
    return f"{nonconforming} nonconforming"
