"""The composition root of reception: which part is plugged in where, and the processes it offers."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from services.chassis.calling import Caller
from services.chassis.consumer import Consumer
from services.chassis.database import Pool, is_world_fault, open_pool
from services.chassis.health import Health, consumer_check, database_check, key_check
from services.chassis.lifecycle import Job, Serving, Working, command, print_openapi, run_api, run_worker
from services.chassis.relay import Relay
from services.chassis.security.permissions import Permissions
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import Verifier, load_private
from services.reception.adapters import stream
from services.reception.adapters.http import reception_app
from services.reception.adapters.http_desk import Counter
from services.reception.adapters.identity_keeper import IdentityKeeper, NamedIdentities
from services.reception.adapters.rule_files import read_rules
from services.reception.adapters.work import PostgresUnit, Works
from services.reception.application.confirm_identities import VaultAway, confirm_identities
from services.reception.settings import ReceptionSettings

SERVICE = "reception"
ROLES = Path(__file__).with_name("rules") / "roles.yaml"
LOG = logging.getLogger(__name__)


def now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


def _settings() -> ReceptionSettings:
    return ReceptionSettings.from_environ("DENGWEN_RECEPTION_", os.environ)


@asynccontextmanager
async def _works(settings: ReceptionSettings, process: str) -> AsyncIterator[Works]:
    dsn = settings.database_dsn.get_secret_value()
    pool = await open_pool(dsn, application=f"{SERVICE}-{process}", max_size=settings.pool_size)
    sealer = Sealer(KeyProvider(settings.keys_folder), settings.suite, SERVICE)
    try:
        yield Works(pool, sealer, read_rules(settings.reference_folder))
    finally:
        await pool.close()


def _vault(settings: ReceptionSettings) -> Caller:
    return Caller(settings.vault_url, load_private(settings.service_key_file), SERVICE, "vault")


@asynccontextmanager
async def serving(settings: ReceptionSettings) -> AsyncIterator[Serving]:
    """The api process."""
    secret = KeyProvider(settings.keys_folder).secret("idempotency")
    async with _works(settings, "api") as works, _vault(settings) as vault:
        app = reception_app(
            Counter(works, IdentityKeeper(vault), secret, now),
            Verifier.read(settings.token_keys_file, SERVICE),
            Permissions.read(ROLES),
            works.pool,
        )
        checks = {"database": database_check(works.pool, SERVICE), "keys": key_check(works.sealer)}
        yield Serving(app, Health(checks))


@asynccontextmanager
async def working(settings: ReceptionSettings) -> AsyncIterator[Working]:
    """The worker process: relay, consumer, and the step that confirms identities."""
    broker = settings.broker()
    async with _works(settings, "worker") as works, _vault(settings) as vault:
        consumer = Consumer[PostgresUnit](
            name=stream.CONSUMER,
            topics=stream.TOPICS,
            compacted=stream.COMPACTED,
            routes=stream.ROUTES,
            unit=works.hearing,
            pool=works.pool,
            broker=broker,
        )
        relay = Relay(works.pool, broker, f"/{SERVICE}", settings.relay_batch_size)
        jobs: dict[str, Job] = {
            "relay": relay.run,
            "consumer": consumer.run,
            "identities": partial(
                _confirm,
                named=NamedIdentities(works.pool),
                keeper=IdentityKeeper(vault),
                every_seconds=settings.identity_sweep_seconds,
            ),
        }
        checks = {
            "database": database_check(works.pool, SERVICE),
            "keys": key_check(works.sealer),
            "consumer": consumer_check(consumer),
        }
        yield Working(jobs, Health(checks))


async def _confirm(
    stop: asyncio.Event, *, named: NamedIdentities, keeper: IdentityKeeper, every_seconds: float
) -> None:
    while not stop.is_set():
        try:
            _, gone = await confirm_identities(named, keeper)
            if gone:
                LOG.error("identities-gone", extra={"count": gone})
        except VaultAway:
            LOG.warning("vault-away")
        except Exception as fault:  # house rule waived: sorted in the next line, all else is raised
            if not is_world_fault(fault):
                raise
            LOG.warning("identities-wait", extra={"cause": type(fault).__name__})
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every_seconds)


def api() -> None:
    """``python -m services.reception.main api``."""
    run_api(_settings(), serving)


def worker() -> None:
    """``python -m services.reception.main worker``."""
    run_worker(_settings(), working)


def openapi() -> None:
    """Print the OpenAPI document; needs neither database nor keys."""
    nothing: Any = None
    pool: Pool = nothing
    counter = Counter(nothing, nothing, b"", now)
    print_openapi(reception_app(counter, Verifier({}, SERVICE), Permissions({}), pool))


if __name__ == "__main__":
    command({"api": api, "worker": worker, "openapi": openapi})
