"""Quality documents whose files and lots multiply: every file is said to cover every lot."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hostile_files.declaration import Hostile, declare
from hostile_files.pdf_files import CATALOG, PAGE, PAGES, pdf_of

from aas_registry.domain.codes import Code
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package


def package_documents() -> Iterator[Hostile]:
    """Yield packages, sent as uploads."""
    make = declare("certificate-lots", Code.CERTIFICATE_LOTS)
    yield make("one-file-of-many-lots", lambda: _package(["/aasx/files/0.pdf"], lots=1100))
    yield make("many-files-of-many-lots", lambda: _package(_parts(100), lots=400))
    yield make("one-file-under-many-names", lambda: _package(_spellings(100), lots=400))
    yield make("many-files-of-some-lots", lambda: _package(_parts(450), lots=30))


def _parts(count: int) -> list[str]:
    return [f"/aasx/files/{number}.pdf" for number in range(count)]


def _spellings(count: int) -> list[str]:
    """Return names of one part, which differ in case."""
    name = "/aasx/files/certificate.pdf"
    return [
        "".join(char.upper() if number >> place & 1 else char for place, char in enumerate(name))
        for number in range(count)
    ]


def _package(named: Sequence[str], *, lots: int) -> bytes:
    """Return a package with one document, whose files are named so, for so many lots."""
    own = _lot("0")
    parts = {name.casefold(): name for name in reversed(named)}.values()
    files = tuple(PackageFile.of(part, "application/pdf", pdf_of(CATALOG, PAGES, PAGE)) for part in parts)
    document = LotCertificate(
        file=files[0],
        number="C-1",
        document_type="Certificate of conformity",
        title="Certificate",
        issued_on=date(2026, 3, 4),
        covers=tuple(_lot(str(number)) for number in range(lots)),
    )
    package = build_lot_package(own, certificates=[document])
    (listed,) = _lists_of_files(package.identifiables[-1].body)
    listed[:] = [{**listed[0], "value": name} for name in named]
    return write_aasx(replace(package, files=files))


def _lot(code: str) -> LotFacts:
    return LotFacts(manufacturer="Bolt", mpn="CAP-1", lot_code=code, shell="https://bolt.example/lots/0")


def _lists_of_files(body: Any) -> Iterator[list[Any]]:
    members = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    if isinstance(body, dict) and body.get("idShort") == "DigitalFiles":
        yield body["value"]
    for member in members:
        yield from _lists_of_files(member)
