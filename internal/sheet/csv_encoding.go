package sheet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"shiji/internal/fault"
)

// decodeCSV returns raw as UTF-8 and the name of its encoding. Valid UTF-8
// wins, with or without a byte order mark; the rest is GB18030, which contains
// GBK and GB 2312, if it is valid that way. A table with Chinese headers cannot
// be both: three bytes of UTF-8 each make no whole two-byte characters, and a
// short accident is caught when no header is known.
func decodeCSV(raw []byte) (text, encoding string, err error) {
	rest, marked := bytes.CutPrefix(raw, []byte("\xef\xbb\xbf"))
	switch {
	case len(rest) == 0:
		return "", "", fault.New(fault.Missing, "sheet.file-empty")
	case bytes.HasPrefix(raw, zipMagic), bytes.HasPrefix(raw, oleMagic):
		return "", "", fault.New(fault.Invalid, "sheet.csv-is-workbook").WithHint("sheet.hint-save-csv")
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return "", "", fault.New(fault.Invalid, "sheet.csv-utf16").WithHint("sheet.hint-save-csv")
	}
	if i := bytes.IndexByte(rest, 0); i >= 0 {
		// UTF-16 without its mark, or no text at all.
		return "", "", fault.New(fault.Invalid, "sheet.csv-binary", countLines(string(rest[:i]))+1).WithHint("sheet.hint-save-csv")
	}
	if utf8.Valid(rest) {
		return string(rest), "utf-8", nil
	}
	if marked {
		return "", "", fault.New(fault.Invalid, "sheet.csv-encoding", firstInvalid(rest)).WithHint("sheet.hint-save-csv")
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(rest)
	if err != nil {
		return "", "", fault.New(fault.Invalid, "sheet.csv-encoding", 1).Because(err).WithHint("sheet.hint-save-csv")
	}
	text = string(out)
	if i := strings.IndexRune(text, utf8.RuneError); i >= 0 {
		return "", "", fault.New(fault.Invalid, "sheet.csv-encoding", countLines(text[:i])+1).WithHint("sheet.hint-save-csv")
	}
	return text, "gb18030", nil
}

// firstInvalid returns the line of the first byte that is not UTF-8.
func firstInvalid(b []byte) int {
	whole := b
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			break
		}
		b = b[n:]
	}
	return countLines(string(whole[:len(whole)-len(b)])) + 1
}
