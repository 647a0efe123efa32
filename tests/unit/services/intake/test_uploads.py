"""Uploads: a file is recognised once, and what was opened to find out is handed on."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from aas_samples import lot_aasx
from certificate_samples import paper, signed, signing_party
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader

from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.domain.principals import Principal
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.writer import write_list_xlsx
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.services import access
from aas_registry.services.certificates.countersigning import DocumentFacts
from aas_registry.services.certificates.submission import SentDocument, Subject, submit_certificate
from aas_registry.services.intake import spreadsheets, uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry

OPENERS = (zipfile.ZipFile, ZipContainer, PdfReader, PdfFileReader)


@pytest.fixture
def who(registry: Registry) -> Principal:
    return access.local_administrator(registry)


@pytest.fixture(scope="module")
def certificate() -> bytes:
    return signed(paper(), signing_party("Bolt"))


@contextmanager
def openings() -> Iterator[Counter[str]]:
    """Count how often each library opens a file."""
    counted: Counter[str] = Counter()
    with ExitStack() as stack:
        for opener in OPENERS:

            def opened(
                self: Any,
                *given: Any,
                _open: Any = opener.__init__,
                _name: str = opener.__name__,
                **more: Any,
            ) -> None:
                counted[_name] += 1
                _open(self, *given, **more)

            stack.enter_context(patch.object(opener, "__init__", opened))
        yield counted


def test_a_package_passes_the_wall_once_and_its_certificate_is_parsed_once_by_each_library(
    registry: Registry, who: Principal, certificate: bytes
) -> None:
    facts = LotFacts(manufacturer="Bolt", mpn="CAP-100N-0603", lot_code="0042", shell="urn:lot:0042")
    document = LotCertificate(
        file=PackageFile.of("/aasx/files/c.pdf", "application/pdf", certificate),
        number="C-1",
        document_type="Certificate of conformity",
        title="Certificate",
        issued_on=date(2026, 3, 4),
    )
    content = write_aasx(build_lot_package(facts, certificates=[document]))

    with openings() as counted:
        taken = uploads.take_upload(registry, who, Arrival(io.BytesIO(content), "lot.aasx"))

    assert len(taken.outcome["certificates"]) == 1
    assert counted == {"ZipFile": 1, "ZipContainer": 1, "PdfReader": 1, "PdfFileReader": 1}


def test_a_certificate_alone_is_parsed_once_by_each_library(
    registry: Registry, who: Principal, certificate: bytes
) -> None:
    taken = uploads.take_upload(registry, who, Arrival(io.BytesIO(lot_aasx()), "lot.aasx"))
    lot = taken.outcome["lots"][0]["id"]

    with openings() as counted:
        submit_certificate(
            registry,
            who,
            SentDocument(
                stream=io.BytesIO(certificate),
                file_name="c.pdf",
                subject=Subject(lots=[lot]),
                facts=DocumentFacts(number="C-1"),
            ),
        )

    assert counted == {"PdfReader": 1, "PdfFileReader": 1}


def test_a_workbook_passes_the_wall_once(registry: Registry, who: Principal) -> None:
    row = {"manufacturer": "Bolt", "mpn": "CAP-1", "lot_code": "0042"}
    content = write_list_xlsx([row])

    with openings() as counted:
        taken = uploads.take_upload(registry, who, Arrival(io.BytesIO(content), "lots.aasx"))

    assert len(taken.outcome["lots"]) == 1
    assert counted == {"ZipFile": 1, "ZipContainer": 1}


def test_a_workbook_that_is_given_back_passes_the_wall_once(registry: Registry, who: Principal) -> None:
    content = write_list_xlsx([{"manufacturer": "Bolt", "mpn": "CAP-1"}])

    with openings() as counted:
        returned = spreadsheets.mark_spreadsheet(registry, who, Arrival(io.BytesIO(content), "lots.xlsx"))

    assert returned.suffix == ".xlsx"
    assert counted["ZipContainer"] == 1
