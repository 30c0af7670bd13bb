"""Typed settings of reception: those of every service, the suite it seals with, and where the vault is."""

from pydantic import Field

from services.chassis.settings import Settings


class ReceptionSettings(Settings):
    """What differs between one deployment of reception and another."""

    suite: str = Field(default="A1", pattern="^(A1|S1)$")
    vault_url: str = "http://127.0.0.1:8106"
    identity_sweep_seconds: float = Field(default=5.0, gt=0)
