// Package store keeps everything in one database, SQLite or PostgreSQL, through
// one implementation: it is the only room with SQL.
//
// It decides how a change becomes durable together with its event, how events
// become leaves of the log, and that lists show what a Scope sees and nothing
// else. It refuses to know rules of rights, schemes or scores: bytes of traces
// and documents are opaque to it. No invariant rests on the isolation level;
// UNIQUE, CHECK, foreign keys, triggers and compare-and-set rows hold them at
// READ COMMITTED.
package store
