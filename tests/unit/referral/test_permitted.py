"""Which role may do what: the whole table, so that a change of it is seen."""

import pytest

from services.chassis.database import Subject
from services.referral.adapters import rule_files

OFFICE = {
    "petition-clerk": {
        "read-report", "advise-reporter", "sign-for-transfer", "request-recusal", "read-directory",
    },
    "petition-head": {
        "read-report", "read-papers", "route-report", "advise-reporter", "study-report", "sign-for-transfer",
        "refuse-transfer", "request-recusal", "read-directory",
    },
    "deputy-in-charge": {
        "read-report", "read-papers", "study-report", "request-recusal", "decide-recusal", "read-directory",
    },
    "chief": {
        "read-report", "read-papers", "handle-report", "request-recusal", "decide-recusal", "read-directory",
    },
    "committee-member": {"read-report", "request-recusal", "read-directory"},
    "handler": {"read-report", "handle-report", "request-recusal", "read-directory"},
    "case-handler": {"request-recusal", "read-directory"},
    "trial-reviewer": {"request-recusal", "read-directory"},
    "superior-officer": {"read-directory"},
    "receptionist": {"read-directory"},
    "leader": {"read-directory"},
    "directory-keeper": {"keep-directory", "read-directory"},
    "administrator": {"read-directory"},
    "service": {"read-directory"},
    "analyst": set(),
    "importer": set(),
    "auditor": set(),
}  # fmt: skip


@pytest.mark.parametrize("role", sorted(OFFICE))
def test_a_role_may_do_this_and_nothing_else(role: str) -> None:
    table = rule_files.permissions()
    subject = Subject("P-1", "520000", frozenset({role}))

    assert {name for name in table.roles if table.allows(subject, name)} == OFFICE[role]


def test_no_role_stands_in_the_table_that_is_not_judged_here() -> None:
    assert {role for roles in rule_files.permissions().roles.values() for role in roles} <= set(OFFICE)
