"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICRO = Decimal(1_000_000)


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
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Quantity(TypeDecorator[Decimal]):
    """An exact quantity: millionths of its unit of measure in a 64-bit integer."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn a decimal into millionths; the domain refuses what has more digits."""
        return None if value is None else int(value * _MICRO)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Turn millionths into a decimal without trailing zeros."""
        if value is None:
            return None
        quantity = (Decimal(value) / _MICRO).normalize()
        return quantity.quantize(Decimal(1)) if quantity == quantity.to_integral() else quantity


class Word(TypeDecorator[StrEnum]):
    """One of the words of an enumeration, stored as the word itself."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        """Keep the enumeration, under the name that SQLAlchemy's cache looks for."""
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Turn a member into its word; what is no word of the enumeration is refused."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """Turn a word into its member."""
        return None if value is None else self.words(value)
