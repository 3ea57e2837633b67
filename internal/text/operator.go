package text

// operatorText words what is refused to whoever runs a site. She works by the
// command line, so that the ways out are commands and flags.
var operatorText = map[string]string{
	"app.account-closed": "账号“%[1]v”已停用，停用后不能再启用。请另开账号。",
	"app.code-taken":     "%[2]v已有人用工号“%[1]v”。",
	"app.date":           "“%[1]v”不是日期，请写成 2025-09-01 的样子。",
	"app.empty":          "不能为空。",
	"app.has-account":    "编号为“%[1]v”的人员已有账号“%[2]v”。一人一个账号：要加角色，请用 shiji user grant；忘了密码，请用 shiji user reset。",
	"app.held":           "“%[1]v”在%[3]v已经是%[2]v。",
	"app.kind":           "没有写单位的种类，或没有这一种。可写：%[1]v。",
	"app.login":          "登录名要用 2 至 32 个小写字母、数字或 . _ -，以字母或数字开头。",
	"app.login-taken":    "登录名“%[1]v”已有人用。",
	"app.many-units":     "叫“%[1]v”的单位不止一个，请连同上级写全：%[2]v。",
	"app.name":           "名称最多 %[1]v 个字，不含斜线和控制字符。",
	"app.name-or-number": "-name（新人员）和 -number（已有人员）要写而且只能写一个。",
	"app.no-change":      "没有写要改成什么，或与原来的一样。请写 -name 或 -code。",
	"app.no-code":        "%[2]v在任的人中没有工号“%[1]v”。",
	"app.no-login":       "没有登录名为“%[1]v”的账号。",
	"app.no-number":      "没有编号为“%[1]v”的人员。",
	"app.no-parent":      "已有最上级单位“%[1]v”。请用 -parent 写明上级。",
	"app.no-unit":        "没有叫“%[1]v”的单位。可用 shiji unit list 查看。",
	"app.nobody-new":     "%[1]v没有需要开账号的人员：有工号的在职人员都已有账号，或还没有登记。",
	"app.not-accepted":   "“%[1]v”的密码或动态码不对，或账号没有角色、不在用状态（首次登录须先换密码）。",
	"app.not-held":       "“%[1]v”在%[3]v没有%[2]v这一角色。",
	"app.not-read-only":  "数据库可以正常写入，不需要开启新纪元。",
	"app.role":           "没有写角色，或没有这一种。可写：%[1]v。",
	"app.role-place":     "%[1]v不能设在%[2]v。",
	"app.post-held":      "%[1]v在%[2]v已有任职（%[3]v 起）。换岗位请先用 shiji post end 登记离任。",
	"app.until-ahead":    "“%[1]v”还没有到。任职从登记起就结束，请到那天以后再登记。",
	"app.until-before":   "这一任职从 %[2]v 开始，不能在 %[1]v 就结束。",
}
