"""Write the pages of docs/ that the code decides; ``--check`` only compares.

The code says it once: a setting in ``aas_registry.settings``, an error code in
``aas_registry.domain.codes``, a permission where its route is registered, a command in its
help. These pages repeat it for people, and a test refuses a page that the code has left behind.
"""

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic.json_schema import models_json_schema

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.main import PROGRAM, root
from aas_registry.domain.codes import Code
from aas_registry.domain.principals import GRANTS, Permission, Role
from aas_registry.formats.events.cfx.messages import MESSAGES
from aas_registry.services.registry import open_registry
from aas_registry.settings import PREFIX, Settings
from aas_registry.web.app import create_app
from aas_registry.web.routing import Operation

FOLDER = Path(__file__).parent
PACKAGE = FOLDER.parent / "aas_registry"
ROOMS = ("domain", "storage", "formats", "trust", "reports", "services", "web", "cli", "demo")
MAP_BEGINS, MAP_ENDS = "<!-- map: written by `make docs` -->", "<!-- end of the map -->"
NOTE = "This page is written by `make docs` from the code. Change the code, not the page."
_MIB = 1024 * 1024
_HELP_COLUMNS = 96


def settings_page() -> str:
    """Return the page of every setting: variable, what it takes, default, meaning."""
    rows = [
        (f"`{PREFIX}{name.upper()}`", _takes(field), _default(name, field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    text = (
        "A setting is read once, when a process starts, from an environment variable. A variable "
        f"that begins with `{PREFIX}` and names no setting is an error, so a misspelt one cannot "
        "pass unseen."
    )
    return _page("Settings", text, ("Variable", "Takes", "Default", "Meaning"), rows)


def error_codes_page() -> str:
    """Return the page of every code that an error or a finding carries."""
    rows = [(f"`{code.value}`", code.meaning) for code in Code]
    text = (
        "Every error and every finding carries one of these codes. A code keeps its meaning for "
        "ever; the text beside it may change. Programs should act on the code only."
    )
    return _page("Error codes", text, ("Code", "Meaning"), rows)


def permissions_page() -> str:
    """Return the page that says which role may ask which route."""
    roles = list(Role)
    rows = [
        (
            f"`{method} {rule}`",
            known.summary.rstrip("."),
            known.permission.value,
            *("yes" if _grants(role, known.permission) else "" for role in roles),
        )
        for rule, method, known in _operations()
    ]
    text = (
        "Each route names one permission, and a role grants permissions. What a granted route "
        "shows is bounded further by the scope: a supplier has its own submissions and receipts, a "
        "customer's auditor one customer's units. `public` needs no login."
    )
    heads = ("Route", "What it does", "Permission", *(role.value.replace("_", " ") for role in roles))
    return _page("Permissions", text, heads, rows)


def cfx_page() -> str:
    """Return the page that says what each message of CFX is taken to state."""
    rows = [(f"`{name}`", meaning.states) for name, meaning in MESSAGES.items()]
    text = (
        "Every message that the SDK of IPC-2591 CFX publishes in its documentation is taken at "
        "`POST /trace/v1/events` and kept as it was sent, in its envelope or bare. This page says which "
        "facts the registry takes it to state. A message that is kept and states nothing still tells when "
        "its source last spoke; what it says is understood anew when the registry has a fact for it. Names "
        "of version 1 of the standard are taken, too, and so are its spellings of members: "
        "`TransactionID` and `TransactionId`, `ManufacuterLotCode` and `ManufacturerLotCode`, "
        "`SplicedMaterialPackage` and `LeadingMaterialPackage`, `UnitPositionNumber` and `PositionNumber`, "
        "the two structures of an early `MaterialsSplit` and its four members of later. A list that is "
        "`null` is an empty one; a line that cannot be read (a part without an id, a unit without a mark) "
        "is a finding of the event, and the other lines count."
    )
    return _page("IPC CFX messages", text, ("Message", "What it states"), rows)


def cli_page() -> str:
    """Return the page of the command line: exit codes, conventions, the help of every command."""
    rows = [(f"`{code.value}`", code.meaning) for code in ExitCode]
    text = (
        "`aas-registry` works on the registry that the [settings](settings.md) name; whoever may open "
        "its database needs no token. `verify` opens none. With `--json` a command prints one JSON "
        'value on standard output and nothing else: its result, or `{"error": {"code", "message", '
        '"findings", "exitCode"}}`. Without it an error is the line `error: message [CODE]` on '
        "standard error, its findings below. A password is asked for or read from standard input; "
        "the token for `upload --url` is best given in the variable `REGISTRY_TOKEN`."
    )
    top = root.make_context(PROGRAM, [], resilient_parsing=True, terminal_width=_HELP_COLUMNS)
    page = _page("Command line", text, ("Exit code", "Meaning"), rows)
    helps = [f"\n## {name}\n\n```text\n{told}\n```\n" for name, told in _helps(top)]
    return page + "".join(helps)


def requests_schema() -> str:
    """Return the JSON Schema of every JSON body that our own API takes."""
    bodies = {known.body.__name__: known.body for _, _, known in _operations() if known.body is not None}
    _, schema = models_json_schema(
        [(bodies[name], "validation") for name in sorted(bodies)],
        title="Requests of the AAS traceability registry, version 1.0",
        ref_template="#/$defs/{model}",
    )
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | schema, indent=2, sort_keys=True) + "\n"


def architecture_page() -> str:
    """Return the page about the rooms with its map written anew: noun, room, file."""
    before, _, rest = (FOLDER / "architecture.md").read_text(encoding="utf-8").partition(MAP_BEGINS)
    _, _, after = rest.partition(MAP_ENDS)
    shared: list[str] = []
    alone: dict[str, list[str]] = {}
    for noun, rooms in _modules_by_noun().items():
        if len(rooms) > 1:
            shared.append(_row((f"**{noun}**", *("<br>".join(rooms.get(room, ())) for room in ROOMS))))
        else:
            for room, files in rooms.items():
                for folder, _, name in (f"{room}/{file}".rpartition("/") for file in files):
                    alone.setdefault(folder, []).append(name)
    heads = [_row(("noun", *(f"`{room}`" for room in ROOMS))), _row(("---",) * (len(ROOMS) + 1))]
    singles = [_row((f"`{folder}`", ", ".join(names))) for folder, names in sorted(alone.items())]
    between = ["", "Nouns of one room:", "", _row(("folder", "modules")), _row(("---", "---"))]
    return before + "\n".join([MAP_BEGINS, "", *heads, *shared, *between, *singles, "", MAP_ENDS]) + after


PAGES: dict[str, Callable[[], str]] = {
    "architecture.md": architecture_page,
    "settings.md": settings_page,
    "error-codes.md": error_codes_page,
    "permissions.md": permissions_page,
    "cli.md": cli_page,
    "cfx.md": cfx_page,
    "../schemas/requests-1.0.json": requests_schema,
}


def outdated() -> list[str]:
    """Return the names of the generated pages that differ from the code."""
    return [
        name
        for name, render in PAGES.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != render()
    ]


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name those that are out of date; return the exit code."""
    names = outdated()
    if "--check" in arguments:
        for name in names:
            print(f"docs/{name} is not what the code says; run: make docs")
        return 1 if names else 0
    for name in names:
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"Wrote docs/{name}.")
    return 0


def _modules() -> Iterator[Path]:
    """Yield the path of every module below the package; migrations are history, not a place to start."""
    for path in sorted(PACKAGE.rglob("*.py")):
        below = path.relative_to(PACKAGE)
        if below.parts[0] in ROOMS and "migrations" not in below.parts and path.stem != "__init__":
            yield below


def _modules_by_noun() -> dict[str, dict[str, list[str]]]:
    """Return, by noun, room and file; a noun and its plural are one, shown as the shorter."""
    found: dict[str, dict[str, list[str]]] = {}
    shown: dict[str, str] = {}
    for below in _modules():
        singular = re.sub("s$", "", re.sub("ies$", "y", below.stem))
        shown[singular] = min(shown.get(singular, below.stem), below.stem, key=len)
        files = found.setdefault(singular, {}).setdefault(below.parts[0], [])
        files.append("/".join(below.parts[1:]).removesuffix(".py"))
    return {shown[noun]: rooms for noun, rooms in sorted(found.items())}


def _operations() -> Iterator[tuple[str, str, Operation]]:
    with tempfile.TemporaryDirectory() as folder:
        registry = open_registry(Settings(data_dir=Path(folder)))
        app = create_app(registry)
        registry.close()
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        known = getattr(app.view_functions[rule.endpoint], "operation", None)
        if known is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield re.sub(r"<(?:[^:>]*:)?([^>]+)>", r"{\1}", rule.rule), method, known


def _helps(context: click.Context) -> Iterator[tuple[str, str]]:
    command = context.command
    if not isinstance(command, click.Group):
        yield context.command_path, command.get_help(context)
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _helps(click.Context(found, parent=context, info_name=name))


def _grants(role: Role, permission: Permission) -> bool:
    return permission is Permission.PUBLIC or permission in GRANTS[role]


def _page(title: str, text: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"# {title}", "", NOTE, "", text, "", _row(head), _row(tuple("---" for _ in head))]
    return "\n".join([*lines, *(_row(row) for row in rows)]) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _takes(field: Any) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(field.annotation))
    kinds = {bool: "`true`, `false`", int: "whole number", float: "number", str: "text", Path: "path"}
    bounds = [text for rule in field.metadata for text in _bound(rule)]
    return ", ".join([kinds[field.annotation], *bounds])


def _bound(rule: object) -> list[str]:
    match rule:
        case Ge(ge=low):
            return [f"≥ {low}"]
        case Le(le=high):
            return [f"≤ {high}"]
        case MinLen(min_length=low):
            return [f"≥ {low} characters"]
        case MaxLen(max_length=high):
            return [f"≤ {high} characters"]
        case _:
            return []


def _default(name: str, value: object) -> str:
    if value in ("", None):
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if name.endswith("_bytes") and isinstance(value, int) and value % _MIB == 0:
        return f"`{value}` ({value // _MIB} MiB)"
    return f"`{value}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
