"""`aas-registry demo`: the seeded plant on loopback."""

from functools import partial
from pathlib import Path

import click

from aas_registry.cli.output import json_option, print_json
from aas_registry.settings import Settings


@click.command()
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port on loopback."
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the demo's data; else the setting data_dir.",
)
@click.option("--seed-only", is_flag=True, help="Seed the plant and end, without a server.")
@click.option("--small", is_flag=True, help="A plant of forty boards, for a quick look.")
@json_option
def demo(port: int, data_dir: Path | None, *, seed_only: bool, small: bool, as_json: bool) -> None:
    """Serve a seeded plant on 127.0.0.1 until Ctrl-C: to look around, never for real data.

    It is up at once and fills while it is seeded; a second start finds the plant as it
    was. With --json what it tells meanwhile goes to standard error.
    """
    from aas_registry.demo.run import run_demo
    from aas_registry.services.logs import configure_logging

    settings = Settings.from_environment()
    if data_dir is not None:
        settings = settings.model_copy(update={"data_dir": data_dir})
    configure_logging("ERROR")
    if as_json:
        print_json({"address": f"http://127.0.0.1:{port}", "dataDir": str(settings.data_dir)})
    run_demo(settings, port=port, seed_only=seed_only, small=small, echo=partial(click.echo, err=as_json))
