"""Typed settings: what differs between one deployment and another, and what no deployment may have.

Why not a library: an unknown variable with our prefix stops the start, and what is said about a wrong
one names the variable and never its value.
"""

import json
import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Self, get_args
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from services.chassis.broker import SCRAM_256, SCRAM_512, Broker, tls_from

LONGEST_TOKEN_SECONDS = 900
DEMO_KID = "local"
"""The key id of the token key that a fresh install makes for itself."""
PASSWORD = "database_password"  # noqa: S105 - the name of a variable, not a password
LONGEST_SECRET_BYTES = 4096
MOUNTED = ".."
"""How the names begin that an orchestrator keeps beside the files of a mounted folder."""


class SettingsRefused(Exception):
    """The process may not start; the message names variables and reasons, never a value."""


class Settings(BaseModel):
    """Settings every service has. A service adds its own in a subclass.

    Names carry their unit (``_seconds``, ``_bytes``, ``_working_days``); a secret is a SecretStr, so it
    can't be printed by accident. The Kafka fields stay empty in a process that speaks no Kafka.

    With ``kafka_ca_file`` the broker is spoken to over TLS and must have a certificate of that authority;
    PostgreSQL is told the same in its DSN: ``?sslmode=verify-full&sslrootcert=/path``.

    Where secrets are files, ``X_FILE`` names the file that holds the secret ``X`` on its one line, and
    ``DATABASE_PASSWORD`` or ``DATABASE_PASSWORD_FILE`` completes a ``DATABASE_DSN`` without a password.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_dsn: SecretStr
    kafka_bootstrap: str | None = None
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca_file: Path | None = None
    kafka_mechanism: str = Field(default=SCRAM_256, pattern=f"^({SCRAM_256}|{SCRAM_512})$")
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
        given = _with_password(cls._with_files(given, prefix), prefix)
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

    @classmethod
    def _with_files(cls, given: Mapping[str, str], prefix: str) -> dict[str, str]:
        """The same, each secret that was named as a file read from there."""
        found = dict(given)
        for name in (*_secrets(cls), PASSWORD):
            file = found.pop(f"{name}_file", None)
            if file is None:
                continue
            if name in found:
                raise SettingsRefused(f"{prefix}{name.upper()}_FILE: {name.upper()} is given beside it")
            found[name] = _secret_in(Path(file), f"{prefix}{name.upper()}_FILE")
        return found

    def broker(self) -> Broker:
        """The broker of these settings; raises SettingsRefused where none is named."""
        if self.kafka_bootstrap is None or self.kafka_username is None or self.kafka_password is None:
            raise SettingsRefused("KAFKA_BOOTSTRAP, KAFKA_USERNAME, KAFKA_PASSWORD: missing")
        try:
            tls = None if self.kafka_ca_file is None else tls_from(self.kafka_ca_file)
        except OSError:
            raise SettingsRefused("KAFKA_CA_FILE: holds no certificate that can be read") from None
        return Broker(
            self.kafka_bootstrap,
            self.kafka_username,
            self.kafka_password.get_secret_value(),
            self.kafka_prefix,
            self.kafka_instance,
            tls=tls,
            mechanism=self.kafka_mechanism,
        )


def _secrets(kind: type[Settings]) -> list[str]:
    fields = kind.model_fields.items()
    return [name for name, field in fields if SecretStr in {field.annotation, *get_args(field.annotation)}]


def secret_in(file: Path) -> str | None:
    """What a secret's file holds, without the end of its line; None when it is no secret on one line.

    Raises OSError or ValueError when it can't be read.
    """
    text = file.read_text(encoding="utf-8") if file.stat().st_size <= LONGEST_SECRET_BYTES else ""
    text = text.removesuffix("\n")
    return text if text and "\n" not in text else None


def _secret_in(file: Path, variable: str) -> str:
    """The same, or SettingsRefused naming the variable."""
    try:
        secret = secret_in(file)
    except (OSError, ValueError):
        raise SettingsRefused(f"{variable}: cannot be read") from None
    if secret is None:
        raise SettingsRefused(f"{variable}: holds no secret on one line")
    return secret


def _with_password(given: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The same, with the password in a DSN that names a user and holds none. Raises SettingsRefused."""
    found = dict(given)
    password = found.pop(PASSWORD, None)
    if password is None or "database_dsn" not in found:
        return found
    try:
        parts = urlsplit(found["database_dsn"])
    except ValueError:
        raise SettingsRefused(f"{prefix}DATABASE_DSN: is no address") from None
    user, at, place = parts.netloc.rpartition("@")
    if not at or not user or ":" in user:
        raise SettingsRefused(f"{prefix}DATABASE_DSN: names a user and no password beside DATABASE_PASSWORD")
    whole = parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}")
    return {**found, "database_dsn": whole.geturl()}


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
        inside = sorted(settings.keys_folder.iterdir())
        secret += [("KEYS_FOLDER", file) for file in inside if not file.name.startswith(MOUNTED)]
    for name, path in secret:
        if not path.exists():
            wrong.append(f"{name}: does not exist")
        elif open_to_others(path.stat(), _groups(), read_only=_read_only(path)):
            wrong.append(f"{name}: may be readable by its owner alone")
    if not settings.token_keys_file.exists():
        wrong.append("TOKEN_KEYS_FILE: does not exist")
    elif stat.S_IMODE(settings.token_keys_file.stat().st_mode) & 0o022:
        wrong.append("TOKEN_KEYS_FILE: may be written by its owner alone")
    return list(dict.fromkeys(wrong))


def open_to_others(found: os.stat_result, groups: Collection[int], *, read_only: bool) -> bool:
    """Whether a secret lies open: by the mode of its file or folder, to others than its reader.

    ``groups`` are those of a process that is not root, ``read_only`` says that nobody can write where it
    lies. Closed is what only its owner may enter or read; and, as an orchestrator mounts secrets, a file of
    root that one of our groups may read and nobody write, in a folder that is mounted to be read.
    """
    mode = stat.S_IMODE(found.st_mode)
    if not mode & 0o077:
        return False
    if stat.S_ISDIR(found.st_mode):
        return not read_only
    return bool(mode & 0o037) or found.st_uid != 0 or found.st_gid not in groups


def _groups() -> set[int]:
    return {os.getegid(), *os.getgroups()} if os.geteuid() != 0 else set()


def _read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _key_ids(file: Path) -> set[str]:
    try:
        named = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return set(named) if isinstance(named, dict) else set()
