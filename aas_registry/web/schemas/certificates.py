"""Quality certificates with every check, as they are answered."""

from datetime import date, datetime

from aas_registry.domain.certificates import CertificateState
from aas_registry.domain.verdicts import Status
from aas_registry.web.schemas.answer import SHA256, TIME, AnswerModel, absent, shown
from aas_registry.web.schemas.genealogy import HeldLotJson


class TermJson(AnswerModel):
    """One thing that a certificate speaks of."""

    kind: str = shown("What it is: `lot`, `delivery_note` or `part`.", "lot")
    value: str = shown(
        "What names it; of a lot: manufacturer, part number and code.", "Kondor KC0805-10K K2541-0383"
    )


class CheckJson(AnswerModel):
    """One check, with its reason and its time."""

    name: str = shown("What was checked, a stable word.", "signature")
    status: Status = shown("How it came out.")
    reason: str = shown("One sentence for a person.", "Signed by CN=Bolt Quality,O=Bolt.")
    at: datetime = shown("When it was checked.", TIME)
    file: str | None = absent("The file that it speaks of, where there are several.")


class StepJson(AnswerModel):
    """One step in the life of a certificate."""

    state: CertificateState = shown("Its state from then on.")
    who: str = shown("Who took the step; `registry` where a program decides by the checks.", "registry")
    reason: str = shown("Why.", "Received.")
    at: datetime = shown("When.", TIME)


class SignatureJson(AnswerModel):
    """A signature of an envelope."""

    keyid: str = shown("SHA-256 of the key that signed, hexadecimal.", SHA256)
    sig: str = shown("The signature, base64.", "MEUCIQ…")


class EnvelopeJson(AnswerModel):
    """A DSSE envelope; its payload is as `schemas/statement-1.0.json` describes it."""

    payload: str = shown("The statement, base64.", "eyJfdHlwZSI6…")
    payload_type: str = shown("Media type of the payload.", "application/vnd.in-toto+json")
    signatures: list[SignatureJson] = shown("The signatures.")


class StatementJson(AnswerModel):
    """What the registry countersigned."""

    digest: str = shown("Digest of the envelope's bytes, hexadecimal.", SHA256)
    envelope: EnvelopeJson = shown("The signed statement.")


class CertificateJson(AnswerModel):
    """A quality certificate, its three verdicts, and how they came about."""

    id: str = shown("Id of the certificate.", "YVU0XAyFlPN-fVT9tSTKnA")
    sha256: str = shown("Digest of the document, hexadecimal.", SHA256)
    file_name: str = shown("Name of the document.", "k2541-0383.pdf")
    media_type: str = shown("Media type of the document.", "application/pdf")
    document_type: str | None = shown("What it is, such as EN 10204 3.1; null where nobody said.", "3.1")
    number: str | None = shown("Certificate number; null where nobody said.", "C-17")
    issuer: str | None = shown("Who issued it; null where nobody said.", "Kondor")
    issued_on: date | None = shown("When it was issued; null where nobody said.", "2025-10-07")
    expires_on: date | None = shown("Until when it holds; null where nobody said.", None)
    submitted_by: str | None = shown("Code of the party that submitted it; null for the plant.", "bolt")
    signer: str | None = shown(
        "Subject of who signed it; null where it is unsigned.", "CN=Bolt Quality,O=Bolt"
    )
    signing_party: str | None = shown("Code of the party whose anchor vouches for it; null: none.", "bolt")
    signed_at: datetime | None = shown("When it was signed; null where that is not known.", TIME)
    recorded_at: datetime = shown("When it was recorded.", TIME)
    state: CertificateState = shown("Where it stands in its life.", "countersigned")
    countersignature: str | None = shown(
        "What the registry countersigned; null: nothing.", "received and verified"
    )
    authentic: Status = shown("What is said of the supplier's signature.")
    matches: Status = shown("Whether its content covers what it speaks of.")
    accepted: Status = shown("What a named person decided; unknown while nobody did.", "unknown")
    speaks_of: list[TermJson] = shown("What it speaks of.")
    lots: list[HeldLotJson] = shown("The lots that it speaks of.")
    checks: list[CheckJson] = shown("Every check.")
    steps: list[StepJson] = shown("The steps of its life, the first one first.")
    statements: list[StatementJson] = shown("What the registry countersigned about it.")
