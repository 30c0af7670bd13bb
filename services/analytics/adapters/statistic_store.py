"""Counts of a span in SQL: what a table is made of, seen as far as row security lets the asker see."""

from collections.abc import Mapping

from services.analytics.domain.counts import Counts, Dimension, Movements
from services.analytics.domain.values import Scope, Span
from services.chassis.database import Connection

COUNT_RECEIPTS = """
    WITH r AS MATERIALIZED (
        SELECT * FROM business.receipt
         WHERE received_on BETWEEN $1 AND $2 AND ($3::text IS NULL OR organ = $3)
           AND (NOT $4 OR nature = 'N1')
    ), a AS (
        SELECT * FROM r WHERE nature = 'N1'
    ), v AS (
        SELECT max(reporter_count) AS persons FROM r WHERE channel = 'VISIT' AND kind = 'FIRST'
         GROUP BY coalesce(visit_id::text, report_id::text || report_no)
    )
    SELECT 'item_times' AS dimension, '' AS code, count(*) AS n FROM r
    UNION ALL SELECT 'items', '', count(DISTINCT report_id) FROM r
    UNION ALL SELECT 'accusations', '', count(*) FROM a
    UNION ALL SELECT 'unit_heads', '', count(*) FROM a WHERE unit_head
    UNION ALL SELECT 'visit_batches', '', count(*) FROM v
    UNION ALL SELECT 'visit_persons', '', coalesce(sum(persons), 0) FROM v
    UNION ALL SELECT 'taxonomy', taxonomy_version, count(*) FROM r
               WHERE taxonomy_version IS NOT NULL GROUP BY 2
    UNION ALL SELECT 'nature', coalesce(nature, 'UNCLASSIFIED'), count(*) FROM r GROUP BY 2
    UNION ALL SELECT 'channel', channel, count(*) FROM r GROUP BY 2
    UNION ALL SELECT 'source', source, count(*) FROM r GROUP BY 2
    UNION ALL SELECT 'region', coalesce(region, ''), count(*) FROM r GROUP BY 2
    UNION ALL SELECT 'occurrence', occurrence, count(*) FROM a GROUP BY 2
    UNION ALL SELECT 'name_status', name_status, count(*) FROM a GROUP BY 2
    UNION ALL SELECT 'rank_group', rank_group, count(*) FROM a GROUP BY 2
    UNION ALL SELECT 'violation', coalesce(ticked, 'NOT_GIVEN'), count(*)
                FROM a LEFT JOIN LATERAL unnest(violations) AS t (ticked) ON true GROUP BY 2
    UNION ALL SELECT 'theme', tagged, count(*)
                FROM a CROSS JOIN LATERAL unnest(themes) AS t (tagged) GROUP BY 2
"""
COUNT_PASSAGES = """
    WITH p AS MATERIALIZED (
        SELECT x.report_id, x.organ, x.n, x.act, x.from_state, x.to_state, x.on_day
          FROM business.passage x JOIN business.part USING (report_id, organ)
         WHERE x.on_day <= $2 AND ($3::text IS NULL OR x.organ = $3) AND (NOT $4 OR part.nature = 'N1')
    )
    SELECT 'act' AS dimension, act AS code, count(*) AS n FROM p WHERE on_day >= $1 GROUP BY 2
    UNION ALL SELECT 'came', to_state, count(*) FROM p WHERE on_day >= $1 GROUP BY 2
    UNION ALL SELECT 'went', from_state, count(*) FROM p
               WHERE on_day >= $1 AND from_state IS NOT NULL GROUP BY 2
    UNION ALL SELECT 'opening', to_state, count(*)
                FROM (SELECT DISTINCT ON (report_id, organ) to_state FROM p WHERE on_day < $1
                       ORDER BY report_id, organ, n DESC) AS stood GROUP BY 2
    UNION ALL SELECT 'closing', to_state, count(*)
                FROM (SELECT DISTINCT ON (report_id, organ) to_state FROM p
                       ORDER BY report_id, organ, n DESC) AS stands GROUP BY 2
"""
Found = Mapping[str, Mapping[str, int]]


async def count_receipts(connection: Connection, span: Span, organ: str | None, scope: Scope) -> Counts:
    """Receipts received in the span, by every dimension."""
    found = await _count(connection, COUNT_RECEIPTS, span, organ, scope)

    def one(name: str) -> int:
        return found.get(name, {}).get("", 0)

    return Counts(
        item_times=one("item_times"),
        items=one("items"),
        accusations=one("accusations"),
        unit_heads=one("unit_heads"),
        visit_batches=one("visit_batches"),
        visit_persons=one("visit_persons"),
        by={dimension: found.get(dimension, {}) for dimension in Dimension},
        taxonomies=frozenset(found.get("taxonomy", {})),
    )


async def count_passages(connection: Connection, span: Span, organ: str | None, scope: Scope) -> Movements:
    """What parts did in the span; the two stocks are counted by themselves, not from what came and went."""
    found = await _count(connection, COUNT_PASSAGES, span, organ, scope)
    return Movements(
        acts=found.get("act", {}),
        opening=found.get("opening", {}),
        closing=found.get("closing", {}),
        came=found.get("came", {}),
        went=found.get("went", {}),
    )


async def _count(
    connection: Connection, statement: str, span: Span, organ: str | None, scope: Scope
) -> Found:
    found: dict[str, dict[str, int]] = {}
    rows = await connection.fetch(statement, span.first, span.last, organ, scope is Scope.ACCUSATIONS)
    for row in rows:
        found.setdefault(row["dimension"], {})[row["code"]] = int(row["n"])
    return found
