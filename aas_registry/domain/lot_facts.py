"""Lot facts: what an AAS says about a component lot, found where suppliers put it.

A shell whose asset is a material lot names it in its ``specificAssetIds`` or in one of the
submodels that ``lot_texts`` reads. Names are compared without case and punctuation:

| fact | names, the first that has a value wins |
| --- | --- |
| manufacturer | manufacturer, manufacturerName, manufacturerId |
| mpn | mpn, manufacturerPartNumber, manufacturerPartId, orderCodeOfManufacturer, |
| | manufacturerOrderCode, productArticleNumberOfManufacturer, manufacturerArticleNumber |
| lot code | lotCode, lotNumber, lotId, batchNumber, batchId, batchCode |
| date codes | dateCode, dateCodes (several: a list, or separated by comma) |
| quantity, unit | quantity, lotQuantity; unitOfMeasure, unit, quantityUnit |
| delivery note | deliveryNote, deliveryNoteNumber, deliveryNoteId |
| internal part number | internalPartNumber, customerPartNumber, customerPartId |
| country of origin | countryOfOrigin |
| date of manufacture | dateOfManufacture, manufacturingDate |

Codes are text and stay as they are written: leading zeros survive. A manufacturer's lot
code may recur for another part, so a lot is known by manufacturer, part number and code.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, error, warning
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.limits import Limits
from aas_registry.domain.lot_texts import (
    LOT_DATA,
    LOT_NAMEPLATE,
    LotText,
    texts_of_shell,
    texts_of_submodel,
)

__all__ = [
    "LOT_DATA",
    "LOT_NAMEPLATE",
    "LotFacts",
    "extract_lot_facts",
    "parse_date",
    "parse_quantity",
    "read_lot_texts",
]

MAX_TEXT_CHARS = 255
QUANTITY_PLACES = 6
QUANTITY_LIMIT = Decimal(9_000_000_000_000)  # the table holds millionths in 64 bits

_NAMES: Mapping[str, tuple[str, ...]] = {
    "manufacturer": ("manufacturer", "manufacturername", "manufacturerid"),
    "mpn": (
        "mpn", "manufacturerpartnumber", "manufacturerpartid", "ordercodeofmanufacturer",
        "manufacturerordercode", "productarticlenumberofmanufacturer", "manufacturerarticlenumber",
    ),
    "lot_code": ("lotcode", "lotnumber", "lotid", "batchnumber", "batchid", "batchcode"),
    "date_codes": ("datecode", "datecodes"),
    "quantity": ("quantity", "lotquantity"),
    "unit_of_measure": ("unitofmeasure", "unit", "quantityunit"),
    "delivery_note": ("deliverynote", "deliverynotenumber", "deliverynoteid"),
    "internal_part_number": ("internalpartnumber", "customerpartnumber", "customerpartid"),
    "country_of_origin": ("countryoforigin",),
    "manufactured_on": ("dateofmanufacture", "manufacturingdate"),
}  # fmt: skip
_FACT_OF_NAME = {name: fact for fact, names in _NAMES.items() for name in names}
_QUANTITY = re.compile(r"\+?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?")
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,12})?)?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """What one shell says about the lot that is its asset.

    Attributes:
        manufacturer: Name or identifier of who made it.
        mpn: The manufacturer's part number.
        lot_code: The manufacturer's code of the lot.
        shell: Id of the shell.
        date_codes: The date codes as printed, in the order stated, without repetition.
        quantity: Delivered quantity, in ``unit_of_measure``; at most six decimals.
        unit_of_measure: The unit of the quantity, as stated; None means pieces.
        delivery_note: Number of the delivery note.
        internal_part_number: The receiving plant's part number.
        country_of_origin: The country or its code, as stated.
        manufactured_on: Date of manufacture.
    """

    manufacturer: str
    mpn: str
    lot_code: str
    shell: str
    date_codes: tuple[str, ...] = ()
    quantity: Decimal | None = None
    unit_of_measure: str | None = None
    delivery_note: str | None = None
    internal_part_number: str | None = None
    country_of_origin: str | None = None
    manufactured_on: date | None = None


def read_lot_texts(
    submodels: Mapping[str, Mapping[str, Any]], *, limits: Limits
) -> dict[str, tuple[LotText, ...]]:
    """Return what some submodels say about lots, read once for all shells that refer to them.

    Args:
        submodels: AAS JSON of any shape, by id.
        limits: ``lot_texts``; of each submodel one more is read, which tells that there are more.
    """
    most = limits.lot_texts + 1
    return {
        identifier: tuple(islice(_about_lots(texts_of_submodel(identifier, each)), most))
        for identifier, each in submodels.items()
    }


def extract_lot_facts(
    shell: Mapping[str, Any], said: Mapping[str, Sequence[LotText]], *, limits: Limits
) -> tuple[LotFacts | None, tuple[Finding, ...]]:
    """Return what a shell and its submodels say about a lot.

    Args:
        shell: AAS JSON with an id; below it any shape.
        said: What the submodels that the shell refers to say (`read_lot_texts`), by their ids.
        limits: ``lot_texts``, ``lot_date_codes``.

    Returns:
        The facts, or None where no lot code is stated or manufacturer or part number are
        missing; and findings LOT-FACTS-INCOMPLETE (also where more is stated than is read),
        LOT-FACT-INVALID, LOT-FACT-CONFLICT.
    """
    texts = chain(_about_lots(texts_of_shell(shell)), *said.values())
    found = _Facts(texts, limits)
    lot_code, manufacturer, mpn = (found.text(fact) for fact in ("lot_code", "manufacturer", "mpn"))
    if lot_code is None:
        return None, tuple(found.findings)
    if manufacturer is None or mpn is None:
        missing = "manufacturer" if manufacturer is None else "part number"
        message = f"The shell names the lot {lot_code!r} but no {missing}; no lot was recorded."
        finding = warning(Code.LOT_FACTS_INCOMPLETE, message, path=str(shell["id"]))
        return None, (*found.findings, finding)
    facts = LotFacts(
        manufacturer=manufacturer,
        mpn=mpn,
        lot_code=lot_code,
        shell=str(shell["id"]),
        date_codes=found.date_codes(),
        quantity=found.quantity(),
        unit_of_measure=found.text("unit_of_measure"),
        delivery_note=found.text("delivery_note"),
        internal_part_number=found.text("internal_part_number"),
        country_of_origin=found.text("country_of_origin"),
        manufactured_on=found.date("manufactured_on"),
    )
    return facts, tuple(found.findings)


def parse_quantity(text: str) -> Decimal | None:
    """Return an exact quantity; None where it is negative, no number, or not storable.

    Storable are at most six decimals, below 9·10¹².
    """
    if _QUANTITY.fullmatch(text) is None:
        return None
    quantity = Decimal(text)
    if quantity >= QUANTITY_LIMIT or quantity != round(quantity, QUANTITY_PLACES):
        return None
    return quantity


def parse_date(text: str) -> date | None:
    """Return the date of an ``xs:date`` or ``xs:dateTime``, also without seconds; None of any other text."""
    found = _DATE.fullmatch(text)
    try:
        return None if found is None else date.fromisoformat(found[1])
    except ValueError:  # the 30th of February
        return None


def _about_lots(texts: Iterable[LotText]) -> Iterator[LotText]:
    return (each for each in texts if each.name in _FACT_OF_NAME)


class _Facts:
    def __init__(self, texts: Iterator[LotText], limits: Limits) -> None:
        self.findings: list[Finding] = []
        self._limits = limits
        self._stated: dict[str, list[LotText]] = {}
        for text in islice(texts, limits.lot_texts):
            if len(text.text) > MAX_TEXT_CHARS or _CONTROL.search(text.text):
                self._invalid(text, "is too long or holds control characters")
            elif not matching_key(text.text):
                self._invalid(text, "holds nothing that can be seen")
            else:
                self._stated.setdefault(_FACT_OF_NAME[text.name], []).append(text)
        for fact, stated in self._stated.items():
            stated.sort(key=lambda text: _NAMES[fact].index(text.name))
        rest = next(texts, None)
        if rest is not None:
            self._not_read(rest, f"More than {limits.lot_texts} texts about the lot were found")

    def text(self, fact: str) -> str | None:
        text = self._first(fact)
        return None if text is None else text.text

    def date_codes(self) -> tuple[str, ...]:
        codes = (
            code.strip()
            for text in self._stated.get("date_codes", ())
            for code in re.split(r"[,;]", text.text)
        )
        distinct = tuple(dict.fromkeys(code for code in codes if code))
        most = self._limits.lot_date_codes
        if len(distinct) > most:
            self._not_read(self._stated["date_codes"][-1], f"More than {most} date codes were found")
        return distinct[:most]

    def quantity(self) -> Decimal | None:
        text = self._first("quantity")
        if text is None:
            return None
        quantity = parse_quantity(text.text)
        if quantity is None:
            self._invalid(text, f"is no quantity of at least 0 with at most {QUANTITY_PLACES} decimals")
        return quantity

    def date(self, fact: str) -> date | None:
        text = self._first(fact)
        if text is None:
            return None
        day = parse_date(text.text)
        if day is None:
            self._invalid(text, "is no date of the form YYYY-MM-DD")
        return day

    def _first(self, fact: str) -> LotText | None:
        stated = self._stated.get(fact, [])
        for other in stated[1:]:
            # Other names may rightly have other values: an order code is not a type number.
            if other.name == stated[0].name and matching_key(other.text) != matching_key(stated[0].text):
                message = f"{fact} is stated as {stated[0].text!r} and as {other.text!r}; the first is taken."
                self.findings.append(warning(Code.LOT_FACT_CONFLICT, message, path=other.path))
                break
        return stated[0] if stated else None

    def _not_read(self, text: LotText, what: str) -> None:
        message = f"{what}; the rest was not taken."
        self.findings.append(warning(Code.LOT_FACTS_INCOMPLETE, message, path=text.path))

    def _invalid(self, text: LotText, why: str) -> None:
        message = f"{text.name}: {text.text[:100]!r} {why}; it was not taken."
        self.findings.append(error(Code.LOT_FACT_INVALID, message, path=text.path))
