"""The example package: a person's first upload must not show an error."""

import io

from aas_registry.domain.certificate_claims import extract_certificates
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.services.example import EXAMPLE_FILE_NAME, example_package
from aas_registry.settings import Settings


def test_is_read_without_a_finding_and_carries_a_signed_certificate() -> None:
    content = example_package()

    package = read_upload(
        recognise(io.BytesIO(content), EXAMPLE_FILE_NAME, limits=Settings().limits), limits=Settings().limits
    )

    assert package.findings == ()
    submodels = {each.identifier: each.body for each in package.of_kind(IdentifiableKind.SUBMODEL)}
    (claim,), findings = extract_certificates(submodels)
    assert findings == ()
    assert [lot.lot_code for lot in claim.lots] == ["00471"]
    document = package.file_at(claim.file)
    assert document is not None
    assert b"ETSI.CAdES.detached" in document.read()


def test_is_the_same_every_time() -> None:
    assert example_package() == example_package()
