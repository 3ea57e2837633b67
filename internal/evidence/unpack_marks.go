package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
)

// noMarks is a line of a pupil who takes no subject.
var noMarks = func() (m Marks) {
	for i := range m.By {
		m.By[i] = NoMark
	}
	return m
}()

// roster makes a line for each pupil who sat an exam.
func (u *unpacking) roster(d Document, body *decoder) {
	exam := body.text()
	body.require(exam == d.Key)
	classes := body.distinct()
	body.require(len(classes) > 0) // an exam without pupils has no document
	pupils := make([][]string, len(classes))
	n := 0
	for i := range classes {
		pupils[i] = body.texts()
		body.require(len(pupils[i]) > 0 && slices.IsSorted(pupils[i]))
		n += len(pupils[i])
	}
	body.require(n <= mostLines)
	if body.bad {
		return
	}
	r := roster{digest: sha256.Sum256(d.Body), lines: make([]Marks, 0, n)}
	line := noMarks
	line.Exam = exam
	for i := range classes {
		line.Class = classes[i]
		for _, line.Pupil = range pupils[i] {
			r.lines = append(r.lines, line)
		}
	}
	u.rosters = append(u.rosters, r)
}

// sitting returns the roster of an exam that a score sheet was written by.
func (u *unpacking) sitting(exam string, digest []byte) (roster, bool) {
	i, found := slices.BinarySearchFunc(u.rosters, exam, func(r roster, exam string) int { return strings.Compare(r.lines[0].Exam, exam) })
	if !found {
		return roster{}, false
	}
	return u.rosters[i], bytes.Equal(u.rosters[i].digest[:], digest)
}

// marks fills in one subject of an exam. It returns false when the roster that
// the sheet was written by is not among the documents.
func (u *unpacking) marks(d Document, body *decoder) (ok bool) {
	exam, name := body.text(), body.text()
	subject := slices.IndexFunc(Subjects, func(c Code) bool { return c.Name == name })
	parts, width := int(body.byte()), int(body.byte())
	digest := body.bytes(sha256.Size)
	body.require(subject >= 0 && d.Key == exam+"/"+name)
	body.require(parts == 1 || parts == 2 || parts == 10 || parts == hundredths)
	body.require(width == narrow || width == wide)
	if body.bad {
		return true
	}
	r, known := u.sitting(exam, digest)
	if !known {
		return false
	}
	codes := body.bytes(len(r.lines) * width)
	if body.bad {
		return true
	}
	scale := Points(hundredths / parts)
	for i := range r.lines {
		var p Points
		var ok bool
		if width == narrow {
			p, ok = markOf(uint32(binary.BigEndian.Uint16(codes[2*i:])), narrowCodes, scale)
		} else {
			p, ok = markOf(binary.BigEndian.Uint32(codes[4*i:]), wideCodes, scale)
		}
		body.require(ok)
		r.lines[i].By[subject] = p
	}
	return true
}

// markOf returns the mark that code stands for; states begin at the code states.
func markOf(code, states uint32, scale Points) (Points, bool) {
	if code >= states {
		if k := int(code - states); k < len(markStates) {
			return markStates[k], true
		}
		return 0, false
	}
	p := int64(code) * int64(scale)
	return Points(p), p <= 1<<31-1
}
