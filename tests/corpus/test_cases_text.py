"""The small cases of ../shared/cases in which a text is written in several ways."""

import io
import os
from pathlib import Path

import pytest

from aas_registry.domain.events import EventState
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.paging import PageRequest
from aas_registry.services import access, search
from aas_registry.services.genealogy import events, lots
from aas_registry.services.genealogy.lots import LotFilter
from aas_registry.services.intake import spreadsheets
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry

CASES = Path(__file__).parents[3] / "shared" / "cases"
pytestmark = pytest.mark.check


@pytest.fixture
def cases() -> Path:
    """The folder of small cases; absent, the test skips, or fails where CI is set."""
    if not CASES.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI is set and ../shared/cases is missing")
        pytest.skip("../shared/cases is not here")
    return CASES


def _send(registry: Registry, file: Path) -> None:
    who = access.local_administrator(registry)
    spreadsheets.take_spreadsheet(registry, who, Arrival(io.BytesIO(file.read_bytes()), file.name))


def _codes(registry: Registry, **wanted: str) -> list[str]:
    who = access.local_administrator(registry)
    return [row.lot.code for row in lots.list_lots(registry, who, LotFilter(**wanted), PageRequest(9))]


@pytest.mark.parametrize("code", ["C06-0042", "C06-0043"])
def test_invisible_characters_tell_no_lots_apart(registry: Registry, cases: Path, code: str) -> None:
    _send(registry, cases / "c06-invisible.csv")

    found = _codes(registry, code=code)

    assert [matching_key(each) for each in found] == [code.lower()]
    assert found != [code]  # shown as it was written


def test_composed_and_decomposed_are_one_lot(registry: Registry, cases: Path) -> None:
    _send(registry, cases / "c06-composed-or-not.csv")

    assert _codes(registry) == ["C06-É1"]
    assert _codes(registry, manufacturer="Mu\u0308ller Parts", code="C06-\u00c91") == ["C06-É1"]


def test_a_code_in_full_width_letters_is_found_by_its_plain_form(registry: Registry, cases: Path) -> None:
    _send(registry, cases / "c06-wide-and-narrow.csv")
    who = access.local_administrator(registry)

    hits = search.search(registry, who, "C06LOT").groups

    assert len(_codes(registry, code="C06LOT")) == 1
    assert [hit.title for group in hits for hit in group.hits] == ["\uff23\uff10\uff16\uff2c\uff2f\uff34"]


def test_the_lot_of_a_receipt_is_found_by_its_delivery_note(registry: Registry, cases: Path) -> None:
    who = access.local_administrator(registry)
    body = (cases / "c11-receipt.json").read_bytes()

    (outcome,) = events.ingest_body(registry, who, body, is_ndjson=False)

    assert outcome.state is EventState.ACCEPTED
    assert _codes(registry, delivery_note="C11-DN-7") == ["C11-LOT"]
    assert _codes(registry, delivery_note="C11-DN-8") == []
