"""Our signed PDFs, read by poppler."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from bundle_samples import Sample
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.certificates import CheckName
from aas_registry.domain.verdicts import Status
from aas_registry.settings import Settings
from aas_registry.trust.pdf_reading import OpenedPdf
from aas_registry.trust.pdf_signature import verify_pdf

pytestmark = pytest.mark.check


def pdfsig(program: str, path: Path) -> str:
    return subprocess.run([program, "-nocert", path], capture_output=True, text=True, check=False).stdout


def test_pdfsig_finds_the_total_document_signed(folder: Path, tool: Callable[[str], str]) -> None:
    said = pdfsig(tool("pdfsig"), folder / "report.pdf")

    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "OU=report" in said


def test_pdfdetach_gives_back_the_very_report(folder: Path, tool: Callable[[str], str]) -> None:
    target = folder.parent / "attached.json"

    subprocess.run([tool("pdfdetach"), "-save", "1", "-o", target, folder / "report.pdf"], check=True)

    assert target.read_bytes() == (folder / "report.json").read_bytes()


def test_a_report_edited_after_signing_is_seen_by_both(
    good: Sample, folder: Path, tool: Callable[[str], str]
) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(good.files["report.pdf"]))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"BT ET")))
    output = BytesIO()
    writer.write(output)
    path = folder.parent / "edited.pdf"
    path.write_bytes(output.getvalue())

    said = pdfsig(tool("pdfsig"), path)
    finding = verify_pdf(
        OpenedPdf(output.getvalue()),
        sha256=digest_of(output.getvalue()),
        anchors=[],
        time_stamp_anchors=[],
        limits=Settings().limits,
        now=datetime.now(UTC),
    )

    assert "Signature is Valid" in said  # which is why "Total document signed" is required as well
    assert "Not total document signed" in said
    statuses = {check.name: check.status for check in finding.checks}
    assert statuses[CheckName.WHOLE_DOCUMENT] is Status.FAILED


def test_the_pdf_declares_its_archival_profile(good: Sample) -> None:
    metadata = PdfReader(BytesIO(good.files["report.pdf"])).xmp_metadata

    assert metadata is not None
    assert (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("3", "B")
