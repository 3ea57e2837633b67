package pinyin

import (
	"slices"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
	"pgregory.net/rapid"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, sort, initials string }{
		{"张三", "zhang'san 张三", "zs"},
		{" 张　三 ", "zhang'san 张 三", "zs"},
		{"曾国藩", "zeng'guo'fan 曾国藩", "zgf"},
		{"单雄信", "shan'xiong'xin 单雄信", "sxx"},
		{"仇英", "qiu'ying 仇英", "qy"},
		{"解缙", "xie'jin 解缙", "xj"},
		{"查良镛", "zha'liang'yong 查良镛", "zly"},
		{"区家麟", "ou'jia'lin 区家麟", "ojl"},
		{"朴槿", "piao'jin 朴槿", "pj"},
		{"尉迟恭", "yu'chi'gong 尉迟恭", "ycg"},
		{"尉健行", "wei'jian'xing 尉健行", "wjx"},
		{"长孙无忌", "zhang'sun'wu'ji 长孙无忌", "zswj"},
		{"欧阳娜", "ou'yang'na 欧阳娜", "oyn"},
		{"王解", "wang'jie 王解", "wj"}, // a given name is read as usual
		{"曾", "ceng 曾", "c"},
		{"吕洞宾", "lv'dong'bin 吕洞宾", "ldb"},
		{"张𬭎", "zhang'hong 张𬭎", "zh"},                                  // beyond U+FFFF
		{"张\U000323AF", "zhang'\U000323AF 张\U000323AF", "z\U000323AF"}, // without a reading
		{"买买提·吐尔逊", "mai'mai'ti'tu'er'xun 买买提·吐尔逊", "mmttex"},
		{"John  Smith", "john'smith John Smith", "js"},
		{"Ｊｏｈｎ王", "john'wang John王", "jw"},
		{"O'Neil", "o'neil O'Neil", "on"},
		{"é", "é é", "é"},
		{"", " ", ""},
	} {
		if got := Sort(c.name); got != c.sort {
			t.Errorf("Sort(%q): got %q, want %q", c.name, got, c.sort)
		}
		if got := Initials(c.name); got != c.initials {
			t.Errorf("Initials(%q): got %q, want %q", c.name, got, c.initials)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	want := []string{"李安", "李安博", "李昂", "李华", "李骅", "连安", "连城", "单二", "Smith", "曾一", "张三", "张\U000323AF"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(Sort(a), Sort(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestSurnames: each line of the table is a reading that the character has, and
// not the one that it gets without the table.
func TestSurnames(t *testing.T) {
	t.Parallel()
	for name, reading := range surnames {
		runes, parts := []rune(name), strings.Fields(reading)
		if len(runes) != len(parts) {
			t.Errorf("%s has the reading %s", name, reading)
			continue
		}
		var usual []string
		for i, r := range runes {
			all := pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Normal, Heteronym: true})
			if !slices.Contains(all, parts[i]) {
				t.Errorf("%c is never read %s: %v", r, parts[i], all)
			}
			usual = append(usual, all[0])
		}
		if slices.Equal(usual, parts) {
			t.Errorf("%s is read %s anyway", name, reading)
		}
	}
}

// TestKeys: whatever somebody is called, the key ends with the name, and
// initials and syllables are as many.
func TestKeys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[一-龥·A-Z ]{0,6}`)).Draw(t, "name")
		key := Sort(name)
		if !strings.HasSuffix(key, " "+tidy(name)) || Sort(tidy(name)) != key {
			t.Fatalf("%q: %q", name, key)
		}
		if got, want := len([]rune(Initials(name))), len(syllables(tidy(name))); got != want {
			t.Fatalf("%q: %d initials, %d syllables", name, got, want)
		}
	})
}
