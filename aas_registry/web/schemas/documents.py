"""Versions of AAS objects, as they are answered."""

from datetime import datetime

from aas_registry.web.schemas.answer import SHA256, TIME, AnswerModel, shown


class VersionJson(AnswerModel):
    """A version of a shell, submodel or concept description."""

    version: int = shown("Number of the version, from 1.", 2)
    sha256: str = shown("Digest of its content, hexadecimal.", SHA256)
    recorded_from: datetime = shown("Since when it is on record.", TIME)
    recorded_to: datetime | None = shown("Until when it was current; null as long as it is.", None)
