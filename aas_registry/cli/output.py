"""What commands share in showing results: the option ``--json``, tables, fields, progress."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from aas_registry.cli.error_output import printable
from aas_registry.domain.verdicts import time_text

Command = TypeVar("Command", bound=Callable[..., Any])
_PIPED_COLUMNS = 200


def json_option(command: Command) -> Command:
    """Give a command the option ``--json``, as its argument ``as_json``."""
    text = "Print one JSON value on standard output and nothing else."
    return click.option("--json", "as_json", is_flag=True, help=text)(command)


def print_json(value: Any) -> None:
    """Print a value as the one JSON text of a command; times in RFC 3339."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows for a person; ``empty`` is said where there are none."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")  # an identifier is never cut
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    if not table.row_count:
        click.echo(empty)
        return
    console = Console(markup=False, highlight=False, emoji=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = _PIPED_COLUMNS
    console.print(table)


def print_fields(fields: Mapping[str, object]) -> None:
    """Print names and values for a person, one a line."""
    width = max(map(len, fields))
    for name, value in fields.items():
        click.echo(f"{name:<{width}}  {cell(value)}")


def cell(value: object) -> str:
    """Return a value as text for a person: times to the second, nothing as ``-``."""
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return time_text(value.astimezone(UTC).replace(microsecond=0))
    return printable(str(value))


def progress(*, as_json: bool) -> Progress:
    """Return a progress bar in bytes on standard error; silent where nobody watches."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=as_json or not console.is_terminal,
    )
