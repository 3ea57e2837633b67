package evidence

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"shiji/internal/fault"
	"shiji/internal/num"
)

// A roster's body: the exam, its classes ascending, and for each class its
// pupils ascending. A score sheet's body: exam, subject, how many parts a point
// has, how many bytes a mark takes, the SHA-256 of the roster's body, and a mark
// for each pupil in the roster's order, big-endian.
//
// Marks are counted in the exam's declared unit, 1, 1/2 or 1/10, or in
// hundredths when one of them is no multiple of it or the exam declares none:
// whole, so exact. They take two bytes, or four where one does not fit two. The
// highest codes are states.

// hundredths is how finely Points count: the parts of a point that hold any.
const hundredths = 100

// Codes of a mark that is no number, counted from the lowest of them: 0xFFF0 in
// two bytes, 0xFFFFFFF0 in four.
var markStates = [...]Points{AbsentMark, ExcusedMark, NotYetMark, RefusedMark, NoMark}

const (
	narrow      = 2
	wide        = 4
	narrowCodes = 0xFFF0
	wideCodes   = 0xFFFFFFF0
)

// exams adds a roster for each exam of which there are marks, and a score sheet
// for each of its subjects.
func (k *packing) exams() {
	byExam := map[string][]*Marks{}
	var names []string
	for i := range k.p.Marks {
		m := &k.p.Marks[i]
		if byExam[m.Exam] == nil {
			names = append(names, m.Exam)
		}
		byExam[m.Exam] = append(byExam[m.Exam], m)
	}
	slices.Sort(names)
	units := k.units()
	for _, exam := range names {
		lines := byExam[exam]
		slices.SortFunc(lines, func(a, b *Marks) int {
			return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Pupil, b.Pupil), slices.Compare(a.By[:], b.By[:]))
		})
		k.add(RosterDocument, exam, func(b []byte) []byte { return appendRoster(b, exam, lines) })
		roster := sha256.Sum256(k.docs[len(k.docs)-1].Body)
		for subject := range Subjects {
			if !slices.ContainsFunc(lines, func(m *Marks) bool { return m.By[subject] != NoMark }) {
				continue
			}
			name := Subjects[subject].Name
			k.add(MarksDocument, exam+"/"+name, func(b []byte) []byte {
				b = appendText(appendText(b, exam), name)
				return k.appendMarks(b, lines, scoreSheet{subject, units[examKey{exam, name}], roster})
			})
		}
	}
}

// units returns in how many parts of a point the papers are marked; where
// several lines declare one paper differently, as Check does not allow, none
// is believed.
func (k *packing) units() map[examKey]int {
	units := map[examKey]int{}
	for i := range k.p.Exams {
		e := &k.p.Exams[i]
		parts := hundredths
		if isOne(examUnits, e.MarkStep()) {
			n, _ := num.Int(1).Div(e.MarkStep())
			whole, _ := n.Int64()
			parts = int(whole)
		}
		key := examKey{e.ID, e.Subject}
		if before, twice := units[key]; twice && before != parts {
			parts = hundredths
		}
		units[key] = parts
	}
	return units
}

func appendRoster(b []byte, exam string, lines []*Marks) []byte {
	var classes []string
	var pupils [][]string
	for _, m := range lines {
		if len(classes) == 0 || classes[len(classes)-1] != m.Class {
			classes, pupils = append(classes, m.Class), append(pupils, nil)
		}
		pupils[len(pupils)-1] = append(pupils[len(pupils)-1], m.Pupil)
	}
	b = appendTexts(appendText(b, exam), classes)
	for _, list := range pupils {
		b = appendTexts(b, list)
	}
	return b
}

// scoreSheet says which marks are written, and how.
type scoreSheet struct {
	subject int // in Subjects
	parts   int // of a point, as the exam declares; 0 if it does not
	roster  [sha256.Size]byte
}

func (k *packing) appendMarks(b []byte, lines []*Marks, s scoreSheet) []byte {
	if s.parts == 0 {
		s.parts = hundredths
	}
	highest := Points(0)
	for _, m := range lines {
		p := m.By[s.subject]
		if p < RefusedMark {
			k.Addf(fault.Invalid, fault.Place{Sheet: marksSheet.Name, Row: m.Line, Field: Subjects[s.subject].Name}, "evidence.bad-mark", int(p))
		}
		if p > 0 && p%Points(hundredths/s.parts) != 0 {
			s.parts = hundredths
		}
		highest = max(highest, p)
	}
	width := narrow
	if highest/Points(hundredths/s.parts) >= narrowCodes {
		width = wide
	}
	b = append(append(b, byte(s.parts), byte(width)), s.roster[:]...)
	for _, m := range lines {
		p := m.By[s.subject]
		code := uint32(p) / uint32(hundredths/s.parts)
		if p < 0 {
			code = wideCodes + uint32(slices.Index(markStates[:], p))
		}
		if width == wide {
			b = binary.BigEndian.AppendUint32(b, code)
		} else {
			b = binary.BigEndian.AppendUint16(b, uint16(code)) // keeps the states: they end in 0xFFF0 and what follows
		}
	}
	return b
}
