-- +goose Up

-- What is handed in. A batch is invisible until it is adopted; versions are
-- never changed; bodies and salts can be erased, their commitments stay. number
-- counts the adopted batches of a unit and a term in their order, 0 before.
CREATE TABLE batch (
  county TEXT   NOT NULL,
  id     TEXT   NOT NULL CHECK (length(id) = 26),
  unit   TEXT   NOT NULL REFERENCES unit (id),
  term   TEXT   NOT NULL,
  filler TEXT   NOT NULL,
  state  TEXT   NOT NULL CHECK (state IN ('staged', 'adopted')),
  at     TEXT   NOT NULL,
  number BIGINT NOT NULL CHECK (number >= 0),
  event  TEXT   NOT NULL,
  PRIMARY KEY (county, id),
  CHECK ((state = 'staged') = (event = '')),
  CHECK ((state = 'staged') = (number = 0))
);
CREATE INDEX batch_id ON batch (id);
CREATE INDEX batch_unit ON batch (unit, term, id);
CREATE INDEX batch_staged ON batch (at) WHERE state = 'staged';
CREATE UNIQUE INDEX batch_number ON batch (unit, term, number) WHERE number > 0;

-- How many batches of a unit and a term have been adopted: whoever relies on what
-- is valid names the number she has read, by compare-and-set.
CREATE TABLE evidence (
  county TEXT   NOT NULL,
  unit   TEXT   NOT NULL REFERENCES unit (id),
  term   TEXT   NOT NULL,
  number BIGINT NOT NULL CHECK (number >= 0),
  PRIMARY KEY (county, unit, term)
);
CREATE INDEX evidence_unit ON evidence (unit, term);

CREATE TABLE version (
  county     TEXT   NOT NULL,
  batch      TEXT   NOT NULL,
  ordinal    BIGINT NOT NULL,
  id         TEXT   NOT NULL CHECK (length(id) = 26),
  kind       TEXT   NOT NULL,
  natural_key TEXT  NOT NULL,
  replaces   TEXT   NOT NULL,
  commitment BYTEA  NOT NULL CHECK (length(commitment) = 32),
  PRIMARY KEY (county, batch, ordinal),
  UNIQUE (county, id),
  UNIQUE (county, batch, kind, natural_key),
  FOREIGN KEY (county, batch) REFERENCES batch (county, id)
);

CREATE TABLE payload (
  county  TEXT  NOT NULL,
  version TEXT  NOT NULL,
  salt    BYTEA NOT NULL CHECK (length(salt) = 32),
  body    BYTEA NOT NULL,
  PRIMARY KEY (county, version)
);

-- Which version is valid now, and how it came to be: adoption is the history.
CREATE TABLE document (
  county      TEXT   NOT NULL,
  unit        TEXT   NOT NULL REFERENCES unit (id),
  term        TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  natural_key TEXT   NOT NULL,
  version     TEXT   NOT NULL,
  number      BIGINT NOT NULL CHECK (number > 0),
  PRIMARY KEY (county, unit, term, kind, natural_key)
);

CREATE TABLE adoption (
  county  TEXT   NOT NULL,
  version TEXT   NOT NULL,
  number  BIGINT NOT NULL CHECK (number > 0),
  event   TEXT   NOT NULL,
  PRIMARY KEY (county, version)
);

-- Originals as handed in; the files lie in the data folder by SHA-256.
CREATE TABLE blob (
  county TEXT   NOT NULL,
  batch  TEXT   NOT NULL,
  sha    TEXT   NOT NULL CHECK (length(sha) = 64),
  name   TEXT   NOT NULL,
  size   BIGINT NOT NULL CHECK (size >= 0),
  PRIMARY KEY (county, batch, sha),
  FOREIGN KEY (county, batch) REFERENCES batch (county, id)
);
CREATE INDEX blob_sha ON blob (sha);

CREATE TABLE scheme (
  id      TEXT   NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  unit    TEXT   NOT NULL REFERENCES unit (id),
  name    TEXT   NOT NULL CHECK (name <> ''),
  edition BIGINT NOT NULL CHECK (edition > 0),
  digest  TEXT   NOT NULL CHECK (length(digest) = 64),
  body    BYTEA  NOT NULL,
  version BIGINT NOT NULL CHECK (version = 1),
  event   TEXT   NOT NULL,
  UNIQUE (unit, name, edition)
);

-- basis is the number of the newest batch on which the evaluation rests.
CREATE TABLE appraisal (
  county     TEXT   NOT NULL,
  id         TEXT   NOT NULL CHECK (length(id) = 26),
  unit       TEXT   NOT NULL REFERENCES unit (id),
  term       TEXT   NOT NULL,
  scheme     TEXT   NOT NULL REFERENCES scheme (id),
  state      TEXT   NOT NULL CHECK (state IN ('open', 'evaluated', 'published', 'withdrawn')),
  evaluation TEXT   NOT NULL,
  basis      BIGINT NOT NULL CHECK (basis >= 0),
  version    BIGINT NOT NULL CHECK (version > 0),
  event      TEXT   NOT NULL,
  PRIMARY KEY (county, id),
  CHECK ((state IN ('open', 'withdrawn')) = (evaluation = '')),
  CHECK (basis = 0 OR evaluation <> '')
);
CREATE UNIQUE INDEX appraisal_once ON appraisal (county, unit, term, scheme) WHERE state <> 'withdrawn';
CREATE INDEX appraisal_id ON appraisal (id);
CREATE INDEX appraisal_term ON appraisal (term, unit);
CREATE INDEX appraisal_unit ON appraisal (unit, term);

-- seal holds the members' commitments in their order; the event's evidence is
-- the root over them, the digests of scheme and cohort, and the commitment of
-- the head.
CREATE TABLE evaluation (
  county    TEXT  NOT NULL,
  id        TEXT  NOT NULL CHECK (length(id) = 26),
  appraisal TEXT  NOT NULL,
  scheme    TEXT  NOT NULL CHECK (length(scheme) = 64),
  cohort    TEXT  NOT NULL CHECK (length(cohort) = 64),
  seal      BYTEA NOT NULL,
  event     TEXT  NOT NULL,
  PRIMARY KEY (county, id),
  FOREIGN KEY (county, appraisal) REFERENCES appraisal (county, id)
);

-- What an evaluation says of all its members together; erased with the results.
CREATE TABLE heading (
  county     TEXT   NOT NULL,
  evaluation TEXT   NOT NULL,
  salt       BYTEA  NOT NULL CHECK (length(salt) = 32),
  body       BYTEA  NOT NULL,
  PRIMARY KEY (county, evaluation),
  FOREIGN KEY (county, evaluation) REFERENCES evaluation (county, id)
);

CREATE TABLE result (
  county     TEXT   NOT NULL,
  evaluation TEXT   NOT NULL,
  ordinal    BIGINT NOT NULL,
  subject    TEXT   NOT NULL,
  person     TEXT   NOT NULL,
  name       TEXT   NOT NULL,
  sort       TEXT   NOT NULL,
  initials   TEXT   NOT NULL,
  grp        TEXT   NOT NULL,
  score      TEXT   NOT NULL,
  place      BIGINT NOT NULL,
  among      BIGINT NOT NULL,
  salt       BYTEA  NOT NULL CHECK (length(salt) = 32),
  trace      BYTEA  NOT NULL,
  facts      BYTEA  NOT NULL,
  PRIMARY KEY (county, evaluation, ordinal),
  UNIQUE (county, evaluation, subject),
  FOREIGN KEY (county, evaluation) REFERENCES evaluation (county, id)
);
CREATE INDEX result_person ON result (person);

-- Housekeeping.
CREATE TABLE job (
  id       TEXT   NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  kind     TEXT   NOT NULL,
  args     BYTEA  NOT NULL,
  actor    TEXT   NOT NULL,
  state    TEXT   NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  attempt  BIGINT NOT NULL,
  due      TEXT   NOT NULL,
  progress TEXT   NOT NULL,
  at       TEXT   NOT NULL,
  result_sha  TEXT   NOT NULL,
  result_name TEXT   NOT NULL,
  result_size BIGINT NOT NULL
);
CREATE INDEX job_actor ON job (actor, id);
CREATE INDEX job_result ON job (result_sha) WHERE result_sha <> '';
CREATE INDEX job_due ON job (due, id) WHERE state IN ('queued', 'running');

CREATE TABLE session (
  token   BYTEA NOT NULL PRIMARY KEY CHECK (length(token) = 32),
  account TEXT  NOT NULL REFERENCES account (id),
  version BIGINT NOT NULL, -- of the account when it signed in
  at      TEXT  NOT NULL,
  expires TEXT  NOT NULL,
  idle    TEXT  NOT NULL
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE draft (
  account TEXT  NOT NULL REFERENCES account (id),
  name    TEXT  NOT NULL,
  body    BYTEA NOT NULL,
  at      TEXT  NOT NULL,
  PRIMARY KEY (account, name)
);

CREATE TABLE limits (
  name  TEXT   NOT NULL PRIMARY KEY,
  hits  BIGINT NOT NULL,
  until TEXT   NOT NULL
);

-- The newest time step whose one-time code an account has used: no code counts
-- twice (RFC 6238, 5.2).
CREATE TABLE spent (
  account TEXT   NOT NULL PRIMARY KEY REFERENCES account (id),
  step    BIGINT NOT NULL
);
