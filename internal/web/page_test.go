package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilesize(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{
		0: "0 字节", 1023: "1023 字节", 1024: "1 KB", 1535: "1 KB", 1536: "2 KB", 500_000: "488 KB",
		1<<20 - 513: "1023 KB", 1<<20 - 512: "1.0 MB", 1 << 20: "1.0 MB", 1_256_465: "1.2 MB", 20 << 20: "20.0 MB",
	} {
		if got := filesize(bytes); got != want {
			t.Errorf("filesize(%d) = %q, want %q", bytes, got, want)
		}
	}
}

// TestLocate: the navigation marks the page itself, or the nearest entry above it,
// and never two.
func TestLocate(t *testing.T) {
	t.Parallel()
	city, zone := Link{"市", "/units/city"}, Link{"区", "/units/zone"}
	for _, c := range []struct {
		here   string
		crumbs []Link
		want   map[string]string
	}{
		{"/me", nil, map[string]string{"/me": "page"}},
		{"/units/city", nil, map[string]string{"/units/city": "page"}},
		{"/units/zone", []Link{city}, map[string]string{"/units/zone": "page"}},
		{"/units/school", []Link{city, zone, {Text: "校"}}, map[string]string{"/units/zone": "true"}},
		{"/appraisals/a/results", []Link{city, {"校", "/units/school"}, {"考核", "/appraisals/a"}, {Text: "成绩表"}}, map[string]string{"/units/city": "true"}},
		{"/account/factor", []Link{{"账号", "/account"}}, map[string]string{"/account": "true"}},
		{"/units/city/nowhere", nil, map[string]string{}}, // what is missing looks alike wherever it is
		{"/units", nil, map[string]string{"/units": "page"}},
		{"/schemes/s", nil, map[string]string{}},
		{"/mess", nil, map[string]string{}},
	} {
		b := Base{Crumbs: c.crumbs}
		for _, to := range []string{"/me", "/units/city", "/units/zone", "/units", "/events", "/account"} {
			b.Nav = append(b.Nav, Nav{To: to})
		}
		b.locate("/me")
		b.locate(c.here)
		got := map[string]string{}
		for _, n := range b.Nav {
			if n.Current != "" {
				got[n.To] = n.Current
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("at %s with %v (-want +got):\n%s", c.here, c.crumbs, diff)
		}
	}
}
