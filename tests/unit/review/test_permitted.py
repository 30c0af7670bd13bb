"""Which role may do what: every permission a route asks for is in the table, and nothing else is."""

from pathlib import Path

from fastapi.routing import APIRoute

from services.chassis.security.permissions import Permissions
from services.review.main import ROLES, described

OPEN_TO = {
    "audit-r1": {"handler"},
    "audit-r2": {"trial-reviewer"},
    "audit-r3": {"committee-member", "chief"},
    "audit-chief": {"chief"},
    "audit-r4": {"superior-officer"},
    "submit-result": {"case-handler"},
}


def guards(route: APIRoute) -> set[str]:
    return {
        dependency.call.permission  # type: ignore[union-attr]
        for dependency in route.dependant.dependencies
        if hasattr(dependency.call, "permission")
    }


def routes() -> list[APIRoute]:
    found, waiting = [], list(described().routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        waiting += getattr(getattr(route, "original_router", None), "routes", [])
    return found


def test_every_route_is_guarded_by_a_permission_of_the_table() -> None:
    asked = [guards(route) for route in routes()]

    assert len(asked) > 15
    assert all(len(permissions) == 1 for permissions in asked)
    assert set().union(*asked) == set(Permissions.read(Path(ROLES)).roles)


def test_each_round_is_open_to_its_own_roles_alone() -> None:
    table = Permissions.read(Path(ROLES)).roles

    assert {permission: table[permission] for permission in OPEN_TO} == OPEN_TO
