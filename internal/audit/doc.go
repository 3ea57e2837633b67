// Package audit says what an entry of the event log is and what can be proved
// about the log: the closed vocabulary of actions, the canonical bytes of an
// event, salted commitments of what stood before and after, the Merkle tree
// over all events (RFC 6962), signed checkpoints, and proofs that one text
// file carries to a machine without the server.
//
// It is pure: time, ids, salts, keys and storage come from the caller. It knows
// no table, no person's name and nobody's rights.
package audit
