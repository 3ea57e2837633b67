package explain

import (
	"strconv"
	"strings"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// longest is how many characters of an exact number are shown; a longer one is
// shown rounded and marked as 约. The exact value stands in the JSON.
const longest = 20

// readable is how many characters of a fraction people take in; a longer one is
// followed by what it is about.
const readable = 9

// shown returns q exactly: a decimal, or a fraction when no decimal is exact.
func shown(q num.Q) string {
	s := q.String()
	switch {
	case len(s) > longest:
		return "约 " + about(q)
	case len(s) > readable && strings.Contains(s, "/"):
		return s + "（约 " + about(q) + "）"
	}
	return s
}

func about(q num.Q) string { return q.Round(4, num.HalfUp).String() }

// inFormula is q without words, in brackets where a sign or a bar would be
// misread.
func inFormula(q num.Q) string {
	s := q.String()
	if len(s) > longest {
		s = "约 " + about(q)
	}
	if strings.ContainsAny(s, "-/ ") {
		return "(" + s + ")"
	}
	return s
}

// percent returns a share as people write it.
func percent(q num.Q) string {
	p := q.Mul(num.Int(100))
	if s := p.String(); len(s) <= 8 && !strings.Contains(s, "/") {
		return s + "%"
	}
	return "约 " + p.Round(2, num.HalfUp).String() + "%"
}

// fixed returns q with the places that it was rounded to.
func fixed(q num.Q, places int) string {
	if s, exact := q.Fixed(places); exact {
		return s
	}
	return shown(q)
}

// amount writes what was read, as it is declared: a share in percent, as rules
// and people write it, anything else with its unit.
func amount(q num.Q, d scheme.FactDecl) string {
	switch {
	case d.Share:
		return share(q)
	case d.Unit == "":
		return shown(q)
	case d.Unit == "%", d.Unit == "‰":
		return shown(q) + d.Unit
	}
	return shown(q) + " " + d.Unit
}

// share writes a share in percent; one that no short percentage says exactly as
// a fraction, with about how many percent that is.
func share(q num.Q) string {
	p, s := percent(q), q.String()
	if strings.HasPrefix(p, "约") && len(s) <= longest {
		return s + "（" + p + "）"
	}
	return p
}

// bound writes a line that a quantity is held to: of a share in percent.
func bound(q num.Q, d scheme.FactDecl) string {
	if d.Share {
		return share(q)
	}
	return shown(q)
}

// term writes one value of a formula about d: as bound does, without words.
func term(q num.Q, d scheme.FactDecl) string {
	if p := percent(q); d.Share && !strings.HasPrefix(p, "约") {
		return p
	}
	return inFormula(q)
}

// per writes what each point is for: 每 1 次.
func per(d scheme.FactDecl) string { return "每 " + amount(num.Int(1), scheme.FactDecl{Unit: d.Unit}) }

var statusWords = map[eval.Status]string{
	eval.NotApplicable: "不适用", eval.Excused: "免", eval.NotYet: "未交", eval.Refused: "拒绝提供",
	eval.Outside: "不在本组", eval.Blocked: "暂不出分",
}

// stateWord translates a state's name in a finding's arguments.
func stateWord(name string) string {
	for s, word := range statusWords {
		if s.String() == name {
			return word
		}
	}
	return name
}

var modeWords = map[num.Mode]string{
	num.HalfUp: "四舍五入", num.HalfEven: "四舍六入五成双", num.Down: "舍去尾数", num.Up: "进一", num.Floor: "向下取", num.Ceil: "向上取",
}

// places words a rounding.
func places(n int, mode num.Mode) string {
	if n == 0 {
		return modeWords[mode] + "到整数"
	}
	return modeWords[mode] + "到 " + strconv.Itoa(n) + " 位小数"
}

func quoted(name string) string { return "“" + name + "”" }

// list joins names as Chinese does.
func list(names []string) string { return strings.Join(names, "、") }

// digestLength is how much of a digest is printed: enough to tell two schemes
// apart by eye; the JSON and the bundle carry the whole.
const digestLength = 12

func head(s *scheme.Scheme) Head {
	h := Head{Name: s.Name, Title: s.Title, Edition: s.Edition, FullDigest: s.Digest.String()}
	h.Digest = h.FullDigest[:digestLength]
	if s.Policy != nil {
		h.Policy = s.Policy.Cite()
	}
	return h
}
