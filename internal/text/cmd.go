package text

// cmdText words what the operator's commands refuse.
var cmdText = map[string]string{
	"cmd.bad-keys":           "密钥文件 %[1]v 不能用：它要由 shiji migrate 写出，权限为 600（只有所有者可读）。",
	"cmd.keys-lost":          "数据库已经在，却没有它的密钥文件 %[1]v。请找回原来的密钥；新的密钥打不开它。",
	"cmd.mark-failed":        "这个工作簿无法标注。请照页面上的清单修改。",
	"cmd.no-listen":          "不能在 %[1]v 上提供服务：地址已被占用，或不是本机的。请换一个 -addr。",
	"cmd.said":               "%[1]v",
	"cmd.no-backup":          "“%[1]v”里没有 shiji backup 写出的备份。",
	"cmd.no-database":        "没有数据库 %[1]v。请检查 -data，或先运行 shiji migrate。",
	"cmd.no-keys":            "没有密钥文件 %[1]v。请检查 -keys；第一次使用请先运行 shiji migrate。",
	"cmd.no-known":           "没有检查点文件“%[1]v”。",
	"cmd.other-tool":         "PostgreSQL 请用 pg_dump 或 pg_basebackup 备份和恢复，见 docs/operations.md。",
	"cmd.restored-read-only": "备份已恢复，但只能读。请先找较新的备份；确认丢失的部分找不回来时，见 docs/operations.md“只读”。",
}
