"""Writes ``contracts/released.json``: the schemas as given out, so that a check needs no git history.

Run when a version is released: ``python -m tests.contract.release``. A type already released keeps its schema
and what was added since; a type may not be taken out.
"""

import json
import sys
from typing import Any

from tests.contract.catalogue import CONTRACTS, events, read
from tests.contract.compatibility import breaks

RELEASED = CONTRACTS / "released.json"


def released() -> dict[str, Any]:
    """The released schemas by type."""
    return dict(read(RELEASED)["events"])


def findings() -> list[str]:
    """What the present schemas break of the released ones."""
    found = []
    for kind, schema in released().items():
        if kind not in events():
            found.append(f"{kind}: taken out")
        else:
            found += [f"{kind} {one}" for one in breaks(schema, events()[kind].schema)]
    return found


def main() -> int:
    """Release what stands; refuses when it breaks what was released."""
    if found := findings():
        sys.stderr.write("\n".join(found) + "\n")
        return 1
    schemas = {kind: event.schema for kind, event in sorted(events().items())}
    RELEASED.write_text(
        json.dumps({"events": schemas}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
