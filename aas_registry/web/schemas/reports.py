"""Signed reports, as they are answered."""

from datetime import datetime
from typing import Any

from aas_registry.web.schemas.answer import SHA256, TIME, AnswerModel, FileAnswer, shown


class ReportJson(AnswerModel):
    """What is known of a report."""

    id: str = shown("Id of the report.", "sV4zSXO0r3x6iVJFN0E4cw")
    question: dict[str, Any] = shown(
        "The question that it answers, as `schemas/report-1.0.json` describes it.",
        {"direction": "where-used", "subject": {"kind": "lot", "name": "K2541-0383"}, "asOf": TIME},
    )
    sha256: str = shown("Digest of the bundle, hexadecimal.", SHA256)
    size: int = shown("Size of the bundle, in bytes.", 184320)
    made_by: str = shown("Who made it, and how whoever it was came in.", "quinn (user)")
    made_at: datetime = shown("When it was made.", TIME)


BUNDLE = FileAnswer("application/zip", "The signed bundle, as `docs/report-bundle.md` describes it.")
ROOT_CERTIFICATE = FileAnswer(
    "application/x-pem-file",
    "One certificate, PEM.",
    "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n",
)
