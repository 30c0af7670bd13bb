"""N1: every figure once more, by plain SQL from the fact rows, beside what the fold made of them.

Nothing here is shared with the fold: the statements below are the second opinion. Beside receipts and acts
by organ, month and code stands the live stream's count of registrations, by the hour.
"""

import logging
from dataclasses import dataclass

from services.analytics.domain.codes import Codes
from services.chassis.database import Connection, Pool, transaction
from services.chassis.metrics import FIGURES_DIFFERING

LOG = logging.getLogger(__name__)
OF_RECEIPTS = """
    SELECT organ, date_trunc('month', received_on)::date AS month, dimension, code
      FROM {rows} AS r
     CROSS JOIN LATERAL (
           SELECT 'receipt', report_id::text || report_no
           UNION ALL SELECT 'kind', kind
           UNION ALL SELECT 'nature', coalesce(nature, 'UNCLASSIFIED')
           UNION ALL SELECT 'channel', channel
           UNION ALL SELECT 'source', source
           UNION ALL SELECT 'region', coalesce(region, '')
           UNION ALL SELECT 'persons', reporter_count::text
           UNION ALL SELECT 'taxonomy', coalesce(taxonomy_version, '')
           UNION ALL SELECT 'occurrence', occurrence WHERE nature = 'N1'
           UNION ALL SELECT 'name_status', name_status WHERE nature = 'N1'
           UNION ALL SELECT 'rank_group', rank_group WHERE nature = 'N1'
           UNION ALL SELECT 'unit_head', unit_head::text WHERE nature = 'N1'
           UNION ALL SELECT 'violation', ticked FROM unnest(violations) AS t (ticked) WHERE nature = 'N1'
           UNION ALL SELECT 'theme', tagged FROM unnest(themes) AS t (tagged) WHERE nature = 'N1'
           ) AS cut (dimension, code)
"""
OF_ACTS = "SELECT organ, date_trunc('month', on_day)::date, 'act', act FROM {rows} AS p"
SAID = """
    SELECT f.*, max(said_at) OVER (PARTITION BY report_id, topic, subject ORDER BY sequence) AS placed_at
      FROM business.fact f
     WHERE NOT EXISTS (SELECT FROM business.fact z WHERE z.report_id = f.report_id AND z.type IN
                       ('intake.report-frozen.v1', 'referral.superior-level-suspected.v1'))
"""
RECEIVED = """
    SELECT DISTINCT ON (report_id, organ, data ->> 'report_no')
           report_id, organ, sequence, data ->> 'report_no' AS report_no, data ->> 'kind' AS kind, data
      FROM said WHERE type = 'intake.report-registered.v1'
     ORDER BY report_id, organ, data ->> 'report_no', sequence
"""
CLASSED = """
    SELECT report_id, organ, sequence, (data ->> 'version')::int AS version, data
      FROM said WHERE type IN ('intake.report-classified.v1', 'intake.category-changed.v1')
"""
LATEST = (
    "SELECT DISTINCT ON (report_id, organ) * FROM classed ORDER BY report_id, organ, version DESC, sequence"
)
ASSIGNER = """
    SELECT DISTINCT ON (report_id, data ->> 'target_organ')
           report_id, data ->> 'target_organ' AS organ, organ AS by_organ
      FROM said WHERE type = 'referral.report-assigned.v1'
     ORDER BY report_id, data ->> 'target_organ', sequence DESC
"""
OWNED = """
    SELECT DISTINCT ON (report_id, organ, receipt_sequence) report_id, organ, receipt_sequence, data
      FROM (SELECT *, max(sequence) FILTER (WHERE opens)
                          OVER (PARTITION BY report_id, organ ORDER BY sequence) AS receipt_sequence
              FROM (SELECT report_id, organ, sequence, NULL::int AS version, data,
                           kind <> 'ASSIGNMENT_RECEIPT' AS opens FROM received
                     UNION ALL
                    SELECT report_id, organ, sequence, version, data, false FROM classed) AS line
           ) AS corrected
     WHERE version IS NOT NULL AND receipt_sequence IS NOT NULL
     ORDER BY report_id, organ, receipt_sequence, version DESC
"""
COUNTED = """
    SELECT r.report_id, r.organ, r.report_no, r.kind, (arrival.data ->> 'received_on')::date AS received_on,
           arrival.data ->> 'channel' AS channel, arrival.data ->> 'source' AS source,
           arrival.data ->> 'name_status' AS name_status,
           (arrival.data ->> 'reporter_count')::int AS reporter_count,
           c.data ->> 'nature' AS nature, c.data ->> 'occurrence' AS occurrence,
           ARRAY(SELECT DISTINCT split_part(v, '-', 1)
                   FROM jsonb_array_elements_text(c.data -> 'violations') v) AS violations,
           ARRAY(SELECT DISTINCT v FROM jsonb_array_elements_text(c.data -> 'themes') v) AS themes,
           CASE WHEN c.data IS NOT NULL THEN
               coalesce((SELECT line FROM jsonb_array_elements(c.data -> 'parties') party
                           JOIN unnest($1::text[], $2::text[], $3::int[]) AS ranked (rank, line, height)
                             ON ranked.rank = party ->> 'rank'
                          ORDER BY height LIMIT 1), 'UNKNOWN') END AS rank_group,
           coalesce((SELECT bool_or((party ->> 'is_unit_head')::boolean)
                       FROM jsonb_array_elements(c.data -> 'parties') party), false) AS unit_head,
           c.data ->> 'region_of_conduct' AS region, c.data ->> 'taxonomy_version' AS taxonomy_version
      FROM received r
      LEFT JOIN assigner a ON a.report_id = r.report_id AND a.organ = r.organ
      LEFT JOIN latest own ON own.report_id = r.report_id AND own.organ = r.organ
      LEFT JOIN latest theirs ON theirs.report_id = r.report_id AND theirs.organ = a.by_organ
     CROSS JOIN LATERAL (SELECT coalesce(own.data, theirs.data) AS data) c
      LEFT JOIN owned ON owned.report_id = r.report_id AND owned.organ = r.organ
                     AND owned.receipt_sequence = r.sequence
     CROSS JOIN LATERAL (SELECT coalesce(owned.data, r.data) AS data) arrival
"""
ACTED = """
    SELECT report_id, placed_at, topic, subject, sequence, day, act,
           CASE type WHEN 'referral.transfer-signed-for.v1' THEN data ->> 'from_organ' ELSE organ END AS organ
      FROM said
     CROSS JOIN LATERAL (SELECT CASE type
           WHEN 'intake.report-registered.v1' THEN
                CASE WHEN data ->> 'kind' <> 'ASSIGNMENT_RECEIPT' THEN 'REGISTER' END
           WHEN 'intake.report-classified.v1' THEN 'CLASSIFY'
           WHEN 'intake.category-changed.v1' THEN 'CLASSIFY'
           WHEN 'referral.report-queued-for-study.v1' THEN 'QUEUE'
           WHEN 'referral.report-accepted.v1' THEN 'ACCEPT'
           WHEN 'referral.report-moved.v1' THEN 'MOVE'
           WHEN 'referral.report-transferred.v1' THEN 'TRANSFER'
           WHEN 'referral.transfer-signed-for.v1' THEN 'SIGN_TRANSFER'
           WHEN 'referral.report-assigned.v1' THEN 'ASSIGN'
           WHEN 'referral.report-returned.v1' THEN
                CASE data ->> 'returned_by' WHEN 'LOWER_ORGAN' THEN 'REFUSE_TRANSFER' ELSE 'RETURN' END
           WHEN 'referral.report-retained.v1' THEN
                CASE data ->> 'kind' WHEN 'REPEAT' THEN 'RETAIN_REPEAT' ELSE 'RETAIN_NO_SUBSTANCE' END
           WHEN 'referral.report-advised.v1' THEN 'ADVISE'
           WHEN 'referral.report-forwarded.v1' THEN 'FORWARD'
           WHEN 'referral.appeal-routed.v1' THEN 'APPEAL'
           WHEN 'referral.suggestion-filed.v1' THEN 'SUGGEST'
           WHEN 'referral.disposal-decided.v1' THEN 'DECIDE_DISPOSAL'
           WHEN 'referral.report-concluded.v1' THEN 'CONCLUDE'
           WHEN 'referral.routing-withdrawn.v1' THEN
                CASE WHEN data ->> 'reason' <> 'FROZEN' THEN 'WITHDRAW' END
           WHEN 'review.result-submitted.v1' THEN 'SUBMIT_RESULT'
           WHEN 'review.result-withdrawn.v1' THEN 'RETURN_RESULT'
           WHEN 'review.result-returned.v1' THEN
                CASE WHEN data ->> 'back_to' = 'SUPPLEMENTING' THEN 'RETURN_RESULT' END
           END AS act) AS told
     WHERE act IS NOT NULL
"""
MOVED = """
    SELECT report_id, organ, act,
           max(day) OVER (PARTITION BY report_id, organ
                          ORDER BY placed_at, topic, subject, sequence) AS on_day
      FROM (SELECT *, lag(act) OVER (PARTITION BY report_id, organ
                                     ORDER BY placed_at, topic, subject, sequence) AS before
              FROM acted) AS followed
     WHERE CASE act WHEN 'REGISTER' THEN before IS NULL WHEN 'CLASSIFY' THEN before = 'REGISTER' ELSE true END
"""
COMPARE = f"""
    WITH said AS MATERIALIZED ({SAID}), received AS MATERIALIZED ({RECEIVED}),
         classed AS MATERIALIZED ({CLASSED}), latest AS MATERIALIZED ({LATEST}),
         assigner AS MATERIALIZED ({ASSIGNER}), owned AS MATERIALIZED ({OWNED}),
         counted AS MATERIALIZED ({COUNTED}),
         acted AS MATERIALIZED ({ACTED}), moved AS MATERIALIZED ({MOVED}),
         told AS (SELECT organ, month, dimension, code, count(*) AS n
                    FROM ({OF_RECEIPTS.format(rows="counted")} UNION ALL {OF_ACTS.format(rows="moved")}) AS x
                   GROUP BY 1, 2, 3, 4),
         kept AS (SELECT organ, month, dimension, code, count(*) AS n
                    FROM ({OF_RECEIPTS.format(rows="business.receipt")}
                          UNION ALL {OF_ACTS.format(rows="business.passage")}) AS x
                   GROUP BY 1, 2, 3, 4)
    SELECT organ, month, dimension, code, told.n AS by_facts, kept.n AS by_fold
      FROM told FULL JOIN kept USING (organ, month, dimension, code)
"""  # noqa: S608 - put together from the constants above, nothing from outside
SUM_UP = f"""
    SELECT count(*) AS compared, count(*) FILTER (WHERE by_facts IS DISTINCT FROM by_fold) AS differing,
           array_agg(DISTINCT dimension ORDER BY dimension)
               FILTER (WHERE by_facts IS DISTINCT FROM by_fold) AS dimensions
      FROM ({COMPARE}) AS figures
"""  # noqa: S608 - as above
PLAN = "SET LOCAL statement_timeout = '600s'; SET LOCAL enable_nestloop = off"
"""The joins are of sets without statistics; a nested loop over them would never end."""
KEEP = "INSERT INTO business.comparison (kind, compared, differing) VALUES ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many figures were compared, how many differ, and in which dimensions."""

    compared: int
    differing: int
    dimensions: tuple[str, ...] = ()


async def recompute(pool: Pool, codes: Codes) -> Comparison:
    """Compare every figure with the facts, in one statement; the result is kept and measured."""
    height = {group.code: place for place, group in enumerate(codes.rank_groups)}
    ranks = list(codes.rank_lines)
    lines = [codes.rank_lines[rank] for rank in ranks]
    async with transaction(pool) as connection:
        await connection.execute(PLAN)
        row = await connection.fetchrow(SUM_UP, ranks, lines, [height[line] for line in lines], timeout=600)
        found = Comparison(row["compared"], row["differing"], tuple(row["dimensions"] or ()))
        await keep(connection, "recompute", found)
    return found


async def keep(connection: Connection, kind: str, found: Comparison) -> None:
    """Write down what a comparison found, measure it, and say it when figures differ."""
    await connection.execute(KEEP, kind, found.compared, found.differing)
    FIGURES_DIFFERING.labels(kind).set(found.differing)
    if found.differing:
        LOG.error("figures-differ", extra={"kind": kind, "count": found.differing})
