"""The vault put together: one process, one pool, one sealer, four operations."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.chassis.database import open_pool
from services.chassis.health import Health, database_check, key_check
from services.chassis.http import make_app
from services.chassis.lifecycle import Serving, command, print_openapi, run_api
from services.chassis.security.permissions import Permissions, authenticated
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import Verifier
from services.vault.http import REFUSALS, router
from services.vault.settings import VaultSettings

TITLE = "检举控告人身份保管库 Reporter identity vault"
ROLES = Path(__file__).with_name("rules") / "roles.yaml"


@asynccontextmanager
async def serving(settings: VaultSettings) -> AsyncIterator[Serving]:
    """The api process: its pool and its own keys, which nothing else holds."""
    sealer = Sealer(KeyProvider(settings.keys_folder), settings.suite, "vault")
    verifier = Verifier.read(settings.token_keys_file, "vault")
    dsn = settings.database_dsn.get_secret_value()
    pool = await open_pool(dsn, application="vault-api", max_size=settings.pool_size)
    try:
        app = make_app("vault", TITLE, REFUSALS)
        authenticated(app, verifier, Permissions.read(ROLES), pool)
        app.include_router(router(pool, sealer))
        checks = {"database": database_check(pool, "vault"), "keys": key_check(sealer)}
        yield Serving(app, Health(checks))
    finally:
        await pool.close()


def api() -> None:
    """Serve until told to stop."""
    run_api(VaultSettings.from_environ("DENGWEN_VAULT_", os.environ), serving)


def openapi() -> None:
    """Print the OpenAPI document; it needs no database and no key."""
    app = make_app("vault", TITLE, REFUSALS)
    app.include_router(router(None, None))  # type: ignore[arg-type]  # the routes are described, not called
    print_openapi(app)


if __name__ == "__main__":
    command({"api": api, "openapi": openapi})
