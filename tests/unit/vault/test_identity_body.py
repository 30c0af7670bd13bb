"""What may be kept: the least, and never nothing."""

import pytest
from pydantic import ValidationError

from services.vault.http import Batch, Identity


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": None},
        {"name": ""},
        {"name": "  "},
        {"name": "甲\x00乙"},
        {"name": "甲\n乙"},
        {"name": "甲" * 201},
        {"name": 12},
        {"nickname": "甲"},
        {"name": "甲", "organ": "520000"},
    ],
)
def test_no_identity_is_made_of_this(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Identity.model_validate(body)


def test_an_identity_may_have_any_of_its_fields() -> None:
    given = {"name": "周晓岚", "phone": "00000000000"}

    assert Identity.model_validate(given).model_dump(exclude_none=True) == given


@pytest.mark.parametrize("count", [0, 501])
def test_a_batch_holds_one_to_five_hundred(count: int) -> None:
    with pytest.raises(ValidationError):
        Batch.model_validate({"identities": [{"name": "甲"}] * count})
