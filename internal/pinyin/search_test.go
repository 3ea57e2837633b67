package pinyin

import (
	"slices"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
	"pgregory.net/rapid"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, want string
		finds       []string // names whose key or initials begin so
	}{
		{"zhangsan", "zhang'san", []string{"张三", "章三"}},
		{"ZhangSan", "zhang'san", []string{"张三"}},
		{"zhang san", "zhang'san", []string{"张三"}},
		{"zhang'san", "zhang'san", []string{"张三"}},
		{" zhang　s", "zhang's", []string{"张三", "张四"}},
		{"ｚｈａｎｇｓ", "zhang's", []string{"张三"}},
		{"zhang", "zhang", []string{"张三"}},
		{"zh", "zh", []string{"张三"}},
		{"zhangan", "zhang'an", []string{"张安"}},
		{"hena", "he'na", []string{"何娜"}},
		{"linan", "li'nan", []string{"李楠"}},
		{"lin an", "lin'an", []string{"林安"}},
		{"lvdongbin", "lv'dong'bin", []string{"吕洞宾"}},
		{"ouyangn", "ou'yang'n", []string{"欧阳娜"}},
		{"zengguofan", "zeng'guo'fan", []string{"曾国藩"}},
		{"xian", "xian", []string{"冼星"}},
		{"xi an", "xi'an", []string{"席安"}},
		{"zs", "zs", []string{"张三", "赵四"}},
		{"zgf", "zgf", []string{"曾国藩"}},
		{"oyn", "oyn", []string{"欧阳娜"}},
		{"smith", "smith", []string{"Smith"}},
		{"john s", "john's", []string{"John Smith"}},
		{"张", "张", nil},
		{"张 三", "张三", nil},
		{"00000015", "00000015", nil},
		{"t001", "t001", nil},
		{strings.Repeat("a", 40), strings.Repeat("a", 40), nil},
		{"", "", nil},
	} {
		if got := Search(c.typed); got != c.want {
			t.Errorf("%q: got %q, want %q", c.typed, got, c.want)
		}
		for _, name := range c.finds {
			if got := Search(c.typed); !strings.HasPrefix(Sort(name), got) && !strings.HasPrefix(Initials(name), got) {
				t.Errorf("%q, folded %q, does not find %s (%s, %s)", c.typed, got, name, Sort(name), Initials(name))
			}
		}
	}
}

// TestSearchFindsFrequentNames: full names of frequent surnames, typed without a
// space, are found nearly always: 2,661 of 2,700, with more 安 and 昂 among them
// than people have.
func TestSearchFindsFrequentNames(t *testing.T) {
	t.Parallel()
	given := []string{"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英", "桂兰", "安", "恩泽", "浩然", "子涵", "欣怡", "建国", "爱华", "鹏", "昂", "楠", "刚"}
	surname := "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万"
	found, tried := 0, 0
	for _, s := range surname {
		for _, g := range given {
			name := string(s) + g
			key := Sort(name)
			typed := strings.ReplaceAll(strings.Fields(key)[0], "'", "")
			tried++
			if strings.HasPrefix(key, Search(typed)+" ") {
				found++
			}
		}
	}
	t.Logf("%d of %d", found, tried)
	if found*100 < tried*98 {
		t.Errorf("%d of %d are found", found, tried)
	}
}

// TestSyllables: the table holds what the common characters are read as, in
// order, and every surname's reading is one of them.
func TestSyllables(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(all) || slices.Contains(all, "") {
		t.Error("the table is not in order")
	}
	for r := rune(0x4e00); r <= 0x9fa5; r++ {
		reading := pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Normal})
		if len(reading) == 0 || !strings.ContainsAny(reading[0], "aeiouv") || strings.ContainsFunc(reading[0], func(r rune) bool { return r > 'z' }) {
			continue
		}
		if _, ok := slices.BinarySearch(all, reading[0]); !ok {
			t.Errorf("%c is read %s, which the table lacks", r, reading[0])
		}
	}
	for _, s := range frequent {
		if _, ok := slices.BinarySearch(all, s); !ok {
			t.Errorf("surname %s is no syllable", s)
		}
	}
}

// TestSearchKeepsLetters: folding adds and removes separators only.
func TestSearchKeepsLetters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.StringMatching(`[a-z]{0,30}`), rapid.StringMatching(`((zhang|xi|an|li|n|g|ao) ?){0,8}`)).Draw(t, "typed")
		if got, want := strings.ReplaceAll(Search(typed), "'", ""), strings.ReplaceAll(typed, " ", ""); got != want {
			t.Fatalf("%q: got %q", typed, got)
		}
	})
}
