"""A start that is refused says which setting is wrong, and never what it held."""

import base64
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.chassis.security.sealing import KeyProvider
from services.chassis.settings import Settings, SettingsRefused, open_to_others, refuse_unsafe
from tests.support.authority import Authority

SECRET = "hunter2-hunter2"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    KeyProvider.make(tmp_path / "keys")
    (tmp_path / "service.pem").touch(0o600)
    key = base64.b64encode(bytes(32)).decode()
    (tmp_path / "tokens.json").write_text(json.dumps({"local": key}), encoding="utf-8")
    return {
        "DENGWEN_X_DATABASE_DSN": f"postgres://x_api:{SECRET}@127.0.0.1/petition_x",
        "DENGWEN_X_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "DENGWEN_X_KAFKA_USERNAME": "x",
        "DENGWEN_X_KAFKA_PASSWORD": SECRET,
        "DENGWEN_X_HTTP_PORT": "8101",
        "DENGWEN_X_OPERATIONS_PORT": "9101",
        "DENGWEN_X_REFERENCE_FOLDER": str(tmp_path),
        "DENGWEN_X_KEYS_FOLDER": str(tmp_path / "keys"),
        "DENGWEN_X_TOKEN_KEYS_FILE": str(tmp_path / "tokens.json"),
        "DENGWEN_X_SERVICE_KEY_FILE": str(tmp_path / "service.pem"),
        "OTHER": "x",
    }


def read(environ: dict[str, str]) -> Settings:
    return Settings.from_environ("DENGWEN_X_", environ)


def test_what_is_given_is_read_and_no_secret_is_shown(environ: dict[str, str]) -> None:
    settings = read(environ)

    assert settings.http_port == 8101
    assert settings.broker().username == "x"
    assert SECRET not in repr(settings) + repr(settings.broker())
    refuse_unsafe(settings, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELAY_BATCH_SIZ", SECRET),
        ("HTTP_PORT", SECRET),
        ("HTTP_PORT", "70000"),
        ("RELAY_BATCH_SIZE", "0"),
        ("POOL_SIZE", "1.5"),
        ("LOG_LEVEL", "TRACE"),
        ("DATABASE_DSN", None),
        ("KAFKA_ACKS", "1"),
        ("KAFKA_AUTO_COMMIT", "true"),
        ("KAFKA_AUTO_OFFSET_RESET", "latest"),
    ],
)
def test_a_variable_missing_malformed_or_unknown_is_named_and_not_shown(
    environ: dict[str, str], name: str, value: str | None
) -> None:
    environ.pop(f"DENGWEN_X_{name}", None)
    if value is not None:
        environ[f"DENGWEN_X_{name}"] = value

    with pytest.raises(SettingsRefused, match=f"DENGWEN_X_{name}") as refused:
        read(environ)

    assert SECRET not in str(refused.value)


def as_file(environ: dict[str, str], folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    environ.pop(f"DENGWEN_X_{name}", None)
    environ[f"DENGWEN_X_{name}_FILE"] = str(folder / name)


def test_a_secret_may_be_a_file_that_ends_its_line(environ: dict[str, str], tmp_path: Path) -> None:
    dsn = environ["DENGWEN_X_DATABASE_DSN"]
    as_file(environ, tmp_path, "KAFKA_PASSWORD", SECRET + "\n")
    as_file(environ, tmp_path, "DATABASE_DSN", dsn)

    settings = read(environ)

    assert settings.broker().password == SECRET
    assert settings.database_dsn.get_secret_value() == dsn
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("way", ["variable", "file"])
def test_a_password_completes_an_address_that_names_its_user(
    environ: dict[str, str], tmp_path: Path, way: str
) -> None:
    environ["DENGWEN_X_DATABASE_DSN"] = "postgresql://x_api@db.example:5432/petition_x?sslmode=verify-full"
    if way == "file":
        as_file(environ, tmp_path, "DATABASE_PASSWORD", "a/b:c@d%")
    else:
        environ["DENGWEN_X_DATABASE_PASSWORD"] = "a/b:c@d%"

    dsn = read(environ).database_dsn.get_secret_value()

    assert dsn == "postgresql://x_api:a%2Fb%3Ac%40d%25@db.example:5432/petition_x?sslmode=verify-full"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("KAFKA_PASSWORD", "", "holds no secret"),
        ("KAFKA_PASSWORD", "one\ntwo\n", "holds no secret"),
        ("KAFKA_PASSWORD", "x" * 5000, "holds no secret"),
        ("DATABASE_PASSWORD", SECRET, "DATABASE_DSN: names a user and no password"),
        ("HTTP_PORT", "8101", "HTTP_PORT_FILE: extra_forbidden"),
    ],
)
def test_a_file_that_holds_no_secret_or_one_too_many_is_refused_by_name(
    environ: dict[str, str], tmp_path: Path, name: str, content: str, said: str
) -> None:
    as_file(environ, tmp_path, name, content)

    with pytest.raises(SettingsRefused, match=said) as refused:
        read(environ)

    assert SECRET not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_a_file_that_is_not_there_or_stands_beside_its_value_is_refused_by_name(
    environ: dict[str, str], tmp_path: Path
) -> None:
    beside = environ | {"DENGWEN_X_KAFKA_PASSWORD_FILE": str(tmp_path / "service.pem")}
    as_file(environ, tmp_path, "KAFKA_PASSWORD", SECRET)
    (tmp_path / "KAFKA_PASSWORD").unlink()

    for given, said in ((beside, "KAFKA_PASSWORD is given beside it"), (environ, "cannot be read")):
        with pytest.raises(SettingsRefused, match=f"DENGWEN_X_KAFKA_PASSWORD_FILE: {said}"):
            read(given)


def found(mode: int, owner: int, group: int) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 0, owner, group, 0, 0, 0, 0))


FILE, FOLDER, US = stat.S_IFREG, stat.S_IFDIR, 10001


@pytest.mark.parametrize(
    ("there", "groups", "read_only", "is_open"),
    [
        (found(FILE | 0o600, US, US), {US}, False, False),
        (found(FOLDER | 0o700, US, US), {US}, False, False),
        (found(FILE | 0o440, 0, US), {US}, True, False),
        (found(FILE | 0o440, 0, 5), {US}, True, True),
        (found(FILE | 0o440, 0, 0), set(), True, True),
        (found(FILE | 0o440, US, US), {US}, True, True),
        (found(FILE | 0o444, 0, US), {US}, True, True),
        (found(FILE | 0o460, 0, US), {US}, True, True),
        (found(FOLDER | 0o1777, 0, US), {US}, True, False),
        (found(FOLDER | 0o755, 0, US), {US}, False, True),
    ],
)
def test_a_mounted_secret_is_closed_when_our_group_alone_may_read_it(
    there: os.stat_result, groups: set[int], read_only: bool, is_open: bool
) -> None:
    assert open_to_others(there, groups, read_only=read_only) is is_open


def test_what_an_orchestrator_keeps_beside_the_mounted_keys_is_passed_over(
    environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "keys" / "..2026_01_01").mkdir(mode=0o755)

    refuse_unsafe(read(environ), {})


def no_brokers(environ: dict[str, str], _: Path) -> None:
    environ["DENGWEN_X_KAFKA_PREFIX"] = "t."


def long_tokens(environ: dict[str, str], _: Path) -> None:
    environ["DENGWEN_X_TOKEN_SECONDS"] = "901"


def demo_key(environ: dict[str, str], _: Path) -> None:
    environ["DENGWEN_X_OIDC_ISSUER"] = "https://issuer.example"


def open_folder(_: dict[str, str], folder: Path) -> None:
    (folder / "keys").chmod(0o750)


def open_key(_: dict[str, str], folder: Path) -> None:
    (folder / "keys" / "root.key").chmod(0o604)


def open_service_key(_: dict[str, str], folder: Path) -> None:
    (folder / "service.pem").chmod(0o640)


def writable_tokens(_: dict[str, str], folder: Path) -> None:
    (folder / "tokens.json").chmod(0o666)


def lost_tokens(_: dict[str, str], folder: Path) -> None:
    (folder / "tokens.json").unlink()


def lost_keys(environ: dict[str, str], folder: Path) -> None:
    environ["DENGWEN_X_KEYS_FOLDER"] = str(folder / "nowhere")


def release(environ: dict[str, str], _: Path) -> None:
    environ |= {"DENGWEN_RELEASE": "1", "FAILPOINTS": "relay.committed=kill"}


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (no_brokers, "KAFKA_PREFIX"),
        (long_tokens, "TOKEN_SECONDS"),
        (demo_key, "TOKEN_KEYS_FILE"),
        (open_folder, "KEYS_FOLDER"),
        (open_key, "KEYS_FOLDER"),
        (open_service_key, "SERVICE_KEY_FILE"),
        (writable_tokens, "TOKEN_KEYS_FILE"),
        (lost_tokens, "TOKEN_KEYS_FILE"),
        (lost_keys, "KEYS_FOLDER"),
        (release, "FAILPOINTS"),
    ],
)
def test_what_is_unsafe_is_refused_by_name(
    environ: dict[str, str], tmp_path: Path, spoil: Callable[[dict[str, str], Path], None], named: str
) -> None:
    spoil(environ, tmp_path)

    with pytest.raises(SettingsRefused, match=named) as refused:
        refuse_unsafe(read(environ), environ)

    assert str(tmp_path) not in str(refused.value)


def test_a_process_without_kafka_has_no_broker(environ: dict[str, str]) -> None:
    without = {name: value for name, value in environ.items() if "KAFKA" not in name}

    with pytest.raises(SettingsRefused, match="KAFKA_BOOTSTRAP"):
        read(without).broker()


PROGRAM = """
import os
from services.chassis.lifecycle import command, run_worker
from services.chassis.settings import Settings
command({"worker": lambda: run_worker(Settings.from_environ("DENGWEN_X_", os.environ), None)})
"""


@pytest.mark.parametrize("spoil", [open_key, long_tokens, lost_tokens])
def test_a_refused_start_ends_with_two_and_one_line(
    environ: dict[str, str], tmp_path: Path, spoil: Callable[[dict[str, str], Path], None]
) -> None:
    spoil(environ, tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "worker"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )

    assert done.returncode == 2
    assert done.stderr.startswith("refused to start: ")
    assert done.stderr.count("\n") == 1
    assert SECRET not in done.stderr + done.stdout


def test_a_broker_is_spoken_to_over_tls_where_its_authority_is_named(
    environ: dict[str, str], tmp_path: Path
) -> None:
    environ["DENGWEN_X_KAFKA_CA_FILE"] = str(Authority.make(tmp_path, "ours").file)
    environ["DENGWEN_X_KAFKA_MECHANISM"] = "SCRAM-SHA-512"

    broker = read(environ).broker()

    assert broker.tls is not None
    assert broker.tls.check_hostname
    assert broker.mechanism == "SCRAM-SHA-512"


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_cannot_be_read_is_refused_and_never_passed_over(
    environ: dict[str, str], tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.crt"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    environ["DENGWEN_X_KAFKA_CA_FILE"] = str(file)

    with pytest.raises(SettingsRefused, match="KAFKA_CA_FILE"):
        read(environ).broker()
