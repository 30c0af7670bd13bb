-- An organ with a receipt on a report reads it: with the state of the holder's part, and with the excluded set,
-- by which the application judges who may read. It reads and does not write: that is the holder's.
DO $$
DECLARE s text := mechanism.service();
        t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['part', 'exclusion'] LOOP
        EXECUTE format('CREATE POLICY api_received ON business.%I FOR SELECT TO %I '
                       'USING (business.received_here(report_id))', t, s || '_api');
    END LOOP;
    FOREACH t IN ARRAY ARRAY['report', 'report_content', 'report_party'] LOOP
        EXECUTE format('DROP POLICY api_received ON business.%I', t);
        EXECUTE format('CREATE POLICY api_received ON business.%I FOR SELECT TO %I '
                       'USING (business.received_here(report_id))', t, s || '_api');
    END LOOP;
    EXECUTE format('CREATE POLICY api_held ON business.report FOR UPDATE TO %I '
                   'USING (holder = (SELECT mechanism.acting_organ()))', s || '_api');
    EXECUTE format('CREATE POLICY api_held ON business.report_party FOR UPDATE TO %I USING (EXISTS '
                   '(SELECT FROM business.report r WHERE r.report_id = report_party.report_id '
                   'AND r.holder = (SELECT mechanism.acting_organ())))', s || '_api');
END $$;
