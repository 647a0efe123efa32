"""What fell together, as it is answered."""

from datetime import datetime

from aas_registry.web.schemas.answer import TIME, AnswerModel, shown


class MergeJson(AnswerModel):
    """One thing whose name fell together with that of an older one."""

    id: str = shown("Id of this entry, by which it is parted.", "FKLKEMa7BRNg3bDHSABMQQ")
    kind: str = shown("What it is: `lot`, `part_type`, `party`, or a kind of thing that events name.", "lot")
    manufacturer: str | None = shown("Manufacturer of a lot or part; null for others.", "Kondor")
    mpn: str | None = shown("Manufacturer part number of a lot or part; null for others.", "KC0805-10K")
    name: str | None = shown("Its name as it was written; null for a part type.", "k2541-0383")
    merged_into: str | None = shown(
        "Id of the older one where it is a lot, a unit or a party; null for others.", "MN8SMiDgxQSrDSUZWoXVKw"
    )
    merged_at: datetime = shown("When the names got one form for comparing.", TIME)
    parted_at: datetime | None = shown("When it was parted again; null where it was not.", None)
    parted_by: str | None = shown("Who parted it; null where nobody did.", None)


class SpellingJson(AnswerModel):
    """A text by which statements call a lot that is spelled otherwise."""

    lot: str = shown("Id of the lot.", "MN8SMiDgxQSrDSUZWoXVKw")
    manufacturer: str = shown("Manufacturer of the lot.", "Kondor")
    mpn: str = shown("Manufacturer part number of the lot.", "KC0805-10K")
    code: str = shown("How the lot is spelled.", "X2")
    spelling: str = shown("What the statements say.", "X\u00b2")
    statements: int = shown("How many say so, ended ones too.", 1)
    said_at: datetime = shown("When the first of them was recorded.", TIME)
