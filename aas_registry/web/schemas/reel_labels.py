"""Reel labels that were read, as they are answered."""

from datetime import date

from aas_registry.domain.data_identifiers import Meaning
from aas_registry.domain.reel_label import Syntax
from aas_registry.domain.search import HitKind, MatchedBy
from aas_registry.web.schemas.answer import AnswerModel, FindingJson, absent, shown


class LabelLotJson(AnswerModel):
    """A lot on a label."""

    code: str | None = absent("Lot code.", "K2541-0383")
    quantity: str | None = absent("How much of it, a decimal number in the unit of measure.", "4000")
    unit_of_measure: str | None = absent("Unit of the quantity.", "PCE")
    date_code: str | None = absent("Date code.", "2541")


class LabelFieldJson(AnswerModel):
    """A field of a label, as it stands there."""

    identifier: str = shown("Data identifier or application identifier.", "1T")
    text: str = shown("What stands behind it.", "K2541-0383")
    meaning: Meaning | None = shown("What it says; null where nobody knows.", "lot")
    position: int = shown("Where it begins, in characters from 0.", 21)


class HitJson(AnswerModel):
    """A thing on record that a label names."""

    id: str = shown("Its id, to be asked for.", "MN8SMiDgxQSrDSUZWoXVKw")
    title: str = shown("What it is called.", "K2541-0383")
    details: list[str] = shown("What else tells it from others.", ["Kondor", "KC0805-10K"])
    matched_by: list[MatchedBy] = shown("By which of its identifiers it was found.")


class HitGroupJson(AnswerModel):
    """What was found of one kind."""

    kind: HitKind = shown("What they are.")
    has_more: bool = shown("Whether there are more than are listed.")
    hits: list[HitJson] = shown("What was found.")


class LabelJson(AnswerModel):
    """A label, and what it names on record."""

    syntax: Syntax = shown("How its fields are written.")
    manufacturer_part_number: str | None = absent("Manufacturer part number.", "KC0805-10K")
    customer_part_number: str | None = absent("Part number of the customer.")
    distributor_part_number: str | None = absent("Part number of the distributor.")
    manufacturer: str | None = absent("Manufacturer.", "Kondor")
    country_of_origin: str | None = absent("Country of origin.")
    quantity: str | None = absent("How much, a decimal number in the unit of measure.", "4000")
    unit_of_measure: str | None = absent("Unit of the quantity.")
    manufactured_on: date | None = absent("Date of manufacture.")
    expires_on: date | None = absent("Expiry date.")
    date_codes: list[str] = shown("Date codes.", ["2541"])
    lots: list[LabelLotJson] = shown("The lots that it names.")
    possible_lots: list[str] = shown("Lot codes that it may mean, where it can be read in several ways.", [])
    fields: list[LabelFieldJson] = shown("Every field, as it stands there.")
    findings: list[FindingJson] = shown("What was noticed.", [])
    matches: list[HitGroupJson] = shown("What it names on record, by kind.")


class ReadCodeJson(AnswerModel):
    """A code that was found in a picture."""

    text: str = shown("What it holds.", "1TK2541-0383")
    symbology: str = shown("Kind of code.", "DataMatrix")
    x: int = shown("Where its middle is, in pixels from the left.", 320)
    y: int = shown("Where its middle is, in pixels from the top.", 240)


class LabelsJson(AnswerModel):
    """The labels that were read."""

    labels: list[LabelJson] = shown("The labels; of a text there is one.")
    codes: list[ReadCodeJson] | None = absent("Of a picture: the codes in it.")
    findings: list[FindingJson] | None = absent("Of a picture: what was noticed.")
