//go:build race

package sheet_test

// raceEnabled says that the race detector slows this run down tenfold, so that
// bounds on time mean nothing.
const raceEnabled = true
