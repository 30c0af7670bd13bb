"""Whether a manifest is what Kubernetes, or the operator that reads it, says that it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.chart.definitions import Definitions
from tests.chart.helm import Manifest

VERSIONS = ("1.30", "1.35")
"""The Kubernetes of the schemas: about the oldest and the newest that we stand on."""
NATIVE = {"v1", "apps/v1", "batch/v1", "policy/v1", "networking.k8s.io/v1"}


@dataclass(slots=True)
class Looked:
    """What was checked and what was not: ``wrong`` in words, ``skipped`` manifests by their kind."""

    native: int = 0
    by_operators: int = 0
    wrong: list[str] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)


def look(manifests: Iterable[Manifest], known: Definitions, versions: Iterable[str] = VERSIONS) -> Looked:
    """Check every manifest by the schemas of Kubernetes or the definitions of its operator."""
    looked = Looked()
    for manifest in manifests:
        where = (manifest["apiVersion"], manifest["kind"])
        if manifest["apiVersion"] in NATIVE:
            looked.native += 1
            looked.wrong += [f"{name_of(manifest)}: {e}" for v in versions for e in _native(manifest, v)]
        elif where in known.schemas:
            looked.by_operators += 1
            errors = _validator(where, known).iter_errors(manifest)
            looked.wrong += [f"{name_of(manifest)}: {e.json_path}: {e.message[:200]}" for e in errors]
        else:
            kind = "/".join(where)
            looked.skipped[kind] = looked.skipped.get(kind, 0) + 1
    return looked


def name_of(manifest: Manifest) -> str:
    """As in ``Service dw-dengwen-intake-api``."""
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def _native(manifest: Mapping[str, Any], version: str) -> list[str]:
    try:
        kubernetes_validate.validate(dict(manifest), version, strict=True)
    except kubernetes_validate.ValidationError as wrong:
        return [f"Kubernetes {version}: {'.'.join(map(str, wrong.path))}: {wrong.message[:200]}"]
    return []


_VALIDATORS: dict[tuple[str, str], Draft202012Validator] = {}


def _validator(where: tuple[str, str], known: Definitions) -> Draft202012Validator:
    if where not in _VALIDATORS:
        _VALIDATORS[where] = Draft202012Validator(known.schemas[where])
    return _VALIDATORS[where]
