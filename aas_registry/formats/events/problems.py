"""What is wrong with an event, for whoever sent it: the place, and what was expected there."""

from collections.abc import Iterable

from pydantic_core import ErrorDetails

from aas_registry.domain.codes import Code
from aas_registry.domain.expectations import expectation
from aas_registry.domain.findings import Finding, FindingList, error
from aas_registry.formats.events.values import NEGATIVE

_UNIT = 'a serial number in quotation marks, such as "SN-0001", or an object, such as {"serial": "SN-0001"}'
_EXAMPLES = {
    "UnitName": _UNIT,
    "_NameOfUnit": _UNIT,
    "NewUnit": _UNIT,
    "_PackageName": 'the id of a package in quotation marks, such as "REEL-1", or {"id": "REEL-1"}',
    "LotRef": 'a lot, such as {"manufacturer": "Bolt", "mpn": "CAP-100N", "lotCode": "0042"}',
    "ReceiptRef": 'a receipt, such as {"deliveryNote": "DN-7", "from": "Bolt"}',
}


def finding(problem: ErrorDetails, *, within: str = "") -> Finding:
    """Return a finding for what pydantic found.

    Args:
        problem: What is wrong, and where.
        within: The member in which the place is to be sought.
    """
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem["loc"])
    member = problem.get("ctx", {}).get("member")  # of several that do not go together
    path = (within + "".join([*steps, f".{member}" if member else ""])).removeprefix(".")[:200]
    code = Code.EVENT_QUANTITY_NEGATIVE if problem["type"] == NEGATIVE else Code.EVENT_INVALID
    facts = problem.get("ctx", {})
    example = _EXAMPLES.get(str(facts.get("class_name"))) if problem["type"] == "model_type" else None
    expected = f"expected {example}" if example else expectation(problem["type"], facts, problem["msg"])
    return error(code, f"{path}: {expected}" if path else expected, path=path or None)


def listed(problems: Iterable[ErrorDetails], *, most: int, within: str = "") -> tuple[Finding, ...]:
    """Return the findings for lines that were not taken: the first ones, and how many more there are."""
    found = FindingList(most=most)
    found.extend(finding(each, within=within) for each in problems)
    return found.listed()
