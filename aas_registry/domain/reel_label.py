"""Reel label: what the label of a reel, tray or carton of components says.

A label is a list of fields, in the order printed, each with its identifier and its text as read;
nothing is dropped. `interpret` adds what they mean together: the lots with their quantities and
date codes, the total, the dates. Leading zeros are text and survive.

A reel may hold several lots. Labels say so in three ways, all read here:

| way | example |
| --- | --- |
| the lot repeated, with its quantity, in order | ``1TA Q600 1TB Q400`` |
| the total besides, as a further quantity | ``Q1000 1TA Q600 1TB Q400`` |
| lots and quantities joined by a slash | ``1TA/B 14Q600/400 Q1000`` |

Where counts do not fit, a quantity or date code is left with the reel and never guessed to a lot.

Source:
    ISO/IEC 15434:2019 (fields), ANSI MH10.8.2 (identifiers; see `data_identifiers`), ECIA EIGP
    114.2018 ("N/T": not traceable by this field). The slash is documented by Nordic Semiconductor,
    label fields 1T with 14Q and 15Q.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from aas_registry.domain.codes import Code
from aas_registry.domain.data_identifiers import Meaning, is_mat_label, meaning_of
from aas_registry.domain.findings import Finding, info, warning
from aas_registry.domain.lot_facts import parse_quantity

_QUANTITY = re.compile(r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*(?:([A-Za-z]{1,6})\.?(?:000)?)?\s*", re.ASCII)
_NOT_TRACEABLE = "N/T"
_DAY_FORMATS = {"15D": "%d%m%Y", "17D": "%d%m%Y"}
_SINGLE = (Meaning.MANUFACTURER_PART, Meaning.CUSTOMER_PART, Meaning.MANUFACTURER, Meaning.COUNTRY)
_DATES = (Meaning.PRODUCED, Meaning.PACKED, Meaning.EXPIRES, Meaning.SHIPPED)


class Syntax(StrEnum):
    """How the fields were written."""

    FORMAT_06 = "ISO/IEC 15434 format 06"
    FORMAT_05 = "ISO/IEC 15434 format 05"
    GS1 = "GS1 element strings"
    DIGITAL_LINK = "GS1 Digital Link"
    IDENTIFIERS = "data identifiers"
    TME = "TME"
    LCSC = "LCSC"


@dataclass(frozen=True, slots=True)
class LabelField:
    """One field.

    Attributes:
        identifier: Data identifier (``1T``), application identifier (``10``) or a vendor's key.
        text: What follows it, as read.
        position: Where the identifier begins in the text read; characters, from 1.
        meaning: What it says; None where nobody knows the identifier.
        readings: The texts that it may have, itself too, where its end cannot be told.
    """

    identifier: str
    text: str
    position: int
    meaning: Meaning | None = None
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOnReel:
    """One lot of which the reel holds material.

    Attributes:
        code: The manufacturer's lot code.
        quantity: How much of it, in ``unit``; None where the label does not say.
        unit: The unit of the quantity, as printed; None means pieces.
        date_code: The date code as printed, mostly YYWW.
    """

    code: str
    quantity: Decimal | None = None
    unit: str | None = None
    date_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReelLabel:
    """What one label says.

    Attributes:
        syntax: How it was written.
        fields: Every field, in the order printed.
        lots: The lots on the reel, in the order printed.
        quantity: On the whole reel, in ``unit``.
        unit: The unit of the quantity, as printed; None means pieces.
        date_codes: All date codes, without repetition.
        possible_lots: Lot codes of which one may be meant, where the label does not tell which.
        findings: What was mended, not understood, or contradictory; ``column`` is the position.
    """

    syntax: Syntax
    fields: tuple[LabelField, ...]
    lots: tuple[LotOnReel, ...] = ()
    quantity: Decimal | None = None
    unit: str | None = None
    date_codes: tuple[str, ...] = ()
    possible_lots: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def texts(self, *meanings: Meaning) -> tuple[str, ...]:
        """Return what the fields of some meanings say, stripped, not empty, without repetition."""
        named = (field for field in self.fields if field.meaning in meanings and not field.readings)
        found = (field.text.strip() for field in named)
        return tuple(dict.fromkeys(text for text in found if text and text != _NOT_TRACEABLE))

    def text(self, meaning: Meaning) -> str | None:
        """Return what the first field of a meaning says; None where there is none."""
        return next(iter(self.texts(meaning)), None)

    def day(self, meaning: Meaning) -> date | None:
        """Return the date that the first readable field of a meaning states."""
        days = (parse_day(field) for field in self.fields if field.meaning is meaning)
        return next((day for day in days if day is not None), None)


def interpret(fields: Iterable[LabelField], *, syntax: Syntax, findings: Sequence[Finding] = ()) -> ReelLabel:
    """Return a label of its fields.

    Args:
        fields: The fields in the order read; one that has a meaning already keeps it.
        syntax: How they were written.
        findings: What the reader had to say.

    Returns:
        The label; its findings end with LABEL-IDENTIFIER-UNKNOWN, LABEL-QUANTITY-INVALID,
        LABEL-DATE-INVALID and LABEL-FIELD-CONFLICT, where there are any.
    """
    given = tuple(fields)
    mat = is_mat_label(frozenset(field.identifier for field in given))
    known = tuple(
        field if field.meaning else replace(field, meaning=meaning_of(field.identifier, mat_label=mat))
        for field in given
    )
    label = ReelLabel(syntax=syntax, fields=known)
    stated = (field for field in known if field.meaning is Meaning.QUANTITY and not field.readings)
    amounts = (split_quantity(field.text) for field in stated)
    lots, total = _lots(label, [amount for amount in amounts if amount is not None])
    return replace(
        label,
        lots=lots,
        quantity=None if total is None else total[0],
        unit=(None if total is None else total[1]) or label.text(Meaning.UNIT),
        date_codes=label.texts(Meaning.DATE_CODE),
        possible_lots=tuple(
            dict.fromkeys(
                reading for field in known if field.meaning is Meaning.LOT for reading in field.readings
            )
        ),
        findings=(*findings, *_complaints(known)),
    )


def split_quantity(text: str) -> tuple[Decimal, str | None] | None:
    """Return quantity and unit of a text such as ``1000``, ``1000PCS``, ``12.5 M`` or ``3000NAR000``.

    Returns:
        None where it is no quantity; a comma is none, for it is thousands here and decimals there.

    Source:
        MH10.8.2 Q and 7Q; MAT-Label 2.6, content 19, for the trailing ``000``.
    """
    matched = _QUANTITY.fullmatch(text)
    if matched is None:
        return None
    number = parse_quantity(matched[1])
    return None if number is None else (number, matched[2])


def parse_day(field: LabelField) -> date | None:
    """Return the date of a field in the form that its identifier prescribes; None where it is none.

    Source:
        MH10.8.2, category D: YYYYMMDD, but DDMMYYYY for 15D and 17D. GS1 General Specifications,
        3.4: YYMMDD, where day 00 is the last day of the month; years 69 to 99 are of the last century.
    """
    text = field.text.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    is_gs1 = field.identifier.isdigit()
    form = "%y%m%d" if is_gs1 else _DAY_FORMATS.get(field.identifier, "%Y%m%d")
    if len(text) != (6 if form == "%y%m%d" else 8):
        return None
    try:
        if is_gs1 and text.endswith("00"):
            first = datetime.strptime(text[:-2] + "01", form).date()  # noqa: DTZ007 - a day, without a time
            return first.replace(day=monthrange(first.year, first.month)[1])
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, without a time
    except ValueError:
        return None


_Amount = tuple[Decimal, str | None]


def _lots(label: ReelLabel, amounts: list[_Amount]) -> tuple[tuple[LotOnReel, ...], _Amount | None]:
    codes, per_lot = _joined_by_slash(label)
    total: _Amount | None = amounts[0] if amounts else None
    if not per_lot:
        codes = label.texts(Meaning.LOT)
        per_lot, total = _shared_out(amounts, len(codes))
    dates = [field.text.strip() for field in label.fields if field.meaning is Meaning.DATE_CODE]
    dates = [text for text in dates if text and text != _NOT_TRACEABLE]
    if len(dates) == 1 or len(set(dates)) == 1:
        dates = dates[:1] * len(codes)
    lots = [
        LotOnReel(
            code=code,
            quantity=per_lot[place][0] if per_lot else None,
            unit=per_lot[place][1] if per_lot else None,
            date_code=dates[place] if len(dates) == len(codes) else None,
        )
        for place, code in enumerate(codes)
    ]
    return tuple(lots), total


def _joined_by_slash(label: ReelLabel) -> tuple[tuple[str, ...], list[_Amount]]:
    joined = label.texts(Meaning.LOT)
    if len(joined) == 1:
        codes = tuple(part.strip() for part in joined[0].split("/"))
        for stated in label.texts(Meaning.LOT_QUANTITY):
            amounts = [split_quantity(part) for part in stated.split("/")]
            if len(amounts) == len(codes) and all(codes):
                return codes, [amount for amount in amounts if amount is not None] if all(amounts) else []
    return joined, []


def _shared_out(amounts: list[_Amount], lots: int) -> tuple[list[_Amount], _Amount | None]:
    """Return the quantity of each lot, where they fit, and the reel's."""
    if not amounts:
        return [], None
    if lots == len(amounts):
        units = {unit for _, unit in amounts}
        total = (sum((number for number, _ in amounts), Decimal()), amounts[0][1])
        return amounts, total if len(units) == 1 else None
    if lots and len(amounts) == lots + 1:
        for place in (0, lots):
            rest = amounts[:place] + amounts[place + 1 :]
            if sum(number for number, _ in rest) == amounts[place][0]:
                return rest, amounts[place]
    return [], amounts[0] if len(set(amounts)) == 1 else None


def _complaints(fields: Sequence[LabelField]) -> list[Finding]:
    found: list[Finding] = []
    for field in fields:
        shown = f"{field.identifier} {field.text[:60]!r}"
        if field.meaning is None:
            message = f"The identifier {field.identifier} is not known; its field is kept as it is."
            found.append(info(Code.LABEL_IDENTIFIER_UNKNOWN, message, column=field.position))
        elif field.meaning is Meaning.QUANTITY and field.text.strip() and not split_quantity(field.text):
            message = f"{shown} is no quantity of at least 0 with at most six decimals."
            found.append(warning(Code.LABEL_QUANTITY_INVALID, message, column=field.position))
        elif field.meaning in _DATES and field.text.strip() and parse_day(field) is None:
            message = f"{shown} is no date of the form that this identifier prescribes."
            found.append(warning(Code.LABEL_DATE_INVALID, message, column=field.position))
    for meaning in _SINGLE:
        stated = [
            each for each in fields if each.meaning is meaning and each.text.strip() and not each.readings
        ]
        first = stated[0].text if stated else ""
        others = (each for each in stated if each.text.strip().casefold() != first.strip().casefold())
        other = next(others, None)
        if other is not None:
            message = f"The {meaning} is {first!r} and also {other.text!r}; the first is taken."
            found.append(warning(Code.LABEL_FIELD_CONFLICT, message, column=other.position))
    return found
