"""What commands print: for people without control characters, for programs one JSON value."""

import json
from datetime import UTC, datetime, timedelta, timezone

import click
from click.testing import CliRunner

from aas_registry.cli.output import cell, json_option, print_fields, print_json, print_table


def test_a_time_is_shown_in_utc_to_the_second() -> None:
    moment = datetime(2026, 3, 4, 12, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=1)))

    assert cell(moment) == "2026-03-04T11:30:15Z"


def test_nothing_is_shown_as_a_dash() -> None:
    assert [cell(value) for value in (None, "", 0)] == ["-", "-", "0"]


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert (
        cell("a\x1b[31m\r\n\u202eb")
        == "a\N{REPLACEMENT CHARACTER}[31m" + "\N{REPLACEMENT CHARACTER}" * 3 + "b"
    )


def test_a_long_identifier_is_never_cut(capsys) -> None:
    print_table(("id", "text"), [("x" * 300, "y" * 300)], empty="")

    printed = capsys.readouterr().out
    assert (printed.count("x"), printed.count("y")) == (301, 300)


def test_fields_stand_below_each_other(capsys) -> None:
    print_fields({"id": 1, "longer": None})

    assert capsys.readouterr().out == "id      1\nlonger  -\n"


def test_json_is_one_value_with_times_of_rfc_3339() -> None:
    @click.command()
    @json_option
    def told(*, as_json: bool) -> None:
        print_json({"at": datetime(2026, 3, 4, tzinfo=UTC), "asked": as_json})

    ran = CliRunner().invoke(told, ["--json"])

    assert json.loads(ran.output) == {"at": "2026-03-04T00:00:00Z", "asked": True}
