"""Topics and rights as a rendered chart asks Strimzi for them, in the words of ``deploy/topics.py``."""

from collections.abc import Sequence

from deploy.topics import Rule, read_topics, rules_of
from tests.chart.helm import Manifest, of_kind

Made = tuple[str, int, tuple[tuple[str, str], ...]]
"""A topic by its name, its partitions and its settings."""
PATTERNS = {"topic": "literal", "group": "prefix"}


def differences(manifests: Sequence[Manifest]) -> list[str]:
    """What Strimzi is asked for beyond the contracts, or short of them; nothing where it is not asked."""
    if not list(of_kind(list(manifests), "Kafka")):
        return []
    topics = read_topics()
    listed = {(t.name, t.partitions, tuple(sorted(t.settings().items()))) for t in topics}
    wrong = [f"a topic that differs: {topic[0]}" for topic in sorted(topics_in(manifests) ^ listed)]
    rules = sorted(rules_in(manifests) ^ rules_of(topics), key=str)
    return wrong + [f"a right that differs: {rule}" for rule in rules]


def topics_in(manifests: Sequence[Manifest]) -> set[Made]:
    """Every topic that is asked for."""
    return {
        (
            one["metadata"]["name"],
            one["spec"]["partitions"],
            tuple(sorted((key, str(value)) for key, value in one["spec"]["config"].items())),
        )
        for one in of_kind(list(manifests), "KafkaTopic")
    }


def rules_in(manifests: Sequence[Manifest]) -> frozenset[Rule]:
    """Every right; one whose pattern is not that of its kind is named so that it equals none of ours."""
    rules = set()
    for one in of_kind(list(manifests), "KafkaUser"):
        for acl in one["spec"]["authorization"]["acls"]:
            resource = acl["resource"]
            right = PATTERNS.get(resource["type"]) == resource["patternType"]
            name = resource["name"] if right else f"{resource['patternType']} {resource['name']}"
            for operation in acl["operations"]:
                rules.add(Rule(one["metadata"]["name"], operation.upper(), resource["type"], name))
    return frozenset(rules)
