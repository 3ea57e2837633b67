package scheme

import "shiji/internal/num"

// PoolShare divides a pool among peers in proportion to Of. Shares add up to
// the pool in units of 10^-Places (largest remainder, ties by 工号).
type PoolShare struct {
	Of     Expr
	Pool   num.Q
	Places int
	Peers  Peers
}

func (*PoolShare) Kind() string { return "pool-share" }

func (f *PoolShare) Reads() Reads {
	return Reads{Values: Names(f.Of, nil), Codes: f.Peers.Same, Peers: true}
}

func readPoolShare(p *Params) Form {
	f := &PoolShare{Of: readExpr(p, "of"), Pool: p.Q("pool"), Places: p.IntOr("places", 2, 0, 6), Peers: readPeers(p)}
	if f.Pool.Sign() < 0 || !f.Pool.Round(f.Places, num.Down).Equal(f.Pool) {
		p.Fault("pool", "scheme.pool", f.Pool.String(), f.Places)
	}
	return f
}
