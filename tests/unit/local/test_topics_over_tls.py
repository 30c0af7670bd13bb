"""Who makes topics says its password to a broker that proved its name, where an authority is named."""

import pytest

from deploy.topics import MECHANISMS, signed_in


def test_with_an_authority_the_way_is_sealed_and_the_name_of_the_broker_checked() -> None:
    told = signed_in("b:1", "admin", "p", "/ca.crt", "SCRAM-SHA-512")

    assert told["security.protocol"] == "SASL_SSL"
    assert told["ssl.ca.location"] == "/ca.crt"
    assert told["ssl.endpoint.identification.algorithm"] == "https"
    assert told["sasl.mechanism"] == "SCRAM-SHA-512"


def test_without_one_the_way_is_that_of_the_loopback() -> None:
    told = signed_in("b:1", "admin", "p")

    assert (told["security.protocol"], told["sasl.mechanism"]) == ("SASL_PLAINTEXT", "SCRAM-SHA-256")


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-1", ""])
def test_a_mechanism_that_would_show_the_password_is_refused(mechanism: str) -> None:
    assert mechanism not in MECHANISMS
    with pytest.raises(ValueError, match="DENGWEN_TOPICS_MECHANISM"):
        signed_in("b:1", "admin", "p", None, mechanism)
