"""The bill of materials of an image (CycloneDX 1.6, JSON): what is in it, by asking the image itself."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from deploy.container.sources import Marks
from deploy.container.workshop import Workshop
from deploy.local.kafka import locked_jars

ASK = """
import json, subprocess
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
rows = "${Package} ${Version} ${Architecture}\\n"
debian = subprocess.run(["dpkg-query", "-W", "-f", rows], capture_output=True, text=True, check=True).stdout
more = Path("/usr/share/dengwen/postgres-packages")
debian += more.read_text() if more.exists() else ""
places = ["/opt/dengwen/packages", "/opt/dengwen/java"]
print(json.dumps({
    "debian": sorted({tuple(line.split()) for line in debian.splitlines()}),
    "python": sorted((found.name, found.version) for found in distributions(path=places)),
    "jars": sorted(file.name for file in Path("/opt/dengwen/jars").glob("*.jar")),
}))
"""


def write_sbom(workshop: Workshop, name: str, image: str, mark: Marks, folder: Path) -> Path:
    """Write the bill of one image; returns the file. Raises ToolFailed."""
    asked = workshop.podman("run", "--rm", "--network=none", "--read-only", image, "python3", "-c", ASK)
    digest = workshop.podman("image", "inspect", "--format", "{{.Id}}", image).strip()
    whole = Component(
        name=name,
        version=mark.version,
        type=ComponentType.CONTAINER,
        bom_ref=digest,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest.removeprefix("sha256:"))],
    )
    parts = list(components(json.loads(asked)))
    bill = Bom(
        components=parts,
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, digest),
        metadata=BomMetaData(timestamp=datetime.fromtimestamp(mark.epoch, UTC), component=whole),
    )
    bill.register_dependency(whole, parts)
    file = folder / f"{name}-{mark.version}.cdx.json"
    written = make_outputter(bill, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    file.write_text(written + "\n", encoding="utf-8")
    return file


def components(found: Mapping[str, Sequence[Any]]) -> Iterable[Component]:
    """Debian packages, Python packages and jars, each with its package URL; jars with their SHA-256.

    ``found`` is what an image answered: ``debian`` rows of name, version and architecture, ``python`` rows of
    name and version, ``jars`` file names. A jar that the lock does not know raises KeyError.
    """
    for name, version, architecture in found["debian"]:
        yield _one(PackageURL("deb", "debian", name, version, {"arch": architecture}))
    for name, version in found["python"]:
        yield _one(PackageURL("pypi", None, name.lower().replace("_", "-"), version))
    known = {f"{jar[1]}-{jar[2]}.jar": (jar, digest) for jar, digest in locked_jars().items()}
    for file in found["jars"]:
        (group, artifact, version), digest = known[str(file)]
        yield _one(PackageURL("maven", group, artifact, version), digest)


def _one(url: PackageURL, digest: str | None = None) -> Component:
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else []
    return Component(
        name=url.name,
        version=url.version,
        group=url.namespace if url.type == "maven" else None,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=url.to_string(),
        hashes=hashes,
    )
