-- The place of a fact names it; 0003 makes this its only index. Built in the transaction of the migration, since one
-- that is built concurrently stays behind invalid when it is killed half-way, and no installation holds facts yet.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX fact_place ON business.fact (report_id, topic, subject, sequence);
