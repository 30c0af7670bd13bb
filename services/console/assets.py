"""What pages load: our own files, and htmx from its wheel, each under a name that holds its digest."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HTMX_SHA256 = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
"""htmx 2.0 as it lies in django-htmx 1.29; the wheel's Python is not used."""
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class AssetChanged(Exception):
    """A file from a wheel is not the one that was looked at; stops the start."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    address: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """The files by their plain name and by their address."""

    by_name: dict[str, Asset]
    by_address: dict[str, Asset]

    @classmethod
    def read(cls, folder: Path) -> "Assets":
        """Read the folder and htmx. Raises AssetChanged."""
        found = {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
        found["htmx.js"] = _htmx()
        by_name = {name: _asset(name, body) for name, body in found.items()}
        return cls(by_name, {asset.address: asset for asset in by_name.values()})


def _asset(name: str, body: bytes) -> Asset:
    stem, suffix = Path(name).stem, Path(name).suffix
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(f"/static/{stem}.{digest}{suffix}", KINDS[suffix], body)


def _htmx() -> bytes:
    package = find_spec("django_htmx")
    if package is None or package.origin is None:
        raise AssetChanged("the package django-htmx is missing")
    body = (Path(package.origin).parent / "static" / "django_htmx" / "htmx-2.min.js").read_bytes()
    if hashlib.sha256(body).hexdigest() != HTMX_SHA256:
        raise AssetChanged("htmx-2.min.js of django-htmx")
    return body
