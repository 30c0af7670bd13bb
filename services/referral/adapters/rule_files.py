"""The rule tables of this service, read once at the start."""

from pathlib import Path

from services.chassis.security.permissions import Permissions

RULES = Path(__file__).resolve().parent.parent / "rules"


def permissions() -> Permissions:
    """Which role may do what. Raises PermissionsMalformed."""
    return Permissions.read(RULES / "roles.yaml")
