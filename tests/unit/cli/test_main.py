"""The command as a whole: it starts at once, its errors have one shape, its exit codes are documented."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from aas_registry import __version__
from aas_registry.cli import main as command_line
from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.main import COMMANDS, exit_code_of, main
from aas_registry.domain import errors
from aas_registry.domain.errors import RegistryError

ROOT = Path(__file__).parents[3]
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, RegistryError)]


def loaded_by(*words: str, **variables: str) -> set[str]:
    """Return the modules that a command line loads."""
    script = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, sep='\\n'));"
        f"from aas_registry.cli.main import main; main({list(words)!r})"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return set(answer.stdout.splitlines())


def test_tells_its_version(run) -> None:
    ran = run("--version")

    assert (ran.code, ran.err) == (0, "")
    assert __version__ in ran.out


def test_is_the_same_command_as_a_module() -> None:
    command = [sys.executable, "-m", "aas_registry", "--version"]

    assert __version__ in subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_tells_what_it_is_without_loading_the_product(word) -> None:
    modules = loaded_by(word)

    assert "aas_registry.cli.main" in modules
    assert not {name for name in modules if name.startswith("aas_registry.services")}
    assert not {"rich", "sqlalchemy", "flask", "lxml", "basyx", "structlog", "pydantic", "uvicorn"} & modules


def test_completes_a_name_without_loading_the_command() -> None:
    modules = loaded_by(COMP_WORDS="aas-registry to", COMP_CWORD="1", _AAS_REGISTRY_COMPLETE="bash_complete")

    assert "plain,token" in modules
    assert "aas_registry.cli.main" in modules
    assert "aas_registry.cli.token" not in modules


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_it_says_itself(name) -> None:
    command = command_line.root.get_command(None, name)

    assert COMMANDS[name] == command.get_short_help_str(limit=1000)


def test_lists_its_commands_as_click_would(run) -> None:
    context = click.Context(command_line.root)
    formatter = context.make_formatter()
    click.Group.format_commands(command_line.root, context, formatter)

    assert run("--help").out.endswith(formatter.getvalue())


@pytest.mark.parametrize("incomplete", ["", "s", "--", "x"])
def test_completes_as_click_would(incomplete) -> None:
    context = click.Context(command_line.root)

    ours = command_line.root.shell_complete(context, incomplete)

    theirs = click.Group.shell_complete(command_line.root, context, incomplete)
    assert [(each.value, each.help) for each in ours] == [(each.value, each.help) for each in theirs]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_explains_itself_without_loading_what_it_works_with(name) -> None:
    modules = loaded_by(name, "--help")

    assert f"aas_registry.cli.{name}" in modules
    above = ("aas_registry.services", "aas_registry.web", "aas_registry.demo")
    assert not {each for each in modules if each.startswith(above)}
    assert not {"sqlalchemy", "flask", "lxml", "basyx", "structlog", "uvicorn", "cryptography"} & modules


def test_verifies_without_loading_a_database_or_a_server() -> None:
    modules = loaded_by("verify", str(ROOT / "README.md"))

    assert "aas_registry.services.reports.verify" in modules
    assert not {name for name in modules if name.startswith(("aas_registry.storage", "aas_registry.web"))}
    assert not {"sqlalchemy", "flask", "structlog", "aas_registry.services.registry"} & modules


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_takes_json(run, name) -> None:
    ran = run(name, "--help")
    command = command_line.root.get_command(None, name)

    assert ran.code == 0
    leaves = getattr(command, "commands", {"": command}).values()
    for leaf in leaves:
        assert leaf.help
        assert "--json" in [word for option in leaf.params for word in option.opts], f"{name} {leaf.name}"
        assert all(
            getattr(option, "help", "") for option in leaf.params if option.param_type_name == "option"
        )


@pytest.mark.parametrize(
    "words", [("nonsense",), ("token",), ("token", "issue"), ("serve", "--port", "0"), ()]
)
def test_a_wrong_command_line_is_no_failure_of_the_registry(run, words) -> None:
    ran = run(*words)

    assert ran.code == ExitCode.USAGE
    assert ran.out == ""
    assert "Usage" in ran.err


def test_a_wrong_command_line_is_json_where_json_was_asked_for(run) -> None:
    ran = run("token", "issue", "--json")

    assert ran.code == ran.json["error"]["exitCode"] == ExitCode.USAGE
    assert ran.err == ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_error_has_an_exit_code_of_its_own_meaning(kind) -> None:
    code = exit_code_of(kind.__new__(kind))

    assert code not in {ExitCode.OK, ExitCode.USAGE, ExitCode.INTERRUPTED}
    assert (code is ExitCode.UNFORESEEN) == (kind is RegistryError)


def test_an_unforeseen_error_ends_with_one_and_a_traceback_on_standard_error(run, monkeypatch) -> None:
    monkeypatch.setitem(COMMANDS, "exit_codes", "A module of the name, without a command in it.")

    ran = run("exit_codes", "--json")

    assert ran.code == ran.json["error"]["exitCode"] == ExitCode.UNFORESEEN
    assert ran.json["error"]["code"] == "INTERNAL"
    assert "AttributeError" in ran.err


def test_a_misspelt_setting_is_an_error_of_the_set_up(run, monkeypatch) -> None:
    monkeypatch.setenv("AAS_REGISTRY_DATADIR", "x")

    ran = run("token", "list")

    assert ran.code == ExitCode.UNAVAILABLE
    assert ran.out == ""
    assert ran.err.startswith("error: AAS_REGISTRY_DATADIR")
    assert ran.err.endswith("[SETTING-INVALID]\n")


def test_main_reads_the_arguments_of_the_process(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["aas-registry", "--version"])

    assert main() == 0
    assert __version__ in capsys.readouterr().out


def documented() -> list[str]:
    """Return every command line that a page for people shows at a prompt."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    lines = [line.strip() for page in pages for line in page.read_text(encoding="utf-8").splitlines()]
    return sorted({line.removeprefix("$ ") for line in lines if line.startswith("$ aas-registry ")})


def test_every_documented_command_line_is_one() -> None:
    wrong = []
    for line in documented():
        command, words = command_line.root, shlex.split(line, comments=True)[1:]
        context = click.Context(command, info_name="aas-registry")
        while isinstance(command, click.Group) and words:
            found = command.get_command(context, words.pop(0))
            assert found is not None, line
            command = found
        try:
            command.make_context("x", words)
        except (click.NoSuchOption, click.MissingParameter) as error:
            wrong.append(f"{line}: {error.format_message()}")
        except click.BadParameter:
            continue  # a file of the example is not here

    assert documented()
    assert not wrong
