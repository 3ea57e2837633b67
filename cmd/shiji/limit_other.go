//go:build !unix

package main

// limitMemory leaves the bound to GOMEMLIMIT and the time to the caller: this
// system has no limit of its own for a process.
func limitMemory(uint64) error { return nil }
