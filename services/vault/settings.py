"""Typed settings of the vault: those of every service, and no Kafka."""

from services.chassis.settings import Settings


class VaultSettings(Settings):
    """What differs between one deployment of the vault and another."""
