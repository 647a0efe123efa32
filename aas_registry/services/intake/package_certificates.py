"""The certificates that an AAS package carries, on their way through the upload service.

`prepare` examines the documents before the transaction; `take` writes them inside it,
for the lots of the shells that name them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from aas_registry.domain.certificate_claims import CertificateClaim, ClaimedLot, extract_certificates
from aas_registry.domain.codes import Code
from aas_registry.domain.document_facts import submodel_refs_of
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info, warning
from aas_registry.domain.identifiers import LotId, PartyId, Site
from aas_registry.domain.limits import Limits
from aas_registry.domain.lot_facts import extract_lot_facts, read_lot_texts
from aas_registry.domain.package import AasPackage, IdentifiableKind, PackageFile
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.domain.submitter import Submitter
from aas_registry.formats.container.content_kind import PDF_HEADER_WITHIN, is_pdf
from aas_registry.services.certificates import certificates, countersigning
from aas_registry.services.certificates.countersigning import DocumentFacts, Examined
from aas_registry.services.intake import lot_facts
from aas_registry.services.intake.identifiables import Taken
from aas_registry.services.intake.papers import Papers
from aas_registry.services.intake.receipts import TakenCertificate
from aas_registry.services.registry import Registry
from aas_registry.storage import lot_names
from aas_registry.storage import lots as lot_table
from aas_registry.storage.database import Connection
from aas_registry.storage.lots import Lot


@dataclass(frozen=True, slots=True)
class PreparedCertificate:
    """A document of a package that was examined, and what the package says about it."""

    claim: CertificateClaim
    part: str
    examined: Examined


@dataclass(frozen=True, slots=True)
class PreparedCertificates:
    """All of a package, and what was noticed."""

    certificates: Sequence[PreparedCertificate] = ()
    findings: Sequence[Finding] = ()


def prepare(
    registry: Registry,
    site: Site,
    package: AasPackage,
    *,
    party: PartyId | None,
    progress: Progress = no_progress,
) -> PreparedCertificates:
    """Examine the certificates of a package, each document once; one at a time is in memory.

    Args:
        registry: The running parts.
        site: Whose anchors count.
        package: What was read.
        party: Who submits it; its anchors count, as do those of the named manufacturers.
        progress: Told in documents, phase ``examining``.

    Raises:
        RefusedError: A document in the archive is damaged or hostile, or covers too many lots.
    """
    submodels = {each.identifier: each.body for each in package.of_kind(IdentifiableKind.SUBMODEL)}
    claims, found = extract_certificates(submodels)
    limits, documents = registry.limits, _documents(package, claims)
    findings, unlisted = list(found[: limits.listed_findings]), found[limits.listed_findings :]
    if unlisted:
        findings.append(info(unlisted[0].code, "There are more such findings; they are not listed."))
    examined = documents[: limits.package_certificates]
    _refuse_too_many_lots(limits, [(each, len(each.lots)) for each, _ in examined])
    if not documents:
        return PreparedCertificates(findings=findings)
    with registry.read() as connection:
        names = _companies(package, submodels, claims, limits)
        signing_parties = certificates.signing_parties(connection, site, names, party=party)
    desk = _Papers(registry, site, signing_parties, findings=findings)
    for done, (claim, file) in enumerate(documents):
        progress("examining", done, len(documents))
        desk.take(claim, file)
    return PreparedCertificates(desk.prepared, desk.findings)


@dataclass(slots=True)
class _Papers:
    """Where the documents of one package are examined, however many claims name each."""

    registry: Registry
    site: Site
    signing_parties: Sequence[PartyId]
    findings: list[Finding]
    prepared: list[PreparedCertificate] = field(default_factory=list)
    _examined: dict[str, Examined | None] = field(default_factory=dict)
    _chars: int = 0
    _is_full: bool = False

    def take(self, claim: CertificateClaim, file: PackageFile) -> None:
        limits, examined = self.registry.limits, self._examined.get(file.part)
        is_full = len(self.prepared) >= limits.package_certificates
        if file.part not in self._examined:
            self._examined[file.part] = None
            if file.size > limits.certificate_bytes:
                message = (
                    f"The document holds {file.size} bytes; the limit of certificates is "
                    f"{limits.certificate_bytes}. It is kept as a file and was not examined."
                )
                self.findings.append(warning(Code.CERTIFICATE_TOO_LARGE, message, part=file.part))
            elif is_full or self._chars >= limits.package_text_chars:
                self._refuse_more(file)
            else:
                examined = certificates.examine(
                    self.registry,
                    self.site,
                    file.read(),
                    signing_parties=self.signing_parties,
                    part=file.part,
                )
                self._chars += examined.text.chars
                self._examined[file.part] = examined
        if examined is not None and is_full:
            self._refuse_more(file)
        elif examined is not None:
            self.prepared.append(PreparedCertificate(claim, file.part, examined))

    def _refuse_more(self, file: PackageFile) -> None:
        if not self._is_full:
            code = Code.CERTIFICATE_TOO_MANY
            self.findings.append(warning(code, code.meaning, part=file.part))
        self._is_full = True


def take(
    papers: Papers, submitter: Submitter, taken: Taken, prepared: PreparedCertificates
) -> list[TakenCertificate]:
    """Store the certificates of a package; return them as they stand now.

    Raises:
        RefusedError: One covers more lots than the limit, or all of them together do.
    """
    answer = []
    covered = _covered_lots(papers.registry, papers.connection, submitter, taken, prepared)
    for each, lots in zip(prepared.certificates, covered, strict=True):
        claim = each.claim
        said = countersigning.said_of_lots(
            submitter,
            lots,
            file_name=PurePosixPath(each.part).name,
            facts=DocumentFacts(
                document_type=claim.document_type,
                number=claim.number,
                issuer=claim.issuer,
                issued_on=claim.issued_on,
                expires_on=claim.expires_on,
            ),
            submodel_sha256=taken.digests.get(claim.submodel),
        )
        answer.append(papers.put(each.examined, said, part=each.part))
    return answer


def _documents(
    package: AasPackage, claims: Sequence[CertificateClaim]
) -> list[tuple[CertificateClaim, PackageFile]]:
    """Return the claims about PDF files of the package, with the files."""
    sources = {each.identifier: each.part for each in package.of_kind(IdentifiableKind.SUBMODEL)}
    are_pdf: dict[str, bool] = {}
    documents = []
    for claim in claims:
        file = package.file_at(claim.file, source=sources[claim.submodel])
        if file is None:
            continue
        if file.part not in are_pdf:
            with file.open() as content:
                are_pdf[file.part] = is_pdf(content.read(PDF_HEADER_WITHIN))
        if are_pdf[file.part]:
            documents.append((claim, file))
    return documents


def _companies(
    package: AasPackage,
    submodels: Mapping[str, Mapping[str, Any]],
    claims: Sequence[CertificateClaim],
    limits: Limits,
) -> set[str | None]:
    """Return who may have signed: the issuers, and the manufacturers of the lots."""
    names = {each.issuer for each in claims}
    names.update(lot.manufacturer for lots in _distinct_lots(claims) for lot in lots)
    claimed = {each.submodel for each in claims}
    said = read_lot_texts(submodels, limits=limits)
    for shell in package.of_kind(IdentifiableKind.SHELL):
        if not claimed.isdisjoint(submodel_refs_of(shell.body)):
            facts, _ = extract_lot_facts(
                shell.body, lot_facts.named_submodels(shell.body, said), limits=limits
            )
            names.add(None if facts is None else facts.manufacturer)
    return names


def _distinct_lots(claims: Iterable[CertificateClaim]) -> Iterable[Sequence[ClaimedLot]]:
    # The files of one document share its lots: what is done for each pair of them grows without bound.
    return {id(each.lots): each.lots for each in claims}.values()


def _refuse_too_many_lots(limits: Limits, covered: Sequence[tuple[CertificateClaim, int]]) -> None:
    total = 0
    for claim, lots in covered:
        total += lots
        if lots > limits.certificate_lots:
            message = f"The certificate covers {lots} lots; the limit is {limits.certificate_lots}."
        elif total > limits.package_certificate_lots:
            message = f"All certificates cover more than {limits.package_certificate_lots} lots together."
        else:
            continue
        raise RefusedError(error(Code.CERTIFICATE_LOTS, message, path=f"{claim.submodel}/{claim.path}"))


def _covered_lots(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    taken: Taken,
    prepared: PreparedCertificates,
) -> list[list[Lot]]:
    """Return, for each certificate, the lots of the shells that name it, and the known ones that it names."""
    limits, claims = registry.limits, [each.claim for each in prepared.certificates]
    of_submodel: dict[str, list[LotId]] = {each.submodel: [] for each in claims}
    for lot, facts in taken.lots:
        for submodel in of_submodel.keys() & taken.submodels_of_shell.get(facts.shell, ()):
            of_submodel[submodel].append(lot)
    _refuse_too_many_lots(limits, [(each, len(of_submodel[each.submodel])) for each in claims])
    named = {_name_of(lot) for lots in _distinct_lots(claims) for lot in lots}
    known = lot_names.find_lots_named(connection, submitter.scope, named)
    numbers = []
    for each in claims:
        stated = (known[name] for name in map(_name_of, each.lots) if name in known)
        numbers.append(dict.fromkeys([*of_submodel[each.submodel], *stated]))
    _refuse_too_many_lots(limits, [(each, len(lots)) for each, lots in zip(claims, numbers, strict=True)])
    found = lot_table.find_lots(connection, submitter.scope, [lot for lots in numbers for lot in lots])
    return [[found[lot] for lot in lots if lot in found] for lots in numbers]


def _name_of(lot: ClaimedLot) -> tuple[str, str, str]:
    return lot.manufacturer, lot.mpn, lot.lot_code
