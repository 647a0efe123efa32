"""A certificate submitted by itself: its file is kept with its row, or not at all."""

import io

import pytest
from aas_samples import lot_aasx
from certificate_samples import paper
from sqlalchemy.exc import IntegrityError

from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.principals import Principal
from aas_registry.services import access
from aas_registry.services.certificates import submission as certificate_submission
from aas_registry.services.certificates.countersigning import DocumentFacts
from aas_registry.services.certificates.submission import SentDocument, Subject
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry


@pytest.fixture
def who(registry: Registry) -> Principal:
    return access.local_administrator(registry)


@pytest.fixture
def lot(registry: Registry, who: Principal) -> str:
    taken = uploads.take_upload(registry, who, Arrival(io.BytesIO(lot_aasx()), "lot.aasx"))
    return str(taken.outcome["lots"][0]["id"])


def submit(registry: Registry, who: Principal, subject: Subject):
    document = SentDocument(
        stream=io.BytesIO(paper()), file_name="c.pdf", subject=subject, facts=DocumentFacts()
    )
    return certificate_submission.submit_certificate(registry, who, document)


def test_a_certificate_is_kept_once(registry: Registry, who: Principal, lot: str) -> None:
    first, is_new = submit(registry, who, Subject(lots=[lot]))
    again, is_new_again = submit(registry, who, Subject(lots=[lot]))

    assert (is_new, is_new_again) == (True, False)
    assert again.id == first.id
    assert registry.files.read(first.certificate.sha256) == paper()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_committed_leaves_no_file(registry: Registry, who: Principal, lot: str) -> None:
    before = set(registry.files.digests())
    with registry.write(who.site) as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON certificate BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )

    with pytest.raises(IntegrityError):
        submit(registry, who, Subject(lots=[lot]))

    assert set(registry.files.digests()) == before


def test_a_part_is_named_by_both_of_its_names(registry: Registry, who: Principal) -> None:
    with pytest.raises(InvalidRequestError):
        submit(registry, who, Subject(mpn="CAP-1"))
    with pytest.raises(InvalidRequestError):
        submit(registry, who, Subject())
    part, _ = submit(registry, who, Subject(mpn="CAP-1", manufacturer="Bolt Components GmbH"))
    assert part.certificate.state
