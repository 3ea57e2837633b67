package text

var appText = map[string]string{
	"app.bundle-format":  "这不是师迹的成绩包，或已不完整。请重新下载。",
	"app.bundle-large":   "成绩包有 %[1]v 字节，超过 %[2]v。",
	"app.bundle-seal":    "成绩包的内容与封签不符：文件被改动过，或传输中损坏。请重新下载后再验。",
	"app.bundle-subject": "成绩包里的结果属于 %[1]v，封面写的是 %[2]v。",
	"app.cohort-differs": "材料重算出的全体数据摘要为 %[1]v，成绩包记的是 %[2]v：不是同一批材料。",
	"app.cover-differs":  "成绩包封面的姓名、学校、周期或说明与材料不同；材料为 %[1]v，%[2]v，%[3]v。",
	"app.facts-differ":   "本人数据或其来历（逐行依据）与材料得出的不同。",
	"app.scheme-differs": "学校的方案摘要为 %[1]v，成绩包所用方案为 %[2]v：不是同一方案。",
	"app.mark-folder":    "CSV 文件夹不能加批注。请交 .xlsx 工作簿，或照错误清单修改。",
	"app.not-file":       "这不是普通文件，不能当作方案来读。",
	"app.policy-other":   "方案写的是依据政策“%[1]v”，旁边的 policy.yaml 却是“%[2]v”。请换成同一政策，或改方案的 policy。",
	"app.no-package":     "找不到材料“%[1]v”。请检查路径。",
	"app.no-policy":      "找不到方案所依据的政策“%[1]v”。请把 policy.yaml 放在方案旁边。",
	"app.no-scheme":      "找不到方案“%[1]v”。可写方案文件的路径，或内置方案的名称：%[2]v。",
	"app.no-teacher":     "没有工号或姓名为“%[1]v”的教职工。",
	"app.place-differs":  "名次重算为 %[1]v/%[2]v，成绩包记的是 %[3]v/%[4]v。",
	"app.ref-differs":    "节点 %[1]v 的全体数据“%[2]v”重算为 %[3]v，成绩包记的是 %[4]v。",
	"app.refs-differ":    "全体数据重算有 %[1]v 项，成绩包有 %[2]v 项。",
	"app.two-teachers":   "叫“%[1]v”的不止一人，请写工号：%[2]v。",
	"app.xls-large":      "这个 .xls 文件太大。请用 WPS 或 Excel 另存为 .xlsx。",
}
