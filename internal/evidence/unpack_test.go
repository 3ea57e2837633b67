package evidence

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/fault"
)

// TestUnpackRefuses: a fault names the document, and all faults come at once.
func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	find := func(docs []Document, key string) *Document {
		return &docs[slices.IndexFunc(docs, func(d Document) bool { return d.Key == key })]
	}
	body := func(key string, change func(b []byte) []byte) func(docs []Document) []Document {
		return func(docs []Document) []Document {
			d := find(docs, key)
			d.Body = change(bytes.Clone(d.Body))
			return docs
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(docs []Document) []Document
		want  string
	}{
		{"kind", func(docs []Document) []Document { return append(docs, Document{"photo", "一", []byte{9, 1, 0}}) }, "photo(一): evidence.doc-kind"},
		{"another kind's bytes", body("测评", func(b []byte) []byte { b[0] = 3; return b }), "测评: evidence.doc-damaged"},
		{"version", body("测评", func(b []byte) []byte { b[1] = 2; return b }), "测评: evidence.doc-version"},
		{"one byte", body("测评", func(b []byte) []byte { return b[:1] }), "测评: evidence.doc-damaged"},
		{"erased", body("2025-09", func(b []byte) []byte { return nil }), "出勤(2025-09): evidence.doc-erased"},
		{"a byte less", body("2025-09", func(b []byte) []byte { return b[:len(b)-1] }), "出勤(2025-09): evidence.doc-damaged"},
		{"a byte more", body("春/七/语文", func(b []byte) []byte { return append(b, 0) }), "成绩(春/七/语文): evidence.doc-damaged"},
		{"another sheet's bytes", func(docs []Document) []Document {
			find(docs, "测评").Body = find(docs, "学校").Body
			return docs
		}, "测评: evidence.doc-damaged"},
		{"another month's bytes", func(docs []Document) []Document {
			find(docs, "2025-09").Body = find(docs, "2025-10").Body
			return docs
		}, "出勤(2025-09): evidence.doc-damaged"},
		{"another subject's bytes", func(docs []Document) []Document {
			find(docs, "春/七/语文").Body = find(docs, "春/七/数学").Body
			return docs
		}, "成绩(春/七/语文): evidence.doc-damaged"},
		{"a mark that is none", body("春/七/语文", func(b []byte) []byte { b[len(b)-2], b[len(b)-1] = 0xFF, 0xF5; return b }), "成绩(春/七/语文): evidence.doc-damaged"},
		{"a mark beyond all", func(docs []Document) []Document {
			d := find(docs, "春/七/语文")
			b := d.Body[:len(d.Body)-6]
			b[len(b)-33] = wide
			d.Body = append(b, bytes.Repeat([]byte{0x7F}, 12)...)
			return docs
		}, "成绩(春/七/语文): evidence.doc-damaged"},
		{"twice", func(docs []Document) []Document { return append(docs, docs[0]) }, "学校: evidence.doc-twice"},
		{"no roster", func(docs []Document) []Document {
			return slices.DeleteFunc(docs, func(d Document) bool { return d.Kind == RosterDocument || strings.HasSuffix(d.Key, "语文") })
		}, "成绩(春/七/数学): evidence.doc-roster\n成绩(春/七/物理): evidence.doc-roster\n成绩(春/七/英语): evidence.doc-roster"},
		{"another roster", func(docs []Document) []Document {
			p := kept()
			p.Marks[0].Pupil = "25070299"
			*find(docs, "春/七") = *find(mustPack(t, p), "春/七")
			return slices.DeleteFunc(docs, func(d Document) bool { return d.Kind == MarksDocument && d.Key != "春/七/语文" })
		}, "成绩(春/七/语文): evidence.doc-roster"},
		{"two at once", func(docs []Document) []Document {
			find(docs, "测评").Body[1] = 7
			find(docs, "学校").Body = nil
			return docs
		}, "学校: evidence.doc-erased\n测评: evidence.doc-version"},
	} {
		p, err := Unpack(c.spoil(mustPack(t, kept())))
		if p != nil || err == nil {
			t.Errorf("%s: unpacked", c.name)
		}
		var got []string
		for _, e := range fault.All(err) {
			got = append(got, e.Where.String()+": "+e.Key)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestWithdrawnIsNotHandedIn: a sheet, a month or an exam taken back is gone,
// and its sheet was handed in only if something of it is left.
func TestWithdrawnIsNotHandedIn(t *testing.T) {
	t.Parallel()
	docs := mustPack(t, kept())
	for i, d := range docs {
		if d.Key == "测评" || d.Key == "2025-09" || d.Kind == RosterDocument || d.Kind == MarksDocument {
			docs[i] = d.Withdrawn()
		}
	}
	got := mustUnpack(t, docs)
	want := kept()
	want.Ratings, want.Marks = nil, nil
	want.Attendance = slices.DeleteFunc(want.Attendance, func(a Attendance) bool { return a.Month == "2025-09" })
	delete(want.handedIn, "测评")
	delete(want.handedIn, "成绩")
	if diff := cmp.Diff(unlined(want.Canonical()), got.Canonical(), samePackage); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestColumnsAreFoundByTheirName: a former name never hides another column.
func TestColumnsAreFoundByTheirName(t *testing.T) {
	t.Parallel()
	for _, s := range Sheets {
		for k := range s.Columns {
			if got := columnNamed(s, s.Columns[k].Name); got != k {
				t.Errorf("%s %s: got column %d, want %d", s.Name, s.Columns[k].Name, got, k)
			}
		}
	}
}

// TestDearestDocuments: the bodies that stand for the most memory, byte for
// byte, and how many lines they are believed.
func TestDearestDocuments(t *testing.T) {
	table := func(kind byte, sheet, column, token string) func(lines int) []byte {
		return func(lines int) []byte {
			b := appendCount(appendText([]byte{kind, packVersion}, sheet), lines)
			b = append(appendText(appendCount(b, 1), column), textTokens)
			return append(append(appendTexts(b, []string{token}), plainIndexes), make([]byte, lines)...)
		}
	}
	roster := func(lines int) []byte {
		b := appendTexts(appendText([]byte{kindBytes[RosterDocument], packVersion}, "考"), []string{"一"})
		return appendTexts(b, slices.Repeat([]string{strings.Repeat("9", longestShared)}, lines))
	}
	for _, c := range []struct {
		kind, key string
		body      func(lines int) []byte
	}{
		{TableDocument, "参照", table(kindBytes[TableDocument], "参照", "考试编号", "考")},
		{AttendanceDocument, "2025-09", table(kindBytes[AttendanceDocument], "出勤", "月份", "2025-09")},
		{RosterDocument, "考", roster},
	} {
		if _, err := Unpack([]Document{{c.kind, c.key, c.body(mostLines + 1)}}); err == nil {
			t.Errorf("%s: %d lines were taken", c.kind, mostLines+1)
		}
		d := Document{c.kind, c.key, c.body(20_000)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Unpack([]Document{d})
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatalf("%s: %v", c.kind, err)
		}
		got := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(d.Body))
		if got > 4096 {
			t.Errorf("%s: a byte stands for %.0f of memory", c.kind, got)
		}
		t.Logf("%s: a byte stands for %.0f of memory", c.kind, got)
	}
}

// FuzzUnpack: no bytes make it panic or take memory beyond a multiple of their
// length; what it takes packs to bytes that give the same package.
func FuzzUnpack(f *testing.F) {
	for _, d := range mustPack(f, kept()) {
		f.Add(d.Kind, d.Key, d.Body)
	}
	roster := mustPack(f, kept())[5]
	f.Add(TableDocument, "兼职", append(appendCount(appendText([]byte{1, 1}, "兼职"), 200), 0))
	f.Fuzz(func(t *testing.T, kind, key string, body []byte) {
		docs := []Document{{kind, key, body}}
		if kind == MarksDocument {
			docs = append(docs, roster)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p, err := Unpack(docs)
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+len(body)*4096); got > most {
			t.Errorf("%d bytes took %d, want at most %d", len(body), got, most)
		}
		if err != nil {
			return
		}
		again, err := Pack(p)
		if err != nil {
			t.Fatalf("packing what was unpacked: %v", err)
		}
		back, err := Unpack(again)
		if err != nil {
			t.Fatalf("unpacking it again: %v", err)
		}
		// Bytes that Pack did not write may hold lines and ballots in any order; what
		// it makes of them may not.
		third, err := Pack(back)
		if err != nil || !cmp.Equal(again, third) {
			t.Errorf("%v (-want +got)\n%s", err, cmp.Diff(again, third))
		}
	})
}
