package auth

import (
	"encoding/base32"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/skip2/go-qrcode"
)

// Factor is a second factor: one-time codes of six digits that change every 30
// seconds (TOTP, RFC 6238), as every authenticator app makes them.
type Factor struct {
	Issuer string // the site's name, as the app shows it
	Login  string
	Secret string // base32, as the store keeps it
}

const (
	factorSize = 20 // bytes; RFC 4226 4 recommends 160 bits
	factorStep = 30 // seconds
)

var plainBase32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewFactor draws the secret of a new factor from random.
func NewFactor(random io.Reader, issuer, login string) (Factor, error) {
	var b [factorSize]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return Factor{}, fmt.Errorf("new factor: %w", err)
	}
	return Factor{Issuer: issuer, Login: login, Secret: plainBase32.EncodeToString(b[:])}, nil
}

// URI returns what an app reads from the code on the page.
func (f Factor) URI() string {
	// A label has one colon, between issuer and account; spaces are %20, which
	// apps understand where they show a + as it stands.
	clean := strings.NewReplacer(":", " ")
	label := url.PathEscape(clean.Replace(f.Issuer)) + ":" + url.PathEscape(clean.Replace(f.Login))
	return "otpauth://totp/" + label + "?secret=" + f.Secret + "&issuer=" + url.PathEscape(clean.Replace(f.Issuer))
}

// Check says whether code is the one of the moment now, in Unix seconds, or of
// the step before or after it, for clocks differ. It returns the step: a caller
// accepts each step once per account, so that a code that was looked at does not
// serve twice.
func (f Factor) Check(code string, now int64) (step int64, ok bool) {
	if f.Secret == "" {
		return 0, false // the empty key has codes too, and everybody can compute them
	}
	code = strings.Join(strings.Fields(code), "") // apps show 123 456
	at := now / factorStep
	for _, s := range []int64{at, at - 1, at + 1} {
		valid, err := hotp.ValidateCustom(code, uint64(s), f.Secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && valid { // an error says that the code has another length
			return s, true
		}
	}
	return 0, false
}

// QR is a code to be scanned, as the path of an SVG whose view box is
// "0 0 Size Size": it needs no style, no script and no request of its own that
// would carry the secret.
type QR struct {
	Size int
	Path string
}

// QR returns the code of f's URI, with the quiet border that scanners need.
func (f Factor) QR() (QR, error) {
	code, err := qrcode.New(f.URI(), qrcode.Medium)
	if err != nil {
		return QR{}, fmt.Errorf("code of factor: %w", err)
	}
	rows := code.Bitmap()
	var b strings.Builder
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return QR{Size: len(rows), Path: b.String()}, nil
}
