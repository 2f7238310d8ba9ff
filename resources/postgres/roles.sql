-- Roles of a VAWG Desktop store in PostgreSQL. Run by the database's owner after the store was made there,
-- and again after each update of the program. Safe to run again; it takes back what an earlier version granted.
--
--   psql "postgresql://owner@server/vawg" -v ON_ERROR_STOP=1 -1 -f resources/postgres/roles.sql
--   psql ... -c "CREATE ROLE d_deputy LOGIN PASSWORD '...' IN ROLE vawg_editor"
--   psql ... -c "INSERT INTO vawg_officer VALUES ('d_deputy', 'D. Deputy')"   -- the name the log bears; else the login
--
-- vawg_reader    sees what is not restricted, no secret; changes nothing
-- vawg_editor    works on records; adds to the log through vawg_append alone
-- vawg_approver  also closes recommendations and gaps, disposes of records, brings in others' closings and disposals
-- The owner (and a superuser) is outside all this: repair, migration, pouring, restoring and moving are the owner's.

-- Every table is taken at once, before anything is changed: taken one by one, they can be waited for in a circle with the
-- server's own housekeeping, which then ends the script.
DO $$ DECLARE every TEXT; BEGIN
  SELECT string_agg(format('public.%I', tablename), ', ' ORDER BY tablename) INTO every FROM pg_tables WHERE schemaname = 'public';
  IF every IS NOT NULL THEN EXECUTE 'LOCK TABLE ' || every || ' IN ACCESS EXCLUSIVE MODE'; END IF;
END $$;

DO $$ BEGIN CREATE ROLE vawg_reader NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE vawg_editor NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE vawg_approver NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT vawg_reader TO vawg_editor;
GRANT vawg_editor TO vawg_approver;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO vawg_reader;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, vawg_reader, vawg_editor, vawg_approver;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, vawg_reader, vawg_editor, vawg_approver;

-- Who a login is in the log, and which login wrote which transaction (also of what a merge brought).
CREATE TABLE IF NOT EXISTS vawg_officer (login TEXT PRIMARY KEY, who TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vawg_writing (
  xid XID8 NOT NULL, started TIMESTAMPTZ NOT NULL, login TEXT NOT NULL, txn TEXT NOT NULL, who TEXT NOT NULL,
  at TEXT NOT NULL, received TEXT NOT NULL, after_n BIGINT NOT NULL, last_n BIGINT,
  wrote BOOLEAN NOT NULL DEFAULT false, closed BOOLEAN NOT NULL DEFAULT false, PRIMARY KEY (xid, started));
REVOKE ALL ON vawg_officer, vawg_writing FROM PUBLIC;

-- ------------------------------------------------------------------ the log's canonical form (store/entries.py)
CREATE OR REPLACE FUNCTION vawg_digest(salt TEXT, said JSONB) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(salt || E'\x1f' || coalesce(said::text, 'null'), 'UTF8')), 'hex') $$;

CREATE OR REPLACE FUNCTION vawg_ids(said JSONB) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN said IS NULL THEN '[]' ELSE '[' || coalesce((SELECT string_agg(to_json(x)::text, ',' ORDER BY i)
    FROM jsonb_array_elements_text(said) WITH ORDINALITY AS o(x, i)), '') || ']' END $$;

CREATE OR REPLACE FUNCTION vawg_hashed(fields JSONB) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT '{' || coalesce(string_agg(to_json(k)::text || ':["' ||
    coalesce(v->'d'->>0, vawg_digest(v->>'s', v->'b')) || '","' ||
    coalesce(v->'d'->>1, vawg_digest(v->>'s', v->'a')) || '",' || vawg_ids(v->'o') || ']', ',' ORDER BY k COLLATE "C"), '') || '}'
  FROM jsonb_each(fields) AS c(k, v) WHERE k <> '~why' $$;

-- ------------------------------------------------------------------ who somebody is
CREATE OR REPLACE FUNCTION vawg_owns() RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class WHERE oid = 'public.change'::regclass $$;

CREATE OR REPLACE FUNCTION vawg_me(claimed TEXT) RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN vawg_owns() THEN claimed ELSE coalesce((SELECT who FROM vawg_officer WHERE login = session_user), session_user) END $$;

CREATE OR REPLACE FUNCTION vawg_refuse(what TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'permission denied: %', what USING ERRCODE = '42501'; END $$;

-- ------------------------------------------------------------------ beginning and appending
DROP FUNCTION IF EXISTS vawg_begin(TEXT, TEXT);
CREATE FUNCTION vawg_begin(p_txn TEXT, p_who TEXT, OUT origin TEXT, OUT seq INTEGER, OUT hash TEXT, OUT at TEXT,
  OUT received TEXT, OUT who TEXT, OUT approver BOOLEAN) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT pg_has_role(session_user, 'vawg_editor', 'MEMBER') THEN PERFORM vawg_refuse('a reader changes nothing'); END IF;
  IF p_txn !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' OR EXISTS (SELECT FROM change c WHERE c.txn = p_txn) THEN
    PERFORM vawg_refuse('that transaction is another''s'); END IF;
  SELECT o.id, o.seq, o.hash INTO origin, seq, hash FROM origin o WHERE o.mine = 1 FOR UPDATE;
  at := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  received := at;
  who := vawg_me(p_who);
  approver := pg_has_role(session_user, 'vawg_approver', 'MEMBER');
  INSERT INTO vawg_writing (xid, started, login, txn, who, at, received, after_n) VALUES (pg_current_xact_id(),
    transaction_timestamp(), session_user, p_txn, who, at, received, coalesce((SELECT max(c.n) FROM change c), 0));
END $$;

CREATE OR REPLACE FUNCTION vawg_now_writing() RETURNS vawg_writing LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT w FROM vawg_writing w WHERE xid = pg_current_xact_id_if_assigned() AND started = transaction_timestamp() AND NOT closed $$;

-- Entries as arrays in the order of entries.COLUMNS; names of origins not known yet, by id. One function appends, and no other way.
CREATE OR REPLACE FUNCTION vawg_append(entries JSONB, names JSONB) RETURNS INTEGER LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  w vawg_writing := vawg_now_writing(); owner BOOLEAN := vawg_owns(); said INTEGER := 0; e JSONB; f JSONB; mine TEXT; o TEXT;
  cur TEXT := ''; last INTEGER; prev TEXT; made TEXT; approver BOOLEAN := pg_has_role(session_user, 'vawg_approver', 'MEMBER');
BEGIN
  IF w IS NULL OR w.xid IS NULL THEN PERFORM vawg_refuse('nothing is appended outside a transaction of the program'); END IF;
  SELECT id INTO mine FROM origin WHERE origin.mine = 1;
  FOR e IN SELECT value FROM jsonb_array_elements(entries) LOOP
    o := e->>1;
    IF o <> cur THEN
      IF cur <> '' THEN UPDATE origin SET seq = last, hash = prev WHERE id = cur; END IF;
      INSERT INTO origin (id, name, mine, seq, hash) VALUES (o, coalesce(names->>o, ''), 0, 0, repeat('0', 64)) ON CONFLICT (id) DO NOTHING;
      SELECT origin.seq, origin.hash INTO last, prev FROM origin WHERE id = o FOR UPDATE;
      cur := o;
    END IF;
    f := (e->>14)::jsonb;
    IF (e->>2)::integer IS DISTINCT FROM last + 1 THEN PERFORM vawg_refuse('an entry''s number does not follow the last'); END IF;
    IF to_regclass('public.' || quote_ident(e->>11)) IS NULL OR e->>13 NOT IN ('create', 'edit') OR e->>13 IS NULL THEN
      PERFORM vawg_refuse('that is no entry'); END IF;
    IF (SELECT c.tbl FROM change c WHERE c."row" = e->>12 ORDER BY c.n LIMIT 1) <> e->>11 THEN PERFORM vawg_refuse('that id is another record''s'); END IF;
    IF o = mine AND NOT owner THEN
      IF e->>5 IS DISTINCT FROM w.who THEN PERFORM vawg_refuse('an entry bears the name of who is logged in'); END IF;
      IF e->>8 IS DISTINCT FROM w.txn OR e->>3 IS DISTINCT FROM w.at THEN PERFORM vawg_refuse('an entry is of its own transaction and time'); END IF;
      IF f ? '~why' OR f @? '$.*.d' THEN PERFORM vawg_refuse('a new entry says its values'); END IF;
      IF NOT approver AND e->>9 = 'dispose' THEN PERFORM vawg_refuse('only an approver disposes'); END IF;
      IF NOT approver AND e->>11 IN ('recommendation', 'gap') AND f #>> '{status,a}' = 'closed' AND f #>> '{status,b}' IS DISTINCT FROM 'closed' THEN
        PERFORM vawg_refuse('only an approver closes a recommendation or a gap'); END IF;
      IF EXISTS (SELECT FROM jsonb_path_query(f, '$.*.o[*]') x WHERE NOT EXISTS (SELECT FROM change c WHERE c.id = x #>> '{}' AND c."row" = e->>12)) THEN
        PERFORM vawg_refuse('an entry overwrites what was said of its own record'); END IF;
    END IF;
    made := encode(sha256(convert_to('{"about":' || coalesce(to_json(e->>10)::text, 'null') || ',"act":' || to_json(e->>9)::text ||
      ',"at":' || to_json(e->>3)::text || ',"fields":' || vawg_hashed(f) || ',"id":' || to_json(e->>0)::text || ',"op":' ||
      to_json(e->>13)::text || ',"origin":' || to_json(o)::text || ',"prev":"' || prev || '","row":' || to_json(e->>12)::text ||
      ',"seq":' || (e->>2) || ',"tbl":' || to_json(e->>11)::text || ',"txn":' || to_json(e->>8)::text || ',"v":1,"who":' ||
      to_json(e->>5)::text || ',"why":"' || coalesce(f->>'~why', vawg_digest(coalesce(e->>7, ''), e->6)) || '"}', 'UTF8')), 'hex');
    IF made IS DISTINCT FROM e->>15 THEN PERFORM vawg_refuse('an entry''s hash does not chain to the last'); END IF;
    INSERT INTO change (id, origin, seq, at, received, who, why, why_salt, txn, act, about, tbl, "row", op, fields, hash) VALUES
      (e->>0, o, (e->>2)::integer, e->>3, w.received, e->>5, e->>6, e->>7, e->>8, e->>9, e->>10, e->>11, e->>12, e->>13, e->>14, made);
    last := last + 1; prev := made; said := said + 1;
  END LOOP;
  IF cur <> '' THEN UPDATE origin SET seq = last, hash = prev WHERE id = cur; END IF;
  INSERT INTO meta VALUES ('last_received', w.received) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
  RETURN said;
END $$;

-- ------------------------------------------------------------------ rows are what the log says
CREATE OR REPLACE FUNCTION vawg_plain(v JSONB) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE v WHEN 'true'::jsonb THEN '1' WHEN 'false'::jsonb THEN '0' ELSE v #>> '{}' END $$;

-- The heads of every cell of the given rows, as store/history.py cells_after finds them: a tombstone is final, records made in
-- two stores of the same words are one, and what stands in for a record lost in damage says nothing once the record is back.
CREATE OR REPLACE FUNCTION vawg_heads(p_tbl TEXT, p_rows TEXT[]) RETURNS TABLE (r TEXT, cell TEXT, id TEXT, val TEXT)
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH e AS MATERIALIZED (SELECT c."row" AS r, c.id, c.origin, c.seq, c.op, c.act, c.fields::jsonb AS f FROM change c
    WHERE c."row" = ANY (p_rows) AND c.tbl = p_tbl),
  many AS MATERIALIZED (SELECT e.r, count(*) FILTER (WHERE e.op = 'create') > 1 AND p_tbl IN ('submission', 'decision', 'update', 'service_report', 'partner', 'survey_batch', 'survey_response', 'coding', 'answer_review') AS twins
    FROM e GROUP BY e.r HAVING count(*) > 1),
  tomb AS MATERIALIZED (SELECT DISTINCT ON (e.r) e.r, e.id, e.f FROM e JOIN many USING (r)
    WHERE e.act = 'dispose' AND e.f #>> '{deleted,a}' = 'true' ORDER BY e.r, e.origin COLLATE "C", e.seq),
  spoken AS MATERIALIZED (SELECT e.r, e.id, e.origin, e.seq, e.op, e.act, k.key AS cell, vawg_plain(k.value->'a') AS val, k.value->'o' AS o
    FROM e, jsonb_each(e.f) k WHERE k.key <> '~why'),
  said AS MATERIALIZED (SELECT s.*, NOT (s.act = 'rescue' AND s.val IS NOT DISTINCT FROM '(lost in the damage)') AS loud FROM spoken s UNION ALL
    SELECT k.r, e.id, e.origin, e.seq, e.op, e.act, k.cell, CASE WHEN k.cell = 'deleted' THEN '0' END, NULL, k.cell = 'deleted'
    FROM (SELECT DISTINCT s.r, s.cell FROM spoken s JOIN many USING (r)) k JOIN e ON e.r = k.r AND e.op = 'create' AND NOT e.f ? k.cell),
  heard AS MATERIALIZED (SELECT s.*, bool_or(s.loud) OVER w AS any_loud, bool_or(s.loud AND s.op <> 'create') OVER w AS later,
    row_number() OVER (PARTITION BY s.r, s.cell ORDER BY (s.loud AND s.op = 'create') DESC, s.origin COLLATE "C", s.seq) AS place
    FROM said s WINDOW w AS (PARTITION BY s.r, s.cell)),
  kept AS MATERIALIZED (SELECT h.* FROM heard h LEFT JOIN many m USING (r) WHERE (h.loud OR NOT h.any_loud)
    AND (NOT coalesce(m.twins, false) OR NOT h.any_loud OR h.op <> 'create' OR (NOT h.later AND h.place = 1))),
  gone AS MATERIALIZED (SELECT k.r, k.cell, x.id FROM kept k, jsonb_array_elements_text(k.o) AS x(id) WHERE k.o IS NOT NULL)
  SELECT k.r, k.cell, k.id, k.val FROM kept k WHERE NOT EXISTS (SELECT FROM gone g WHERE g.r = k.r AND g.cell = k.cell AND g.id = k.id)
    AND NOT EXISTS (SELECT FROM tomb t WHERE t.r = k.r AND t.f ? k.cell)
  UNION ALL
  SELECT t.r, f.key, t.id, vawg_plain(f.value->'a') FROM tomb t, jsonb_each(t.f) f WHERE f.key <> '~why' $$;

-- One checking function per said table, so that its plan is kept. Returns the first thing wrong, or NULL.
DO $do$
DECLARE t TEXT; cells TEXT;
BEGIN
  FOR t IN SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'born' LOOP
    SELECT string_agg(quote_literal(column_name), ',') INTO cells FROM information_schema.columns WHERE table_schema = 'public'
      AND table_name = t AND column_name NOT IN ('n', 'id', 'born', 'conflicts') AND column_name NOT LIKE 'x\_%';
    EXECUTE format($f$
CREATE OR REPLACE FUNCTION %1$I(p_rows TEXT[]) RETURNS TEXT LANGUAGE sql STABLE SET search_path = public, pg_temp AS $b$
  WITH h AS MATERIALIZED (SELECT * FROM vawg_heads(%2$L, p_rows)),
  t AS MATERIALIZED (SELECT t.id, t.born, to_jsonb(t) AS j FROM %3$s t WHERE t.id = ANY (p_rows)),
  grouped AS MATERIALIZED (SELECT h.r, h.cell, array_agg(h.id ORDER BY h.id) AS ids, array_agg(h.val) AS vals FROM h GROUP BY h.r, h.cell),
  kept AS MATERIALIZED (SELECT k."row" AS r, k.cell, array_agg(k.change ORDER BY k.change) AS ids FROM head k WHERE k."row" = ANY (p_rows) GROUP BY k."row", k.cell)
  (SELECT 'an entry without its row' FROM unnest(p_rows) x WHERE NOT EXISTS (SELECT FROM t WHERE t.id = x)
   UNION ALL
   SELECT 'a row without the entry that made it' FROM t WHERE NOT EXISTS (SELECT FROM change c WHERE c.id = t.born AND c."row" = t.id)
   UNION ALL
   SELECT 'the row says otherwise than the log in ' || c FROM t CROSS JOIN unnest(ARRAY[%4$s]) c LEFT JOIN grouped g ON g.r = t.id AND g.cell = c
   WHERE CASE WHEN g.ids IS NULL THEN coalesce(t.j->>c, '0') <> '0' OR (t.j->>c = '0' AND c <> 'deleted')
     ELSE NOT EXISTS (SELECT FROM unnest(g.vals) v WHERE v IS NOT DISTINCT FROM t.j->>c) AND NOT (t.j->>c IS NULL AND EXISTS (
       SELECT FROM change d WHERE d."row" = t.id AND d.act = 'dispose' AND d.fields::jsonb #>> '{deleted,a}' = 'true')) END
   UNION ALL
   SELECT 'a head that is not the log''s, of ' || coalesce(g.cell, k.cell) FROM (SELECT g.*, t.born FROM grouped g JOIN t ON t.id = g.r) g
   FULL JOIN kept k ON k.r = g.r AND k.cell = g.cell WHERE coalesce(k.ids, ARRAY[g.born]) IS DISTINCT FROM g.ids) LIMIT 1 $b$
    $f$, 'vawg_wrong_' || t, t, format('public.%I', t), cells);
  END LOOP;
END $do$;

-- At commit (or at SET CONSTRAINTS: then nothing more may be written): every record an entry named is as the log says.
CREATE OR REPLACE FUNCTION vawg_close() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE w vawg_writing; t RECORD; wrong TEXT; top BIGINT;
BEGIN
  SELECT * INTO w FROM vawg_writing WHERE xid = NEW.xid AND started = NEW.started;
  IF NOT FOUND OR w.closed THEN RETURN NULL; END IF;
  SELECT max(n) INTO top FROM change WHERE n > w.after_n;
  IF top IS NULL THEN
    IF w.wrote AND NOT vawg_owns() THEN PERFORM vawg_refuse('a write without an entry in the log'); END IF;
    DELETE FROM vawg_writing WHERE xid = NEW.xid AND started = NEW.started;
    RETURN NULL;
  END IF;
  UPDATE vawg_writing SET closed = true, last_n = top WHERE xid = NEW.xid AND started = NEW.started;
  IF vawg_owns() THEN RETURN NULL; END IF;
  FOR t IN SELECT tbl, array_agg(r) AS rows FROM (SELECT tbl, r, row_number() OVER (PARTITION BY tbl) / 500 AS part FROM
      (SELECT DISTINCT tbl, "row" AS r FROM change WHERE n > w.after_n) x) y GROUP BY tbl, part LOOP
    EXECUTE 'SELECT public.' || quote_ident('vawg_wrong_' || t.tbl) || '($1)' INTO wrong USING t.rows;
    IF wrong IS NOT NULL THEN PERFORM vawg_refuse(t.tbl || ': ' || wrong); END IF;
  END LOOP;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS vawg_close ON vawg_writing;
CREATE CONSTRAINT TRIGGER vawg_close AFTER INSERT ON vawg_writing DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vawg_close();

-- Before each statement on a said or derived table: only inside a transaction that bears a login.
CREATE OR REPLACE FUNCTION vawg_guard() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE shut BOOLEAN; wrote_ BOOLEAN;
BEGIN
  SELECT closed, wrote INTO shut, wrote_ FROM vawg_writing WHERE xid = pg_current_xact_id_if_assigned() AND started = transaction_timestamp();
  IF NOT FOUND OR shut THEN
    IF NOT vawg_owns() THEN PERFORM vawg_refuse('a write beside the program'); END IF;
  ELSIF NOT wrote_ THEN
    UPDATE vawg_writing SET wrote = true WHERE xid = pg_current_xact_id() AND started = transaction_timestamp();
  END IF;
  RETURN NULL;
END $$;

-- Deferred, per said row or head written: an entry of this transaction names the record (vawg_close then checks it whole).
CREATE OR REPLACE FUNCTION vawg_named() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE record_ TEXT; after_ BIGINT;
BEGIN
  IF TG_TABLE_NAME <> 'head' THEN record_ := NEW.id; ELSIF TG_OP = 'DELETE' THEN record_ := OLD."row"; ELSE record_ := NEW."row"; END IF;
  SELECT after_n INTO after_ FROM vawg_writing WHERE xid = pg_current_xact_id_if_assigned() AND started = transaction_timestamp();
  IF (after_ IS NULL OR NOT EXISTS (SELECT FROM change c WHERE c."row" = record_ AND c.n > after_ AND (TG_TABLE_NAME = 'head' OR c.tbl = TG_TABLE_NAME))) AND NOT vawg_owns() THEN
    PERFORM vawg_refuse(TG_TABLE_NAME || ': a row without an entry in the log'); END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION only_an_approver_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = 'closed' AND (TG_OP = 'INSERT' OR OLD.status IS DISTINCT FROM 'closed')
    AND NOT pg_has_role(session_user, 'vawg_approver', 'member') THEN
    RAISE EXCEPTION 'permission denied: only an approver closes a recommendation or a gap' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS recommendation_closed_by_an_approver ON recommendation;
CREATE TRIGGER recommendation_closed_by_an_approver BEFORE INSERT OR UPDATE ON recommendation FOR EACH ROW EXECUTE FUNCTION only_an_approver_closes();
DROP TRIGGER IF EXISTS gap_closed_by_an_approver ON gap;
CREATE TRIGGER gap_closed_by_an_approver BEFORE INSERT OR UPDATE ON gap FOR EACH ROW EXECUTE FUNCTION only_an_approver_closes();

CREATE OR REPLACE FUNCTION vawg_held_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.sha256 IS DISTINCT FROM encode(sha256(NEW.content), 'hex') OR NEW.size IS DISTINCT FROM length(NEW.content) THEN
    RAISE EXCEPTION 'permission denied: a file is held under its own hash' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS vawg_held_is_whole ON held;
CREATE TRIGGER vawg_held_is_whole BEFORE INSERT ON held FOR EACH ROW EXECUTE FUNCTION vawg_held_is_whole();

-- ------------------------------------------------------------------ disposal: words out of the log by what the log already holds
CREATE OR REPLACE FUNCTION vawg_stripped(fields TEXT, cells TEXT[], why TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT '{' || coalesce(string_agg(to_json(k)::text || ':' || CASE WHEN k = ANY (cells) AND (v::jsonb) ? 's' THEN
      '{"d":["' || vawg_digest(v->>'s', (v::jsonb)->'b') || '","' || vawg_digest(v->>'s', (v::jsonb)->'a') || '"]' ||
      CASE WHEN (v::jsonb) ? 'o' THEN ',"o":' || vawg_ids((v::jsonb)->'o') ELSE '' END || '}' ELSE v::text END, ',' ORDER BY i), '')
    || CASE WHEN why IS NULL OR fields::jsonb ? '~why' THEN '' ELSE CASE WHEN count(*) > 0 THEN ',' ELSE '' END || '"~why":"' || why || '"' END || '}'
  FROM json_each(fields::json) WITH ORDINALITY AS c(k, v, i) $$;

CREATE OR REPLACE FUNCTION vawg_strip(p_row TEXT, p_cells TEXT[], p_reasons INTEGER) RETURNS INTEGER LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE w vawg_writing := vawg_now_writing(); t TEXT; j JSONB; done INTEGER; x TEXT;
BEGIN
  IF w IS NULL OR w.xid IS NULL OR NOT pg_has_role(session_user, 'vawg_approver', 'MEMBER') THEN PERFORM vawg_refuse('only an approver disposes'); END IF;
  SELECT tbl INTO t FROM change WHERE "row" = p_row AND act = 'dispose' LIMIT 1;
  IF t IS NULL THEN PERFORM vawg_refuse('nobody disposed of that record'); END IF;
  EXECUTE format('SELECT to_jsonb(t) FROM public.%I t WHERE id = $1', t) INTO j USING p_row;
  IF EXISTS (SELECT FROM link WHERE kind = 'legal_hold' AND deleted = 0 AND a IN (p_row, j->>'action', j->>'recommendation', j->>'survey', j->>'a', j->>'b')) THEN
    PERFORM vawg_refuse('a legal hold lies on it'); END IF;
  FOREACH x IN ARRAY p_cells LOOP
    IF j->>x IS NOT NULL AND NOT EXISTS (SELECT FROM change WHERE "row" = p_row AND act = 'dispose'
        AND (fields::jsonb ? x OR fields::jsonb #>> '{deleted,a}' = 'true')) THEN
      PERFORM vawg_refuse('that cell was not disposed of'); END IF;
  END LOOP;
  INSERT INTO meta VALUES ('disposing', '1') ON CONFLICT (key) DO UPDATE SET value = '1';
  -- a document out of which one record was taken still holds what is taken out of it later: once overwritten it goes too
  UPDATE change SET fields = vawg_stripped(fields, p_cells, NULL) WHERE "row" = p_row AND txn <> w.txn AND (act <> 'dispose' OR
    (t IN ('return', 'submission', 'survey_batch') AND EXISTS (SELECT FROM change o, unnest(p_cells) c WHERE o."row" = p_row AND (o.fields::jsonb #> ARRAY[c, 'o']) ? change.id)));
  GET DIAGNOSTICS done = ROW_COUNT;
  IF p_reasons <> 0 THEN
    FOR x IN SELECT DISTINCT txn FROM change WHERE "row" = p_row AND txn <> w.txn AND act <> 'dispose' LOOP
      UPDATE change SET fields = vawg_stripped(fields, '{}', vawg_digest(coalesce(why_salt, ''), to_jsonb(why))), why = NULL, why_salt = ''
        WHERE txn = x AND why IS NOT NULL AND (SELECT count(*) FROM change WHERE txn = x) <= 50;
    END LOOP;
  END IF;
  DELETE FROM meta WHERE key = 'disposing';
  RETURN done;
END $$;

-- Rewrites the tables, so that no dead version keeps a word (VACUUM FULL is skipped, with a warning, for who does not own them).
CREATE OR REPLACE FUNCTION vawg_sweep() RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t RECORD;
BEGIN
  IF NOT pg_has_role(session_user, 'vawg_approver', 'MEMBER') THEN PERFORM vawg_refuse('only an approver disposes'); END IF;
  FOR t IN SELECT c.relname AS tab, i.relname AS ind FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
      WHERE x.indisprimary AND c.relnamespace = 'public'::regnamespace AND (c.relname IN ('change', 'search', 'subject', 'local', 'earlier_reference', 'held')
        OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'born')) ORDER BY 1 LOOP
    EXECUTE format('CLUSTER public.%I USING %I', t.tab, t.ind);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION vawg_dispose_file(p_sha256 TEXT) RETURNS INTEGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone INTEGER;
BEGIN
  IF NOT pg_has_role(session_user, 'vawg_approver', 'MEMBER') THEN PERFORM vawg_refuse('only an approver disposes'); END IF;
  DELETE FROM held WHERE sha256 = p_sha256 AND NOT EXISTS (SELECT FROM evidence WHERE file_sha256 = p_sha256)
    AND NOT EXISTS (SELECT FROM "return" WHERE file_sha256 = p_sha256) AND NOT EXISTS (SELECT FROM submission WHERE file_sha256 = p_sha256);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

-- What a merge remembers of origins that were told apart or filled (store/forks.py, store/gaps.py), and nothing else of meta.
CREATE OR REPLACE FUNCTION vawg_note(p_key TEXT, p_value TEXT) RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_key NOT IN ('branches', 'gaps', 'gaps_filled') THEN PERFORM vawg_refuse('that is not the program''s to note'); END IF;
  INSERT INTO meta VALUES (p_key, p_value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
END $$;

-- ------------------------------------------------------------------ what a reader does not see
CREATE OR REPLACE FUNCTION vawg_last_day(d TEXT) RETURNS DATE LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN d ~ '^\d{4}-\d\d-\d\d$' THEN d::date
    WHEN d ~ '^\d{4}-\d\d$' THEN ((d || '-01')::date + interval '1 month - 1 day')::date
    WHEN d ~ '^\d{4}-Q[1-4]$' THEN (make_date(left(d, 4)::int, right(d, 1)::int * 3, 1) + interval '1 month - 1 day')::date
    WHEN d ~ '^\d{4}/\d{4}$' THEN make_date(right(d, 4)::int, 3, 31)
    WHEN d ~ '^\d{4}$' THEN make_date(d::int, 12, 31) END;
EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;

CREATE OR REPLACE FUNCTION vawg_hidden() RETURNS SETOF TEXT LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 20 AS $$
DECLARE h TEXT[]; me TEXT[] := ARRAY[lower(session_user), lower(vawg_me(session_user))]; day DATE := (now() AT TIME ZONE 'Europe/London')::date;
BEGIN
  SELECT array_agg(x.id) INTO h FROM (SELECT id, restriction, restricted_until, restricted_to FROM recommendation WHERE restriction IS NOT NULL
    UNION ALL SELECT id, restriction, restricted_until, restricted_to FROM action WHERE restriction IS NOT NULL
    UNION ALL SELECT r.id, '', NULL, NULL FROM conflict k JOIN subject r ON r.id = k."row" WHERE k.cell IN ('restriction', 'restricted_until', 'restricted_to')) x
    WHERE coalesce(vawg_last_day(x.restricted_until), day) >= day
      AND NOT EXISTS (SELECT FROM regexp_split_to_table(coalesce(x.restricted_to, ''), '[,;]') one WHERE lower(btrim(one)) = ANY (me));
  IF h IS NULL THEN RETURN; END IF;
  RETURN QUERY SELECT unnest(h)
    UNION SELECT id FROM "update" WHERE action = ANY (h) UNION SELECT id FROM role WHERE action = ANY (h)
    UNION SELECT id FROM response WHERE recommendation = ANY (h) UNION SELECT id FROM decision WHERE record = ANY (h)
    UNION SELECT id FROM link WHERE a = ANY (h) UNION SELECT id FROM link WHERE b = ANY (h)
    UNION SELECT s.id FROM submission s, unnest(h) x WHERE strpos(s.content, x) > 0
    UNION SELECT d.id FROM decision d JOIN submission s ON s.id = d.submission, unnest(h) x WHERE strpos(s.content, x) > 0;
END $$;

DO $do$
DECLARE t TEXT; cells TEXT; said TEXT[]; seen TEXT;
BEGIN
  SELECT array_agg(table_name ORDER BY table_name) INTO said FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'born';
  FOREACH t IN ARRAY said LOOP
    SELECT string_agg(quote_ident(column_name), ', ') FILTER (WHERE column_name NOT IN ('n', 'id')),
      string_agg(quote_ident(column_name), ', ') FILTER (WHERE (t <> 'return' OR column_name NOT IN ('secret', 'base')) AND (t <> 'survey_batch' OR column_name <> 'responses'))
      INTO cells, seen FROM information_schema.columns WHERE table_schema = 'public' AND table_name = t;
    EXECUTE format('GRANT SELECT (%s) ON public.%I TO vawg_reader', seen, t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (%s) ON public.%I TO vawg_editor', cells, t);
    SELECT string_agg(format('OLD.%1$I IS DISTINCT FROM NEW.%1$I', column_name), ' OR ') INTO cells FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = t AND column_name NOT IN ('conflicts') AND column_name NOT LIKE 'x\_%';
    EXECUTE format('DROP TRIGGER IF EXISTS vawg_named_new ON public.%1$I; DROP TRIGGER IF EXISTS vawg_named_changed ON public.%1$I;
      CREATE CONSTRAINT TRIGGER vawg_named_new AFTER INSERT ON public.%1$I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vawg_named();
      CREATE CONSTRAINT TRIGGER vawg_named_changed AFTER UPDATE ON public.%1$I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (%2$s)
        EXECUTE FUNCTION vawg_named()', t, cells);
  END LOOP;
  FOREACH t IN ARRAY said || ARRAY['head', 'conflict', 'earlier_reference', 'subject', 'tally', 'counter', 'search'] LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS vawg_guard ON public.%1$I;
      CREATE TRIGGER vawg_guard BEFORE INSERT OR UPDATE OR DELETE ON public.%1$I FOR EACH STATEMENT EXECUTE FUNCTION vawg_guard()', t);
  END LOOP;
  FOREACH t IN ARRAY said || ARRAY['change', 'subject', 'earlier_reference', 'search', 'local', 'held'] LOOP
    EXECUTE format('ALTER TABLE public.%1$I ENABLE ROW LEVEL SECURITY; DROP POLICY IF EXISTS vawg_editor ON public.%1$I; DROP POLICY IF EXISTS vawg_reader ON public.%1$I;
      CREATE POLICY vawg_editor ON public.%1$I FOR ALL TO vawg_editor USING (true) WITH CHECK (true)', t);
    seen := CASE t WHEN 'change' THEN $p$tbl NOT IN ('return', 'submission', 'decision', 'survey_batch') AND "row" <> ALL (ARRAY(SELECT vawg_hidden()))$p$
      WHEN 'earlier_reference' THEN '"row" <> ALL (ARRAY(SELECT vawg_hidden()))' WHEN 'local' THEN $p$kind = 'setting'$p$
      WHEN 'search' THEN 'rowid NOT IN (SELECT vawg_hidden_n())'
      WHEN 'held' THEN 'EXISTS (SELECT FROM evidence e WHERE e.file_sha256 = held.sha256)' ELSE 'id <> ALL (ARRAY(SELECT vawg_hidden()))' END;
    IF t = 'search' THEN
      CREATE OR REPLACE FUNCTION vawg_hidden_n() RETURNS SETOF BIGINT LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 20
        AS 'SELECT s.n FROM subject s WHERE s.id IN (SELECT vawg_hidden())';
    END IF;
    EXECUTE format('CREATE POLICY vawg_reader ON public.%I FOR SELECT TO vawg_reader USING (%s)', t, seen);
  END LOOP;
END $do$;
DROP TRIGGER IF EXISTS vawg_named ON head;
CREATE CONSTRAINT TRIGGER vawg_named AFTER INSERT OR DELETE ON head DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vawg_named();

-- ------------------------------------------------------------------ grants
GRANT SELECT ON change, entry_stub, origin, head, conflict, earlier_reference, subject, tally, counter, search, local, held, meta, work, alembic_version TO vawg_reader;
GRANT INSERT, DELETE ON work TO vawg_editor;
-- What an approver or the owner is to finish is not taken out by anybody else, and a move of the store is none of theirs.
ALTER TABLE public.work ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS vawg_seen ON public.work;
DROP POLICY IF EXISTS vawg_noted ON public.work;
DROP POLICY IF EXISTS vawg_done ON public.work;
CREATE POLICY vawg_seen ON public.work FOR SELECT TO vawg_reader USING (true);
CREATE POLICY vawg_noted ON public.work FOR INSERT TO vawg_editor WITH CHECK (kind IN ('strip', 'dispose_rest', 'sweep_store')
  OR pg_has_role(session_user, 'vawg_approver', 'MEMBER'));
CREATE POLICY vawg_done ON public.work FOR DELETE TO vawg_editor USING (pg_has_role(session_user, 'vawg_approver', 'MEMBER'));
GRANT INSERT, DELETE ON head, conflict, search, earlier_reference TO vawg_editor;
GRANT INSERT ON subject, held TO vawg_editor;
GRANT UPDATE (reference, title, deleted) ON subject TO vawg_editor;
GRANT INSERT, UPDATE ON tally, counter TO vawg_editor;
GRANT INSERT, UPDATE, DELETE ON local TO vawg_editor;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vawg_editor;
REVOKE USAGE ON SEQUENCE change_n_seq FROM vawg_editor;
DO $do$ DECLARE f RECORD; BEGIN
  FOR f IN SELECT oid::regprocedure AS said FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'vawg\_%' LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f.said); END LOOP; END $do$;
GRANT EXECUTE ON FUNCTION vawg_me(TEXT), vawg_owns(), vawg_hidden(), vawg_hidden_n(), vawg_refuse(TEXT) TO vawg_reader;
GRANT EXECUTE ON FUNCTION vawg_begin(TEXT, TEXT), vawg_append(JSONB, JSONB), vawg_note(TEXT, TEXT) TO vawg_editor;
GRANT EXECUTE ON FUNCTION vawg_strip(TEXT, TEXT[], INTEGER), vawg_sweep(), vawg_dispose_file(TEXT) TO vawg_approver;
