package city

import (
	"strconv"
	"strings"
)

// surnames are the usual ones of Shandong, each with its weight.
var surnames = []struct {
	name   string
	weight int
}{
	{"王", 95}, {"李", 85}, {"张", 85}, {"刘", 65}, {"孙", 35}, {"赵", 30}, {"孔", 28}, {"杨", 26}, {"徐", 24},
	{"陈", 24}, {"马", 22}, {"宋", 18}, {"朱", 17}, {"高", 17}, {"郭", 16}, {"胡", 14}, {"于", 14}, {"周", 14},
	{"韩", 13}, {"吴", 13}, {"颜", 11}, {"孟", 11}, {"曹", 10}, {"郑", 10}, {"冯", 9}, {"董", 9}, {"程", 8},
	{"杜", 8}, {"崔", 8}, {"魏", 8}, {"丁", 7}, {"田", 7}, {"任", 7}, {"姜", 7}, {"范", 6}, {"曾", 6},
	{"苏", 6}, {"吕", 6}, {"袁", 6}, {"秦", 5}, {"贾", 5}, {"邵", 5}, {"仲", 4}, {"闫", 4}, {"樊", 3},
	{"褚", 2}, {"亓", 2}, {"卞", 2}, {"欧阳", 1}, {"上官", 1}, {"诸葛", 1}, {"东野", 1},
}

var (
	firstOfGiven = strings.Split("晓 文 志 建 海 玉 明 立 春 永 庆 红 秀 丽 雪 佳 思 雨 梦 子 婷 慧 国 广 兆 繁 祥 令 德 维 宪 昭 月 凤 爱 桂 新 金 振 守", " ")
	lastOfGiven  = strings.Split("敏 静 军 华 伟 强 霞 萍 娟 燕 辉 峰 涛 颖 芳 莉 杰 鹏 勇 宁 平 玲 云 英 梅 琳 珍 洋 磊 倩 雯 轩 涵 琪 彬 东 亮 民 兰 波", " ")
)

// unusual are names that break software: characters beyond the basic plane and
// beyond GBK, four-character names of compound surnames, a name with a middle
// dot, a single given character.
var unusual = []string{"张𬭎", "李㛃", "欧阳静怡", "诸葛明轩", "阿依古丽·买买提", "亓峥嵘", "孔令㻛", "于一"}

// sameName is borne by two people of every school: a name identifies nobody.
const sameName = "王芳"

// namer gives every person of a school a different name.
type namer struct {
	r     *random
	taken map[string]bool
}

func (n *namer) next() string {
	for {
		name := n.surname() + n.given()
		if !n.taken[name] && name != sameName {
			n.taken[name] = true
			return name
		}
	}
}

func (n *namer) surname() string {
	sum := 0
	for _, s := range surnames {
		sum += s.weight
	}
	at := n.r.below(sum)
	for _, s := range surnames {
		if at -= s.weight; at < 0 {
			return s.name
		}
	}
	return surnames[0].name
}

func (n *namer) given() string {
	if n.r.chance(220) {
		return pick(n.r, lastOfGiven)
	}
	return pick(n.r, firstOfGiven) + pick(n.r, lastOfGiven)
}

// schoolNames are the first parts of schools' names; none is a place, so that
// nobody takes a synthetic school for one that exists.
var schoolNames = strings.Split("明德 致远 启明 博雅 弘毅 励新 崇文 尚学 育英 思齐 知行 明志 笃行 修远 新元 格致 立诚 嘉言 怀瑾 景行", " ")

var counties = []string{"任城区教育和体育局", "兖州区教育和体育局", "曲阜市教育和体育局", "邹城市教育和体育局", "微山县教育和体育局", "鱼台县教育和体育局", "金乡县教育和体育局", "嘉祥县教育和体育局", "汶上县教育和体育局", "泗水县教育和体育局", "梁山县教育和体育局"}

var digits = strings.Split("一 二 三 四 五 六 七 八 九", " ")

// numeral writes n as Chinese people count, to 99.
func numeral(n int) string {
	text := ""
	if n >= 20 {
		text = digits[n/10%10-1]
	}
	if n >= 10 {
		text += "十"
	}
	if n%10 > 0 {
		text += digits[n%10-1]
	}
	return text
}

// schoolName returns a name that no other school of that suffix in the city has.
func schoolName(index int, suffix string) string {
	name := schoolNames[index%len(schoolNames)]
	switch round := index / len(schoolNames); {
	case round > 98:
		name += strconv.Itoa(round + 1)
	case round > 0:
		name += "第" + numeral(round+1)
	}
	return name + suffix
}
