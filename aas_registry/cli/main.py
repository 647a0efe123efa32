"""The command `aas-registry`: finds the subcommand, runs it, ends with an exit code.

The one place where an error becomes an exit code. A subcommand's module is imported when
the subcommand is used, and what it works with when it runs, so that `--help` answers at once.
"""

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from aas_registry import __version__
from aas_registry.cli.error_output import print_error
from aas_registry.cli.exit_codes import ExitCode
from aas_registry.domain.codes import Code
from aas_registry.domain.disk import is_full
from aas_registry.domain.errors import (
    ConfigurationError,
    ConflictError,
    DamagedError,
    ForbiddenError,
    InvalidRequestError,
    LockedError,
    NotFoundError,
    ProtocolVersionError,
    RateLimitedError,
    RegistryError,
    StorageFullError,
    TooLargeError,
    TooSlowError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedTypeError,
)
from aas_registry.domain.garbage import collect_less_often

PROGRAM = "aas-registry"
_OWNER_ONLY = 0o077  # whatever a command writes (database, keys, backups, exports) is its user's alone
# Each is `name` in `cli/name.py`; beside it stands the first sentence of its help.
COMMANDS = {
    "serve": "Serve the registry over HTTP until SIGTERM or Ctrl-C.",
    "demo": "Serve a seeded plant on 127.0.0.1 until Ctrl-C: to look around, never for real data.",
    "upload": "Upload AASX packages, AAS JSON or AAS XML.",
    "export": "Export lots, shells, submodels or all of a party, with their files, to the new FILE.",
    "spreadsheet": (
        "Take lists of lots, reels and certificates (.xlsx, CSV), check them, and write the template."
    ),
    "trace": "Ask which units hold material of a lot, and what is in a unit.",
    "report": "Make signed trace reports and save their bundles.",
    "verify": "Check the report bundle FILE, without a network and without its registry.",
    "token": "Issue, list and revoke bearer tokens.",
    "user": "Add, list and disable users; end their sessions.",
    "supplier": "Put suppliers (and manufacturers and customers) on record, and list them.",
    "prefix": (
        "Pin prefixes of ids to parties, and decide which object of an id that several hold is served."
    ),
    "anchor": "Pin, list and withdraw trust anchors.",
    "keys": "Make and show the keys with which the registry countersigns and signs reports.",
    "clock": "Show how the clock stands beside the last recording, and confirm it where it jumped.",
    "database": "Upgrade, check, back up and restore the database and the stored files.",
}
_EXIT_CODES: tuple[tuple[type[RegistryError], ExitCode], ...] = (
    (InvalidRequestError, ExitCode.REFUSED),
    (ConflictError, ExitCode.REFUSED),
    (TooLargeError, ExitCode.REFUSED),
    (UnsupportedTypeError, ExitCode.REFUSED),
    (NotFoundError, ExitCode.NOT_FOUND),
    (UnauthenticatedError, ExitCode.FORBIDDEN),
    (ForbiddenError, ExitCode.FORBIDDEN),
    (LockedError, ExitCode.UNAVAILABLE),
    (ProtocolVersionError, ExitCode.UNAVAILABLE),
    (RateLimitedError, ExitCode.UNAVAILABLE),
    (TooSlowError, ExitCode.UNAVAILABLE),
    (UnavailableError, ExitCode.UNAVAILABLE),
    (StorageFullError, ExitCode.UNAVAILABLE),
    (DamagedError, ExitCode.FAILED),
    (ConfigurationError, ExitCode.UNAVAILABLE),
)


class LazyGroup(click.Group):
    """A group whose commands are imported on use: to list them, `COMMANDS` is enough."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"aas_registry.cli.{cmd_name}"), cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write names and short helps as click does, which would import every command for it."""
        limit = formatter.width - 6 - max(map(len, COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, _short_help(name, limit)) for name in COMMANDS])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands, or options, that an incomplete word may become; imports none either."""
        names = [name for name in COMMANDS if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=_short_help(name)) for name in names), *options]


def _short_help(name: str, limit: int = 45) -> str:
    return click.Command(name, help=COMMANDS[name]).get_short_help_str(limit)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name=PROGRAM)
def root() -> None:
    """Traceability registry for electronics on the Asset Administration Shell.

    Commands work on the registry that the AAS_REGISTRY_ variables configure (see
    docs/settings.md). Every command takes --json.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        arguments: The words after the program's name; None for those of this process.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    if arguments is None:
        collect_less_often()
    before = os.umask(_OWNER_ONLY)
    try:
        return _run(given)
    finally:
        os.umask(before)


def _run(given: list[str]) -> int:
    as_json = "--json" in given
    logging.getLogger().addHandler(logging.NullHandler())  # a library's warnings are not our output
    try:
        answer: Any = root.main(args=given, prog_name=PROGRAM, standalone_mode=False)
    except click.ClickException as error:
        if as_json:
            text = error.format_message()
            print_error(text, Code.REQUEST_INVALID, exit_code=ExitCode.USAGE, as_json=True)
        else:
            error.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except RegistryError as error:
        return _tell(error, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the edge: nothing is above that could answer
        if isinstance(error, OSError) and is_full(error):  # wherever it struck
            return _tell(StorageFullError(), as_json=as_json)
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
        print_error(Code.INTERNAL.meaning, Code.INTERNAL, exit_code=ExitCode.UNFORESEEN, as_json=as_json)
        return ExitCode.UNFORESEEN
    return answer if isinstance(answer, int) else ExitCode.OK


def _tell(error: RegistryError, *, as_json: bool) -> ExitCode:
    code = exit_code_of(error)
    print_error(str(error), error.code, error.findings, exit_code=code, as_json=as_json)
    return code


def exit_code_of(error: RegistryError) -> ExitCode:
    """Return the exit code of an error; `ExitCode.UNFORESEEN` for a kind that has none."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), ExitCode.UNFORESEEN)
