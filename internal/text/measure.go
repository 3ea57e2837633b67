package text

var measureText = map[string]string{}
