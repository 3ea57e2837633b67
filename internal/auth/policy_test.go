package auth

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/fault"
)

var me = []string{"zhangsan", "张三", "张 三", "zhang san", "00000015", "zs", ""}

func TestPolicies(t *testing.T) {
	t.Parallel()
	const short, classes, about, common, long, control = "auth.password-short", "auth.password-classes", "auth.password-about", "auth.password-common", "auth.password-long", "auth.password-control"
	for _, c := range []struct {
		password           string
		length, classified []string // faults
	}{
		{"梧桐树下的旧自行车", []string{short}, []string{classes}},
		{"梧桐树下的旧自行车很慢", nil, []string{classes}},
		{"kettle orbit plum", nil, []string{classes}},
		{"Kettle-orbit-7", nil, nil},
		{"Kettle-7", []string{short}, nil},
		{"kettle-", []string{short}, []string{short, classes}},
		{"", []string{short, common}, []string{short, classes, common}},
		{"Password123!", []string{common}, []string{common}},
		{"p@ssw0rd2024", []string{common}, []string{common}},
		{"woaini5201314", []string{common}, []string{classes, common}},
		{"1234567890", []string{common}, []string{classes, common}},
		{"9876543210", []string{common}, []string{classes, common}},
		{"aaaaaaaaaaaa", []string{common}, []string{classes, common}},
		{"121212121212", []string{common}, []string{classes, common}},
		{"abcxabcxabcx", []string{common}, []string{classes, common}},
		{"1qaz@WSX3edc", []string{common}, []string{common}},
		{"13905371924", []string{common}, []string{classes, common}},
		{"19850307li", []string{common}, []string{classes, common}},
		{"37088319850307123x", []string{common}, []string{classes, common}},
		{"我爱你我爱你我爱你我", []string{common}, []string{classes, common}},
		{"my-ZhangSan-orbit-7", []string{about}, []string{about}},
		{"梧桐张三树下的自行车7a", []string{about}, []string{about}},
		{"kettle-00000015-x", []string{about}, []string{about}},
		{"ｚｈａｎｇｓａｎ－ｏｒｂｉｔ７", []string{about}, []string{about}},
		{"zs-kettle-Orbit", nil, nil}, // two letters are no word
		{strings.Repeat("ab7-", 32) + "c", []string{long}, []string{long}},
		{strings.Repeat("梧", 500), []string{long}, []string{long}},
		{"kettle\x00orbit-7plum", []string{control}, []string{control}},
		{"kettle\xff orbit-7", []string{control}, []string{control}},
	} {
		for _, p := range []struct {
			Policy
			want []string
		}{{ByLength, c.length}, {Classified, c.classified}} {
			var got []string
			err := p.Accept(c.password, me...)
			for _, f := range fault.All(err) {
				got = append(got, f.Key)
				if f.Key == common && len(f.Args) > 0 {
					t.Errorf("%q: the fault tells the password: %v", c.password, f.Args)
				}
			}
			if !slices.Equal(got, p.want) || (err == nil) != (p.want == nil) {
				t.Errorf("%s, %q: got %v, want %v", p.Name, c.password, got, p.want)
			}
		}
	}
}

func TestGreatestLength(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range MaxLength {
		b.WriteRune(rune(0x4e00 + i*37%4000))
	}
	if err := ByLength.Accept(b.String()); err != nil {
		t.Errorf("%d characters: %v", MaxLength, err)
	}
	if err := ByLength.Accept(b.String() + "梧"); err == nil {
		t.Errorf("%d characters were taken", MaxLength+1)
	}
}

func TestPolicyNamed(t *testing.T) {
	t.Parallel()
	for _, want := range []Policy{ByLength, Classified} {
		if got, ok := PolicyNamed(want.Name); !ok || got != want {
			t.Errorf("%s: got %+v, %v", want.Name, got, ok)
		}
	}
	if got, ok := PolicyNamed("none"); ok {
		t.Errorf("got %+v", got)
	}
}

func TestExpired(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy Policy
		after  int64
		want   bool
	}{{Classified, 0, false}, {Classified, 89, false}, {Classified, 90, true}, {ByLength, 90000, false}} {
		if got := c.policy.Expired(100, (100+c.after)*secondsPerDay+5); got != c.want {
			t.Errorf("%s after %d days: got %v", c.policy.Name, c.after, got)
		}
	}
}

// TestPiecesCoverEveryPassword: whatever is typed is taken apart to its end, and
// never tells a guesser more pieces than it has characters.
func TestPiecesCoverEveryPassword(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-c]{1,4}|[0-9]{1,8}|密码|qwe){1,6}`)).Draw(t, "password")
		for rest := s; rest != ""; {
			n := longest(rest)
			if n < 1 || n > len(rest) {
				t.Fatalf("piece of %d bytes at %q", n, rest)
			}
			rest = rest[n:]
		}
	})
}

func TestNewPassword(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^([a-z2-9]{4}-){3}[a-z2-9]{4}$`)
	random := rand.NewChaCha8([32]byte{3})
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 2000 {
		p, err := NewPassword(random)
		if err != nil {
			t.Fatal(err)
		}
		if !shape.MatchString(p) || strings.ContainsAny(p, "01iolIO") || seen[p] {
			t.Fatalf("got %s", p)
		}
		if err := Classified.Accept(p); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		seen[p] = true
		for _, r := range p {
			letters[r]++
		}
	}
	for _, r := range alphabet { // 32,000 draws, 1,032 each, deviation 32
		if n := letters[r]; n < 850 || n > 1250 {
			t.Errorf("%c was drawn %d times", r, n)
		}
	}
}
