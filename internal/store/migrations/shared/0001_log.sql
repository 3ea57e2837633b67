-- +goose Up

-- The log. Events are inserted once and never touched again; who gets which
-- leaf is a table of its own. actor, action, object, org repeat what bytes
-- say, for lists; a full audit compares them.
CREATE TABLE event (
  id     TEXT   NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  actor  TEXT   NOT NULL,
  action TEXT   NOT NULL,
  object TEXT   NOT NULL,
  org    TEXT   NOT NULL,
  bytes  BYTEA  NOT NULL
);
CREATE INDEX event_object ON event (object, id);
CREATE INDEX event_actor ON event (actor, id);
-- What happened in a subtree, by time: one index for each level of org, a path
-- of ids of 26 characters. Equality with an id keeps the order of the index.
CREATE INDEX event_city ON event (substr(org, 1, 26), id) WHERE org <> '';
CREATE INDEX event_county ON event (substr(org, 28, 26), id) WHERE org <> '';
CREATE INDEX event_school ON event (substr(org, 55, 26), id) WHERE org <> '';

CREATE TABLE leaf (
  idx   BIGINT NOT NULL PRIMARY KEY CHECK (idx >= 0),
  event TEXT   NOT NULL UNIQUE REFERENCES event (id)
);

-- Tiles only grow; the head moves by compare-and-set.
CREATE TABLE tile (
  level  BIGINT NOT NULL,
  n      BIGINT NOT NULL,
  hashes BYTEA  NOT NULL,
  PRIMARY KEY (level, n)
);

CREATE TABLE head (
  one  BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  size BIGINT NOT NULL CHECK (size >= 0),
  root BYTEA  NOT NULL CHECK (length(root) = 32)
);

CREATE TABLE checkpoint (
  size BIGINT NOT NULL PRIMARY KEY CHECK (size > 0),
  note TEXT   NOT NULL
);

-- Events that wait for their leaf (PostgreSQL only: the writer of SQLite gives
-- leaves in the transaction of the events).
CREATE TABLE pending (
  event TEXT NOT NULL PRIMARY KEY
);

-- What stands behind commitments, and who decided to erase it.
CREATE TABLE detail (
  event   TEXT  NOT NULL PRIMARY KEY,
  salt    BYTEA NOT NULL CHECK (length(salt) = 32),
  content BYTEA NOT NULL
);

CREATE TABLE erasure (
  target TEXT NOT NULL PRIMARY KEY,
  event  TEXT NOT NULL
);

CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
