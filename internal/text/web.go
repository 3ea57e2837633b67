package text

var webText = map[string]string{
	"web.foreign-form": "这个请求不是从本站的页面发出的，或页面放得太久。请回到原来的页面，刷新后再做一次。",
	"web.form-large":   "内容太多。请分几次填写。",
	"web.repeat":       "两次输入的新密码不一样。",

	"web.done-password":       "密码已更换。其他地方的登录都已退出。",
	"web.done-factor":         "动态口令已启用。下次登录起生效。",
	"web.done-factor-dropped": "动态口令已停用。",
}
