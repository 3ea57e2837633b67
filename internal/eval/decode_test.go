package eval_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shiji/internal/eval"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// sampleScheme is as much of a scheme as sample's result needs.
func sampleScheme() *scheme.Compiled {
	return &scheme.Compiled{
		Nodes:  make([]*scheme.CompiledNode, 6),
		Scheme: &scheme.Scheme{Gates: []scheme.Gate{{ID: "v", Name: "一票否决", Clause: "一"}, {ID: "g1", Name: "出勤", Clause: "二"}}},
	}
}

// TestDecodeVersion1: what was stored is read for ever.
func TestDecodeVersion1(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/encode_v1.hex")
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	got, err := eval.Decode(sampleScheme(), b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestDecodeIsTheInverse: every result comes back whole, masked ones too, and
// replays; and so does what was found about the cohort.
func TestDecodeIsTheInverse(t *testing.T) {
	t.Parallel()
	var consequences, findings, refs, blocked seen
	for _, s := range []*seen{&consequences, &findings, &refs, &blocked} {
		s.atLeastOnce(t)
	}
	overWorlds(t, 2, func(t *rapid.T, w *world) {
		out := w.evaluate(t)
		for _, want := range out.Results {
			for _, res := range []eval.Result{want, eval.Mask(w.compiled, want)} {
				got, err := eval.Decode(w.compiled, res.Encode())
				if err != nil {
					t.Fatalf("%s: %v\n%s", want.Subject, err, w.yaml)
				}
				if diff := cmp.Diff(res, got); diff != "" {
					t.Fatalf("%s (-want +got)\n%s", want.Subject, diff)
				}
				if _, err := eval.Replay(w.compiled, own(w.cohort, want.Subject), got); err != nil {
					t.Fatalf("%s: %v", want.Subject, err)
				}
			}
			consequences.Add(int64(len(want.Consequences)))
			findings.Add(int64(len(want.Findings)))
			refs.Add(int64(len(want.Refs)))
			for _, v := range want.Values {
				if v.Status == eval.Blocked {
					blocked.Add(1)
				}
			}
		}
		got, err := eval.DecodeFindings(eval.EncodeFindings(out.Findings))
		if err != nil || !reflect.DeepEqual(got, out.Findings) {
			t.Fatalf("findings: got %v, %v, want %v", got, err, out.Findings)
		}
	})
}

func TestFindingsVersion1(t *testing.T) {
	t.Parallel()
	want := []eval.Finding{{Key: "eval.frontline", Args: []string{"87.5", "88", "三"}}, {Node: "1", Key: "eval.x"}}
	const golden = "0102000e6576616c2e66726f6e746c696e65030438372e3502383803e4b889013106" + "6576616c2e7800"
	if got := hex.EncodeToString(eval.EncodeFindings(want)); got != golden {
		t.Errorf("got  %s\nwant %s", got, golden)
	}
	b, _ := hex.DecodeString(golden)
	got, err := eval.DecodeFindings(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for name, bad := range map[string][]byte{"nothing": nil, "version": append([]byte{2}, b[1:]...), "a byte less": b[:len(b)-1], "a byte more": append(bytes.Clone(b), 0)} {
		if got, err := eval.DecodeFindings(bad); err == nil {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// TestDecodeLongNumbers: what evaluation may reach is longer than what people
// may type.
func TestDecodeLongNumbers(t *testing.T) {
	t.Parallel()
	for _, q := range []num.Q{power(3, 2584), power(2, 4095), power(10, 1200)} {
		one, _ := num.Int(1).Div(q)
		for _, v := range []num.Q{q, one, one.Neg(), q.Add(num.Frac(1, 7))} {
			res := sample()
			res.Refs[0].Value = v
			got, err := eval.Decode(sampleScheme(), res.Encode())
			if err != nil || !got.Refs[0].Value.Equal(v) {
				t.Errorf("%d bits: %v", v.Bits(), err)
			}
		}
	}
}

func power(base int64, n int) num.Q {
	q := num.Int(1)
	for range n {
		q = q.Mul(num.Int(base))
	}
	return q
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	r := sample()
	good := r.Encode()
	edit := func(old, new string) []byte {
		if bytes.Count(good, []byte(old)) != 1 {
			t.Fatalf("%q does not stand once in the encoding", old)
		}
		return bytes.Replace(good, []byte(old), []byte(new), 1)
	}
	for _, c := range []struct {
		name string
		b    []byte
		c    *scheme.Compiled
		want string
	}{
		{"nothing", nil, sampleScheme(), "eval.trace-damaged"},
		{"version", append([]byte{9}, good[1:]...), sampleScheme(), "eval.trace-version"},
		{"a byte less", good[:len(good)-1], sampleScheme(), "eval.trace-damaged"},
		{"a byte more", append(bytes.Clone(good), 0), sampleScheme(), "eval.trace-damaged"},
		{"another spelling of a number", edit("\x0554.94", "\x0654.940"), sampleScheme(), "eval.trace-damaged"},
		{"a percentage", edit("\x0554.94", "\x055494%"), sampleScheme(), "eval.trace-damaged"},
		{"an exponent", edit("\x0554.94", "\x0554e94"), sampleScheme(), "eval.trace-damaged"},
		{"a status that is none", edit("\x01\x10\x11", "\x01\x10\x12"), sampleScheme(), "eval.trace-damaged"},
		{"a flag that is none", edit("54.94\x01", "54.94\x02"), sampleScheme(), "eval.trace-damaged"},
		{"another scheme's nodes", good, &scheme.Compiled{Scheme: sampleScheme().Scheme}, "eval.trace-scheme"},
		{"another scheme's gates", good, &scheme.Compiled{Nodes: sampleScheme().Nodes, Scheme: &scheme.Scheme{}}, "eval.trace-gate"},
	} {
		_, err := eval.Decode(c.c, c.b)
		var e *fault.Error
		if !errors.As(err, &e) || e.Key != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// FuzzDecode: no bytes make it panic or take memory beyond a multiple of their
// length, and what it takes are the bytes that Encode writes.
func FuzzDecode(f *testing.F) {
	r := sample()
	f.Add(r.Encode())
	f.Add(eval.EncodeFindings(r.Findings))
	c := sampleScheme()
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		res, err := eval.Decode(c, b)
		list, findingsErr := eval.DecodeFindings(b)
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+len(b)*2048); got > most {
			t.Errorf("%d bytes took %d, want at most %d", len(b), got, most)
		}
		if err == nil && !bytes.Equal(res.Encode(), b) || findingsErr == nil && !bytes.Equal(eval.EncodeFindings(list), b) {
			t.Error("other bytes the second time")
		}
	})
}

// BenchmarkDecodeReplay is what a result page does with a stored result.
func BenchmarkDecodeReplay(b *testing.B) {
	c, cohort := annexScheme(b), annexSchool(1, 120)
	out, err := eval.Evaluate(c, cohort)
	if err != nil {
		b.Fatal(err)
	}
	facts, trace := own(cohort, out.Results[7].Subject), out.Results[7].Encode()
	b.ReportAllocs()
	for b.Loop() {
		res, err := eval.Decode(c, trace)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := eval.Replay(c, facts, res); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(trace)), "bytes/trace")
}
