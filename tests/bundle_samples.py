"""A registry with keys, a report with evidence, and the bundle of both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from certificate_samples import paper, signed, signing_party

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.certificates import CertificateState, Countersignature
from aas_registry.domain.clock import ClockReading
from aas_registry.domain.reports import (
    Direction,
    Headline,
    ReportCertificate,
    ReportColumn,
    ReportSubject,
    TraceReport,
)
from aas_registry.domain.statements import StatedLot, StatedSigner, Statement, excerpt_of
from aas_registry.domain.verdicts import Check, Status
from aas_registry.reports import bundle
from aas_registry.services.keys import Signers, init_keys, load_signers
from aas_registry.services.reports.bundle import Evidence, build_bundle
from aas_registry.trust.dsse import STATEMENT_TYPE, sign_envelope

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
COLUMNS = [ReportColumn(key=key, title=key.title()) for key in ("serial", "product", "certainty")]


@dataclass(frozen=True)
class Sample:
    """A bundle, and who signed it."""

    content: bytes
    signers: Signers

    @property
    def root(self) -> bytes:
        return self.signers.root_pem

    @property
    def files(self) -> dict[str, bytes]:
        return bundle.unpack(self.content)


def make_signers(folder: Path, *, now: datetime = NOW) -> Signers:
    init_keys(folder, "a passphrase", organization="Plant 1", now=now)
    return load_signers(folder, "a passphrase")


def make_report(*, rows: int = 3, now: datetime = NOW, name: str = "0042") -> TraceReport:
    check = Check(name="signature", status=Status.PASSED, reason="It fits.", at=now)
    certificate = ReportCertificate(
        sha256="0" * 64,
        file_name="certificate.pdf",
        document_type="EN 10204 3.1",
        document_number="77",
        state=CertificateState.COUNTERSIGNED,
        lots=[name],
        submitted_by="Arro",
        checks=[check],
    )
    return TraceReport(
        id="AAAAAAAAAAAAAAAAAAAAAA",
        scope="plant-1",
        subject=ReportSubject(
            kind="lot", name=name, details={"Manufacturer": "Arro", "Part": "CAP-100N-0603"}
        ),
        direction=Direction.WHERE_USED,
        as_of=now,
        recorded_as_of=now,
        customer=None,
        generated_at=now,
        clock=ClockReading(
            now=now, last=now, accepted=timedelta(0), stepped=timedelta(0), tolerance=timedelta(minutes=1)
        ),
        generator="aas-registry 0.1.0",
        address="http://127.0.0.1:8080",
        headlines=[Headline(label="boards", exact=rows, possible=1)],
        columns=COLUMNS,
        rows=[{"serial": f"SN{row:06}", "product": "P-100", "certainty": "exact"} for row in range(rows)],
        gaps=["Line 2 was silent on 3 March."],
        certificates=[certificate],
    )


def make_statement(original: bytes, *, now: datetime = NOW, name: str = "certificate.pdf") -> Statement:
    return Statement(
        name=name,
        sha256=digest_of(original),
        document_type="EN 10204 3.1",
        document_number="77",
        lots=[
            StatedLot(manufacturer="Arro", mpn="CAP-100N-0603", lot_code="0042", sequence=1, previous=None)
        ],
        parts=[("Arro", "CAP-100N-0603")],
        submodel_sha256=None,
        signer=StatedSigner(subject="CN=inspector,O=Arro", certificate_sha256="1" * 64),
        checks=[Check(name="signature", status=Status.PASSED, reason="It fits.", at=now)],
        decision=Countersignature.VERIFIED,
        stated_at=now,
    )


def make_bundle(
    signers: Signers, *, rows: int = 3, now: datetime = NOW, name: str = "certificate.pdf"
) -> bytes:
    original = signed(paper(), signing_party("Arro"))
    statement = make_statement(original, now=now, name=name).canonical()
    envelope = sign_envelope(statement, payload_type=STATEMENT_TYPE, signer=signers.countersign)
    evidence = Evidence(originals=[original], statements=[envelope], chains=[signers.countersign.chain_pem])
    return build_bundle(make_report(rows=rows, now=now), evidence, signer=signers.report, now=now)


def make_withholding(
    signers: Signers,
    *,
    now: datetime = NOW,
    is_said: bool = True,
    is_excerpt: bool = True,
    original: bytes | None = None,
) -> bytes:
    """Return a bundle for one customer that withholds an original; by default a good one.

    Args:
        signers: The keys.
        now: When it is made.
        is_said: Whether the report says that the original is withheld.
        is_excerpt: Whether the statement about it is an excerpt, as it must be.
        original: What travels along all the same.
    """
    withheld = withheld_original()
    whole = make_statement(withheld, now=now)
    payload = excerpt_of(whole.as_json(), whole.lots, at=now) if is_excerpt else whole.canonical()
    envelope = sign_envelope(payload, payload_type=STATEMENT_TYPE, signer=signers.countersign)
    report = make_report(now=now)
    told = replace(report.certificates[0], sha256=digest_of(withheld), is_withheld=is_said)
    report = replace(report, customer="meditec", certificates=[told])
    evidence = Evidence(
        originals=[] if original is None else [original],
        statements=[envelope],
        chains=[signers.countersign.chain_pem],
    )
    return build_bundle(report, evidence, signer=signers.report, now=now)


@cache
def withheld_original() -> bytes:
    """Return the original that `make_withholding` withholds."""
    return signed(paper(), signing_party("Arro"))


@cache
def sample(folder: Path, *, now: datetime = NOW) -> Sample:
    signers = make_signers(folder, now=now)
    return Sample(make_bundle(signers, now=now), signers)


def with_file(content: bytes, name: str, changed: bytes) -> bytes:
    """Return the bundle with one file changed, in a container that fits."""
    return bundle.pack({**bundle.unpack(content), name: changed})


def flipped(content: bytes, position: int, mask: int = 0x01) -> bytes:
    changed = bytearray(content)
    changed[position] ^= mask
    return bytes(changed)


def sampled(files: Mapping[str, bytes], *, per_file: int) -> list[tuple[str, int]]:
    """Return positions spread over every file: its first and last byte, and some between."""
    return [
        (name, position)
        for name, content in files.items()
        for position in sorted({(len(content) - 1) * step // (per_file - 1) for step in range(per_file)})
    ]
