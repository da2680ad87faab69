-- What the dispatcher may: read alerts and what people did, and add to the acts what it told and to whom. It reads no login and no audit log; of phones
-- that are woken by web push it forgets those that are gone, and it says what pages may subscribe with.
GRANT USAGE ON SCHEMA public TO "fieldpost-dispatch";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO "fieldpost-dispatch";
REVOKE ALL ON access_person, access_invitation, access_session, access_token, access_audit FROM "fieldpost-dispatch";
GRANT UPDATE (acknowledged_by, acknowledged_ms, change) ON alert TO "fieldpost-dispatch";
GRANT INSERT ON act, word TO "fieldpost-dispatch";
GRANT USAGE ON SEQUENCE act_n_seq TO "fieldpost-dispatch";
GRANT INSERT, UPDATE ON desk TO "fieldpost-dispatch";
GRANT UPDATE, DELETE ON access_phone TO "fieldpost-dispatch";
GRANT INSERT, UPDATE, DELETE ON access_offer TO "fieldpost-dispatch";
