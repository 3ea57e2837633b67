package asset

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast holds every pair of tokens that carries text to WCAG 2.2 AA (1.4.3: 4.5:1), and what is drawn, the edges
// of fields included, to 3:1 (1.4.11); the care version to AAA (1.4.6: 7:1).
func TestContrast(t *testing.T) {
	t.Parallel()
	usual := tokens(t, "css/10-tokens.css")
	care := map[string]string{}
	for k, v := range usual {
		care[k] = v
	}
	for k, v := range tokens(t, "css/80-care.css") {
		care[k] = v
	}
	for name, c := range map[string]struct {
		tokens     map[string]string
		text, draw float64
	}{"usual": {usual, 4.5, 3}, "care": {care, 7, 4.5}} {
		hold := func(least float64, front string, backs ...string) {
			for _, back := range backs {
				if got := contrast(t, c.tokens[front], c.tokens[back]); got < least {
					t.Errorf("%s: %s on %s is %.2f:1, want %g:1", name, front, back, got, least)
				}
			}
		}
		for _, ink := range []string{"ink", "ink-2", "ink-3"} {
			hold(c.text, ink, "sheet", "ground", "shade", "hover")
		}
		hold(c.text, "ink", "brand-tint", "info-tint", "ok-tint", "warn-tint", "bad-tint")
		hold(c.text, "ink-2", "brand-tint")
		hold(c.text, "brand", "sheet", "ground", "shade", "hover")
		hold(c.text, "brand-deep", "sheet", "brand-tint", "hover")
		hold(c.text, "sheet", "brand", "brand-deep", "bad")
		for _, tone := range []string{"ok", "warn", "bad", "info"} {
			hold(c.text, tone, "sheet", tone+"-tint")
		}
		hold(c.draw, "edge", "sheet", "shade")
		for i := 1; i <= 8; i++ {
			hold(4.5, "sheet", "c"+strconv.Itoa(i)) // the value stands in the segment
		}
	}
}

func tokens(t *testing.T, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+):(#[0-9a-f]{3,6})`).FindAllStringSubmatch(string(b), -1) {
		out[m[1]] = m[2]
	}
	return out
}

// contrast is WCAG's ratio of two colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 4 {
		hex = "#" + hex[1:2] + hex[1:2] + hex[2:3] + hex[2:3] + hex[3:4] + hex[3:4]
	}
	if len(hex) != 7 {
		t.Fatalf("%q is no colour", hex)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
