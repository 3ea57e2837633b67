// Package eval applies a compiled scheme to the facts of a cohort and gives
// every member a result that carries its reasons.
//
// Evaluation goes node by node over columns of all members. What a rule needs
// from others (a maximum, a mean, a place) enters a member's result as a
// reference, so that the own tree can be recomputed from own facts, references
// and scheme alone: Replay does that, and is both the explanation and the proof.
// The room knows no files, no clock and no randomness: equal scheme and facts
// give equal bytes.
package eval
