"""The committed OpenAPI documents are what the services serve."""

import subprocess
import sys

import pytest

from tests.contract.catalogue import CONTRACTS, ROOT, SPEAKERS, exists


@pytest.mark.parametrize("service", SPEAKERS)
def test_the_committed_document_is_what_the_service_writes(service: str) -> None:
    if exists(service):
        written = subprocess.run(
            [sys.executable, "-m", f"services.{service}.main", "openapi"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()

        committed = (CONTRACTS / "openapi" / f"{service}.json").read_text(encoding="utf-8")
        assert committed == written, (
            f"python -m services.{service}.main openapi > contracts/openapi/{service}.json"
        )
