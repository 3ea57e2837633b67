package sheet

var kindNames = [...]string{"空白", "文字", "数值", "逻辑值", "日期", "公式错误", "没有结果的公式"}

// String returns the kind as tests print it.
func (k Kind) String() string { return kindNames[k] }
