"""The parts of images and containers that need neither: secrets, rules of entry, doors, bills, complaints."""

import stat
from pathlib import Path

import pytest

from deploy.container.doors import Door, doors, expected
from deploy.container.make_secrets import make, names
from deploy.container.podman_here import conditions
from deploy.container.postgres import rules
from deploy.container.sbom import components
from deploy.container.workshop import BESIDE, PROGRAMS, ToolMissing, check_tools
from deploy.local.kafka import locked_jars
from deploy.local.postgres import SERVICES
from deploy.ways import Way


def test_secrets_are_made_once_each_in_its_file_for_its_owner_alone(tmp_path: Path) -> None:
    assert make(tmp_path) == len(names())
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    (tmp_path / "secrets" / "intake_api").unlink()

    assert make(tmp_path) == 1
    assert {path.name for path in (tmp_path / "secrets").iterdir()} == set(names())
    assert {path.name for path in (tmp_path / "keys").iterdir()} >= {"tokens.json", "staff.pem", *SERVICES}
    for path in tmp_path.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
        if path in before and path.name not in {"intake_api", "tokens.json"}:
            assert path.read_bytes() == before[path]


def test_each_role_enters_its_own_database_by_password_and_nobody_enters_without() -> None:
    lines = rules().splitlines()

    assert len(lines) == 1 + len(SERVICES)
    assert all(line.startswith("host ") and line.endswith(" samenet scram-sha-256") for line in lines)
    assert [line.split()[1:3] for line in lines if "vault" in line] == [
        ["petition_vault", "vault_migrate,vault_api,vault_worker,vault_oracle"]
    ]
    assert not [line for line in lines[1:] if line.split()[1] == "all"]


def test_a_door_is_every_port_of_a_container_at_every_address_it_has() -> None:
    found = doors(
        {"intake-api": ["10.0.5.2", "10.0.1.40"], "kafka": ["10.0.3.2"], "databases": ["10.0.1.41"]}
    )

    assert {(door.owner, door.host, door.port) for door in found} == {
        ("intake-api", "10.0.5.2", 8101),
        ("intake-api", "10.0.5.2", 9101),
        ("intake-api", "10.0.1.40", 8101),
        ("intake-api", "10.0.1.40", 9101),
        ("kafka", "10.0.3.2", 19092),
    }


@pytest.mark.parametrize(
    ("caller", "host", "may"),
    [
        ("console-api", "10.0.5.2", True),
        ("console-api", "10.0.1.40", False),
        ("review-worker", "10.0.5.2", False),
    ],
)
def test_a_listed_way_leads_to_the_own_address_of_its_callee_alone(caller: str, host: str, may: bool) -> None:
    listed = [Way("console-api", "intake-api", "http")]

    assert expected(caller, Door("intake-api", host, 8101), {"intake-api": "10.0.5.2"}, listed) is may


def test_a_bill_names_each_part_by_its_kind_and_a_jar_by_its_hash() -> None:
    (group, artifact, version), digest = next(iter(locked_jars().items()))

    bill = list(
        components(
            {
                "debian": [["libpq5", "15.20-0+deb12u1", "amd64"]],
                "python": [["PyYAML", "6.0.4"]],
                "jars": [f"{artifact}-{version}.jar"],
            }
        )
    )

    assert [str(part.purl) for part in bill] == [
        "pkg:deb/debian/libpq5@15.20-0%2Bdeb12u1?arch=amd64",
        "pkg:pypi/pyyaml@6.0.4",
        f"pkg:maven/{group}/{artifact}@{version}",
    ]
    assert [found.content for found in bill[2].hashes] == [digest]


def test_what_is_waited_for_is_read_from_what_podman_compose_asks() -> None:
    assert conditions(["--condition=healthy", "--ignore", "a", "b"]) == ("healthy", ["a", "b"])
    assert conditions(["a"]) == ("stopped", ["a"])


def test_a_missing_program_is_named_with_the_package_that_gives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ToolMissing, match="apt-get install") as missing:
        check_tools([tmp_path])

    assert all(package in str(missing.value) for package in (*PROGRAMS.values(), *BESIDE.values()))


def test_who_is_not_root_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROGRAMS, *BESIDE):
        (tmp_path / name).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    check_tools([tmp_path], 0)
    with pytest.raises(ToolMissing, match="as root"):
        check_tools([tmp_path], 1000)
