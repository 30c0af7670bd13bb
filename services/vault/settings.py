"""Typed settings of the vault: those of every service, without Kafka, and the suite it seals with."""

from pydantic import Field

from services.chassis.settings import Settings


class VaultSettings(Settings):
    """What differs between one deployment of the vault and another."""

    suite: str = Field(default="A1", pattern="^(A1|S1)$")
