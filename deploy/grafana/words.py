"""The Chinese words of the codes that series carry, from the same reference files as everywhere."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from deploy.local.processes import REFERENCE


@cache
def _read(name: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load((REFERENCE / name).read_text(encoding="utf-8"))
    return read


def channels() -> dict[str, str]:
    """Channels 渠道 by code."""
    return {row["code"]: f"{row['zh']} {row['en']}" for row in _read("taxonomy.yaml")["channels"]}


def states(*laws: str) -> dict[str, str]:
    """States of a part by code: those whose place in the conservation law is among ``laws``.

    A frozen report leaves every figure, so its state is not among them.
    """
    rows = (row for row in _read("lifecycle.yaml")["states"] if row["state"] != "FROZEN")
    return {row["state"]: row["zh"] for row in rows if row["law"] in laws}


def duties() -> dict[str, str]:
    """Duties with a last day 时限 that a clock watches today, by its id, with the id behind the words."""
    rows = (row for row in _read("clocks.yaml")["clocks"] if row["built"])
    return {row["id"]: f"{row['duty'].split()[0]} {row['id']}" for row in rows}
