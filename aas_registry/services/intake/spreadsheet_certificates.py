"""The certificates that are sent with a list: one document, submitted once for all of its lots."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.file_names import display_name
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.identifiers import LotId, PartyId, Sha256, Site
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.lot_list import LotList
from aas_registry.domain.progress import Progress
from aas_registry.domain.spreadsheet_certificates import CoveredLots
from aas_registry.domain.submitter import Submitter
from aas_registry.formats.container.content_kind import PDF_HEADER_WITHIN, is_pdf
from aas_registry.services.certificates import certificates, countersigning
from aas_registry.services.certificates.countersigning import DocumentFacts, Examined
from aas_registry.services.intake.papers import Papers
from aas_registry.services.intake.receipts import TakenCertificate
from aas_registry.services.registry import Registry
from aas_registry.storage.lots import Lot

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was sent with a list.

    Attributes:
        name: For display, without folders.
        stream: Its content, seekable.
        is_pdf: Whether it begins as a PDF does.
        is_too_large: Whether it is over the limit of certificates.
    """

    name: str
    stream: BinaryIO
    sha256: Sha256
    size: int
    is_pdf: bool
    is_too_large: bool


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A certificate that was examined, and the lots that it covers, by their places in the list."""

    attachment: Attachment
    examined: Examined
    covered: CoveredLots


def receive(registry: Registry, name: str, stream: BinaryIO) -> Attachment:
    """Return an attachment: its digest and size; its content stays where it is."""
    digest = hashlib.sha256()
    stream.seek(0)
    has_header = is_pdf(stream.read(PDF_HEADER_WITHIN))
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    size = stream.tell()
    too_large = size > registry.limits.certificate_bytes
    return Attachment(display_name(name), stream, Sha256(digest.hexdigest()), size, has_header, too_large)


def check_attachments(sent: Sequence[Attachment]) -> Iterator[Finding]:
    """Yield an error for each attachment that is no certificate that can be taken."""
    for each in sent:
        code = Code.CERTIFICATE_TOO_LARGE if each.is_too_large else Code.CERTIFICATE_TYPE_UNKNOWN
        if each.is_too_large or not each.is_pdf:
            yield error(code, f"{each.name!r}: {code.meaning}", part=each.name)


def prepare(
    registry: Registry,
    site: Site,
    listed: LotList,
    attached: Sequence[tuple[Attachment, CoveredLots]],
    *,
    party: PartyId | None,
    progress: Progress,
) -> list[PreparedDocument]:
    """Examine the attachments, before any transaction; one at a time is in memory.

    Args:
        registry: The running parts.
        site: Whose anchors count.
        listed: The list.
        attached: The attachments, none of which is refused, each with what it covers.
        party: Who submits it; its anchors count, as do those of the manufacturers.
        progress: Told in documents, phase ``examining``.
    """
    prepared = []
    for done, (attachment, covered) in enumerate(attached):
        progress("examining", done, len(attached))
        names = {listed.lots[place].manufacturer for place in covered.lots}
        with registry.read() as connection:
            signing = certificates.signing_parties(connection, site, names, party=party)
        attachment.stream.seek(0)
        content = certificates.read_document(registry, attachment.stream, file=attachment.name)
        examined = certificates.examine(registry, site, content, signing_parties=signing)
        prepared.append(PreparedDocument(attachment, examined, covered))
    return prepared


def take(
    papers: Papers,
    submitter: Submitter,
    stored: Sequence[tuple[LotId, LotFacts]],
    documents: Sequence[PreparedDocument],
) -> list[TakenCertificate]:
    """Submit each document once for all of its lots; return them as they stand now.

    Args:
        papers: Where they are put, in the list's own transaction.
        submitter: For whom, and under which submission.
        stored: The lots of the list, in its order.
        documents: What `prepare` made of the attachments.
    """
    answer = []
    for each in documents:
        lots = {}
        for place in each.covered.lots:
            number, facts = stored[place]
            lots[number] = Lot(number, facts.manufacturer, facts.mpn, facts.lot_code, submitter.at)
        told, name = each.covered.facts, each.attachment.name
        said = countersigning.said_of_lots(
            submitter,
            list(lots.values()),
            file_name=name,
            facts=DocumentFacts(
                document_type=told.get("certificate_type"),
                number=told.get("certificate_number"),
                issued_on=told.get("issued_on"),
                expires_on=told.get("expires_on"),
            ),
        )
        answer.append(papers.put(each.examined, said, part=name, lots=len(lots)))
    return answer
