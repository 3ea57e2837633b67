package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestSignInTiming: time does not tell whether a login exists, whatever is wrong with
// it; that somebody may not try any more is told of logins that exist and of others
// alike. A site that hashes nothing for a login that it does not know must be seen.
func TestSignInTiming(t *testing.T) {
	t.Parallel()
	w, _ := outpost(t, storetest.SQLite(t))
	known, closed, factor := w.admit(t, "somebody", ""), w.admit(t, "closed", ""), w.admit(t, "factor", "")
	w.restate(t, closed, store.Closed)
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Account(ctx, factor.viewer.Account)
		a.TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
		if err != nil {
			return err
		}
		return tx.ChangeAccount(ctx, a)
	})
	unknown := func() *http.Request { return w.trying(fmt.Sprint("nobody-", rand.Uint32()), "not it", anywhere()) }
	wrong := func(g *guest, password string) probe {
		return probe{g.name + " with " + password, http.StatusForbidden, [2]func() *http.Request{
			func() *http.Request { return w.trying(g.login, password, anywhere()) }, unknown,
		}}
	}
	each := []probe{wrong(known, "not it"), wrong(closed, townPassword), wrong(closed, "not it"), wrong(factor, townPassword)}
	probes := each
	all, some := effort{10_000, 1, telling}, effort{2500, 2, telling}
	if !thorough() { // of twelve pairs, an order this clear comes once in a million times
		either := probe{"any of them", http.StatusForbidden, [2]func() *http.Request{func() *http.Request { return each[rand.IntN(len(each))].kinds[0]() }, unknown}}
		all, some, probes = effort{60, 1, gross}, effort{12, 1, 0.97}, []probe{either}
	}
	some.hold(t, "a login", probes, sites{w.handler, w.handler})
	refusing := http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusForbidden) })
	some.control(t, "no hash for a login that is none", probes[:1], sites{w.handler, refusing})
	if thorough() {
		some.control(t, "5 ms more", probes[:1], sites{slower(w.handler, 5*time.Millisecond), w.handler})
	}
	all.hold(t, "a login that is closed for a while", []probe{w.spent(t)}, sites{w.handler, w.handler})
}

// spent tries logins that exist and others after each was tried too often. There are
// several: which pages of the database one login's tries lie on is its own matter.
func (w *town) spent(t testing.TB) probe {
	const tried = 6
	logins := [2][]string{}
	for i := range tried {
		logins[0] = append(logins[0], w.admit(t, fmt.Sprintf("known %02d", i), "").login)
		logins[1] = append(logins[1], fmt.Sprintf("nobod-%02d", i))
	}
	try := func(kind, i int) *http.Request {
		return w.trying(logins[kind][i], "not it", netip.AddrFrom4([4]byte{198, 51, byte(kind), byte(i)}))
	}
	for kind := range logins {
		for i := range logins[kind] {
			for range 11 {
				if rec := w.do(try(kind, i)); rec.Code != http.StatusForbidden {
					t.Fatalf("%s: got %d", logins[kind][i], rec.Code)
				}
			}
		}
	}
	return probe{"tried too often", http.StatusForbidden, [2]func() *http.Request{
		func() *http.Request { return try(0, rand.IntN(tried)) },
		func() *http.Request { return try(1, rand.IntN(tried)) },
	}}
}

// anywhere is an address from which nobody tried before.
func anywhere() netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(rand.IntN(256)), byte(rand.IntN(256)), byte(rand.IntN(256))})
}

// trying signs in from an address. The clock goes on, so that a login is open again
// after fifty tries.
func (w *town) trying(login, password string, from netip.Addr) *http.Request {
	fields := url.Values{"login": {login}, "password": {password}}
	r := w.as(nil, http.MethodPost, "/sign-in", strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", kinds[0])
	r.RemoteAddr = netip.AddrPortFrom(from, 4711).String()
	if from.Is4() && from.As4()[0] == 10 {
		w.db.Clock.Advance(30 * time.Second)
	}
	return r
}
