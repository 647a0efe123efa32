"""Material lots, and the packages that hold material of them, as they are answered."""

from datetime import date, datetime

from aas_registry.web.schemas.answer import TIME, AnswerModel, FileAnswer, shown

_QUANTITY = "How much, a decimal number in the unit of measure; null where nothing is said."
_UNIT = "Unit of the quantity, as it was written; null where nothing is said."


class LotSubmissionJson(AnswerModel):
    """What one submission says about a lot."""

    party: str | None = shown("Code of the party that says so; null for the plant.", "bolt")
    quantity: str | None = shown(_QUANTITY, "4000")
    unit_of_measure: str | None = shown(_UNIT, "pcs")
    delivery_note: str | None = shown("Delivery note; null where nothing is said.", "DN-4711")
    internal_part_number: str | None = shown("The plant's own part number; null where none is said.", None)
    country_of_origin: str | None = shown("Country of origin, ISO 3166; null where none is said.", "DE")
    manufactured_on: date | None = shown("Date of manufacture; null where none is said.", "2025-10-06")
    date_codes: list[str] = shown("Date codes, as they are written.", ["2541"])
    recorded_at: datetime = shown("When it was recorded.", TIME)


class LotJson(AnswerModel):
    """A material lot, and what is said about it."""

    id: str = shown("Id of the lot.", "MN8SMiDgxQSrDSUZWoXVKw")
    manufacturer: str = shown("Manufacturer's name.", "Kondor")
    mpn: str = shown("Manufacturer part number.", "KC0805-10K")
    code: str = shown("Lot code; leading zeros count.", "K2541-0383")
    date_codes: list[str] = shown("Every date code that is stated of it, once.", ["2541"])
    submissions: list[LotSubmissionJson] = shown("What was said about it, by each who may be seen.")


class PackageClaimJson(AnswerModel):
    """A package (reel, tray, bag) that somebody says to hold material of a lot."""

    package: str = shown("The package's own id, as on its label.", "R-000123")
    quantity: str | None = shown(_QUANTITY, "4000")
    unit_of_measure: str | None = shown(_UNIT, "pcs")
    delivery_note: str | None = shown("Delivery note; null where nothing is said.", "DN-4711")
    party: str | None = shown("Code of the party that says so; null for the plant.", "bolt")
    recorded_at: datetime = shown("When it was recorded.", TIME)


LOT_LABEL = (
    FileAnswer("image/png", "The label as a picture."),
    FileAnswer("image/svg+xml", "The label as a drawing.", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
    FileAnswer(
        "text/plain", "The text that the code holds.", "[)>\x1e06\x1d1PKC0805-10K\x1d1TK2541-0383\x1e\x04"
    ),
)
