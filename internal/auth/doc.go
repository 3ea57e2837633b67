// Package auth decides whether somebody is who she says: passwords and what
// makes one acceptable, their hashes, one-time codes of a second factor, and the
// first password that an operator hands over.
//
// It is pure: randomness, the day and the moment are given. It knows no
// accounts, sessions or limits of attempts; room store keeps those, and the
// caller counts attempts before it asks here, for every check costs memory.
package auth
