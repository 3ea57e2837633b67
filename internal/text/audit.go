package text

// auditText words the actions of the event log; each action is its own key.
var auditText = map[string]string{
	"account.changed":     "修改账号",
	"account.closed":      "停用账号",
	"account.opened":      "开设账号",
	"appraisal.evaluated": "评价",
	"appraisal.opened":    "设立考核",
	"appraisal.published": "公布结果",
	"appraisal.withdrawn": "撤回考核",
	"batch.adopted":       "采用一批材料",
	"data.exported":       "导出数据",
	"identity.unmasked":   "查看完整身份证号",
	"job.enqueued":        "安排后台任务",
	"log.epoch-opened":    "开启日志新纪元",
	"payload.erased":      "清除内容",
	"person.added":        "登记人员",
	"person.changed":      "更正人员信息",
	"post.begun":          "任职",
	"post.ended":          "离任",
	"record.viewed":       "查看他人档案",
	"role.ended":          "收回角色",
	"role.granted":        "授予角色",
	"scheme.added":        "登记方案版本",
	"unit.added":          "登记单位",
	"unit.changed":        "更正单位信息",
}
