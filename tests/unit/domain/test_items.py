"""Names are compared by scheme, issuer and value."""

import pytest

from aas_registry.domain.items import (
    ItemKind,
    Name,
    Scheme,
    name_shown,
    panel_position,
    rank_of,
)


def test_case_and_spaces_do_not_tell_names_apart_but_issuers_do() -> None:
    assert Name(Scheme.SERIAL, " sn  1 ").key == Name(Scheme.SERIAL, "SN 1").key
    assert Name(Scheme.SERIAL, "1", "a").key != Name(Scheme.SERIAL, "1", "b").key
    assert Name(Scheme.SERIAL, "1").key != Name(Scheme.CONTAINER, "1").key


def test_ids_of_events_are_compared_as_they_are() -> None:
    assert Name(Scheme.EVENT, "A").key != Name(Scheme.EVENT, "a").key


def test_a_position_on_a_panel_is_a_unit() -> None:
    name = panel_position("PANEL", 2)

    assert (name.kind, str(name)) == (ItemKind.UNIT, "panel PANEL/2")


def test_the_rank_of_an_event_fits_a_column_and_follows_from_what_it_says() -> None:
    assert rank_of("f" * 64) == (1 << 63) - 1
    assert rank_of("0" * 64) == 0
    assert rank_of("8" + "0" * 63) == 1 << 62


@pytest.mark.parametrize(
    "name",
    [
        Name(Scheme.PACKAGE, "R-1"),
        Name(Scheme.PACKAGE, "box of 5"),
        Name(Scheme.PACKAGE, "box of 5", "Acorn of Aachen"),
        Name(Scheme.SERIAL, "0042", "Acorn"),
        panel_position("P/1", 2),
        Name(Scheme.EVENT, "No of mine"),
    ],
)
def test_a_name_is_read_from_how_it_is_shown(name) -> None:
    assert name_shown(str(name), name.key) == name
