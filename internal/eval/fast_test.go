package eval_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/eval"
)

// batches times rapid's checks (100 unless told otherwise with -rapid.checks) is
// how many random worlds the oracle sees; the other properties see half or less.
const batches = 8

// overWorlds runs a property over random worlds, in parallel batches.
func overWorlds(t *testing.T, n int, property func(t *rapid.T, w *world)) {
	for i := range n {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				w := drawWorld(t)
				property(t, w)
			})
		})
	}
}

// evaluate evaluates the world, which has no fault of its own.
func (w *world) evaluate(t fatal) *eval.Outcome {
	t.Helper()
	out, err := eval.Evaluate(w.compiled, w.cohort)
	if err != nil {
		t.Fatalf("evaluate: %v\n%s", err, w.yaml)
	}
	return out
}

// TestFastEqualsOracle holds the evaluator, node by node and member by member,
// to the slow recursive one.
func TestFastEqualsOracle(t *testing.T) {
	t.Parallel()
	overWorlds(t, batches, func(t *rapid.T, w *world) {
		t.Logf("%s%v", w.yaml, w.cohort.Members)
		newOracle(w.scheme, decls, w.cohort).agree(t, w.compiled, w.evaluate(t))
	})
}
