-- +goose Up

-- What is written stays: these triggers guard it against this program's own
-- mistakes and against hands on the database. Erasable tables give rows up only
-- to a recorded erasure; a batch only until it is adopted.

-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd

CREATE TRIGGER event_no_update BEFORE UPDATE ON event
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER event_no_delete BEFORE DELETE ON event
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER leaf_no_update BEFORE UPDATE ON leaf
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER leaf_no_delete BEFORE DELETE ON leaf
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER erasure_no_update BEFORE UPDATE ON erasure
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER erasure_no_delete BEFORE DELETE ON erasure
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER adoption_no_update BEFORE UPDATE ON adoption
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER adoption_no_delete BEFORE DELETE ON adoption
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER scheme_no_update BEFORE UPDATE ON scheme
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER scheme_no_delete BEFORE DELETE ON scheme
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER evaluation_no_update BEFORE UPDATE ON evaluation
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER evaluation_no_delete BEFORE DELETE ON evaluation
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER version_no_update BEFORE UPDATE ON version
  FOR EACH ROW EXECUTE FUNCTION refuse();

-- +goose StatementBegin
CREATE FUNCTION version_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM batch WHERE county = OLD.county AND id = OLD.batch AND state = 'adopted') THEN
    RAISE EXCEPTION 'version is append-only';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER version_no_delete BEFORE DELETE ON version
  FOR EACH ROW EXECUTE FUNCTION version_no_delete();

CREATE TRIGGER blob_no_update BEFORE UPDATE ON blob
  FOR EACH ROW EXECUTE FUNCTION refuse();

-- +goose StatementBegin
CREATE FUNCTION blob_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM batch WHERE county = OLD.county AND id = OLD.batch AND state = 'adopted') THEN
    RAISE EXCEPTION 'blob is append-only';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER blob_no_delete BEFORE DELETE ON blob
  FOR EACH ROW EXECUTE FUNCTION blob_no_delete();

CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch
  FOR EACH ROW WHEN (OLD.state = 'adopted') EXECUTE FUNCTION refuse();

CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch
  FOR EACH ROW WHEN (OLD.state = 'adopted') EXECUTE FUNCTION refuse();

CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload
  FOR EACH ROW EXECUTE FUNCTION refuse();

-- +goose StatementBegin
CREATE FUNCTION payload_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM erasure WHERE target = OLD.version)
   AND EXISTS (SELECT 1 FROM version v JOIN batch b ON b.county = v.county AND b.id = v.batch
     WHERE v.county = OLD.county AND v.id = OLD.version AND b.state = 'adopted') THEN
    RAISE EXCEPTION 'payload is append-only';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER payload_no_delete BEFORE DELETE ON payload
  FOR EACH ROW EXECUTE FUNCTION payload_no_delete();

CREATE TRIGGER detail_no_update BEFORE UPDATE ON detail
  FOR EACH ROW EXECUTE FUNCTION refuse();

-- +goose StatementBegin
CREATE FUNCTION detail_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM erasure WHERE target = OLD.event) THEN
    RAISE EXCEPTION 'detail is append-only';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER detail_no_delete BEFORE DELETE ON detail
  FOR EACH ROW EXECUTE FUNCTION detail_no_delete();

CREATE TRIGGER result_no_update BEFORE UPDATE ON result
  FOR EACH ROW EXECUTE FUNCTION refuse();

-- +goose StatementBegin
CREATE FUNCTION result_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM erasure WHERE target = OLD.evaluation) THEN
    RAISE EXCEPTION 'result is append-only';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER result_no_delete BEFORE DELETE ON result
  FOR EACH ROW EXECUTE FUNCTION result_no_delete();

CREATE TRIGGER heading_no_update BEFORE UPDATE ON heading
  FOR EACH ROW EXECUTE FUNCTION refuse();

-- +goose StatementBegin
CREATE FUNCTION heading_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM erasure WHERE target = OLD.evaluation) THEN
    RAISE EXCEPTION 'heading is append-only';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER heading_no_delete BEFORE DELETE ON heading
  FOR EACH ROW EXECUTE FUNCTION heading_no_delete();

CREATE TRIGGER unit_no_delete BEFORE DELETE ON unit
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER person_no_delete BEFORE DELETE ON person
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER post_no_delete BEFORE DELETE ON post
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER account_no_delete BEFORE DELETE ON account
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER role_no_delete BEFORE DELETE ON role
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER appraisal_no_delete BEFORE DELETE ON appraisal
  FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TRIGGER document_no_delete BEFORE DELETE ON document
  FOR EACH ROW EXECUTE FUNCTION refuse();

-- A TRUNCATE fires no row trigger.
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER leaf_no_truncate BEFORE TRUNCATE ON leaf FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER erasure_no_truncate BEFORE TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER adoption_no_truncate BEFORE TRUNCATE ON adoption FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER scheme_no_truncate BEFORE TRUNCATE ON scheme FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER evaluation_no_truncate BEFORE TRUNCATE ON evaluation FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER version_no_truncate BEFORE TRUNCATE ON version FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER blob_no_truncate BEFORE TRUNCATE ON blob FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER batch_no_truncate BEFORE TRUNCATE ON batch FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER payload_no_truncate BEFORE TRUNCATE ON payload FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER detail_no_truncate BEFORE TRUNCATE ON detail FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER result_no_truncate BEFORE TRUNCATE ON result FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER heading_no_truncate BEFORE TRUNCATE ON heading FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER unit_no_truncate BEFORE TRUNCATE ON unit FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER person_no_truncate BEFORE TRUNCATE ON person FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER post_no_truncate BEFORE TRUNCATE ON post FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER role_no_truncate BEFORE TRUNCATE ON role FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER appraisal_no_truncate BEFORE TRUNCATE ON appraisal FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER document_no_truncate BEFORE TRUNCATE ON document FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER evidence_no_truncate BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse();

CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
  FOR EACH ROW EXECUTE FUNCTION refuse();
