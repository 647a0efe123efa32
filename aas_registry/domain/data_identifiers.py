"""Data identifiers: what the prefix of a field on a label means.

A label's field begins with an ASC MH10 data identifier (up to three digits and one letter) or a
GS1 application identifier (digits only); the two never look alike, so one table holds both. Only
what a component's label carries is interpreted; others are known by name, or not known at all.

Distributors bend some of them: on a MAT-Label (recognised by its field 12S) a few have meanings
of their own, and 30P is DigiKey's part number elsewhere.

Source:
    ANSI MH10.8.2-2021, which ISO/IEC 15418 makes normative: categories D, E, J, K, L, P, Q, S,
    T, V, Z. ECIA EIGP 114.2018 for the use in electronics (9D/10D, 1V, 33P, E). MAT-Label 2.6
    (June 2014), information contents 1 to 23. GS1 General Specifications, section 3.
"""

from collections.abc import Mapping
from enum import StrEnum


class Meaning(StrEnum):
    """What a field of a label says; ``OTHER`` is a known field that nothing here needs."""

    CUSTOMER_PART = "customer part number"
    MANUFACTURER_PART = "manufacturer part number"
    DISTRIBUTOR_PART = "distributor part number"
    REVISION = "revision"
    GTIN = "GTIN"
    QUANTITY = "quantity"
    LOT_QUANTITY = "quantity per lot"
    UNIT = "unit of measure"
    LOT = "lot"
    CUSTOMER_LOT = "lot of the customer"
    DATE_CODE = "date code"
    PRODUCED = "date of manufacture"
    PACKED = "date of packing"
    EXPIRES = "expiry date"
    SHIPPED = "ship date"
    SERIAL = "serial number"
    PACKAGE = "package id"
    LICENCE_PLATE = "licence plate"
    MANUFACTURER = "manufacturer"
    SUPPLIER = "supplier"
    COUNTRY = "country of origin"
    ORDER = "purchase order"
    ORDER_LINE = "order line"
    SUPPLIER_ORDER = "supplier's order"
    INVOICE = "invoice"
    DELIVERY_NOTE = "delivery note"
    MOISTURE = "moisture sensitivity level"
    ROHS = "RoHS"
    BIN = "bin code"
    OTHER = "other"


_M = Meaning
_MH10: Mapping[str, Meaning] = {
    "P": _M.CUSTOMER_PART, "1P": _M.MANUFACTURER_PART, "30P": _M.DISTRIBUTOR_PART, "2P": _M.REVISION,
    "33P": _M.BIN,
    "Q": _M.QUANTITY, "7Q": _M.QUANTITY, "3Q": _M.UNIT, "14Q": _M.LOT_QUANTITY, "15Q": _M.LOT_QUANTITY,
    "1T": _M.LOT, "T": _M.CUSTOMER_LOT,
    "9D": _M.DATE_CODE, "10D": _M.DATE_CODE, "11D": _M.DATE_CODE,
    "16D": _M.PRODUCED, "17D": _M.PRODUCED, "14D": _M.EXPIRES, "15D": _M.EXPIRES, "25D": _M.EXPIRES,
    "6D": _M.SHIPPED,
    "S": _M.SERIAL, "1S": _M.SERIAL, "25S": _M.SERIAL,
    "3S": _M.PACKAGE, "4S": _M.PACKAGE, "5S": _M.PACKAGE, "6S": _M.PACKAGE, "7S": _M.PACKAGE,
    "9S": _M.PACKAGE,
    "J": _M.LICENCE_PLATE, "1J": _M.LICENCE_PLATE, "2J": _M.LICENCE_PLATE, "3J": _M.LICENCE_PLATE,
    "4J": _M.LICENCE_PLATE, "5J": _M.LICENCE_PLATE, "6J": _M.LICENCE_PLATE,
    "1V": _M.MANUFACTURER, "V": _M.SUPPLIER,
    "4L": _M.COUNTRY,
    "K": _M.ORDER, "1K": _M.SUPPLIER_ORDER, "4K": _M.ORDER_LINE, "14K": _M.ORDER_LINE,
    "10K": _M.INVOICE, "11K": _M.DELIVERY_NOTE, "16K": _M.DELIVERY_NOTE, "2K": _M.DELIVERY_NOTE,
    "13E": _M.MOISTURE, "E": _M.ROHS,
}  # fmt: skip
_MAT_LABEL: Mapping[str, Meaning] = {
    "2T": _M.LOT, "6D": _M.PRODUCED, "Z": _M.MOISTURE, "30P": _M.ROHS, "12V": _M.SUPPLIER,
    "V": _M.SUPPLIER,
}  # fmt: skip
_GS1: Mapping[str, Meaning] = {
    "00": _M.LICENCE_PLATE, "01": _M.GTIN, "02": _M.GTIN, "10": _M.LOT, "21": _M.SERIAL,
    "11": _M.PRODUCED, "13": _M.PACKED, "15": _M.EXPIRES, "17": _M.EXPIRES,
    "30": _M.QUANTITY, "37": _M.QUANTITY, "240": _M.MANUFACTURER_PART, "241": _M.CUSTOMER_PART,
    "400": _M.ORDER,
}  # fmt: skip
# Known by the standard, or by who prints them, and not needed here.
_NAMED = frozenset({
    "3P", "20P", "21P", "31P", "32P", "34P", "50P", "51P", "D", "1D", "2D", "3D", "4D", "5D", "7D", "8D",
    "12D", "13D", "20D", "22D", "23D", "26D",
    "2Q", "4Q", "5Q", "6Q", "9Q", "13Q", "20T", "21T", "25T", "26T", "27T", "30T", "31T", "2S", "8S", "12S",
    "16S", "18S", "20S", "30S", "37S",
    "2V", "3V", "10V", "12V", "13V", "14V", "17V", "18V", "21V", "23V", "24V", "25V", "L", "1L", "2L", "3L",
    "5L", "20L", "21L", "22L", "23L", "24L",
    "3K", "5K", "6K", "7K", "8K", "9K", "12K", "15K", "17K", "12E", "8E", "B", "1B", "2B", "Z", "1Z", "2Z",
    "3Z", "4Z", "10Z", "11Z", "12Z", "13Z", "20Z", "W", "1W",
})  # fmt: skip


def is_mat_label(identifiers: frozenset[str]) -> bool:
    """Return whether a label follows the MAT-Label: it states that specification's version in 12S."""
    return "12S" in identifiers


def meaning_of(identifier: str, *, mat_label: bool = False) -> Meaning | None:
    """Return what a data or application identifier means; None where nobody knows it.

    Args:
        identifier: The data identifier, such as ``1T`` or ``240``, upper case.
        mat_label: Whether the label follows the MAT-Label specification.
    """
    if mat_label and identifier in _MAT_LABEL:
        return _MAT_LABEL[identifier]
    if identifier.isdigit():
        return _GS1.get(identifier, Meaning.OTHER)
    if identifier in _NAMED and identifier not in _MH10:
        return Meaning.OTHER
    return _MH10.get(identifier)
