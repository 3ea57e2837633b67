package text

var sheetText = map[string]string{}
