package explain_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/explain"
)

func TestAligned(t *testing.T) {
	for _, c := range []struct{ column, want []string }{
		{nil, []string{}},
		{[]string{"92.025", "91.3667", "78", "-0.5"}, []string{"92.0250", "91.3667", "78.0000", "-0.5000"}},
		{[]string{"0", "10", "3"}, []string{"0", "10", "3"}},
		{[]string{"0.5", "不适用", "", "—", "5"}, []string{"0.5", "不适用", "", "—", "5.0"}},
		{[]string{"50%", "2/4", "12.5%", "-8/2", "100%", "1.5", "3"}, []string{"50%", "2/4", "12.5%", "-8/2", "100%", "1.5", "3.0"}},
		{[]string{"2/3", "1.5", "1.2.3", "v1.25"}, []string{"2/3", "1.5", "1.2.3", "v1.25"}},
	} {
		before := slices.Clone(c.column)
		if diff := cmp.Diff(c.want, explain.Aligned(c.column)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.column, diff)
		}
		if diff := cmp.Diff(before, c.column); diff != "" {
			t.Errorf("the column itself is changed (-want +got):\n%s", diff)
		}
	}
}
