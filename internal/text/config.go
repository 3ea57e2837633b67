package text

// configText words what is wrong with the configuration. Values of options that
// may hold a password are not among the arguments.
var configText = map[string]string{
	"config.address":     "“%[1]v”不是监听地址，请写成 127.0.0.1:8080 的样子；要监听所有网卡就写 :8080。",
	"config.choice":      "“%[1]v”不在可选的值之内：%[2]v。",
	"config.duration":    "“%[1]v”不是时长，请写成 30m 或 12h 的样子。",
	"config.empty":       "不能为空。",
	"config.idle-longer": "空闲时限 %[1]v 长于登录时限 %[2]v，永远轮不到。",
	"config.in-data":     "%[1]v 在数据文件夹 %[2]v 之内。密钥和检查点必须与数据分开保管：否则备份会把它们一起带走，数据被改动或被换成旧的也发现不了。",
	"config.line":        "这一行看不懂，请写成“变量名=值”；注释以 # 开头。",
	"config.network":     "“%[1]v”不是网段，请写成 127.0.0.1 或 10.0.0.0/8 的样子。",
	"config.no-file":     "配置文件“%[1]v”不存在，或没有权限读取。",
	"config.origin":      "“%[1]v”不是网址，请只写协议和主机，如 https://shiji.example.edu.cn。",
	"config.others-read": "数据库地址可能含有口令，而这个文件人人可读。请把文件权限改为 640 或 600。",
	"config.path":        "“%[1]v”不能作为路径。",
	"config.postgres":    "不是 PostgreSQL 的地址，请写成 postgres://用户:口令@主机:5432/数据库 的样子；口令里的特殊字符要用 % 编码。",
	"config.quoted":      "值不加引号，请去掉。",
	"config.range":       "%[1]v 不在 %[2]v 至 %[3]v 之内。",
	"config.same-addr":   "监控指标与网页不能用同一个地址 %[1]v。",
	"config.same-file":   "密钥和检查点不能是同一个文件 %[1]v。",
	"config.size":        "“%[1]v”不是大小，请写成 20MB 的样子。",
	"config.twice":       "这一项在第 %[1]v 行已经写过，请只留一处。",
	"config.unknown":     "没有这一项配置，请对照 docs/configuration.md。",
}
