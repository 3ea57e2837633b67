package text

// authText words what is wrong with a password that somebody wants to set.
var authText = map[string]string{
	"auth.password-about":   "密码里不要出现您的登录名、姓名（或其拼音）或编号。",
	"auth.password-classes": "密码要有大写字母、小写字母、数字、其他符号中的至少 %[1]v 种。",
	"auth.password-common":  "这个密码太容易被猜中：它由常用词、连续或重复的字符、日期、手机号之类凑成。请改用几个不相干的词连起来。",
	"auth.password-control": "密码里有打不出来的控制字符，请重新输入。",
	"auth.password-long":    "密码太长，最多 %[1]v 个字符。",
	"auth.password-short":   "密码太短，至少 %[1]v 个字符。可以用一句自己记得住的话。",
}
