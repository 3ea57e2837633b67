package scheme

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"

	"shiji/internal/fault"
	"shiji/internal/num"
)

// Expr is a formula: Literal, Name, Negate, Binary or Call.
type Expr interface {
	expr()
	String() string // as people write it: × ÷ − and Chinese function names
}

// Literal is a decimal constant.
type Literal struct{ Q num.Q }

// Name refers to a fact, a field, or a child node.
type Name struct{ Name string }

// Negate is unary minus.
type Negate struct{ X Expr }

// Binary is X Op Y; Op is one of + - * / < <= > >= == !=.
type Binary struct {
	Op   string
	X, Y Expr
}

// Call is one of the functions: min and max of one or more values, clamp(x,
// low, high), iff(condition, then, else), abs(x).
type Call struct {
	Func string
	Args []Expr
}

func (Literal) expr() {}
func (Name) expr()    {}
func (Negate) expr()  {}
func (Binary) expr()  {}
func (Call) expr()    {}

// functions are the names a call may have, in both languages, and how many
// arguments each takes (-1: one or more).
var functions = map[string]struct {
	name string
	args int
}{
	"min": {"min", -1}, "最小": {"min", -1}, "max": {"max", -1}, "最大": {"max", -1},
	"clamp": {"clamp", 3}, "限于": {"clamp", 3}, "iff": {"iff", 3}, "如果": {"iff", 3}, "abs": {"abs", 1}, "绝对值": {"abs", 1},
}

// signs are what Chinese input methods write, and String, for what the parser
// reads.
var signs = map[rune]string{
	'＋': "+", '－': "-", '−': "-", '—': "-", '×': "*", '＊': "*", '÷': "/", '／': "/",
	'（': "(", '）': ")", '，': ",", '．': ".", '＜': "<", '＞': ">", '＝': "=", '！': "!", '　': " ",
	'≤': "<=", '≥': ">=", '≠': "!=",
	'０': "0", '１': "1", '２': "2", '３': "3", '４': "4", '５': "5", '６': "6", '７': "7", '８': "8", '９': "9",
}

// fold rewrites s in the parser's signs, a lone = as ==. columns gives for each
// byte of the text, and for its end, the column in s.
func fold(s string) (text string, columns []int) {
	var b strings.Builder
	in := []rune(s)
	sign := func(i int) string {
		if i < 0 || i >= len(in) {
			return ""
		}
		if t, ok := signs[in[i]]; ok {
			return t
		}
		return string(in[i])
	}
	for i := range in {
		t := sign(i)
		before := sign(i - 1)
		if t == "=" && sign(i+1) != "=" && before != "=" && before != "<" && before != ">" && before != "!" {
			t = "=="
		}
		b.WriteString(t)
		for range len(t) {
			columns = append(columns, i+1)
		}
	}
	return b.String(), append(columns, len(in)+1)
}

// MaxFormula bounds a formula's length in bytes.
const MaxFormula = 1000

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// ParseExpr reads a formula. It accepts the four operations, comparisons and
// the calls above; everything else is a fault with its column. All faults are
// returned.
//
// The grammar is that of Go expressions, cut down by a whitelist: a parser that
// the whole world tests beats one of our own.
func ParseExpr(s string) (Expr, []*fault.Error) {
	if len(s) > MaxFormula {
		return nil, []*fault.Error{fault.New(fault.TooLarge, "scheme.formula-long", len(s), MaxFormula)}
	}
	r := exprReader{text: s}
	text, columns := fold(s)
	r.columns = columns
	if i := comment(text); i >= 0 { // a ÷÷ b must not be read as a
		return nil, []*fault.Error{r.syntax(i)}
	}
	tree, err := parser.ParseExprFrom(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, r.syntaxFaults(err)
	}
	e, kind := r.read(tree)
	if kind == truth {
		r.fault(tree, "scheme.formula-truth")
	}
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	return e, nil
}

// comment returns where a comment begins, which Go's parser would skip; -1 if
// nowhere.
func comment(text string) int {
	line, block := strings.Index(text, "//"), strings.Index(text, "/*")
	if line < 0 || block >= 0 && block < line {
		return block
	}
	return line
}

type kind uint8

const (
	number kind = iota
	truth
)

type exprReader struct {
	text    string // as written
	columns []int  // by offset in the folded text
	faults  []*fault.Error
}

func (r *exprReader) syntaxFaults(err error) []*fault.Error {
	list, ok := err.(scanner.ErrorList)
	if !ok || len(list) == 0 {
		return []*fault.Error{r.syntax(0)}
	}
	var out []*fault.Error
	for i, e := range list {
		if i == 5 {
			break // the parser's later complaints follow from the first ones
		}
		out = append(out, r.syntax(e.Pos.Offset))
	}
	return out
}

func (r *exprReader) syntax(offset int) *fault.Error {
	return fault.New(fault.Invalid, "scheme.formula-syntax", r.text, r.column(offset))
}

func (r *exprReader) column(offset int) int {
	return r.columns[min(max(offset, 0), len(r.columns)-1)]
}

func (r *exprReader) fault(n ast.Node, key string, args ...any) {
	r.faultAt(n.Pos(), key, args...)
}

func (r *exprReader) faultAt(at token.Pos, key string, args ...any) {
	r.faults = append(r.faults, fault.New(fault.Invalid, key, append([]any{r.text, r.column(int(at) - 1)}, args...)...))
}

// number reads n and requires a number.
func (r *exprReader) number(n ast.Expr) Expr {
	e, k := r.read(n)
	if k == truth {
		r.fault(n, "scheme.formula-want-number")
	}
	return e
}

func (r *exprReader) read(n ast.Expr) (Expr, kind) {
	switch n := n.(type) {
	case *ast.ParenExpr:
		return r.read(n.X)
	case *ast.Ident:
		if _, isFunc := functions[n.Name]; isFunc || token.IsKeyword(n.Name) {
			r.fault(n, "scheme.formula-name", n.Name)
		}
		return Name{n.Name}, number
	case *ast.BasicLit:
		if n.Kind != token.INT && n.Kind != token.FLOAT || !decimal.MatchString(n.Value) {
			r.fault(n, "scheme.formula-literal", n.Value)
			return Literal{}, number
		}
		q, err := num.Parse(n.Value)
		if err != nil {
			r.fault(n, "scheme.formula-literal", n.Value)
		}
		return Literal{q}, number
	case *ast.UnaryExpr:
		if n.Op != token.SUB {
			r.fault(n, "scheme.formula-operator", n.Op.String())
		}
		return Negate{r.number(n.X)}, number
	case *ast.BinaryExpr:
		return r.binary(n)
	case *ast.CallExpr:
		return r.call(n)
	}
	r.fault(n, "scheme.formula-refused")
	return Literal{}, number
}

func (r *exprReader) binary(n *ast.BinaryExpr) (Expr, kind) {
	x, y := r.number(n.X), r.number(n.Y)
	switch n.Op {
	case token.ADD, token.SUB, token.MUL, token.QUO:
		return Binary{n.Op.String(), x, y}, number
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
		return Binary{n.Op.String(), x, y}, truth
	}
	r.faultAt(n.OpPos, "scheme.formula-operator", n.Op.String())
	return Literal{}, number
}

func (r *exprReader) call(n *ast.CallExpr) (Expr, kind) {
	id, ok := n.Fun.(*ast.Ident)
	if !ok || n.Ellipsis.IsValid() {
		r.fault(n, "scheme.formula-refused")
		return Literal{}, number
	}
	f, ok := functions[id.Name]
	if !ok {
		r.fault(n, "scheme.formula-function", id.Name)
		return Literal{}, number
	}
	if f.args >= 0 && len(n.Args) != f.args || len(n.Args) == 0 {
		r.fault(n, "scheme.formula-arguments", id.Name, f.args)
		return Literal{}, number
	}
	c := Call{Func: f.name}
	for i, a := range n.Args {
		if f.name == "iff" && i == 0 {
			e, k := r.read(a)
			if k != truth {
				r.fault(a, "scheme.formula-want-truth")
			}
			c.Args = append(c.Args, e)
			continue
		}
		c.Args = append(c.Args, r.number(a))
	}
	return c, number
}

// Names appends the names that e refers to, in reading order, each once.
func Names(e Expr, into []string) []string {
	switch e := e.(type) {
	case Name:
		for _, n := range into {
			if n == e.Name {
				return into
			}
		}
		return append(into, e.Name)
	case Negate:
		return Names(e.X, into)
	case Binary:
		return Names(e.Y, Names(e.X, into))
	case Call:
		for _, a := range e.Args {
			into = Names(a, into)
		}
	}
	return into
}

// opSigns are the operators as people write them.
var opSigns = map[string]string{"*": "×", "/": "÷", "-": "−", "+": "+", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "<", ">": ">"}

// funcSigns are the functions as people write them.
var funcSigns = map[string]string{"min": "最小", "max": "最大", "clamp": "限于", "iff": "如果", "abs": "绝对值"}

func (e Literal) String() string { return e.Q.String() }
func (e Name) String() string    { return e.Name }
func (e Negate) String() string  { return "−" + bracket(e.X, 4) }

func (e Binary) String() string {
	p := precedence(e)
	// The right side binds tighter, for a − (b − c) is not a − b − c.
	return bracket(e.X, p) + " " + opSigns[e.Op] + " " + bracket(e.Y, p+1)
}

func (e Call) String() string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	return funcSigns[e.Func] + "(" + strings.Join(args, "，") + ")"
}

func bracket(e Expr, least int) string {
	if precedence(e) < least {
		return "(" + e.String() + ")"
	}
	return e.String()
}

func precedence(e Expr) int {
	b, ok := e.(Binary)
	_, negative := e.(Negate)
	switch {
	case negative:
		return 3 // − − a would be read as a decrement
	case !ok:
		return 4
	case b.Op == "*" || b.Op == "/":
		return 2
	case b.Op == "+" || b.Op == "-":
		return 1
	}
	return 0
}
