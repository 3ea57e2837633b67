package text

// printText words what is wrong with a font, and what a printed page cannot
// show.
var printText = map[string]string{
	"print.font-broken":      "字体文件 %[1]v 读不出来：它不是 TrueType（.ttf）字体，或已损坏。",
	"print.font-not-chinese": "字体文件 %[1]v 缺少“%[2]v”字，不能用来打印。",
	"print.hint-font":        "请换用完整的中文 TrueType 字体（.ttf）；字体集（.ttc）和 OpenType/CFF 字体（.otf）不能用。",
	"print.nothing":          "没有可打印的人员。",
	"print.glyph-missing":    "“%[1]v”（%[2]v）字体里没有，纸面上印作“〓”。请添加有这个字的字体，或手写补上。",
	"print.glyph-missing-of": "%[3]v（工号 %[4]v）的“%[1]v”（%[2]v）字体里没有，纸面上印作“〓”。请添加有这个字的字体，或手写补上。",
}
