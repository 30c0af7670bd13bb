"""Jobs in containers take each secret from a file of its name, and say which one is missing."""

from pathlib import Path

import pytest

from deploy.databases import Place, chosen, roles
from deploy.local.infrastructure import secret_names
from deploy.local.postgres import SERVICES
from deploy.secret_files import SecretMissing, read_secrets
from deploy.topics import passwords_in, read_topics, users_of

WORD = "hunter2-hunter2"
USERS = users_of(read_topics())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in secret_names():
        (tmp_path / name).write_text(f"{WORD}-{name}\n", encoding="utf-8")
    return tmp_path


def test_the_secrets_of_an_installation_are_all_that_the_jobs_need(folder: Path) -> None:
    password, passwords = passwords_in({"DENGWEN_TOPICS_SECRETS_FOLDER": str(folder)}, USERS)

    assert password == f"{WORD}-kafka_admin"
    assert passwords == {user: f"{WORD}-kafka_{user}" for user in USERS}
    assert read_secrets(folder, roles()).keys() == set(roles())


def test_without_a_folder_the_passwords_are_variables() -> None:
    given = {"DENGWEN_TOPICS_PASSWORD": WORD, "DENGWEN_TOPICS_PASSWORD_INTAKE": "own", "OTHER": "x"}

    assert passwords_in(given, USERS) == (WORD, {"intake": "own"})


@pytest.mark.parametrize("content", [None, "", f"{WORD}\n{WORD}\n"])
def test_a_secret_that_is_missing_or_no_line_is_named_and_not_shown(
    folder: Path, content: str | None
) -> None:
    (folder / "kafka_intake").unlink()
    if content is not None:
        (folder / "kafka_intake").write_text(content, encoding="utf-8")

    with pytest.raises(SecretMissing, match="kafka_intake") as missing:
        passwords_in({"DENGWEN_TOPICS_SECRETS_FOLDER": str(folder)}, USERS)

    assert WORD not in str(missing.value)
    assert str(folder) not in str(missing.value)


def test_an_address_elsewhere_keeps_its_options_for_every_role_and_hides_the_password() -> None:
    place = Place("postgresql://root@db.example:5432/postgres?sslmode=verify-full", "a/b")

    assert place.dsn() == "postgresql://root:a%2Fb@db.example:5432/postgres?sslmode=verify-full"
    assert (
        place.dsn("petition_vault", "vault_api", "own")
        == "postgresql://vault_api:own@db.example:5432/petition_vault?sslmode=verify-full"
    )
    assert "a/b" not in repr(place)


@pytest.mark.parametrize("address", ["postgresql://db.example/postgres", f"postgresql://root:{WORD}@db/x"])
def test_an_address_without_a_user_or_with_a_password_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(ValueError, match="names a user") as refused:
        Place(address, "own").dsn()

    assert WORD not in str(refused.value)


def test_a_server_may_hold_the_databases_of_some_services_only() -> None:
    assert chosen({}) == list(SERVICES)
    assert roles(chosen({"DENGWEN_DATABASES_SERVICES": "vault"})) == [
        "postgres", "vault_migrate", "vault_api", "vault_worker", "vault_oracle",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no such service: valt"):
        chosen({"DENGWEN_DATABASES_SERVICES": "valt"})
