"""Installs the packages of a lock file and shows how far it is; needs nothing but Python itself.

``python -m deploy.local.install requirements.lock`` runs inside the virtual environment.
"""

import re
import subprocess
import sys
from pathlib import Path

PINNED = re.compile(r"^[A-Za-z0-9_.-]+(\[.*\])?==", re.MULTILINE)
CURE = (
    "The packages could not be installed (what pip said stands in {log}): connect to a package index, "
    "or name one in PIP_INDEX_URL, and run make again.\n"
)
OTHER = (
    "Dengwen needs Python 3.11 to 3.13, and {folder} was made with {version}: remove that folder, and run "
    "make again, or make PYTHON=/path/to/python3.\n"
)


def main() -> int:
    """Run pip; when it fails its words are kept in a file, and its last ones shown where nobody watches."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.stderr.write(OTHER.format(folder=sys.prefix, version=sys.version.split()[0]))
        return 1
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
        log = Path(sys.prefix) / "install.log"
        log.write_text("".join(said), encoding="utf-8")
        sys.stderr.write(("" if sys.stderr.isatty() else "".join(said[-15:])) + CURE.format(log=log))
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
