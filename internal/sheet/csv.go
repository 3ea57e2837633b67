package sheet

import (
	"io"
	"iter"
	"strings"

	"shiji/internal/fault"
)

// CSV is a text table in memory, read under the same limits and with the same
// rows and cells as a worksheet. Its cells are Text or absent.
type CSV struct {
	Encoding string // "utf-8" or "gb18030"
	Comma    byte   // ',', '\t' or ';', as the first line has most of

	text   string
	limits Limits
}

// ReadCSV reads a whole CSV file, at most limits.FileBytes of it, and finds out
// its encoding and separator. The error is a *fault.Error, except when r itself
// fails.
func ReadCSV(r io.Reader, limits Limits) (*CSV, error) {
	raw, err := readBounded(r, limits)
	if err != nil {
		return nil, err
	}
	text, encoding, err := decodeCSV(raw)
	if err != nil {
		return nil, err
	}
	return &CSV{Encoding: encoding, Comma: detectComma(text), text: text, limits: limits}, nil
}

func readBounded(r io.Reader, limits Limits) ([]byte, error) {
	var raw []byte
	chunk := make([]byte, progressStep)
	for {
		n, err := r.Read(chunk)
		raw = append(raw, chunk[:n]...)
		if int64(len(raw)) > limits.FileBytes {
			return nil, limits.fileTooLarge(int64(len(raw)))
		}
		if limits.Progress != nil && n > 0 {
			limits.Progress(int64(len(raw)))
		}
		if err == io.EOF {
			return raw, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// detectComma returns the separator that the first line with text has most of,
// outside quotes; a comma when there is none.
func detectComma(text string) byte {
	line := strings.TrimLeft(text, "\r\n")
	var counts [256]int
	quoted := false
	for i := range len(line) {
		c := line[i]
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			if c == '\n' || c == '\r' {
				break
			}
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{'\t', ';'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// Rows yields the records that hold something. Row.Number counts records from
// 1, as a spreadsheet that opens the file numbers its rows; a fault names the
// line of the file too. The loop ends after the first error.
func (c *CSV) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		p := &csvParser{text: c.text, comma: c.Comma, limits: &c.limits, line: 1}
		for p.pos < len(p.text) {
			if f := p.record(); f != nil {
				yield(Row{}, f)
				return
			}
			if len(p.row.Cells) > 0 && !yield(p.row, nil) {
				return
			}
		}
	}
}

// csvParser reads RFC 4180: fields may be quoted, quotes within are doubled,
// line ends within quotes are text. Lines may end in CRLF, LF or CR.
type csvParser struct {
	text   string
	comma  byte
	limits *Limits
	pos    int
	line   int // of the file, for faults
	cells  int
	row    Row
}

// record reads one record and the line end behind it.
func (p *csvParser) record() *fault.Error {
	p.row.Number++
	p.row.Cells = p.row.Cells[:0]
	if p.row.Number > p.limits.Rows {
		return p.at(0, fault.New(fault.TooLarge, "sheet.too-many-rows", p.limits.Rows).WithHint("sheet.hint-split"))
	}
	for column := 1; ; column++ {
		if column > p.limits.Columns {
			return p.at(0, fault.New(fault.TooLarge, "sheet.too-many-columns", p.limits.Columns).WithHint("sheet.hint-split"))
		}
		value, f := p.field()
		if f != nil {
			return p.at(column, f)
		}
		if p.cells++; p.cells > p.limits.Cells {
			return p.at(0, fault.New(fault.TooLarge, "sheet.too-many-cells", p.limits.Cells).WithHint("sheet.hint-split"))
		}
		if len(value) > p.limits.CellBytes {
			return p.at(column, fault.New(fault.TooLarge, "sheet.cell-too-long", p.limits.CellBytes))
		}
		if value != "" {
			p.row.Cells = append(p.row.Cells, Cell{Column: column, Kind: Text, Text: value})
		}
		if p.pos < len(p.text) && p.text[p.pos] == p.comma {
			p.pos++
			continue
		}
		p.lineEnd()
		return nil
	}
}

func (p *csvParser) at(column int, f *fault.Error) *fault.Error {
	return f.At(fault.Place{Row: p.row.Number, Column: column})
}

// lineEnd passes over one CRLF, LF or CR.
func (p *csvParser) lineEnd() {
	if p.pos == len(p.text) {
		return
	}
	if strings.HasPrefix(p.text[p.pos:], "\r\n") {
		p.pos++
	}
	p.pos++
	p.line++
}

// field reads one field up to the separator, line end or end of the file.
func (p *csvParser) field() (string, *fault.Error) {
	if p.pos < len(p.text) && p.text[p.pos] == '"' {
		return p.quoted()
	}
	start := p.pos
	for ; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; c {
		case p.comma, '\n', '\r':
			return p.text[start:p.pos], nil
		case '"':
			return "", fault.New(fault.Invalid, "sheet.csv-bare-quote", p.line).WithHint("sheet.hint-csv-quotes")
		}
	}
	return p.text[start:], nil
}

func (p *csvParser) quoted() (string, *fault.Error) {
	first := p.line
	p.pos++
	var joined []byte // set once a doubled quote was met
	for start := p.pos; ; {
		i := strings.IndexByte(p.text[p.pos:], '"')
		if i < 0 {
			return "", fault.New(fault.Invalid, "sheet.csv-open-quote", first).WithHint("sheet.hint-csv-quotes")
		}
		p.line += countLines(p.text[p.pos : p.pos+i])
		p.pos += i + 1
		if p.pos < len(p.text) && p.text[p.pos] == '"' {
			joined = append(joined, p.text[start:p.pos]...)
			p.pos++
			start = p.pos
			continue
		}
		value := p.text[start : p.pos-1]
		if joined != nil {
			value = string(append(joined, value...))
		}
		if p.pos < len(p.text) && p.text[p.pos] != p.comma && p.text[p.pos] != '\n' && p.text[p.pos] != '\r' {
			return "", fault.New(fault.Invalid, "sheet.csv-after-quote", p.line).WithHint("sheet.hint-csv-quotes")
		}
		return value, nil
	}
}

// countLines counts CRLF, LF and CR.
func countLines(s string) int {
	return strings.Count(s, "\n") + strings.Count(s, "\r") - strings.Count(s, "\r\n")
}
