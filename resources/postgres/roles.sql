-- Roles of a VAWG Desktop store in PostgreSQL. Run once by the database's owner after the store was made there,
-- and again after each update of the program:
--
--   psql "postgresql://owner@server/vawg" -f resources/postgres/roles.sql
--   psql "postgresql://owner@server/vawg" -c "CREATE ROLE d_deputy LOGIN PASSWORD '...' IN ROLE vawg_editor"
--
-- vawg_reader    sees everything, changes nothing
-- vawg_editor    works on records; may add to the log and never change it
-- vawg_approver  also closes recommendations and disposes of records

DO $$ BEGIN CREATE ROLE vawg_reader NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE vawg_editor NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE vawg_approver NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT vawg_reader TO vawg_editor;
GRANT vawg_editor TO vawg_approver;

GRANT USAGE ON SCHEMA public TO vawg_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO vawg_reader;

GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO vawg_editor;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vawg_editor;
GRANT DELETE ON head, conflict, former, subject, tally, counter, search, local, meta TO vawg_editor;
REVOKE UPDATE, DELETE, TRUNCATE ON "change" FROM vawg_editor;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM vawg_editor;
REVOKE UPDATE ON held FROM vawg_editor;

GRANT UPDATE (fields, why, why_salt) ON "change" TO vawg_approver;
GRANT DELETE ON held, work TO vawg_approver;

CREATE OR REPLACE FUNCTION only_an_approver_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = 'closed' AND OLD.status IS DISTINCT FROM 'closed'
    AND NOT pg_has_role(session_user, 'vawg_approver', 'member') THEN
    RAISE EXCEPTION 'permission denied: only an approver closes a recommendation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS recommendation_closed_by_an_approver ON recommendation;
CREATE TRIGGER recommendation_closed_by_an_approver BEFORE UPDATE ON recommendation
FOR EACH ROW EXECUTE FUNCTION only_an_approver_closes();
