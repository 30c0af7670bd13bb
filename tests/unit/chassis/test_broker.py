"""Over TLS a broker and a database have to prove their name before a password is said."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from asyncpg import connect_utils

from services.chassis.broker import SCRAM_512, Broker, tls_from
from tests.support.authority import Authority


def shake_hands(client: ssl.SSLContext, certificate: Path, asked_for: str) -> str | None:
    """Play both sides in memory; returns the version of TLS agreed on. Raises ssl.SSLError when refused."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(down, up, server_hostname=asked_for)
    theirs = server.wrap_bio(up, down, server_side=True)
    for _ in range(4):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return ours.version()


def test_a_broker_that_the_authority_signed_for_is_spoken_to_over_tls(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path, "ours")
    certificate = authority.sign("kafka.example", tmp_path)

    assert shake_hands(tls_from(authority.file), certificate, "kafka.example") == "TLSv1.3"


@pytest.mark.parametrize(("signer", "asked_for"), [("another", "kafka.example"), ("ours", "other.example")])
def test_a_broker_of_another_authority_or_another_name_is_not_spoken_to(
    tmp_path: Path, signer: str, asked_for: str
) -> None:
    ours = Authority.make(tmp_path, "ours")
    signs = ours if signer == "ours" else Authority.make(tmp_path, signer)
    certificate = signs.sign("kafka.example", tmp_path)

    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(tls_from(ours.file), certificate, asked_for)


def test_a_broker_is_told_by_its_settings_whether_to_seal_and_how_to_prove_the_password(
    tmp_path: Path,
) -> None:
    tls = tls_from(Authority.make(tmp_path, "ours").file)

    open_, sealed = Broker("b:1", "u", "p"), Broker("b:1", "u", "p", tls=tls, mechanism=SCRAM_512)

    assert told(open_) == ("SASL_PLAINTEXT", None, "SCRAM-SHA-256")
    assert told(sealed) == ("SASL_SSL", tls, "SCRAM-SHA-512")


def told(broker: Broker) -> tuple[Any, ...]:
    """What the clients are told of the way to the broker."""
    shared = broker._shared()
    return shared["security_protocol"], shared["ssl_context"], shared["sasl_mechanism"]


def test_the_address_of_a_database_can_ask_for_its_certificate_and_its_name(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path, "ours")
    dsn = f"postgresql://u:p@db.example/x?sslmode=verify-full&sslrootcert={authority.file}"

    parse: Any = getattr(connect_utils, "_parse_connect_dsn_and_args")  # noqa: B009 - asyncpg types no such name
    parsed = parse(
        dsn=dsn, host=None, port=None, user=None, password=None, passfile=None, database=None, ssl=None,
        service=None, servicefile=None, direct_tls=None, server_settings=None, target_session_attrs=None,
        krbsrvname=None, gsslib=None,
    )  # fmt: skip

    context = parsed[1].ssl
    assert parsed[1].sslmode.name == "verify_full"
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
