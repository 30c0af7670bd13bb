"""Who may do what at the broker follows from the list of topics and from nothing else."""

from deploy.topics import Rule, Topic, read_topics, rules_of, users_of

LETTERS = Topic("petition.intake.letters.v1", "intake", ("referral",), 12, False, None)
ENTRIES = Topic("petition.referral.entries.v1", "referral", (), 12, True, 30)


def test_an_owner_writes_and_reads_and_a_listed_reader_reads() -> None:
    rules = rules_of([LETTERS, ENTRIES])

    assert {rule for rule in rules if rule.kind == "topic"} == {
        Rule("intake", "WRITE", "topic", LETTERS.name),
        Rule("intake", "READ", "topic", LETTERS.name),
        Rule("referral", "READ", "topic", LETTERS.name),
        Rule("referral", "WRITE", "topic", ENTRIES.name),
        Rule("referral", "READ", "topic", ENTRIES.name),
    }


def test_a_service_has_its_own_consumer_groups_and_no_other() -> None:
    groups = {rule for rule in rules_of([LETTERS, ENTRIES]) if rule.kind == "group"}

    assert groups == {
        Rule("intake", "READ", "group", "petition.intake"),
        Rule("referral", "READ", "group", "petition.referral"),
    }


def test_no_service_name_begins_another_so_that_prefixes_of_groups_are_apart() -> None:
    users = users_of(read_topics())

    assert [(a, b) for a in users for b in users if a != b and b.startswith(a)] == []


def test_a_compacted_topic_is_compacted_and_what_is_unlimited_is_kept() -> None:
    assert LETTERS.settings() == {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    assert ENTRIES.settings()["cleanup.policy"] == "compact"
    assert ENTRIES.settings()["retention.ms"] == str(30 * 86_400_000)


def test_every_committed_topic_is_read_whole_and_unlimited() -> None:
    topics = read_topics()

    assert len({topic.name for topic in topics}) == len(topics) > 0
    assert {topic.retention_days for topic in topics if not topic.internal} == {None}
