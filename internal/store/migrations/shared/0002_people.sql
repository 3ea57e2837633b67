-- +goose Up

-- Rows of these tables are states: event is the one that made the row what it
-- is, version counts them, and the event commits to the row's canonical bytes.
-- people counts who holds or held a post in the unit or below it.
CREATE TABLE unit (
  id      TEXT   NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  parent  TEXT   NOT NULL,
  kind    TEXT   NOT NULL CHECK (kind IN ('city', 'county', 'zone', 'school', 'group')),
  path    TEXT   NOT NULL UNIQUE,
  county  TEXT   NOT NULL,
  code    TEXT   NOT NULL,
  name    TEXT   NOT NULL CHECK (name <> ''),
  people  BIGINT NOT NULL CHECK (people >= 0),
  version BIGINT NOT NULL CHECK (version > 0),
  event   TEXT   NOT NULL
);
CREATE INDEX unit_parent ON unit (parent, path);
-- Groups number themselves within their school; all others have the code of the
-- authority.
CREATE UNIQUE INDEX unit_code ON unit (code) WHERE code <> '' AND kind <> 'group';

CREATE TABLE serial (
  name TEXT   NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL
);

CREATE TABLE person (
  id       TEXT   NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  number   TEXT   NOT NULL UNIQUE,
  name     TEXT   NOT NULL CHECK (name <> ''),
  sort     TEXT   NOT NULL,
  initials TEXT   NOT NULL,
  masked   TEXT   NOT NULL,
  cipher   BYTEA,
  blind    BYTEA  UNIQUE,
  version  BIGINT NOT NULL CHECK (version > 0),
  event    TEXT   NOT NULL,
  CHECK ((cipher IS NULL) = (blind IS NULL))
);
CREATE INDEX person_sort ON person (sort, id);
CREATE INDEX person_initials ON person (initials, sort, id);
CREATE INDEX person_name ON person (name, sort, id);
CREATE INDEX person_number ON person (number, sort, id);

-- A post repeats its unit's path and its person's sort key: a list of a subtree
-- reads one index, that of the subtree's level (see event_city).
CREATE TABLE post (
  id      TEXT   NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  person  TEXT   NOT NULL REFERENCES person (id),
  unit    TEXT   NOT NULL REFERENCES unit (id),
  path    TEXT   NOT NULL,
  sort    TEXT   NOT NULL,
  code    TEXT   NOT NULL,
  name    TEXT   NOT NULL,
  since   TEXT   NOT NULL,
  until   TEXT   NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  event   TEXT   NOT NULL,
  CHECK (until = '' OR until >= since)
);
CREATE INDEX post_city ON post (substr(path, 1, 26), sort, person, path);
CREATE INDEX post_county ON post (substr(path, 28, 26), sort, person, path);
CREATE INDEX post_school ON post (substr(path, 55, 26), sort, person, path);
CREATE INDEX post_person ON post (person, path);
CREATE UNIQUE INDEX post_code ON post (unit, code) WHERE until = '' AND code <> '';

CREATE TABLE account (
  id      TEXT   NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  person  TEXT   NOT NULL REFERENCES person (id),
  login   TEXT   NOT NULL UNIQUE CHECK (login <> ''),
  secret  TEXT   NOT NULL,
  totp    BYTEA,
  state   TEXT   NOT NULL CHECK (state IN ('first-login', 'active', 'closed')),
  version BIGINT NOT NULL CHECK (version > 0),
  event   TEXT   NOT NULL
);
CREATE INDEX account_person ON account (person);
-- Rights go by account: with two, one person could fill in under the one and publish under the other.
CREATE UNIQUE INDEX account_once ON account (person) WHERE state <> 'closed';

CREATE TABLE role (
  id      TEXT   NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  account TEXT   NOT NULL REFERENCES account (id),
  unit    TEXT   NOT NULL REFERENCES unit (id),
  name    TEXT   NOT NULL CHECK (name <> ''),
  since   TEXT   NOT NULL,
  until   TEXT   NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  event   TEXT   NOT NULL
);
CREATE INDEX role_account ON role (account);
CREATE INDEX role_unit ON role (unit);
CREATE UNIQUE INDEX role_once ON role (account, unit, name) WHERE until = '';
