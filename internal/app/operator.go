package app

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"shiji/internal/auth"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// Operator holds the use cases of whoever runs a site: its units, who leaves them,
// who gets an account, and what she may act as. The table of rights does not ask for her:
// whoever has the database and its keys needs no account, and the log shows
// system.shiji user. What she names by words is found, decided and written in one
// transaction; all that is wrong is told at once, each fault at the field of her
// entry that it concerns ("login", "unit"). It is safe for concurrent use.
type Operator struct {
	store  *store.Store
	hasher *auth.Hasher
	now    func() time.Time
}

// operatorPart names the operator in the log.
const operatorPart = "shiji user"

// NewOperator returns the operator's use cases over s; now is the time as the
// calendar on her wall shows it.
func NewOperator(s *store.Store, now func() time.Time) *Operator {
	return &Operator{store: s, now: now, hasher: auth.NewHasher(rand.Reader, func() int64 { return now().Unix() })}
}

// write has fn find, decide and write, so that nobody comes between. The rules of
// Store.Write's fn hold.
func (o *Operator) write(ctx context.Context, fn func(ctx context.Context, tx *store.Tx) error) error {
	return o.store.Write(ctx, org.System(operatorPart), fn)
}

// firstPassword draws a password that its owner must change, and its hash.
func (o *Operator) firstPassword(ctx context.Context) (password, secret string, err error) {
	if password, err = auth.NewPassword(rand.Reader); err != nil {
		return "", "", err
	}
	secret, err = o.hasher.Hash(ctx, password)
	return password, secret, err
}

// longestEntry is how many characters a name, a post or a code may have.
const longestEntry = 64

// checkName refuses a name that pages and paper could not show. A slash parts the
// names of units.
func checkName(field, name string) *fault.Error {
	at := fault.Place{Field: field}
	hidden := func(r rune) bool { return !unicode.IsPrint(r) || r == '/' }
	switch {
	case name == "":
		return fault.New(fault.Missing, "app.empty").At(at)
	case utf8.RuneCountInString(name) > longestEntry || !utf8.ValidString(name) || strings.ContainsFunc(name, hidden):
		return fault.New(fault.Invalid, "app.name", longestEntry).At(at)
	}
	return nil
}
