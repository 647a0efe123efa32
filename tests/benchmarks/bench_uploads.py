"""Uploading a lot's package over HTTP against the SDK's strict parse of the same file.

Once a package with its papers alone (a shell and two submodels), once with a signed certificate as
well. Ours reads and checks it, verifies the signature against the supplier's pinned anchor,
countersigns, keeps the files, and waits for the disk; the rival builds the objects and
does nothing with them. The targets of these are the project's own; those of real files and
of large ones, see `large_uploads`, are issue 3's.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from basyx.aas.adapter.aasx import AASXReader, DictSupplementaryFileContainer
from basyx.aas.model import DictIdentifiableStore
from certificate_samples import paper, signed, signing_party
from figure import Figure
from flask.testing import FlaskClient
from large_uploads import figures as large_figures
from timing import milliseconds, once

from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.domain.principals import Role
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.services import access, parties
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings
from aas_registry.web.app import create_app

PACKAGES = 15
MAKER, MPN = "Bolt Components GmbH", "CAP-100N-0603"


def figures() -> Iterator[Figure]:
    """Yield how many strict parses an upload takes, at the median of some packages; then large ones."""
    yield from _http_figures()
    yield from large_figures()


def _http_figures() -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        init_keys(settings.data_dir, organization="Plant", now=datetime.now(UTC))
        registry = open_registry(settings)
        administrator = access.local_administrator(registry)
        parties.add_party(registry, administrator, code="bolt", name=MAKER)
        parties.pin_anchor(registry, administrator, pem=signing_party(MAKER).root_pem, party="bolt")
        token = access.issue_token(
            registry, administrator, name="bench", role=Role.SUPPLIER, party="bolt"
        ).text
        client = create_app(registry).test_client(use_cookies=False)
        for name, has_certificate, target in (("plain", False, 5), ("with-certificate", True, 10)):
            packages = [_package(f"{name}-{number:04d}", has_certificate) for number in range(PACKAGES + 1)]
            ours, rival = _upload_all(client, token, packages), _parse_all(packages)
            detail = milliseconds(ours=ours, rival=rival) + f", {len(packages[0]):,} bytes"
            yield Figure(
                f"http-upload-{name}-against-sdk-parse", ours / rival, "x", target, "at most", detail
            )
        registry.close()


def _package(code: str, has_certificate: bool) -> bytes:
    facts = LotFacts(
        manufacturer=MAKER,
        mpn=MPN,
        lot_code=code,
        shell=f"https://bolt.example/lots/{code}",
        date_codes=("2611", "2612"),
        quantity=Decimal(4000),
        delivery_note="DN-7",
    )
    return write_aasx(build_lot_package(facts, certificates=[_certificate(code)] if has_certificate else []))


def _certificate(code: str) -> LotCertificate:
    document = signed(paper(code, MPN), signing_party(MAKER))
    return LotCertificate(
        file=PackageFile.of(f"/aasx/files/C-{code}.pdf", "application/pdf", document),
        number=f"C-{code}",
        document_type="Certificate of conformity",
        title=f"Certificate of conformity C-{code}",
        issued_on=datetime(2026, 3, 4, tzinfo=UTC).date(),
    )


def _upload_all(client: FlaskClient, token: str, packages: list[bytes]) -> float:
    return median([once(lambda each=each: _upload(client, token, each))[0] for each in packages][1:])


def _upload(client: FlaskClient, token: str, package: bytes) -> None:
    answer = client.post(
        "/trace/v1/uploads",
        data={"file": (io.BytesIO(package), "lot.aasx")},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201, answer.get_json()
    states = {each["state"] for each in answer.get_json()["certificates"]}
    assert states <= {"countersigned"}, states


def _parse_all(packages: list[bytes]) -> float:
    return median([once(lambda each=each: _parse(each))[0] for each in packages][1:])


def _parse(package: bytes) -> None:
    store: DictIdentifiableStore = DictIdentifiableStore()
    with AASXReader(io.BytesIO(package), failsafe=False) as reader:
        reader.read_into(store, DictSupplementaryFileContainer())
    assert len(store) >= 3
