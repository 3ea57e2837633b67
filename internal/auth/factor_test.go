package auth

import (
	"bytes"
	"image/color"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/pquerna/otp/hotp"
	"github.com/skip2/go-qrcode"
)

// TestCodes uses the vectors of RFC 6238, appendix B (SHA-1, its last six
// digits).
func TestCodes(t *testing.T) {
	t.Parallel()
	f := Factor{Secret: plainBase32.EncodeToString([]byte("12345678901234567890"))}
	for now, code := range map[int64]string{1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		step := now / 30
		for _, c := range []struct {
			at   int64
			code string
			want bool
		}{
			{now, code, true}, {now, code[:3] + " " + code[3:], true}, {step*30 - 30, code, true}, {step*30 + 59, code, true},
			{step*30 - 31, code, false}, {step*30 + 60, code, false}, {now, code[:5], false}, {now, "", false}, {now, code + "0", false},
		} {
			got, ok := f.Check(c.code, c.at)
			if ok != c.want || ok && got != step {
				t.Errorf("%q at %d: got %d, %v, want %d, %v", c.code, c.at, got, ok, step, c.want)
			}
		}
	}
	code, err := hotp.GenerateCode("", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := (Factor{}).Check(code, 0); ok {
		t.Error("a factor without a secret took the code of the empty key")
	}
}

func TestURI(t *testing.T) {
	t.Parallel()
	f, err := NewFactor(rand.NewChaCha8([32]byte{5}), "师迹 明德:中学", "zhang san")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(f.URI())
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/师迹 明德 中学:zhang san" || u.Query().Get("secret") != f.Secret || u.Query().Get("issuer") != "师迹 明德 中学" {
		t.Errorf("got %s", u)
	}
	if strings.Contains(f.URI(), "+") {
		t.Error("apps show a + as it stands")
	}
	raw, err := plainBase32.DecodeString(f.Secret)
	if err != nil || len(raw) != 20 {
		t.Errorf("secret %s: %d bytes, %v", f.Secret, len(raw), err)
	}
}

// TestQR draws the path and compares it with the picture that the library makes.
func TestQR(t *testing.T) {
	t.Parallel()
	f, err := NewFactor(rand.NewChaCha8([32]byte{6}), "师迹", "zhangsan")
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.QR()
	if err != nil {
		t.Fatal(err)
	}
	dark := map[[2]int]bool{}
	for _, run := range strings.Split(got.Path, "M")[1:] {
		at, rest, _ := strings.Cut(run, "h")
		width, _, _ := strings.Cut(rest, "v1h-")
		xs, ys, _ := strings.Cut(at, " ")
		x, errX := strconv.Atoi(xs)
		y, errY := strconv.Atoi(ys)
		n, errN := strconv.Atoi(width)
		if errX != nil || errY != nil || errN != nil || run != at+"h"+width+"v1h-"+width+"z" {
			t.Fatalf("malformed run %q", run)
		}
		for i := range n {
			dark[[2]int{x + i, y}] = true
		}
	}
	code, err := qrcode.New(f.URI(), qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	picture := code.Image(-1) // one pixel a module
	if picture.Bounds().Dx() != got.Size {
		t.Fatalf("size %d, picture %d", got.Size, picture.Bounds().Dx())
	}
	for y := range got.Size {
		for x := range got.Size {
			if want := color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y == 0; dark[[2]int{x, y}] != want {
				t.Fatalf("module %d,%d: got %v, want %v", x, y, !want, want)
			}
		}
	}
	if len(dark) < 300 || dark[[2]int{0, 0}] {
		t.Errorf("%d dark modules, or no quiet border", len(dark))
	}
	other, err := Factor{Issuer: "师迹", Login: "zhangsan", Secret: "AAAA"}.QR()
	if err != nil || bytes.Equal([]byte(other.Path), []byte(got.Path)) {
		t.Error("another secret has the same code")
	}
}
