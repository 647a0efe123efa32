"""The clock for administrators: `/trace/v1/clock`."""

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.codes import Code
from aas_registry.domain.principals import Permission
from aas_registry.services import clock
from aas_registry.web.answers import json_answer
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.clock import ClockJson

routes = Routes("clock", prefix="/trace/v1/clock", tag="Administration")


class ClockConfirmation(RequestModel):
    """An administrator's word that the clock is right although it jumped."""

    jump_s: float = Field(
        alias="jumpS",
        ge=-1e10,
        le=1e10,
        examples=[-2400],
        description="The jump that is meant, in seconds, as GET tells it; negative for back.",
    )
    reason: str = Field(
        pattern=r"\S", max_length=255, examples=["NTP was set up today"], description="Why it is right."
    )


@routes.operation(
    "GET",
    "",
    permission=Permission.ADMINISTER,
    gives=ClockJson,
)
def get_clock() -> ResponseReturnValue:
    """Answer how the clock stands beside the last recording; while it has jumped, nothing is recorded."""
    return json_answer(clock.look_at_clock(registry(), principal().site).as_json())


@routes.operation(
    "POST",
    "",
    permission=Permission.ADMINISTER,
    body=ClockConfirmation,
    answers={
        200: "Relied on from now on.",
        409: f"{Code.CLOCK_NOT_AS_TOLD}: it did not jump, or by something else.",
    },
    gives=ClockJson,
)
def post_clock(body: ClockConfirmation) -> ResponseReturnValue:
    """Confirm that the clock is right although it jumped; recordings go on from the last one."""
    found = clock.confirm_clock(registry(), principal(), jump_s=body.jump_s, reason=body.reason)
    return json_answer(found.as_json())
