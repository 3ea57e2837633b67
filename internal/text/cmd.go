package text

// cmdText words what the command line refuses.
var cmdText = map[string]string{
	"cmd.bad-keys":           "密钥文件 %[1]v 不能用：它要由 shiji migrate 写出，权限为 600（只有所有者可读）。",
	"cmd.file-there":         "“%[1]v”已经存在，不予覆盖。请换一个文件名。",
	"cmd.demo-half":          "%[1]v 里已有数据，却没有演示的登录名：上一次没有做完，或这不是演示站。若是前者，请删除 %[1]v、%[2]v、%[3]v 再运行一次。",
	"cmd.demo-addr":          "演示站的密码人人知道，只能在本机打开；不能用 %[1]v。真实的站请用 shiji serve。",
	"cmd.keys-lost":          "数据库已经在，却没有它的密钥文件 %[1]v。请找回原来的密钥；新的密钥打不开它。",
	"cmd.mark-failed":        "这个工作簿无法标注。请照页面上的清单修改。",
	"cmd.no-listen":          "不能在 %[1]v 上提供服务：地址已被占用，或不是本机的。请换一个 -%[2]v。",
	"cmd.said":               "%[1]v",
	"cmd.no-backup":          "“%[1]v”里没有 shiji backup 写出的备份。",
	"cmd.no-database":        "没有数据库 %[1]v。请检查 -data，或先运行 shiji migrate。",
	"cmd.no-keys":            "没有密钥文件 %[1]v。请检查 -keys；第一次使用请先运行 shiji migrate。",
	"cmd.no-known":           "没有文件“%[1]v”。",
	"cmd.bad-key":            "这不是日志的公钥。公钥印在公示表和日志页上，形如 名称+8 位编号+字母数字。",
	"cmd.no-growth":          "“%[1]v”不是检查点增长证明。请从站点的 /checkpoint?since=条数 重新下载。",
	"cmd.not-grown":          "日志接不上您保存的检查点“%[1]v”：历史被改动过，或证明不是为这个检查点开的（条数不同），或不是同一个日志。",
	"cmd.other-tool":         "PostgreSQL 请用 pg_dump 或 pg_basebackup 备份和恢复，见 docs/operations.md。",
	"cmd.state-active":       "在用",
	"cmd.state-closed":       "已停用",
	"cmd.state-first-login":  "未首次登录",
	"cmd.restored-read-only": "备份已恢复，但只能读。请先找较新的备份；确认丢失的部分找不回来时，见 docs/operations.md“只读”。",
}
