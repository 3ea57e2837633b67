package text

var evalText = map[string]string{}
