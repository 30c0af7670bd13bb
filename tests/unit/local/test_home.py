"""An installation keeps its secrets to itself and refuses what another version made, changing nothing."""

import stat
from pathlib import Path

import pytest

from deploy.local.home import Home, OtherVersion
from deploy.local.keys import NoKey, staff_key
from deploy.local.postgres import Binaries, NotInitialised, Server


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "dengwen")
    made.make()
    return made


def test_a_folder_named_by_the_environment_comes_before_all_others(tmp_path: Path) -> None:
    assert Home.of({"DENGWEN_HOME": str(tmp_path), "XDG_DATA_HOME": "/elsewhere"}).root == tmp_path


def test_secrets_are_made_once_and_are_for_the_owner_alone(home: Home) -> None:
    first = home.secrets(["postgres", "kafka_intake"])
    again = home.secrets(["postgres", "kafka_intake", "kafka_review"])

    assert first["postgres"] != first["kafka_intake"]
    assert again["postgres"] == first["postgres"]
    assert stat.S_IMODE((home.root / "secrets.json").stat().st_mode) == 0o600


def test_keys_and_logs_are_for_the_owner_alone_and_others_may_only_pass(home: Home) -> None:
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (home.keys, home.logs)} == {0o700}
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o711


def test_the_version_of_a_fresh_folder_is_noted_and_found_again(home: Home) -> None:
    home.check_version({"postgres": 15})

    home.check_version({"postgres": 15})


def test_a_folder_of_another_version_is_refused_with_its_cure_and_left_alone(home: Home) -> None:
    home.check_version({"postgres": 15})
    before = (home.root / "version.json").read_text()

    with pytest.raises(OtherVersion, match=r"postgres 15, this is postgres 18.*dengwen reset"):
        home.check_version({"postgres": 18})

    assert (home.root / "version.json").read_text() == before


def test_data_without_a_version_are_refused(home: Home) -> None:
    home.postgres.mkdir()

    with pytest.raises(OtherVersion, match=r"version\.json"):
        home.check_version({"postgres": 15})


def test_what_a_broken_off_restore_left_is_started_by_nobody_and_removed_by_a_reset(home: Home) -> None:
    home.restoring.mkdir()

    with pytest.raises(OtherVersion, match="run dengwen restore again"):
        home.check_version({"postgres": 15})

    home.remove_data()
    assert not home.restoring.exists()


def test_a_reset_leaves_an_empty_folder(home: Home) -> None:
    home.check_version({"postgres": 15})
    home.secrets(["postgres"])
    home.postgres.mkdir()

    home.remove_data()

    assert list(home.root.iterdir()) == []


@pytest.mark.parametrize("damaged", ["", '{"layo', "[]", "\udcff"])
def test_a_damaged_file_is_named_and_never_replaced(home: Home, damaged: str) -> None:
    for name in ("version.json", "secrets.json"):
        (home.root / name).write_bytes(damaged.encode("utf-8", "surrogateescape"))

    with pytest.raises(OtherVersion, match=r"version\.json is damaged: put back a sound copy"):
        home.check_version({"postgres": 15})
    with pytest.raises(OtherVersion, match=r"secrets\.json is damaged"):
        home.secrets(["postgres"])

    assert (home.root / "secrets.json").read_bytes() == damaged.encode("utf-8", "surrogateescape")


def test_data_are_never_left_to_fresh_secrets(home: Home) -> None:
    home.postgres.mkdir()

    with pytest.raises(OtherVersion, match=r"data without its secrets\.json: put the file back"):
        home.secrets(["postgres"])

    assert not (home.root / "secrets.json").exists()


def test_a_removal_takes_also_what_a_killed_start_left_half_made(home: Home) -> None:
    home.secrets(["postgres"])
    home.check_version({"postgres": 15})
    for folder in ("postgres", "postgres.fresh"):
        (home.root / folder).mkdir()
    (home.root / ".postgres.pw").touch()

    home.remove_data()

    assert list(home.root.iterdir()) == []


def test_a_folder_that_is_no_cluster_is_left_alone(home: Home) -> None:
    home.postgres.mkdir()
    (home.postgres / "somebody's").touch()
    server = Server(Binaries(home.root / "bin", 15, "nowhere"), home.postgres, 1, "secret")

    with pytest.raises(NotInitialised, match="holds something else than PostgreSQL's data"):
        server.initialise()

    assert [file.name for file in home.postgres.iterdir()] == ["somebody's"]


def test_nobody_is_given_a_token_of_an_installation_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="holds no installation yet: make one with dengwen up"):
        staff_key(Home(tmp_path / "nowhere"))

    assert not (tmp_path / "nowhere").exists()
