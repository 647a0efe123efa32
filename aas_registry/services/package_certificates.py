"""The certificates that an AAS package carries, on their way through the upload service.

`prepare` examines the documents before the transaction; `take` writes them inside it,
for the lots of the shells that name them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from aas_registry.domain.certificate_claims import CertificateClaim, extract_certificates
from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, warning
from aas_registry.domain.identifiers import LotId, PartyId, Site
from aas_registry.domain.lot_facts import extract_lot_facts
from aas_registry.domain.package import AasPackage, IdentifiableKind, PackageFile
from aas_registry.domain.principals import Principal
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.services import certificates, intake
from aas_registry.services.countersigning import DocumentFacts, Examined, Submitted
from aas_registry.services.intake import Submitter, Taken
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage.certificates import ScopeTerm
from aas_registry.storage.database import Connection
from aas_registry.storage.lots import Lot

_PDF_HEADER_BYTES = 1024


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
    """Examine the certificates of a package; one at a time is in memory.

    Args:
        registry: The running parts.
        site: Whose anchors count.
        package: What was read.
        party: Who submits it; its anchors count, as do those of the named manufacturers.
        progress: Told in documents, phase ``examining``.

    Raises:
        RefusedError: A document in the archive is damaged or hostile.
    """
    submodels = {each.identifier: each.body for each in package.of_kind(IdentifiableKind.SUBMODEL)}
    claims, findings = extract_certificates(submodels)
    signing_parties = _signing_parties(registry, site, claims, package, party)
    prepared, noticed = [], list(findings)
    for done, claim in enumerate(claims):
        progress("examining", done, len(claims))
        file = package.file_at(claim.file)
        if file is None or not _is_pdf(file):
            continue
        if file.size > registry.limits.certificate_bytes:
            noticed.append(_too_large(file, registry.limits.certificate_bytes))
            continue
        examined = certificates.examine(
            registry, site, file.read(), signing_parties=signing_parties, part=file.part
        )
        prepared.append(PreparedCertificate(claim, file.part, examined))
    return PreparedCertificates(prepared, noticed)


def take(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    submitter: Submitter,
    taken: Taken,
    prepared: PreparedCertificates,
) -> list[dict[str, Any]]:
    """Store the certificates of a package; return what the upload's answer says of them."""
    assert submitter.submission is not None
    answer = []
    for each in prepared.certificates:
        lots = _lots(connection, submitter, taken, each.claim)
        said = Submitted(
            site=submitter.site,
            submission=submitter.submission,
            party=PartyId(submitter.holder) if submitter.holder else None,
            holder=submitter.holder,
            file_name=PurePosixPath(each.part).name,
            lots=lots,
            terms=[ScopeTerm("lot", lot.label, lot.id) for lot in lots],
            subjects=[certificates.subject_of(lot) for lot in lots],
            facts=_facts(each.claim),
            submodel_sha256=taken.digests.get(each.claim.submodel),
            at=submitter.at,
        )
        stored = certificates.submit(registry, connection, principal, each.examined, said)
        answer.append(
            {
                "id": to_public(registry, submitter.site, Noun.CERTIFICATE, stored.id),
                "part": each.part,
                "sha256": stored.sha256,
                "state": stored.state,
                "authentic": stored.authentic,
                "matches": stored.matches,
            }
        )
    return answer


def _is_pdf(file: PackageFile) -> bool:
    with file.open() as content:
        return b"%PDF-" in content.read(_PDF_HEADER_BYTES)


def _too_large(file: PackageFile, most_bytes: int) -> Finding:
    message = (
        f"The document holds {file.size} bytes; the limit of certificates is {most_bytes}. "
        "It is kept as a file and was not examined."
    )
    return warning(Code.CERTIFICATE_TOO_LARGE, message, part=file.part)


def _signing_parties(
    registry: Registry,
    site: Site,
    claims: Sequence[CertificateClaim],
    package: AasPackage,
    party: PartyId | None,
) -> list[PartyId]:
    names = {each.issuer for each in claims if each.issuer}
    names |= {lot.manufacturer for each in claims for lot in each.lots}
    submodels = {each.identifier: each.body for each in package.of_kind(IdentifiableKind.SUBMODEL)}
    for shell in package.of_kind(IdentifiableKind.SHELL):
        facts, _ = extract_lot_facts(shell.body, intake.named_submodels(shell.body, submodels))
        names |= set() if facts is None else {facts.manufacturer}
    with registry.read() as connection:
        found = [party_table.find_party(connection, site, name) for name in sorted(names)]
    parties = [each.id for each in found if each is not None]
    return parties if party is None else [*parties, party]


def _lots(connection: Connection, submitter: Submitter, taken: Taken, claim: CertificateClaim) -> list[Lot]:
    """Return the lots of the shells that name the claim's submodel, and the known lots it names."""
    numbers: list[LotId] = [
        lot for lot, facts in taken.lots if _names_submodel(taken, facts.shell, claim.submodel)
    ]
    for named in claim.lots:
        known = lot_table.find_lot_named(
            connection,
            submitter.scope,
            manufacturer=named.manufacturer,
            mpn=named.mpn,
            lot_code=named.lot_code,
        )
        if known is not None:
            numbers.append(known)
    found = [lot_table.find_lot(connection, submitter.scope, number) for number in dict.fromkeys(numbers)]
    return [each for each in found if each is not None]


def _facts(claim: CertificateClaim) -> DocumentFacts:
    return DocumentFacts(
        document_type=claim.document_type,
        number=claim.number,
        issuer=claim.issuer,
        issued_on=claim.issued_on,
        expires_on=claim.expires_on,
    )


def _names_submodel(taken: Taken, shell: str, submodel: str) -> bool:
    return submodel in taken.submodels_of_shell.get(shell, ())
