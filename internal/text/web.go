package text

var webText = map[string]string{
	"web.foreign-form": "这个请求不是从本站的页面发出的，或页面放得太久。请回到原来的页面，刷新后再做一次。",
	"web.form-large":   "内容太多。请分几次填写。",
	"web.repeat":       "两次输入的新密码不一样。",
	"web.no-file":      "请选择要上传的工作簿。",
	"web.cut-off":      "上传中断了。请再传一次。",

	"web.done-opened":    "考核已建立。上传材料并确认后就可以计算。",
	"web.done-withdrawn": "考核已撤回。",
	"web.done-adopted":   "材料已确认，现在可以计算。",
	"web.done-discarded": "那份材料已丢弃。",
	"web.done-identity":  "身份证号已保存。",
	"web.done-published": "结果已公布，每位教师都能看到自己的结果了。",

	"web.done-password":       "密码已更换。其他地方的登录都已退出。",
	"web.done-factor":         "动态口令已启用。下次登录起生效。",
	"web.done-factor-dropped": "动态口令已停用。",
}
