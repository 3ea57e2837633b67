package text

var schemeText = map[string]string{}
