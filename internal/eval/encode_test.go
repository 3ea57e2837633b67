package eval_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
)

// sample is a result with everything that Encode writes.
func sample() eval.Result {
	q := num.MustParse
	return eval.Result{
		Subject: "T1", Group: "教学", Facts: fact.Digest{0: 0xab, 31: 0xcd},
		Values: []eval.Value{
			{Q: q("87.35")}, {Code: "优"}, {Status: eval.NotApplicable}, {Status: eval.Outside}, {Status: eval.Blocked}, {Q: q("-1/3")},
		},
		Refs:          []eval.Ref{{Node: "1.2", Name: "max", Value: q("96")}},
		Contributions: []eval.Contribution{{Node: "1", Value: q("34.94")}, {Node: eval.BonusPart, Value: q("20")}},
		Score:         q("54.94"), Scored: true, Place: 3, Of: 200,
		Consequences: []eval.Consequence{
			{Gate: "g1", Name: "出勤", Clause: "二", Effect: "不得评先", Fact: "出勤率", Value: "0.85"},
			{Gate: "v", Name: "一票否决", Clause: "一", Effect: "考核不合格", Veto: true, Fact: "师德", Value: "1"},
		},
		Findings: []eval.Finding{{Node: "1.2", Key: "eval.few-ballots", Args: []string{"测评", "家长"}}, {Key: "eval.no-total"}},
	}
}

// TestEncodeVersion1: stored bytes stay what they are. A new version gets a new
// file, and this one stays.
func TestEncodeVersion1(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/encode_v1.hex")
	if err != nil {
		t.Fatal(err)
	}
	want, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	res := sample()
	if got := res.Encode(); !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
}

// TestEncodeTellsApart: no two results share bytes when one of these differs.
func TestEncodeTellsApart(t *testing.T) {
	t.Parallel()
	first := sample()
	seen := map[string]string{string(first.Encode()): "nothing"}
	for name, change := range map[string]func(r *eval.Result){
		"subject": func(r *eval.Result) { r.Subject = "T" }, "group": func(r *eval.Result) { r.Group = "管理" },
		"facts": func(r *eval.Result) { r.Facts[5] = 1 }, "value": func(r *eval.Result) { r.Values[0].Q = num.MustParse("87.36") },
		"code": func(r *eval.Result) { r.Values[1].Code = "良" }, "status": func(r *eval.Result) { r.Values[2].Status = eval.Excused },
		"order": func(r *eval.Result) { r.Values[2], r.Values[3] = r.Values[3], r.Values[2] }, "nodes": func(r *eval.Result) { r.Values = r.Values[:5] },
		"ref node": func(r *eval.Result) { r.Refs[0].Node = "1.3" }, "ref name": func(r *eval.Result) { r.Refs[0].Name = "mean" },
		"ref": func(r *eval.Result) { r.Refs[0].Value = num.Int(97) }, "no refs": func(r *eval.Result) { r.Refs = nil },
		"part": func(r *eval.Result) { r.Contributions[0].Value = num.Int(35) }, "part's node": func(r *eval.Result) { r.Contributions[0].Node = "2" },
		"parts": func(r *eval.Result) { r.Contributions = r.Contributions[:1] }, "score": func(r *eval.Result) { r.Score = num.Int(54) },
		"place": func(r *eval.Result) { r.Place = 4 }, "of": func(r *eval.Result) { r.Of = 201 },
		"scored": func(r *eval.Result) { r.Scored = false }, "no consequences": func(r *eval.Result) { r.Consequences = nil },
		"gate": func(r *eval.Result) { r.Consequences[0].Gate = "g2" }, "effect": func(r *eval.Result) { r.Consequences[0].Effect = "通报" },
		"gate's fact": func(r *eval.Result) { r.Consequences[0].Fact = "出勤" }, "gate's value": func(r *eval.Result) { r.Consequences[0].Value = "0.86" },
		"veto": func(r *eval.Result) { r.Consequences[1].Veto = false }, "no findings": func(r *eval.Result) { r.Findings = nil },
		"finding's node": func(r *eval.Result) { r.Findings[0].Node = "1.3" }, "finding": func(r *eval.Result) { r.Findings[1].Key = "eval.departure" },
		"finding's words": func(r *eval.Result) { r.Findings[0].Args[1] = "学生" },
		"a word less":     func(r *eval.Result) { r.Findings[0].Args = r.Findings[0].Args[:1] },
		"findings' order": func(r *eval.Result) { r.Findings[0], r.Findings[1] = r.Findings[1], r.Findings[0] },
	} {
		r := sample()
		change(&r)
		b := string(r.Encode())
		if other, same := seen[b]; same {
			t.Errorf("changing %s gives the same bytes as changing %s", name, other)
		}
		seen[b] = name
	}
}
