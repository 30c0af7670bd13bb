"""What only the machine knows, as metrics for ``dengwen watch``: the disk, the programs, their memory."""

import shutil

from prometheus_client import CollectorRegistry, Gauge

from deploy.local import state
from deploy.local.home import Home

OF_THE_INSTALLATION = CollectorRegistry()
DISK_FREE_BYTES = Gauge(
    "petition_disk_free_bytes",
    "Free on the disk that holds the installation",
    registry=OF_THE_INSTALLATION,
)
DISK_SIZE_BYTES = Gauge("petition_disk_size_bytes", "Size of that disk", registry=OF_THE_INSTALLATION)
PROGRAM_READY = Gauge(
    "petition_program_ready",
    "1 when a program of the installation is ready, Kafka and PostgreSQL among them",
    ["program"],
    registry=OF_THE_INSTALLATION,
)
PROGRAM_RESTARTS = Gauge(
    "petition_program_restarts",
    "How often a program was started anew since the platform came up",
    ["program"],
    registry=OF_THE_INSTALLATION,
)
MEMORY_BYTES = Gauge(
    "petition_memory_bytes", "Sum of PSS of all programs together", registry=OF_THE_INSTALLATION
)


def measure(home: Home) -> None:
    """Look once. When the supervisor is gone, no program is ready."""
    disk = shutil.disk_usage(home.root)
    DISK_FREE_BYTES.set(disk.free)
    DISK_SIZE_BYTES.set(disk.total)
    seen, alive = state.read(home), state.is_held(home)
    if seen is None:
        return
    MEMORY_BYTES.set(seen["memory_now"] if alive else 0)
    for row in seen["programs"]:
        PROGRAM_READY.labels(row["name"]).set(alive and row["standing"] == "ready")
        PROGRAM_RESTARTS.labels(row["name"]).set(row["restarts"])
