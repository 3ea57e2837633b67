package text

var evidenceText = map[string]string{}
