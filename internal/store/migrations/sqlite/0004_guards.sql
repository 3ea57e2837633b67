-- +goose Up

-- What is written stays: these triggers guard it against this program's own
-- mistakes and against hands on the database. Erasable tables give rows up only
-- to a recorded erasure; a batch only until it is adopted.

-- +goose StatementBegin
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER leaf_no_update BEFORE UPDATE ON leaf
BEGIN SELECT RAISE(ABORT, 'leaf is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER leaf_no_delete BEFORE DELETE ON leaf
BEGIN SELECT RAISE(ABORT, 'leaf is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER erasure_no_update BEFORE UPDATE ON erasure
BEGIN SELECT RAISE(ABORT, 'erasure is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER erasure_no_delete BEFORE DELETE ON erasure
BEGIN SELECT RAISE(ABORT, 'erasure is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER adoption_no_update BEFORE UPDATE ON adoption
BEGIN SELECT RAISE(ABORT, 'adoption is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER adoption_no_delete BEFORE DELETE ON adoption
BEGIN SELECT RAISE(ABORT, 'adoption is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER scheme_no_update BEFORE UPDATE ON scheme
BEGIN SELECT RAISE(ABORT, 'scheme is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER scheme_no_delete BEFORE DELETE ON scheme
BEGIN SELECT RAISE(ABORT, 'scheme is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER evaluation_no_update BEFORE UPDATE ON evaluation
BEGIN SELECT RAISE(ABORT, 'evaluation is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER evaluation_no_delete BEFORE DELETE ON evaluation
BEGIN SELECT RAISE(ABORT, 'evaluation is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER version_no_update BEFORE UPDATE ON version
BEGIN SELECT RAISE(ABORT, 'version is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER version_no_delete BEFORE DELETE ON version
  WHEN (EXISTS (SELECT 1 FROM batch WHERE county = OLD.county AND id = OLD.batch AND state = 'adopted'))
BEGIN SELECT RAISE(ABORT, 'version is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER blob_no_update BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER blob_no_delete BEFORE DELETE ON blob
  WHEN (EXISTS (SELECT 1 FROM batch WHERE county = OLD.county AND id = OLD.batch AND state = 'adopted'))
BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch
  WHEN (OLD.state = 'adopted')
BEGIN SELECT RAISE(ABORT, 'batch is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch
  WHEN (OLD.state = 'adopted')
BEGIN SELECT RAISE(ABORT, 'batch is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload
BEGIN SELECT RAISE(ABORT, 'payload is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER payload_no_delete BEFORE DELETE ON payload
  WHEN (NOT EXISTS (SELECT 1 FROM erasure WHERE target = OLD.version)
   AND EXISTS (SELECT 1 FROM version v JOIN batch b ON b.county = v.county AND b.id = v.batch
     WHERE v.county = OLD.county AND v.id = OLD.version AND b.state = 'adopted'))
BEGIN SELECT RAISE(ABORT, 'payload is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER detail_no_update BEFORE UPDATE ON detail
BEGIN SELECT RAISE(ABORT, 'detail is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER detail_no_delete BEFORE DELETE ON detail
  WHEN (NOT EXISTS (SELECT 1 FROM erasure WHERE target = OLD.event))
BEGIN SELECT RAISE(ABORT, 'detail is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER result_no_update BEFORE UPDATE ON result
BEGIN SELECT RAISE(ABORT, 'result is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER result_no_delete BEFORE DELETE ON result
  WHEN (NOT EXISTS (SELECT 1 FROM erasure WHERE target = OLD.evaluation))
BEGIN SELECT RAISE(ABORT, 'result is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER heading_no_update BEFORE UPDATE ON heading
BEGIN SELECT RAISE(ABORT, 'heading is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER heading_no_delete BEFORE DELETE ON heading
  WHEN (NOT EXISTS (SELECT 1 FROM erasure WHERE target = OLD.evaluation))
BEGIN SELECT RAISE(ABORT, 'heading is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER unit_no_delete BEFORE DELETE ON unit
BEGIN SELECT RAISE(ABORT, 'unit is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER person_no_delete BEFORE DELETE ON person
BEGIN SELECT RAISE(ABORT, 'person is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER post_no_delete BEFORE DELETE ON post
BEGIN SELECT RAISE(ABORT, 'post is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER account_no_delete BEFORE DELETE ON account
BEGIN SELECT RAISE(ABORT, 'account is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER role_no_delete BEFORE DELETE ON role
BEGIN SELECT RAISE(ABORT, 'role is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appraisal_no_delete BEFORE DELETE ON appraisal
BEGIN SELECT RAISE(ABORT, 'appraisal is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER document_no_delete BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'document is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
-- +goose StatementEnd
