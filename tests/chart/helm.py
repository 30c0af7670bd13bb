"""Helm as found on the path or built once from its Go module, and the chart rendered by it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.helm.topology import CHART
from deploy.local.infrastructure import cache_folder

VERSION = "v3.20.2"
KUBERNETES = "1.35.0"
RELEASE, NAMESPACE = "dw", "dengwen"
BUILD_SECONDS = 1800
Manifest = dict[str, Any]


class HelmMissing(Exception):
    """There is no helm, and none could be built; the message says what to install."""


class Refused(Exception):
    """Helm did not render; the message is its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rendering: a profile, and whether it is the first of two steps, an installation or an upgrade."""

    profile: str
    ground_only: bool = False
    upgrade: bool = False

    @property
    def name(self) -> str:
        """As in ``office, the ground``."""
        return f"{self.profile}, {'the ground' if self.ground_only else 'the processes'}"


STEPS = (
    Step("trial"),
    Step("office", ground_only=True),
    Step("office", upgrade=True),
    Step("province", ground_only=True),
    Step("province", upgrade=True),
)
"""Every profile as an administrator brings it up."""


@cache
def found_helm() -> Path | None:
    """A helm on the path, else the one in the cache, else none; builds nothing."""
    on_path = shutil.which("helm")
    built = cache_folder() / f"helm-{VERSION}" / "helm"
    return Path(on_path) if on_path else built if built.exists() else None


def helm() -> Path:
    """The same, built into the cache where there is none. Raises HelmMissing."""
    if (there := found_helm()) is not None:
        return there
    if shutil.which("go") is None:
        raise HelmMissing("helm is missing, and Go, which builds it: install one of the two")
    folder = cache_folder() / f"helm-{VERSION}"
    environ = {**os.environ, "GOBIN": str(folder), "CGO_ENABLED": "0"}
    command = ["go", "install", "-trimpath", "-ldflags", "-s -w", f"helm.sh/helm/v3/cmd/helm@{VERSION}"]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    if done.returncode:
        raise HelmMissing(f"helm could not be built: {done.stderr.strip().splitlines()[-1:]}")
    found_helm.cache_clear()
    return folder / "helm"


def render(step: Step, changed: Mapping[str, Any] | None = None) -> list[Manifest]:
    """Every manifest of a step, with further values; hooks among them. Raises Refused."""
    command = [
        str(helm()), "template", RELEASE, str(CHART), "--namespace", NAMESPACE, "--kube-version", KUBERNETES,
        "--values", str(CHART / f"values-{step.profile}.yaml"),
        "--set", f"ground.only={str(step.ground_only).lower()}",
        *(["--is-upgrade"] if step.upgrade else []),
        *(["--values", "-"] if changed else []),
    ]  # fmt: skip
    done = subprocess.run(
        command, input=json.dumps(changed or {}), capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise Refused(done.stderr)
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def values_of(profile: str) -> dict[str, Any]:
    """The values of a profile over those of the chart, as Helm puts them together."""
    read = [yaml.safe_load((CHART / name).read_text()) for name in ("values.yaml", f"values-{profile}.yaml")]
    return merged(read[0], read[1])


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Values with others over them: groups key by key, all else as a whole."""
    found = dict(under)
    for key, value in over.items():
        old = found.get(key)
        both = isinstance(value, Mapping) and isinstance(old, Mapping)
        found[key] = merged(old, value) if both else value  # type: ignore[arg-type]  # both are groups
    return found


def of_kind(manifests: list[Manifest], *kinds: str) -> Iterator[Manifest]:
    """Those of these kinds, in order."""
    return (one for one in manifests if one["kind"] in kinds)
