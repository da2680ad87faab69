-- What the console may: read everything, and write acknowledgements.
GRANT USAGE ON SCHEMA public TO "fieldpost-console";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO "fieldpost-console";
GRANT UPDATE (acknowledged_by, acknowledged_ms, change) ON alert TO "fieldpost-console";
