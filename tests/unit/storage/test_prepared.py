"""Statements that are put together once for each shape of a question."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, create_engine, literal, select, union_all

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import PartyId, Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.prepared import prepared

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ONE = datetime(2026, 3, 4, 13, tzinfo=UTC)


def test_it_is_built_once_for_each_shape_and_asked_with_the_values_of_each_question() -> None:
    built = []

    @prepared
    def told(scope: Scope, moment: Moment, number: int | None, *, twice: bool) -> Select[Any]:
        built.append((scope.customer is not None, moment.recorded_as_of is not None, number is None, twice))
        columns = [scope.site, moment.as_of, *([] if scope.customer is None else [scope.customer])]
        columns += [] if number is None else [number + 1 if not twice else number + number]
        columns += [] if moment.recorded_as_of is None else [moment.recorded_as_of]
        return select(*(column.label(f"c{nth}") for nth, column in enumerate(columns)))

    with create_engine("sqlite://").connect() as connection:

        def ask(*values: Any, twice: bool = False) -> list[Any]:
            return list(told(*values, twice=twice).ask(connection).one())

        assert ask(Scope(Site("a")), Moment(as_of=NOON), 5) == ["a", NOON, 6]
        assert ask(Scope(Site("b")), Moment(as_of=ONE), 7) == ["b", ONE, 8]
        assert ask(Scope(Site("b")), Moment(as_of=ONE), 7, twice=True) == ["b", ONE, 14]
        assert ask(Scope(Site("b")), Moment(as_of=ONE), None) == ["b", ONE]
        of_customer = Scope(Site("b"), customer=PartyId(3))
        assert ask(of_customer, Moment(as_of=ONE, recorded_as_of=NOON), 7) == ["b", ONE, 3, 8, NOON]
        assert ask(of_customer, Moment(as_of=NOON, recorded_as_of=ONE), 8) == ["b", NOON, 3, 9, ONE]

    assert built == [
        (False, False, False, False),
        (False, False, False, True),
        (False, False, True, False),
        (True, True, False, False),
    ]


def test_several_values_are_one_parameter_however_many_they_are() -> None:
    numbers = union_all(*(select(literal(each).label("number")) for each in range(5))).subquery()

    @prepared
    def among(wanted: list[int]) -> Select[Any]:
        return select(numbers.c.number).where(numbers.c.number.in_(wanted)).order_by(numbers.c.number)

    with create_engine("sqlite://").connect() as connection:
        assert among([3, 1]).ask(connection).scalars().all() == [1, 3]
        assert among([4]).ask(connection).scalars().all() == [4]
        assert among([]).ask(connection).scalars().all() == []


def test_of_what_holds_several_statements_one_is_asked_with_further_values() -> None:
    class Both:
        def __init__(self, moment: Moment) -> None:
            self.first = select(literal(1))
            self.second = select(moment.as_of)  # type: ignore[call-overload]

    asked = prepared(Both)(Moment(as_of=NOON))

    with create_engine("sqlite://").connect() as connection:
        assert asked.ask(connection, asked.built.second).scalar_one() == NOON
        assert asked.ask(connection, asked.built.first).scalar_one() == 1
