package eval

import "shiji/internal/scheme"

func readyFormula(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Formula) former {
	return local{perLine(c, n, f.Over, compileExpr(c, n, f.Is)), f.Limits}
}
