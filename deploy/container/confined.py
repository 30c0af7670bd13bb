"""How closely each running container is held, judged from the kernel and from what podman was told."""

import json
from collections.abc import Collection
from pathlib import Path

from deploy.container.make_secrets import USER
from deploy.container.running import Standing
from deploy.container.workshop import Workshop

READ_ONLY = "import os; print(bool(os.statvfs('/').f_flag & os.ST_RDONLY))"


def loose(workshop: Workshop, found: Standing) -> list[str]:
    """Every way in which a container is held less closely than it must be. Raises ToolFailed."""
    wrong = []
    status = dict(
        line.split(":", 1)
        for line in Path(f"/proc/{found.pid}/status").read_text().splitlines()
        if ":" in line
    )
    if status["Uid"].split() != [str(USER)] * 4 or status["Gid"].split() != [str(USER)] * 4:
        wrong.append(f"runs as {status['Uid'].split()[0]}:{status['Gid'].split()[0]}")
    if int(status["CapEff"], 16) or int(status["CapBnd"], 16):
        wrong.append("has capabilities")
    if status["NoNewPrivs"].strip() != "1":
        wrong.append("may gain privileges")
    asked = workshop.podman("exec", found.said["Name"], "python3", "-c", READ_ONLY).strip()
    if asked != "True":
        wrong.append("its root file system can be written")
    if not found.said["HostConfig"]["Memory"] or not found.said["HostConfig"]["PidsLimit"]:
        wrong.append("has no limit of memory or of processes")
    if found.said["HostConfig"]["PortBindings"]:
        wrong.append("publishes a port")
    return [f"{found.name} {words}" for words in wrong]


def betrayed(workshop: Workshop, found: Standing, secrets: Collection[str]) -> list[str]:
    """Where a secret stands that must not: settings, arguments, labels and the log. Raises ToolFailed."""
    told = json.dumps([found.said["Config"], found.said["Args"], found.said["Path"]])
    logged = workshop.run("sh", "-c", f"podman logs {found.said['Name']} 2>&1")
    return [
        f"{found.name} shows a secret in {place}"
        for place, text in (("its settings", told), ("its log", logged))
        if any(secret in text for secret in secrets)
    ]
