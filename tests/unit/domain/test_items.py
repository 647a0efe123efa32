"""Names are compared by scheme, issuer and value; declarations by when they happened."""

from datetime import UTC, datetime, timedelta

from aas_registry.domain.items import (
    LATEST,
    WEAKER,
    ItemKind,
    Name,
    Scheme,
    panel_position,
    precedence_of,
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


def test_what_happens_later_precedes_and_the_rank_decides_a_tie() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    low, high = sorted((rank_of("a"), rank_of("b")))

    assert precedence_of(now + timedelta(microseconds=1), low) > precedence_of(now, high)
    assert precedence_of(now, high) >= precedence_of(now, low)


def test_every_precedence_fits_a_column_and_any_full_one_beats_a_weak_one() -> None:
    largest = precedence_of(LATEST, (1 << 63) - 1)

    assert largest < 1 << 62
    assert largest - WEAKER < precedence_of(datetime(1970, 1, 1, tzinfo=UTC), 0)
