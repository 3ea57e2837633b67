package config

import "strings"

// option is one line of the table.
type option struct {
	Name    string // the flag is -name
	Default string // as it would be written; "" is a value too
	Form    string // how a value is written
	About   string // for people
	Secret  bool   // no fault shows its value, and a file that others may read must not hold it
	set     setter
}

// variable returns the option's name in the environment and in the file.
func (o option) variable() string {
	return "SHIJI_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// fileOption names the file itself. It stands in no file and is read first.
var fileOption = option{Name: "config", Form: "文件", About: "配置文件：每行一项，写作 变量名=值，以 # 开头的行是注释"}

// options is the table. What is written as a flag of one command is the same
// everywhere.
var options = []option{
	{Name: "addr", Default: "127.0.0.1:8080", Form: "主机:端口", About: "网页的监听地址；主机留空即监听所有网卡",
		set: address(func(c *Config) *string { return &c.Addr })},
	{Name: "metrics-addr", Form: "主机:端口", About: "监控指标（Prometheus 格式）的监听地址，与网页分开，没有登录；留空即不开。健康检查是网页地址上的 /health",
		set: optional(address(func(c *Config) *string { return &c.MetricsAddr }))},
	{Name: "public-url", Form: "http(s)://主机[:端口]", About: "浏览器里看到的网址；写 https 时 Cookie 只经加密连接发送。留空即 http://addr",
		set: optional(origin(func(c *Config) *string { return &c.PublicURL }))},
	{Name: "trusted-proxy", Form: "网段，逗号分开", About: "反向代理的地址，如 127.0.0.1/32；只有它们转告的客户端地址（X-Forwarded-For）才被采信。留空即都不采信",
		set: optional(networks)},

	{Name: "data", Default: "data", Form: "目录", About: "数据文件夹：SQLite 数据库和交来的原件",
		set: path(func(c *Config) *string { return &c.Data })},
	{Name: "db", Form: "postgres://…", About: "PostgreSQL 的地址；留空即用数据文件夹里的 SQLite。含口令，请写在配置文件里，不要写在命令行上", Secret: true,
		set: optional(postgres)},
	{Name: "keys", Form: "文件", About: "密钥文件，不得在数据文件夹之内；留空即数据文件夹旁的同名 .keys",
		set: optional(path(func(c *Config) *string { return &c.Keys }))},
	{Name: "checkpoint", Form: "文件", About: "检查点文件，不得在数据文件夹之内；留空即数据文件夹旁的同名 .checkpoint",
		set: optional(path(func(c *Config) *string { return &c.Checkpoint }))},

	{Name: "session-lifetime", Default: "12h", Form: "时长", About: "登录后最久多长时间须重新登录（5m 至 720h）",
		set: duration(func(c *Config) lasting { return &c.SessionLifetime }, "5m", "720h")},
	{Name: "idle-timeout", Default: "30m", Form: "时长", About: "多长时间不操作即须重新登录（1m 至 24h），不长于 session-lifetime",
		set: duration(func(c *Config) lasting { return &c.IdleTimeout }, "1m", "24h")},
	{Name: "password-profile", Default: "length", Form: "length 或 classified", About: "密码规则：length 只看长度和是否易猜；classified 用于等级保护定级的单位（四类字符中的三类，90 天更换）",
		set: choice(func(c *Config) *string { return &c.PasswordProfile }, "length", "classified")},
	{Name: "max-upload", Default: "20MB", Form: "大小", About: "上传文件的上限（1MB 至 20MB）",
		set: size(func(c *Config) *int64 { return &c.MaxUpload }, 1<<20, 20<<20)},

	{Name: "font-dir", Form: "目录", About: "补充字体（.ttf）的文件夹，用于罕见字的姓名；可留空",
		set: optional(path(func(c *Config) *string { return &c.FontDir }))},
	{Name: "log-level", Default: "info", Form: "debug、info、warn、error", About: "日志记到哪一级",
		set: choice(func(c *Config) *string { return &c.LogLevel }, "debug", "info", "warn", "error")},
	{Name: "log-format", Default: "text", Form: "text 或 json", About: "日志的格式",
		set: choice(func(c *Config) *string { return &c.LogFormat }, "text", "json")},
}

// Stored names the options of every command that opens the database.
var Stored = []string{"data", "db", "keys", "checkpoint"}

func named(name string) (option, bool) {
	for _, o := range options {
		if o.Name == name {
			return o, true
		}
	}
	return option{}, false
}
