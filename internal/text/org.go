package text

var orgText = map[string]string{
	"org.role-own":       "本人",
	"org.role-clerk":     "考核经办人",
	"org.role-committee": "考核小组成员",
	"org.role-head":      "校长",
	"org.role-officer":   "教育局考核干部",
	"org.role-auditor":   "督导审计",

	"org.kind-city":   "市",
	"org.kind-county": "县（市、区）",
	"org.kind-zone":   "开发区",
	"org.kind-school": "学校",
	"org.kind-group":  "组",
}
