"""The chart as files: made of the sources of the embedded default, its values typed, its profiles whole."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator  # type: ignore[import-untyped] # ships no types

from deploy.helm.topology import CHART, files
from deploy.helm.values_schema import MOST_REPLICAS, values_schema
from deploy.local.processes import REPOSITORY
from deploy.topics import read_topics
from deploy.ways import PUBLIC, SEALED_OFF, processes
from tests.chart.helm import STEPS, merged, values_of
from tests.chart.mistakes import BY_SCHEMA, Mistake

PROFILES = ("trial", "office", "province")
SCHEMA = values_schema()
VALIDATOR = Draft7Validator(SCHEMA)


def keys_of(schema: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every key of the values with its schema, and where it stands."""
    inner = [*schema.get("properties", {}).items(), *schema.get("patternProperties", {}).items()]
    if "items" in schema:
        inner.append(("*", schema["items"]))
    for name, part in inner:
        yield f"{at}/{name}", part
        yield from keys_of(part, f"{at}/{name}")


def test_what_the_chart_shares_with_the_embedded_default_is_written_from_its_sources() -> None:
    for file, text in files().items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name}: run python -m deploy.helm.topology"


def test_alerts_and_dashboards_of_the_chart_are_those_of_every_installation() -> None:
    for name, source in (("rules", "deploy/prometheus/rules"), ("dashboards", "deploy/grafana/dashboards")):
        assert (CHART / "files" / name).resolve() == REPOSITORY / source
        assert list((CHART / "files" / name).iterdir())


def test_the_schema_is_one_and_describes_every_key() -> None:
    Draft7Validator.check_schema(SCHEMA)

    assert [at for at, part in keys_of(SCHEMA) if not part.get("description")] == []
    assert [at for at, part in keys_of(SCHEMA) if "type" not in part] == []


def test_every_group_of_values_is_closed_to_other_keys() -> None:
    open_ = [
        at
        for at, part in keys_of(SCHEMA)
        if part.get("type") == "object" and part.get("additionalProperties") is not False
    ]

    assert open_ == ["/global"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_fits_the_schema(profile: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(values_of(profile))] == []


def test_every_profile_is_brought_up_by_the_check() -> None:
    there = {file.stem.removeprefix("values-") for file in CHART.glob("values-*.yaml")}

    assert there == set(PROFILES)
    assert there == {step.profile for step in STEPS}


@pytest.mark.parametrize("mistake", BY_SCHEMA, ids=lambda mistake: mistake.name)
def test_a_wrong_value_is_refused_where_it_stands(mistake: Mistake) -> None:
    values = merged(values_of(mistake.step.profile), mistake.changed)

    errors = list(VALIDATOR.iter_errors(values))

    said = [f"/{'/'.join(map(str, error.absolute_path))} {error.message}" for error in errors]
    assert any(mistake.word in line for line in said), said


def test_the_values_name_every_process_and_no_other() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))

    assert list(values["processes"]) == [process.name for process in processes()]
    assert set(SCHEMA["properties"]["processes"]["properties"]) == set(values["processes"])


def test_no_value_is_a_secret_and_none_lifts_what_no_installation_may_lift() -> None:
    named = {
        name
        for service in SCHEMA["properties"]["settings"]["properties"].values()
        for name in service["properties"]
    }

    assert not [name for name in named if "PASSWORD" in name or name.endswith(("_DSN", "_FILE", "_FOLDER"))]
    assert not named & {"KAFKA_PREFIX", "SECURE_COOKIES", "HTTP_HOST"}


def test_a_worker_never_outnumbers_the_partitions_and_the_vault_never_has_further_callers() -> None:
    callers = SCHEMA["properties"]["network"]["properties"]["callers"]["items"]["properties"]["process"][
        "enum"
    ]

    assert min(topic.partitions for topic in read_topics()) == MOST_REPLICAS
    assert f"{SEALED_OFF}-api" not in callers
    assert {f"{name}-api" for name in PUBLIC} & set(callers) == {"console-api"}
