"""Labels of distributors that follow no standard: TME's QR code and LCSC's.

TME writes ``QTY:… PN:… MFR:… MPN:…`` with blanks between; LCSC writes ``{pc:…,pm:…,qty:…}``, which
looks like JSON and is none. Both are known only from the labels themselves, so a key that is not
known here is kept and said to be unknown.

Source:
    Labels shown publicly by users of InvenTree (its supplier barcode plugins) and Part-DB.
"""

import re

from aas_registry.domain.data_identifiers import Meaning
from aas_registry.domain.reel_label import LabelField

_M = Meaning
_TME = {
    "QTY": _M.QUANTITY, "PN": _M.DISTRIBUTOR_PART, "MPN": _M.MANUFACTURER_PART, "MFR": _M.MANUFACTURER,
    "PO": _M.SUPPLIER_ORDER, "CPO": _M.ORDER, "CPN": _M.CUSTOMER_PART, "LOT": _M.LOT, "COO": _M.COUNTRY,
}  # fmt: skip
_LCSC = {
    "pc": _M.DISTRIBUTOR_PART, "pm": _M.MANUFACTURER_PART, "qty": _M.QUANTITY, "on": _M.SUPPLIER_ORDER,
    "pbn": _M.OTHER, "mc": _M.OTHER, "cc": _M.OTHER, "pdi": _M.OTHER, "hp": _M.OTHER, "wc": _M.OTHER,
}  # fmt: skip
_TME_START = re.compile(r"(?:QTY|PN|MPN|MFR|PO|CPO):\S", re.ASCII)
_WORD = re.compile(r"\S+")
_PAIR = re.compile(r"\s*([A-Za-z]{1,12})\s*:([^,{}]*)")


def read_tme(text: str, places: tuple[int, ...]) -> list[LabelField] | None:
    """Return the fields of a TME QR code; None where the text is none."""
    if _TME_START.match(text) is None:
        return None
    fields = []
    for word in _WORD.finditer(text):
        key, colon, value = word[0].partition(":")
        place = places[word.start()]
        if word[0].startswith(("http://", "https://")):
            fields.append(LabelField("URL", word[0], place, _M.OTHER))
        elif colon:
            fields.append(LabelField(key, value, place, _TME.get(key)))
        elif word[0] == "RoHS":
            fields.append(LabelField("RoHS", word[0], place, _M.ROHS))
        else:
            fields.append(LabelField("", word[0], place, _M.OTHER))
    return fields


def read_lcsc(text: str, places: tuple[int, ...]) -> list[LabelField] | None:
    """Return the fields of an LCSC QR code; None where the text is none."""
    inner = text.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        return None
    start = text.index("{") + 1
    fields = [
        LabelField(pair[1], pair[2], places[start + pair.start(1)], _LCSC.get(pair[1]))
        for pair in _PAIR.finditer(inner[1:-1])
    ]
    return fields if {"pc", "pm"} & {field.identifier for field in fields} else None
