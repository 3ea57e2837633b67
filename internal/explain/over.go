package explain

import (
	"fmt"
	"strings"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// base words a form's rule for one reading, a person's or a line's: the
// sentence, what it came to, and whether it came to anything.
type base func(r reading) (string, num.Q, bool)

// most is how many addends a sentence spells out.
const most = 8

var combineWords = map[string]string{"mean": "平均", "sum": "合计", "max": "最高", "min": "最低", "weighted": "加权平均"}

// perLine words a form that may be applied to each line of a repeated fact:
// without Over the base itself, with it how the lines were combined.
func (t *telling) perLine(over *scheme.Over, b base) (string, num.Q, bool) {
	if over == nil {
		return b(reading(t.s.Args))
	}
	var lines []*eval.Step
	dropped := 0
	for i := range t.s.Kids {
		k := &t.s.Kids[i]
		switch {
		case k.Node != "":
		case k.Status == eval.Known:
			lines = append(lines, k)
		case k.Status == eval.NotApplicable || k.Status == eval.Excused:
			dropped++
		default:
			return quoted(k.Name) + "：" + t.lacking(reading(k.Args)), num.Q{}, false
		}
	}
	if len(lines) == 0 {
		if over.None == nil {
			return "没有可计的" + quoted(over.Table) + "记录", num.Q{}, false
		}
		return "没有可计的" + quoted(over.Table) + "记录，按 " + shown(*over.None) + " 计", *over.None, true
	}
	text, q := t.combined(over, lines)
	if dropped > 0 {
		text += fmt.Sprintf("（另有 %d 条不计）", dropped)
	}
	return text, q, true
}

// combined words and works out how lines were combined; the step records what
// each came to.
func (t *telling) combined(over *scheme.Over, lines []*eval.Step) (string, num.Q) {
	q, total := lines[0].Value, num.Q{}
	sum := num.Q{}
	var terms []string
	for _, l := range lines {
		term := inFormula(l.Value)
		switch over.Combine {
		case "max":
			q = num.Max(q, l.Value)
		case "min":
			q = num.Min(q, l.Value)
		case "weighted":
			w, _ := reading(l.Args).find(over.By)
			sum, total = sum.Add(l.Value.Mul(w.Value)), total.Add(w.Value)
			term += " × " + inFormula(w.Value)
		default:
			sum = sum.Add(l.Value)
		}
		terms = append(terms, term)
	}
	name := fmt.Sprintf("%s %d 条%s", quoted(over.Table), len(lines), combineWords[over.Combine])
	if t.brief {
		switch over.Combine {
		case "weighted":
			q, _ = sum.Div(total)
		case "mean":
			q, _ = sum.Div(num.Int(int64(len(lines))))
		case "sum":
			q = sum
		}
		if s := q.String(); !strings.Contains(s, "/") { // a fraction is rounded in what follows
			name += " " + s
		}
		return name, q
	}
	name += "："
	switch {
	case len(lines) == 1 && over.Combine != "weighted":
		return fmt.Sprintf("%s 1 条，%s", quoted(over.Table), shown(q)), q1(over, q, sum)
	case over.Combine == "max" || over.Combine == "min":
		return name + addends(terms, "、") + " 中取 " + shown(q), q
	case over.Combine == "sum":
		return name + addends(terms, " + ") + " = " + shown(sum), sum
	case over.Combine == "weighted":
		q, _ = sum.Div(total)
		return fmt.Sprintf("%s(%s) ÷ %s合计 %s = %s", name, addends(terms, " + "), over.By, inFormula(total), shown(q)), q
	}
	q, _ = sum.Div(num.Int(int64(len(lines))))
	return fmt.Sprintf("%s(%s) ÷ %d = %s", name, addends(terms, " + "), len(lines), shown(q)), q
}

// q1 is what one line alone combines to.
func q1(over *scheme.Over, q, sum num.Q) num.Q {
	if over.Combine == "sum" || over.Combine == "mean" {
		return sum
	}
	return q
}

func addends(terms []string, sign string) string {
	if len(terms) > most {
		return strings.Join(terms[:most-1], sign) + sign + "…" + sign + terms[len(terms)-1]
	}
	return strings.Join(terms, sign)
}

// ruleOver words to what a per-line form is applied.
func ruleOver(over *scheme.Over) string {
	if over == nil {
		return ""
	}
	s := "对" + quoted(over.Table) + "每一条" + ruleWhere(over.Where) + "计算，取" + combineWords[over.Combine]
	if over.By != "" {
		s += "（按" + quoted(over.By) + "加权）"
	}
	if over.None != nil {
		s += "，没有记录时为 " + shown(*over.None)
	}
	return s + "："
}

func ruleWhere(where []scheme.Where) string {
	if len(where) == 0 {
		return ""
	}
	var parts []string
	for _, w := range where {
		parts = append(parts, w.Field+"为"+list(w.Codes))
	}
	return "（" + strings.Join(parts, "，") + "）"
}
