package scheme

import "shiji/internal/num"

// Rank gives the score of the band that the person's place among peers falls
// into. The method of ties, their tolerance and the band line are declared.
type Rank struct {
	Of        Expr
	Low       bool   // the smallest value is first
	Ties      string // "min": 1,1,3; "dense": 1,1,2; "max": 2,2,3
	Tolerance num.Q  // values that differ by no more share a place
	Line      string // "share": place ÷ n ≤ p; "ceil": place ≤ ⌈n × p⌉
	Bands     []Band // "<=" and "<" over the share p
	Else      num.Q
	Peers     Peers
}

func (*Rank) Kind() string { return "rank" }

func (f *Rank) Reads() Reads {
	return Reads{Values: Names(f.Of, nil), Codes: f.Peers.Same, Peers: true}
}

func readRank(p *Params) Form {
	f := &Rank{
		Of: readExpr(p, "of"), Low: p.OneOf("first", "high", "low") == "low", Ties: p.MustOneOf("ties", "min", "dense", "max"),
		Tolerance: p.QOr("tolerance", num.Q{}), Line: p.MustOneOf("line", "share", "ceil"),
		Bands: readBandList(p, "bands"), Else: p.Q("else"), Peers: readPeers(p),
	}
	for _, b := range f.Bands {
		if b.Test[0] != '<' {
			p.Fault("bands", "scheme.rank-bands")
		}
	}
	return f
}
