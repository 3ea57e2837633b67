package text

var appText = map[string]string{}
