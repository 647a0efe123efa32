"""Page of the clock for administrators: how it stands, and their word that it is right."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from aas_registry.domain.principals import Permission
from aas_registry.services import clock
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry, validated
from aas_registry.web.trace.clock import ClockConfirmation

routes = Routes("pages_clock", prefix="/clock", tag="Pages", is_page=True)


@routes.operation("GET", "", permission=Permission.ADMINISTER)
def get_clock() -> ResponseReturnValue:
    """Show how the clock stands beside the last recording."""
    return render_template("clock.html", reading=clock.look_at_clock(registry(), principal().site))


@routes.operation(
    "POST",
    "",
    permission=Permission.ADMINISTER,
    takes={"application/x-www-form-urlencoded": "`jumpS` as the page showed it, and `reason`."},
    answers={303: "Relied on from now on.", 400: "No reason.", 409: "It did not jump, or by something else."},
)
def post_clock() -> ResponseReturnValue:
    """Confirm that the clock is right although it jumped."""
    given = {name: value for name, value in request.form.items() if name != "csrf_token"}
    said = validated(ClockConfirmation, given, "form")
    clock.confirm_clock(registry(), principal(), jump_s=said.jump_s, reason=said.reason)
    return redirect("/clock", 303)
