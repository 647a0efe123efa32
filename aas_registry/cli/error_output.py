"""How a command tells its error: a line for people, or one JSON object for programs.

People read ``error: message [CODE]`` and the findings on standard error. With ``--json``
the error is the one JSON value on standard output, so that a program reads one stream
and the exit code tells it which of the two it holds.
"""

import json
from collections.abc import Sequence

import click

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding


def print_error(
    message: str, code: Code, findings: Sequence[Finding] = (), *, exit_code: ExitCode, as_json: bool
) -> None:
    """Print an error and where it was found."""
    if as_json:
        click.echo(json.dumps({"error": error_json(message, code, findings, exit_code)}, indent=2))
        return
    click.echo(f"error: {printable(message)} [{code.value}]", err=True)
    for each in findings:
        click.echo(f"  {finding_line(each)}", err=True)


def error_json(
    message: str, code: Code, findings: Sequence[Finding], exit_code: ExitCode
) -> dict[str, object]:
    """Return an error as ``--json`` shows it."""
    return {
        "code": code.value,
        "message": message,
        "findings": [each.as_json() for each in findings],
        "exitCode": int(exit_code),
    }


def finding_line(found: Finding) -> str:
    """Return a finding in one line: severity, code, place, message."""
    members = found.as_json()
    place = " ".join(str(members[name]) for name in ("file", "part", "path") if name in members)
    place += "".join(f" {name} {members[name]}" for name in ("row", "column") if name in members)
    return printable(f"{found.severity} {found.code} {place.strip() or '-'}: {found.message}")


def printable(text: str) -> str:
    """Return text without control characters, which could steer a terminal; they come from uploads."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
