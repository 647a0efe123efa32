"""`aas-registry serve`: the HTTP server."""

import click

from aas_registry.cli.output import json_option, print_json
from aas_registry.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads of each worker."
)
@json_option
def serve(host: str, port: int, workers: int, threads: int, *, as_json: bool) -> None:
    """Serve the registry over HTTP until SIGTERM or Ctrl-C.

    Logs are JSON lines on standard error. Without authentication
    (AAS_REGISTRY_AUTH=none) and in demo mode only loopback is listened on.
    """
    from aas_registry.cli.server import Address, run_server
    from aas_registry.services.data_folder import require_private
    from aas_registry.services.logs import configure_logging

    settings = Settings.from_environment()
    configure_logging(settings.log_level)
    address = Address.checked(host, port, settings)
    require_private(settings)
    if settings.auth == "none":
        click.secho(
            "AUTHENTICATION IS OFF: whoever reaches this port is administrator.",
            err=True,
            fg="red",
            bold=True,
        )

    def announce() -> None:
        if as_json:
            print_json({"address": address.url, "workers": workers})
        else:
            plural = "" if workers == 1 else "s"
            click.echo(f"Serving {address.url} with {workers} worker{plural}. Stop with Ctrl-C.")

    run_server(settings, address, workers=workers, threads=threads, announce=announce)
