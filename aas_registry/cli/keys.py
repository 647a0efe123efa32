"""`aas-registry keys`: the registry's own signing keys, a folder beside the database."""

import hashlib
import ssl

import click

from aas_registry.cli.output import json_option, print_fields, print_json, print_table
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError
from aas_registry.settings import Settings


@click.group()
def keys() -> None:
    """Make and show the keys with which the registry countersigns and signs reports."""


@keys.command("init")
@click.option("--organization", required=True, help="The operator's name, as every certificate carries it.")
@json_option
def make(organization: str, *, as_json: bool) -> None:
    """Make root, intermediate and one key per purpose; once, never over others."""
    from aas_registry.services import keys as signing_keys
    from aas_registry.services.registry import system_clock

    settings = Settings.from_environment()
    made = signing_keys.init_keys(
        settings.data_dir, settings.key_passphrase, organization=organization, now=system_clock()
    )
    if as_json:
        print_json(
            {
                "rootCertificate": str(made.root_certificate),
                "rootKey": str(made.root_key),
                "rootSha256": made.root_sha256,
            }
        )
        return
    print_fields({"root certificate": made.root_certificate, "its SHA-256": made.root_sha256})
    click.echo("Give the certificate to auditors, and its SHA-256 by another way.")
    click.echo(f"Move {made.root_key} to a safe place and delete it here: nothing that runs needs it.")


@keys.command()
@json_option
def show(*, as_json: bool) -> None:
    """Show the root's fingerprint and every key there has been."""
    from aas_registry.services import keys as signing_keys

    settings = Settings.from_environment()
    history = signing_keys.key_history(settings.data_dir)
    root = settings.data_dir / signing_keys.KEYS_FOLDER / signing_keys.ROOT_CERTIFICATE
    try:
        fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(root.read_text("ascii").strip())).hexdigest()
    except (OSError, ValueError) as cause:
        raise ConfigurationError(f"{root} cannot be read.", code=Code.KEY_UNREADABLE) from cause
    if as_json:
        print_json({"rootSha256": fingerprint, "keys": [dict(entry) for entry in history]})
        return
    print_fields({"root certificate": root, "its SHA-256": fingerprint})
    print_table(
        ("purpose", "key id", "valid from", "valid to"),
        [(each["purpose"], each["keyId"], each["validFrom"], each["validTo"]) for each in history],
        empty="No key was made yet.",
    )
