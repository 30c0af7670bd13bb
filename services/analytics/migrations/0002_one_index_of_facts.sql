-- outside a transaction
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS fact_place ON business.fact (report_id, topic, subject, sequence);
