"""Findings, and lists of them that have an end."""

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import FindingList, error, info, warning


def test_lists_all_findings_up_to_the_number() -> None:
    found = FindingList(2)

    found.extend([error(Code.AAS_CONSTRAINT, "a")])
    found.extend([info(Code.AAS_NAMESPACE, "b")])

    assert [each.message for each in found.listed()] == ["a", "b"]


def test_counts_what_is_beyond_the_number_under_the_worst_of_it() -> None:
    found = FindingList(1)

    found.extend([info(Code.AAS_NAMESPACE, "a"), info(Code.AAS_NAMESPACE, "b")])
    found.extend([error(Code.AAS_CONSTRAINT, "c"), warning(Code.LOT_FACT_CONFLICT, "d")])

    assert [(each.severity, each.code) for each in found.listed()] == [
        ("info", Code.AAS_NAMESPACE),
        ("error", Code.AAS_CONSTRAINT),
    ]
    assert found.listed()[-1].message == "At least 3 more findings are not listed."


def test_one_finding_beyond_the_number_stands_for_itself() -> None:
    found = FindingList(1)

    found.extend([error(Code.AAS_CONSTRAINT, "a"), info(Code.AAS_NAMESPACE, "b")])

    assert [each.message for each in found.listed()] == ["a", "b"]
