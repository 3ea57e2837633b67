package pinyin

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Search returns what somebody typed to find a name, folded into the form of
// Sort and Initials, so that it can be compared with their beginnings:
// "zhangsan", "Zhang San" and "zhang's" with "zhang'san 张三", "zs" with the
// initials; characters stay what they are. Where letters can be read as
// different names (linan: 李楠, 林安), the more frequent surname wins; with a
// space nobody has to guess.
func Search(typed string) string {
	typed = strings.ToLower(tidy(typed))
	words := strings.FieldsFunc(typed, func(r rune) bool { return r == ' ' || r == '\'' || r == '’' })
	if strings.ContainsFunc(typed, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return strings.Join(words, "")
	}
	if len(words) == 1 { // who writes separators means them
		words = split(words[0])
	}
	return strings.Join(words, "'")
}

// longest bounds what is taken apart: four syllables of six letters.
const longest = 24

// split takes letters apart into syllables, of which the last may be unfinished.
// What is, or begins, a single syllable stays one; what is no name in pinyin
// (zs, smith, t001) stays as it is.
func split(word string) []string {
	if len(word) > longest || begins(word) {
		return []string{word}
	}
	var best []string
	for _, way := range ways(word) {
		if len(way[0]) > 1 && (best == nil || better(way, best)) {
			best = way
		}
	}
	if best == nil {
		return []string{word}
	}
	return best
}

// ways returns every way to read rest, those with longer first syllables first.
func ways(rest string) (out [][]string) {
	if begins(rest) {
		out = append(out, []string{rest})
	}
	for n := min(len(rest)-1, 6); n > 0; n-- {
		if _, ok := slices.BinarySearch(all, rest[:n]); !ok {
			continue
		}
		for _, way := range ways(rest[n:]) {
			out = append(out, append([]string{rest[:n]}, way...))
		}
	}
	return out
}

// better prefers fewer syllables (liang'jing to li'ang'jing), then fewer that are
// a single vowel (su'na to sun'a), then the more frequent surname.
func better(a, b []string) bool {
	return cmp.Or(len(a)-len(b), vowels(a)-vowels(b), rank(a[0])-rank(b[0])) < 0
}

func vowels(way []string) (n int) {
	for _, s := range way {
		if len(s) == 1 && strings.Contains("aeo", s) {
			n++
		}
	}
	return n
}

func rank(surname string) int {
	if i := slices.Index(frequent, surname); i >= 0 {
		return i
	}
	return len(frequent)
}

// begins says whether some syllable begins with s.
func begins(s string) bool {
	i, _ := slices.BinarySearch(all, s)
	return i < len(all) && strings.HasPrefix(all[i], s)
}

// frequent are the readings of the hundred most frequent surnames, the most
// frequent first (王李张刘陈 …).
var frequent = strings.Fields(`
	wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang han deng feng
	cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lv ding ren lu yao shen zhong cui tan fan liao shi jin
	jia xia fu fang zou xiong bai meng qin qiu hou yin xue yan lei long tao mao hao gu gong shao wan qian dai mo kong xiang chang`)

// all are the syllables that Chinese characters are read as, in order.
var all = strings.Fields(`
	a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng cha chai chan chang chao che
	chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di
	dia dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen feng fiao fo fou fu ga gai gan gang gao ge gei
	gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia
	jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la
	lai lan lang lao le lei len leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men
	meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nun
	nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan
	que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen
	sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian tiao tie
	ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan
	yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi
	zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo`)
