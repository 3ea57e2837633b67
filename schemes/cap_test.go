package schemes_test

import (
	"slices"
	"testing"

	"shiji/internal/city"
	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/schemes"
)

// TestCapsHoldOnSchools works out by hand what the caps promise: 教辅 by
// themselves (济宁2018 三(三)2), 其他人员 together (三(四)).
func TestCapsHoldOnSchools(t *testing.T) {
	t.Parallel()
	teaching := []string{"教学", "非考试学科教学"}
	for _, name := range schemes.Names() {
		if name[:len("jining-2018")] != "jining-2018" {
			continue
		}
		r, err := prepare(name)
		if err != nil {
			t.Fatal(words(err))
		}
		out, err := r.evaluate(city.School(1, schoolOf[name]))
		if err != nil {
			t.Fatal(words(err))
		}
		mean := func(node string, groups ...string) num.Q {
			i := r.NodeIndex(node)
			var values []num.Q
			for _, res := range out.Results {
				if res.Values[i].Status == eval.Known && slices.Contains(groups, res.Group) {
					values = append(values, res.Values[i].Q)
				}
			}
			q, ok := num.Sum(values...).Div(num.Int(int64(len(values))))
			if !ok {
				t.Fatalf("%s: nobody of %q has a value of %s", name, groups, node)
			}
			return q
		}
		for _, c := range []struct {
			node, against string
			groups        []string
			share         num.Q
		}{
			{"3.2", "3.1", []string{"教辅"}, num.Frac(70, 100)},
			{"4z", "4", []string{"管理", "教辅", "工勤"}, num.Frac(80, 100)},
		} {
			got, most := mean(c.node, c.groups...), mean(c.against, teaching...).Mul(c.share)
			if got.Cmp(most) > 0 {
				t.Errorf("%s: mean of %s over %q is %s, more than %s", name, c.node, c.groups, got.Round(4, num.HalfUp), most.Round(4, num.HalfUp))
			}
		}
	}
}
