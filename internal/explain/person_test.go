package explain_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/num"
)

var update = flag.Bool("update", false, "write the golden texts anew")

// Each text is one that an official can read: re-weighted and guarded, small
// group and exception, blocked, vetoed, without points.
func TestText(t *testing.T) {
	t.Parallel()
	points, conclusions := explaintest.Points(t, 24).Pages(), explaintest.Conclusions(t, 9).Pages()
	for name, page := range map[string]*explain.Page{
		"reweighted": points[1], "small-group": points[5], "blocked": points[7], "veto": points[8], "highest-only": points[0], "no-points": conclusions[8],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden := filepath.Join("testdata", name+".txt")
			got := explain.Text(page)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("text differs (-want +got); if it should, run with -update and read the change:\n%s", diff)
			}
		})
	}
}

func TestPartsAddUpToTheTotal(t *testing.T) {
	t.Parallel()
	scored := 0
	for _, p := range explaintest.Points(t, 60).Pages() {
		if p.Total == "" {
			continue
		}
		scored++
		var sum num.Q
		for _, part := range p.Parts {
			sum = sum.Add(num.MustParse(part.Value))
			if !strings.Contains(part.How, part.Value) {
				t.Errorf("%s: part %s: %q does not come to %s", p.Subject, part.Name, part.How, part.Value)
			}
		}
		if !sum.Equal(num.MustParse(p.Total)) {
			t.Errorf("%s: parts sum to %s, total is %s", p.Subject, sum, p.Total)
		}
	}
	if scored < 50 {
		t.Fatalf("only %d people have a total", scored)
	}
}

// In a school of 24 the 教辅 group has 4 members: what its maximum is must not
// stand anywhere on their pages.
func TestSmallGroupsHideTheirExtremes(t *testing.T) {
	t.Parallel()
	s := explaintest.Points(t, 24)
	for i, d := range s.Derivations {
		if d.Result.Group != "教辅" {
			continue
		}
		var highest string
		for _, ref := range d.Result.Refs {
			if ref.Node == "3.1.2" && ref.Name == "max" {
				highest = ref.Value.String()
			}
		}
		page := s.Pages()[i]
		own := explain.Text(page)
		if highest == "" || strings.Contains(own, "最高值 "+highest) {
			t.Errorf("%s: the maximum %q of 4 people is shown", page.Subject, highest)
		}
		if page.Position != "" {
			t.Errorf("%s: position %q among 4 people is shown", page.Subject, page.Position)
		}
		masked, err := eval.Replay(s.Scheme, factsOf(s, page.Subject), eval.Mask(s.Scheme, d.Result))
		if err != nil {
			t.Fatal(err)
		}
		text := explain.Text(explain.Person(s.Scheme, masked, page.Who))
		if !strings.Contains(text, "由学校核算得") || strings.Contains(text, "最高值 "+highest) {
			t.Errorf("%s: a masked result is told as\n%s", page.Subject, text)
		}
	}
}

// A rater group with too few ballots shows neither its mean nor its ballots.
func TestFewBallotsShowNothing(t *testing.T) {
	t.Parallel()
	hidden := 0
	for _, p := range explaintest.Points(t, 24).Pages() {
		p.Each(func(r *explain.Row) {
			for _, l := range r.Lines {
				if r.ID == "5.1" && l.Dropped {
					hidden++
					if l.Value != "" || l.Reads != nil {
						t.Errorf("%s: %s shows %q %v", p.Subject, l.Name, l.Value, l.Reads)
					}
				}
			}
		})
	}
	if hidden == 0 {
		t.Fatal("no group had too few ballots")
	}
}

func TestSources(t *testing.T) {
	t.Parallel()
	page := explaintest.Points(t, 6).Pages()[0]
	page.Each(func(r *explain.Row) {
		want := map[string][]string{
			"3.1.1": {"任课/T001/七年级1班/语文", "任课/T001/七年级2班/语文", "兼职/T001/教研组长"},
			"2.1":   {"检查/T001/1", "检查/T001/2"},
		}[r.ID]
		if want == nil {
			return
		}
		if diff := cmp.Diff(want, r.Sources()); diff != "" {
			t.Errorf("%s: sources (-want +got):\n%s", r.ID, diff)
		}
	})
}
