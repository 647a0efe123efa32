"""The two times of a question as conditions: as it stood, and as the registry knew it."""

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, or_

from aas_registry.domain.genealogy import Moment


def recorded(table: FromClause, moment: Moment) -> ColumnElement[bool]:
    """Return whether a row was on record at the moment's time of recording."""
    if moment.recorded_as_of is None:
        return table.c.recorded_to.is_(None)
    at = moment.recorded_as_of
    return (table.c.recorded_from <= at) & or_(table.c.recorded_to.is_(None), table.c.recorded_to > at)


def begun(table: FromClause, moment: Moment, column: str = "valid_from") -> ColumnElement[bool]:
    """Return whether what a row says had happened; a time that is not known counts as long ago."""
    return or_(table.c[column].is_(None), table.c[column] <= moment.as_of)


def in_time(fed: FromClause, moment: Moment) -> ColumnElement[bool]:
    """Return whether a feed counts: its event is not dated ahead, or its time has come."""
    return begun(fed, moment, "counts_from")


def happened(at: ColumnElement[Any], moment: Moment) -> ColumnElement[bool]:
    """Return whether a time of happening counts at the moment."""
    return at <= moment.as_of


def in_effect_at(table: FromClause, at: ColumnElement[Any], moment: Moment) -> ColumnElement[bool]:
    """Return whether a stay held at the time of a row, as it was on record at the moment."""
    # Times are compared with it alone, and so with the column.
    return in_effect(table, replace(moment, as_of=cast("Any", at)))


def in_effect(table: FromClause, moment: Moment) -> ColumnElement[bool]:
    """Return whether a stay held at the moment, as it was on record."""
    lasts = or_(table.c.valid_to.is_(None), table.c.valid_to > moment.as_of)
    return recorded(table, moment) & begun(table, moment) & lasts
