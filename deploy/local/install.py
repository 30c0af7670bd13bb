"""Installs the packages of a lock file and shows how far it is; needs nothing but Python itself.

``python -m deploy.local.install requirements.lock`` runs inside the virtual environment.
"""

import re
import subprocess
import sys
from pathlib import Path

PINNED = re.compile(r"^[A-Za-z0-9_.-]+(\[.*\])?==", re.MULTILINE)
CURE = (
    "The packages could not be installed (the last lines of pip stand above): connect to a package index, "
    "or name one in PIP_INDEX_URL, and run make again."
)


def main() -> int:
    """Run pip; its own words are shown only when it fails."""
    lock = Path(sys.argv[1])
    total, done, said = len(PINNED.findall(lock.read_text(encoding="utf-8"))), 0, []
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
               "--progress-bar", "off", "--require-hashes", "-r", str(lock)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            done += line.startswith(("Collecting ", "Requirement already satisfied"))
            if line.startswith("Installing collected"):
                _show(f"unpacking {total} packages 正在展开 …")
            elif done:
                _show(f"installing packages 正在安装依赖 {min(done, total)}/{total}")
    _show("", last=True)
    if pip.returncode:
        sys.stderr.write("".join(said[-15:]) + CURE + "\n")
    return pip.returncode


def _show(text: str, *, last: bool = False) -> None:
    """One line in place on a terminal; elsewhere a line at the beginning and at the end only."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text}")
    elif text.startswith("unpacking"):
        sys.stdout.write(f"{text}\n")
    elif last:
        return
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
