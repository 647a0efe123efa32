"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, Text, literal
from sqlalchemy.sql.operators import OperatorType, eq
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICRO = Decimal(1_000_000)


def as_stored(value: Any) -> Any:
    """Return a value as the database holds it, whichever type of ours it had on the way there."""
    match value:
        case None | bytes():
            return value
        case datetime():
            return (value - _EPOCH) // _MICROSECOND
        case Decimal():
            return int(value * _MICRO)
        case int():
            return int(value)
        case _:
            return str(value)


class Instant(TypeDecorator[datetime]):
    """A point in time: UTC microseconds since 1970 in a 64-bit integer.

    SQLite has no time type and PostgreSQL's depends on the session's zone; an
    integer sorts, compares and indexes the same on both.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn an aware datetime into microseconds."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn microseconds into an aware datetime in UTC."""
        return None if value is None else self.read(value)

    def read(self, stored: int) -> datetime:
        """Return the aware datetime in UTC that microseconds stand for."""
        return _EPOCH + timedelta(microseconds=stored)


class Quantity(TypeDecorator[Decimal]):
    """An exact quantity: millionths of its unit of measure in a 64-bit integer."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn a decimal into millionths; the domain refuses what has more digits."""
        return None if value is None else int(value * _MICRO)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Turn millionths into a decimal without trailing zeros."""
        return None if value is None else self.read(value)

    def read(self, stored: int) -> Decimal:
        """Return the decimal that millionths stand for."""
        return without_zeros(Decimal(stored) / _MICRO)


def without_zeros(quantity: Decimal) -> Decimal:
    """Return a quantity as it is shown: without trailing zeros, and without an exponent."""
    plain = quantity.normalize()
    return plain.quantize(Decimal(1)) if plain == plain.to_integral() else plain


class Word(TypeDecorator[StrEnum]):
    """One of the words of an enumeration, stored as the word itself.

    What is no word of it is refused, also where it is compared with the column.
    """

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        """Keep the enumeration, under the name that SQLAlchemy's cache looks for."""
        super().__init__()
        self.words = words

    # Tables instead of functions of ours: one of them is asked for every value of every row.
    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002
        """Return what turns a member into its word."""
        words: dict[StrEnum | None, str | None] = {each: each.value for each in self.words}
        return (words | {None: None}).__getitem__

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], StrEnum | None]:  # noqa: ARG002
        """Return what turns a word into its member."""
        members: dict[str | None, StrEnum | None] = {each.value: each for each in self.words}
        return (members | {None: None}).__getitem__


class IndexedWord(Text):
    """A word that an index of few rows is told by (``WHERE relation = 'panelOf'``).

    What it is compared with stands in the statement itself. Where it is a parameter, a planner does not
    know whether the index holds the answer: SQLite plans the whole statement anew for each of its values,
    which takes a hundred times what a small question does.
    """

    class comparator_factory(Text.Comparator[str]):  # noqa: N801  # as SQLAlchemy looks for it
        """Compares with what stands in the statement."""

        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
            """Let a word that is equal stand in the statement."""
            if op is eq and isinstance(other[0], str):
                return super().operate(op, literal(other[0], self.type, literal_execute=True), **kwargs)
            return super().operate(op, *other, **kwargs)
