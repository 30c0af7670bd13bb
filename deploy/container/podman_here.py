"""Podman as podman-compose wants it where no systemd runs: under its name, with what it lacks.

Without systemd nobody asks for health, and podman 4.3 cannot wait for it: here ``wait`` asks itself.
``create`` loses ``--requires``, by which a finished job would run again with whoever depends on it. All else
is podman's.
"""

import os
import subprocess
import sys
import time

VERSION = "4.6.0"
"""The first podman that can wait for health; podman-compose ignores health below it."""
HEALTHY_WITHIN_SECONDS = 240.0
LOOK_SECONDS = 0.5


def main() -> None:
    """Answer, or become podman."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        sys.stdout.write(f"podman version {VERSION}\n")
    elif arguments[:1] == ["wait"]:
        condition, names = conditions(arguments[1:])
        sys.exit(max((_wait(condition, name) for name in names), default=0))
    else:
        program = [word for word in arguments if not word.startswith("--requires=")]
        os.execvp("podman", ["podman", *program])  # noqa: S606 - the same program under the same name


def conditions(arguments: list[str]) -> tuple[str, list[str]]:
    """What ``wait`` is to wait for, and for which containers."""
    asked = [word.partition("=")[2] for word in arguments if word.startswith("--condition=")]
    return asked[0] if asked else "stopped", [word for word in arguments if not word.startswith("--")]


def _wait(condition: str, name: str) -> int:
    if condition == "running":
        return 0
    if condition == "healthy":
        return 0 if _healthy(name) else 1
    said = subprocess.run(["podman", "wait", name], capture_output=True, text=True, check=False)
    code = said.stdout.strip()
    if code != "0":
        sys.stderr.write(f"{name} ended with {code or said.stderr.strip()}\n")
    return int(code) if code.isdigit() else 1


def _healthy(name: str) -> bool:
    deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        asked = subprocess.run(["podman", "healthcheck", "run", name], capture_output=True, check=False)
        if asked.returncode == 0:
            return True
        time.sleep(LOOK_SECONDS)
    sys.stderr.write(f"{name} is not healthy after {HEALTHY_WITHIN_SECONDS:.0f} s\n")
    return False


if __name__ == "__main__":
    main()
