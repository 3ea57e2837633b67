// Package pinyin gives the reading of names by which lists are sorted and
// searched. It is pure, and decides nothing but the reading: surnames have their
// own (曾 is Zeng, 单 is Shan), given names the usual one of each character.
package pinyin

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// Sort returns the key by which lists sort a name bytewise: its syllables with
// apostrophes between them, then the name itself, "zhang'san 张三". So all of one
// surname stand together (李安, 李昂, then 连安, though "lian" and "liang" would mix
// them), a shorter name before a longer one, and names of one reading by their
// characters.
func Sort(name string) string {
	name = tidy(name)
	return strings.Join(syllables(name), "'") + " " + name
}

// Initials returns the first letter of each syllable: "zs" for 张三.
func Initials(name string) string {
	var b strings.Builder
	for _, s := range syllables(tidy(name)) {
		for _, r := range s {
			b.WriteRune(r)
			break
		}
	}
	return b.String()
}

// tidy folds full-width letters and the variants that compatibility keeps apart
// (NFKC), and what people put around names.
func tidy(name string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(name)), " ")
}

// syllables returns the readings of a name in small letters. Words in letters
// are one syllable each; a character without a reading is its own, and sorts
// after all letters.
func syllables(name string) (out []string) {
	rest := []rune(name)
	if reading, n := surname(rest); n > 0 {
		out, rest = append(out, reading...), rest[n:]
	}
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range rest {
		switch reading := pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Normal}); {
		case len(reading) > 0:
			flush()
			out = append(out, reading[0])
		case unicode.Is(unicode.Han, r):
			flush()
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			word.WriteRune(unicode.ToLower(r))
		default: // a space, the dot of 买买提·吐尔逊
			flush()
		}
	}
	flush()
	return out
}

// surname returns the reading of the surname with which the name begins, and
// its characters, when it is not the usual one. Somebody with one character
// only has no surname that we could tell from a given name.
func surname(name []rune) (reading []string, n int) {
	for n := min(2, len(name)-1); n > 0; n-- {
		if s, ok := surnames[string(name[:n])]; ok {
			return strings.Fields(s), n
		}
	}
	return nil, 0
}

// surnames are those that are not read as the character usually is (通用规范汉字
// 字典, 现代汉语词典: 姓). Where people of one surname read it differently (隗, 牟,
// 宓), it is left as it is.
var surnames = map[string]string{
	"卜": "bu", "仇": "qiu", "乜": "nie", "便": "pian", "区": "ou", "单": "shan", "句": "gou", "召": "shao", "员": "yun",
	"乐": "yue", "折": "she", "曾": "zeng", "朴": "piao", "查": "zha", "洗": "xian", "炅": "gui",
	"盖": "ge", "祭": "zhai", "种": "chong", "秘": "bi", "繁": "po", "缪": "miao", "翟": "zhai", "能": "nai",
	"藏": "zang", "解": "xie", "覃": "qin", "角": "jue", "郇": "xun", "都": "du", "重": "chong", "阚": "kan",
	"万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "澹台": "tan tai",
}
