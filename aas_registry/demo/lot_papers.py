"""A lot's papers: its certificate, signed as its maker signs, inside its AAS package.

Signatures differ each time they are made, so a package is written to a folder before it
is uploaded, and a second run takes it from there: the same bytes count once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from urllib.parse import quote

from aas_registry.demo.authorities import DemoAuthority
from aas_registry.demo.catalogue import Supplier
from aas_registry.demo.plant import Delivery, Paper, PlannedLot
from aas_registry.domain.certificate_claims import AcceptanceSampling
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.formats.pdf.certificate import CertificateText, found_text, write_certificate_pdf
from aas_registry.trust.pdf_signer import sign_pdf
from aas_registry.trust.time_stamps import LocalTimeStamps

_TITLE = "Certificate of conformity"
_PDF = "application/pdf"
_LARGE_LOT, _LARGE_SAMPLE, _SMALL_SAMPLE = 10_000, 200, 80
_SIGNED_BEFORE_DELIVERY = timedelta(days=2)
_CHARACTERISTICS: Mapping[str, tuple[tuple[str, str, float], ...]] = {
    "C": (("Capacitance", "% of nominal", 100.0), ("Dissipation", "%", 1.6), ("Insulation", "GOhm", 12.0)),
    "R": (("Resistance", "% of nominal", 100.0), ("TCR", "ppm/K", 62.0), ("Solderability", "%", 98.0)),
    "L": (("Inductance", "% of nominal", 100.0), ("DC resistance", "mOhm", 45.0)),
    "PCB": (("Thickness", "mm", 1.6), ("Copper", "um", 35.4), ("Bow", "%", 0.4)),
}
_OTHER_CHARACTERISTICS = (("Height", "mm", 1.1), ("Coplanarity", "um", 42.0), ("Solderability", "%", 98.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who signs for the suppliers, and where packages are kept.

    Attributes:
        folder: Holds a folder of packages for each uploader.
        makers: The suppliers, by code.
        authorities: Their CAs, by code.
        time_stamps: The time-stamping authority that some of them ask.
    """

    folder: Path
    makers: Mapping[str, Supplier]
    authorities: Mapping[str, DemoAuthority]
    time_stamps: DemoAuthority


def package_file(office: Office, lot: PlannedLot, delivery: Delivery) -> Path:
    """Return the file with a delivery's AAS package, made where it is missing."""
    name = f"{lot.part.mpn}_{lot.code.replace('/', '-')}.aasx"
    place = office.folder / delivery.uploader / name
    if not place.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        made = place.with_suffix(".part")
        made.write_bytes(build_package(office, lot, delivery))
        made.replace(place)
    return place


def build_package(office: Office, lot: PlannedLot, delivery: Delivery) -> bytes:
    """Return a delivery's AAS package (AASX) with the certificate that came with it."""
    facts = lot_facts(office, lot, delivery)
    number = certificate_number(lot)
    certificate = LotCertificate(
        file=PackageFile.of(f"/aasx/files/{number}.pdf", _PDF, build_certificate(office, lot)),
        number=number,
        document_type=_TITLE,
        title=f"{_TITLE} {number}",
        issued_on=lot.deliveries[0].at.date() - _SIGNED_BEFORE_DELIVERY,
        sampling=_sampling(lot, nonconforming=0),
    )
    return write_aasx(build_lot_package(facts, designation=lot.part.designation, certificates=[certificate]))


def build_certificate(office: Office, lot: PlannedLot) -> bytes:
    """Return the certificate of a lot as PDF: signed, unsigned, altered, or of another lot."""
    if lot.paper is Paper.OTHER_LOT:
        assert lot.other is not None
        return _signed(office, lot.other, nonconforming=0)
    if lot.paper is Paper.UNSIGNED:
        return _page(office, lot, nonconforming=0)
    if lot.paper is Paper.SIGNED:
        return _signed(office, lot, nonconforming=0)
    honest, embellished = (found_text(count).encode("ascii").hex().encode() for count in (3, 0))
    return _signed(office, lot, nonconforming=3).replace(honest, embellished)


def lot_facts(office: Office, lot: PlannedLot, delivery: Delivery) -> LotFacts:
    """Return what a delivery's package says about its lot."""
    return LotFacts(  # noqa: S604 - a shell of the AAS, not of the system
        manufacturer=office.makers[lot.part.supplier].name,
        mpn=lot.part.mpn,
        lot_code=lot.code,
        shell=f"https://{delivery.uploader}.example/lots/{lot.part.mpn}/{quote(lot.code, safe='')}",
        date_codes=lot.date_codes,
        quantity=Decimal(lot.quantity // len(lot.deliveries)),
        delivery_note=delivery.note,
        internal_part_number=lot.part.internal_number,
        country_of_origin=office.makers[lot.part.supplier].country,
        manufactured_on=lot.manufactured_on,
    )


def certificate_number(lot: PlannedLot) -> str:
    """Return the number of a lot's certificate."""
    return f"CC-{lot.deliveries[0].note}-{lot.deliveries[0].line}"


def _signed(office: Office, lot: PlannedLot, *, nonconforming: int) -> bytes:
    maker = office.makers[lot.part.supplier]
    at = lot.deliveries[0].at - _SIGNED_BEFORE_DELIVERY
    stamps = LocalTimeStamps(office.time_stamps.leaf, at) if maker.time_stamps else None
    signer = office.authorities[maker.code].signer
    page = _page(office, lot, nonconforming=nonconforming)
    return sign_pdf(page, signer, now=at, reason=_TITLE, time_stamps=stamps)


def _page(office: Office, lot: PlannedLot, *, nonconforming: int) -> bytes:
    random = Random(f"{lot.part.mpn} {lot.code}")  # noqa: S311 - invented measurements
    measurements = []
    for name, unit, nominal in _CHARACTERISTICS.get(lot.part.designator, _OTHER_CHARACTERISTICS):
        mean = nominal * random.uniform(0.99, 1.0)
        spread = nominal * random.uniform(0.004, 0.009)
        measurements.append((name, unit, f"{mean - spread:.2f}", f"{mean:.2f}", f"{mean + spread:.2f}"))
    text = CertificateText(
        number=certificate_number(lot),
        title=_TITLE,
        issued_on=lot.deliveries[0].at.date() - _SIGNED_BEFORE_DELIVERY,
        designation=lot.part.designation,
        sampling=_sampling(lot, nonconforming=nonconforming),
        measurements=measurements,
    )
    return write_certificate_pdf(lot_facts(office, lot, lot.deliveries[0]), text)


def _sampling(lot: PlannedLot, *, nonconforming: int) -> AcceptanceSampling:
    size = _LARGE_SAMPLE if lot.quantity > _LARGE_LOT else _SMALL_SAMPLE
    return AcceptanceSampling(size, 0, 1, nonconforming)
