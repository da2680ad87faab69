-- What the console may: read everything, write what people do with alerts, raise alerts of drills, keep logins, and add to the acts and to the
-- audit log, of which it changes nothing.
GRANT USAGE ON SCHEMA public TO "fieldpost-console";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO "fieldpost-console";
GRANT UPDATE (acknowledged_by, acknowledged_ms, change) ON alert TO "fieldpost-console";
GRANT INSERT, UPDATE, DELETE ON access_person, access_invitation, access_session, access_token, access_phone TO "fieldpost-console";
GRANT INSERT ON access_audit TO "fieldpost-console";
GRANT INSERT ON act, act_from, alert, revision, word TO "fieldpost-console";
GRANT USAGE ON SEQUENCE act_n_seq TO "fieldpost-console";
GRANT INSERT, UPDATE ON desk, shared TO "fieldpost-console";
