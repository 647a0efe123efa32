"""An example package to try the upload with: one invented lot, its papers signed.

The signer's CA is made for the occasion and pinned nowhere, so its certificate shows as
intact but of an unknown signer, until an administrator pins that CA.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from aas_registry.domain.certificate_claims import AcceptanceSampling
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.formats.pdf.certificate import CertificateText, write_certificate_pdf
from aas_registry.trust.pdf_signer import sign_pdf
from aas_registry.trust.pki import make_leaf, make_root, name_of
from aas_registry.trust.signer import Signer

EXAMPLE_FILE_NAME = "example-lot-00471.aasx"

_MAKER = "Example Components Ltd"
_VALID_FROM = datetime(2024, 1, 1, tzinfo=UTC)
_SIGNED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_DAYS = 20 * 365
_FACTS = LotFacts(  # noqa: S604 - a shell of the AAS, not of the system
    manufacturer=_MAKER,
    mpn="EX-100N-50V",
    lot_code="00471",
    shell="https://example-components.example/lots/EX-100N-50V/00471",
    date_codes=("2606", "2607"),
    quantity=Decimal(40_000),
    delivery_note="EX-55012",
    country_of_origin="PT",
    manufactured_on=date(2026, 2, 6),
)
_SAMPLING = AcceptanceSampling(200, 0, 1, 0)
_TEXT = CertificateText(
    number="EX-C-00471",
    title="Certificate of conformity",
    issued_on=date(2026, 3, 2),
    designation="Ceramic capacitor 100 nF 50 V",
    sampling=_SAMPLING,
    measurements=(("Capacitance", "nF", "98.7", "100.2", "101.9"), ("Dissipation", "%", "1.1", "1.3", "1.6")),
)


@cache
def example_package() -> bytes:
    """Return the AAS package (AASX) of the example lot; one process always gives the same bytes."""
    ca = make_root(name_of("Example CA", organization=_MAKER), now=_VALID_FROM, days=_DAYS)
    leaf = make_leaf(
        name_of("Quality department", organization=_MAKER), issuer=ca, now=_VALID_FROM, days=_DAYS
    )
    signer = Signer(leaf.key, (leaf.certificate, ca.certificate))
    document = sign_pdf(write_certificate_pdf(_FACTS, _TEXT), signer, now=_SIGNED_AT, reason=_TEXT.title)
    certificate = LotCertificate(
        file=PackageFile.of(f"/aasx/files/{_TEXT.number}.pdf", "application/pdf", document),
        number=_TEXT.number,
        document_type=_TEXT.title,
        title=f"{_TEXT.title} {_TEXT.number}",
        issued_on=_TEXT.issued_on,
        sampling=_SAMPLING,
    )
    return write_aasx(build_lot_package(_FACTS, designation=_TEXT.designation, certificates=[certificate]))
