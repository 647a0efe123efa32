"""Exports, as they are answered."""

from typing import Literal

from aas_registry.domain.exports import ExportForm
from aas_registry.domain.package import AASX_MEDIA_TYPE, Metamodel
from aas_registry.web.schemas.answer import SHA256, AnswerModel, FileAnswer, FindingJson, shown


class ExportJson(AnswerModel):
    """What an export would hold (`dryRun`)."""

    format: ExportForm = shown("How it is written.")
    sha256_of_content: str = shown("Digest of the content, hexadecimal; the entity tag of the file.", SHA256)
    file_name: str = shown("Name of the file.", "export.aasx")
    data_format: Literal["xml", "json"] | None = shown("How the AAS data in it are written; null: no data.")
    metamodel: Metamodel | None = shown("By whose rules the XML is written; null for JSON.", "3.1")
    shells: int = shown("How many shells.", 1)
    submodels: int = shown("How many submodels.", 2)
    concept_descriptions: int = shown("How many concept descriptions.", 0)
    files: int = shown("How many files.", 1)
    size: int = shown("Size of the file, in bytes.", 48213)
    findings: list[FindingJson] = shown("What was renamed, and what else whoever reads it should know.", [])


EXPORTED = (
    FileAnswer(AASX_MEDIA_TYPE, "The package, AASX."),
    FileAnswer("application/xml", "The environment, AAS XML.", '<?xml version="1.0"?>\n<environment/>\n'),
)
