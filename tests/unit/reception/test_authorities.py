"""The door of the interview record takes the cadre authorities of the shared list and no other word."""

from typing import get_args

import yaml

from services.reception.adapters.http_models import Authority
from tests.support.installation import REFERENCE


def test_the_authorities_are_those_of_the_shared_list() -> None:
    listed = yaml.safe_load((REFERENCE / "taxonomy.yaml").read_text(encoding="utf-8"))["authorities"]

    assert list(get_args(Authority)) == [row["code"] for row in listed]
