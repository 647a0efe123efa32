"""Points in time on the command line, and the two options of every genealogy question."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from aas_registry.domain.times import parse_time, within_bounds

Command = TypeVar("Command", bound=Callable[..., Any])


def read_moment(text: str) -> datetime:
    """Read an ISO 8601 time with an offset from UTC; without one it means another time elsewhere.

    It lies within the bounds of the API.

    Raises:
        click.BadParameter: It is no such time.
    """
    try:
        moment = parse_time(text)
    except ValueError as cause:
        raise click.BadParameter(f"{text!r} is no ISO 8601 time, such as 2026-03-04T17:00:00Z.") from cause
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset from UTC; write {text}Z, or +01:00 at its end.")
    try:
        return within_bounds(moment)
    except ValueError as cause:
        raise click.BadParameter(f"{text!r} is too far from today: {cause}.") from cause


def moment_options(command: Command) -> Command:
    """Give a command the options ``--as-of`` and ``--recorded-as-of``."""
    as_of = click.option("--as-of", type=read_moment, metavar="TIME", help="As it stood then; else now.")
    recorded = click.option(
        "--recorded-as-of",
        type=read_moment,
        metavar="TIME",
        help="As the registry knew it then; else all it knows.",
    )
    return as_of(recorded(command))
