"""Typed settings: what differs between one deployment and another, and what no deployment may have.

Why not a library: an unknown variable with our prefix stops the start, and what is said about a wrong
one names the variable and never its value.
"""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from services.chassis.broker import Broker

LONGEST_TOKEN_SECONDS = 900
DEMO_KID = "local"
"""The key id of the token key that a fresh install makes for itself."""


class SettingsRefused(Exception):
    """The process may not start; the message names variables and reasons, never a value."""


class Settings(BaseModel):
    """Settings every service has. A service adds its own in a subclass.

    Names carry their unit (``_seconds``, ``_bytes``, ``_working_days``); a secret is a SecretStr, so it
    can't be printed by accident. The Kafka fields stay empty in a process that speaks no Kafka.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_dsn: SecretStr
    kafka_bootstrap: str | None = None
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_prefix: str = ""
    kafka_instance: str | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(ge=0, le=65535)
    operations_port: int = Field(ge=0, le=65535)
    reference_folder: Path
    keys_folder: Path
    token_keys_file: Path
    service_key_file: Path
    oidc_issuer: str | None = None
    token_seconds: int = Field(default=LONGEST_TOKEN_SECONDS, ge=1)
    readiness_drain_seconds: float = Field(default=0.2, ge=0)
    shutdown_grace_seconds: float = Field(default=20.0, gt=0)
    clock_sweep_seconds: float = Field(default=30.0, gt=0)
    relay_batch_size: int = Field(default=2000, ge=1, le=5000)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    pool_size: int = Field(default=8, ge=1, le=100)

    @classmethod
    def from_environ(cls, prefix: str, environ: Mapping[str, str]) -> Self:
        """Read every variable that starts with ``prefix``, such as ``DENGWEN_REVIEW_``.

        Raises SettingsRefused, which names each variable that is missing, malformed or unknown, so a
        misspelt one stops the service at its start.
        """
        given = {
            name.removeprefix(prefix).lower(): value
            for name, value in environ.items()
            if name.startswith(prefix)
        }
        try:
            return cls.model_validate(given)
        except ValidationError as refused:
            wrong = sorted(
                {
                    f"{prefix}{'_'.join(str(p) for p in error['loc']).upper()}: {error['type']}"
                    for error in refused.errors(include_input=False, include_url=False, include_context=False)
                }
            )
            raise SettingsRefused("; ".join(wrong)) from None

    def broker(self) -> Broker:
        """The broker of these settings; raises SettingsRefused where none is named."""
        if self.kafka_bootstrap is None or self.kafka_username is None or self.kafka_password is None:
            raise SettingsRefused("KAFKA_BOOTSTRAP, KAFKA_USERNAME, KAFKA_PASSWORD: missing")
        return Broker(
            self.kafka_bootstrap,
            self.kafka_username,
            self.kafka_password.get_secret_value(),
            self.kafka_prefix,
            self.kafka_instance,
        )


def refuse_unsafe(settings: Settings, environ: Mapping[str, str] | None = None) -> None:
    """Refuse what may run nowhere, or not here; raises SettingsRefused naming each setting.

    A superuser's DSN is refused by ``database.open_pool``; what Kafka clients may not have (automatic
    commits, fewer acknowledgements, ``latest``) is no setting at all.
    """
    environ = os.environ if environ is None else environ
    wrong = []
    if environ.get("DENGWEN_RELEASE") == "1" and environ.get("FAILPOINTS"):
        wrong.append("FAILPOINTS: crash points do not exist in a release")
    if settings.kafka_prefix and not environ.get("DENGWEN_TEST"):
        wrong.append("KAFKA_PREFIX: only a test may have topics of its own")
    if settings.token_seconds > LONGEST_TOKEN_SECONDS:
        wrong.append("TOKEN_SECONDS: a token lives 15 minutes at most")
    wrong += _unsafe_files(settings)
    if settings.oidc_issuer and DEMO_KID in _key_ids(settings.token_keys_file):
        wrong.append("TOKEN_KEYS_FILE: the key of a fresh install may not stand beside OIDC_ISSUER")
    if wrong:
        raise SettingsRefused("; ".join(wrong))


def _unsafe_files(settings: Settings) -> list[str]:
    wrong = []
    secret = [("SERVICE_KEY_FILE", settings.service_key_file), ("KEYS_FOLDER", settings.keys_folder)]
    if settings.keys_folder.is_dir():
        secret += [("KEYS_FOLDER", file) for file in sorted(settings.keys_folder.iterdir())]
    for name, path in secret:
        if not path.exists():
            wrong.append(f"{name}: does not exist")
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            wrong.append(f"{name}: may be readable by its owner alone")
    if not settings.token_keys_file.exists():
        wrong.append("TOKEN_KEYS_FILE: does not exist")
    elif stat.S_IMODE(settings.token_keys_file.stat().st_mode) & 0o022:
        wrong.append("TOKEN_KEYS_FILE: may be written by its owner alone")
    return list(dict.fromkeys(wrong))


def _key_ids(file: Path) -> set[str]:
    try:
        named = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return set(named) if isinstance(named, dict) else set()
