package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

type deduct struct {
	f  *scheme.Deduct
	of []expr
}

func readyDeduct(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Deduct) former {
	d := &deduct{f: f}
	for _, it := range f.Items {
		d.of = append(d.of, compileExpr(c, n, it.Of))
	}
	return d
}

func (d *deduct) score(in *input) Value {
	left, status := d.f.From, Known
	for i, it := range d.f.Items {
		x, s := d.of[i](in)
		status = worse(status, s)
		if s != Known {
			continue
		}
		loss := it.Each.Mul(num.Max(num.Q{}, x.Sub(it.Free)))
		if it.Most != nil {
			loss = num.Min(loss, *it.Most)
		}
		if loss.Sign() != 0 && in.step != nil {
			in.note(Arg{Name: "扣分 " + it.Of.String(), Value: loss, Derived: true})
		}
		if left = left.Sub(loss); tooLarge(left) {
			return in.fail("eval.too-large")
		}
	}
	if status != Known {
		return Value{Status: status}
	}
	return Value{Q: num.Max(left, d.f.Floor)}
}
