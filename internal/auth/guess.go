package auth

import (
	"regexp"
	"strings"
)

// What a guesser tries first, in a few words: she strings such pieces together
// and adds digits. The list is our own and short on purpose, for it finds pieces
// and not whole passwords.
var common = strings.Fields(`
	password passwd passw0rd p@ssw0rd p@ssword pass admin administrator root user guest test demo login welcome hello
	letmein master monkey dragon sunshine iloveyou love football secret default changeme china beijing abc123 a123456
	woaini wozuiai nihao mima laoshi jiaoshi xuexiao xiaozhang banzhuren zhongguo shandong fujian jining longyan
	shiji zhang wang li liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo
	qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm 1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik qaz wsx edc qwe asd zxc
	1q2w3e4r 1q2w3e q1w2e3r4 !qaz @wsx #edc 5201314 520 1314 888 666 168
	密码 老师 教师 学校 管理员 我爱你 师迹 中国`)

// Numbers that others know: mobile phones, identity numbers, days, years.
var numbers = []*regexp.Regexp{
	regexp.MustCompile(`^1[3-9][0-9]{9}`),
	regexp.MustCompile(`^[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9][0-9]{3}[0-9x]`),
	regexp.MustCompile(`^(19|20)[0-9]{2}[-./年]?(0[1-9]|1[0-2])[-./月]?(0[1-9]|[12][0-9]|3[01])日?`),
	regexp.MustCompile(`^(19|20)[0-9]{2}`),
}

// enough is how many pieces a guesser must not have to put together: fewer are
// tried out. A character that belongs to no piece is a piece of its own.
const enough = 6

// guessable says whether a password, in small letters, is put together from few
// pieces: common words, runs like 12345 or aaaa, days, phone numbers; or is one
// short piece over and over.
func guessable(plain string) bool {
	for period := 1; period <= 4; period++ {
		if repeats([]rune(plain), period) {
			return true
		}
	}
	pieces := 0
	for rest := plain; rest != ""; pieces++ {
		rest = rest[longest(rest):]
	}
	return pieces < enough
}

func repeats(s []rune, period int) bool {
	for i := period; i < len(s); i++ {
		if s[i] != s[i-period] {
			return false
		}
	}
	return len(s) >= 2*period
}

// longest returns the bytes of the longest piece with which s begins.
func longest(s string) int {
	n := run(s)
	for _, w := range common {
		if len(w) > n && strings.HasPrefix(s, w) {
			n = len(w)
		}
	}
	for _, r := range numbers {
		n = max(n, len(r.FindString(s)))
	}
	return n
}

// run returns the bytes of the run with which s begins: characters that stay,
// or that go up or down by one, three at least; else those of one character.
func run(s string) int {
	var end, count, first int
	var before, step rune
	for i, r := range s {
		size := len(string(r))
		switch {
		case count == 0:
			first = size
		case count == 1:
			if step = r - before; step < -1 || step > 1 {
				return first
			}
		case r-before != step:
			if count < 3 {
				return first
			}
			return end
		}
		before, end = r, i+size
		count++
	}
	if count < 3 {
		return first
	}
	return end
}
