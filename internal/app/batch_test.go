package app_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/app"
	"shiji/internal/audit"
	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
	"shiji/internal/text"
)

// TestHandIn follows a workbook from its upload to the people on file, and a
// later one that changes little.
func TestHandIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		p := pkg(1)
		id := w.upload(t, w.clerk, w.school, workbook(t, p))
		page := w.batch(t, w.clerk, id, app.BatchReady)
		if page.Name != "考核 一.xlsx" || page.By != "王经办" || page.Size == 0 || len(page.SHA) != 64 || !page.CanAdopt || !page.CanDiscard {
			t.Errorf("got %+v", page)
		}
		if got := page.Preview; len(got.New) != len(p.Staff) || len(got.Missing)+len(got.Renamed) > 0 || got.New[0].Name != p.Staff[0].Name {
			t.Errorf("got %d new people of %d", len(got.New), len(p.Staff))
		}
		lines := map[string]app.SheetPreview{}
		for _, s := range page.Preview.Sheets {
			lines[s.Name] = s
		}
		if got := lines["成绩"]; got.Lines != len(p.Marks) || got.Before != 0 || got.New == 0 || got.Changed+got.Unchanged+got.Withdrawn > 0 {
			t.Errorf("成绩: got %+v, want %d lines, all new", got, len(p.Marks))
		}
		if err := w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{}); err != nil {
			t.Fatal(err)
		}
		isKey(t, w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{}), "app.batch-adopted")
		isKey(t, w.DiscardBatch(t.Context(), w.clerk, id), "app.batch-adopted")
		if page := w.batch(t, w.head, id, app.BatchAdopted); page.Adopter != "王经办" || page.Adopted == "" || page.Preview != nil {
			t.Errorf("adopted: got %+v", page)
		}
		people, err := w.People(t.Context(), w.clerk, w.school.ID, app.PeopleQuery{Search: "Ｗａｎｇ"})
		if err != nil || len(people.People) == 0 || people.People[0].Post.Code == "" && people.People[0].Name != "王经办" {
			t.Errorf("people: got %+v, %v", people, err)
		}

		isSame := w.upload(t, w.clerk, w.school, workbook(t, p))
		w.batch(t, w.clerk, isSame, app.BatchSame)
		isKey(t, w.AdoptBatch(t.Context(), w.clerk, isSame, app.Confirm{}), "app.batch-same")
		if err := w.DiscardBatch(t.Context(), w.clerk, isSame); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Batch(t.Context(), w.clerk, isSame); !fault.Is(err, fault.NotFound) {
			t.Errorf("discarded: got %v", err)
		}
		w.laterWorkbook(t)
		audited(t, db)
	})
}

// laterWorkbook hands in a package with another name, somebody gone, somebody
// new, one month of attendance changed and a sheet withdrawn.
func (w *site) laterWorkbook(t *testing.T) {
	p := pkg(1)
	p.Staff[0].Name = "改名了"
	p.Staff = append(p.Staff, p.Staff[len(p.Staff)-1])
	fresh := &p.Staff[len(p.Staff)-1]
	fresh.ID, fresh.Name = "T999", "新来的"
	for i := range p.Attendance {
		if a := &p.Attendance[i]; a.Staff == p.Staff[1].ID && a.Month == "2025-09" {
			a.Days[1] = "病"
		}
	}
	p.Courses = nil
	p = without(p, "课程建设")
	id := w.upload(t, w.clerk, w.school, workbook(t, p))
	page := w.batch(t, w.clerk, id, app.BatchReady)
	got := page.Preview
	if len(got.New) != 1 || got.New[0] != (app.StaffLine{Code: "T999", Name: "新来的"}) || len(got.Renamed) != 1 || got.Renamed[0].InBook != "改名了" {
		t.Errorf("got new %v, renamed %v", got.New, got.Renamed)
	}
	for _, s := range got.Sheets {
		changed := map[string]app.SheetPreview{
			"教职工":  {Changed: 1, Before: s.Before, Lines: s.Lines},
			"出勤":   {Changed: 1, Unchanged: 11, Before: s.Before, Lines: s.Lines},
			"课程建设": {Withdrawn: 1, Before: s.Before},
		}
		if want, ok := changed[s.Name]; ok {
			if want.Name = s.Name; s != want {
				t.Errorf("got %+v, want %+v", s, want)
			}
		} else if s.New+s.Changed+s.Withdrawn > 0 {
			t.Errorf("%+v changed", s)
		}
	}
	if len(got.Warnings) == 0 || !strings.Contains(text.Fault(got.Warnings[0]), "课程建设") {
		t.Errorf("the missing sheet is not told: %v", got.Warnings)
	}
	isKey(t, w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{}), "app.batch-names")
	if err := w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{Names: true}); err != nil {
		t.Fatal(err)
	}
	list, err := w.People(t.Context(), w.clerk, w.school.ID, app.PeopleQuery{Search: "gml"})
	if err != nil || len(list.People) != 1 || list.People[0].Post.Code != p.Staff[0].ID {
		t.Errorf("the renamed person: got %+v, %v", list.People, err)
	}
}

// without returns p as if the sheet had not been handed in.
func without(p *evidence.Package, name string) *evidence.Package {
	out := &evidence.Package{}
	for _, s := range evidence.Sheets {
		if s.Name == name || !p.Has(s.Name) {
			continue
		}
		out.HandIn(s.Name)
		row := make([]evidence.Value, len(s.Columns))
		for i := range s.Len(p) {
			s.Row(p, i, row)
			s.Append(out, row, s.Line(p, i))
		}
	}
	return out
}

// TestFaultyWorkbook: nothing of it counts, and every fault is told with its
// place, on the page and in the workbook that comes back.
func TestFaultyWorkbook(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		p := pkg(1)
		p.Staff[3].Kind = "厨师"
		p.Lessons[0].Weekly = evidence.Known(num.Int(99))
		book := workbook(t, p)
		id := w.upload(t, w.clerk, w.school, book)
		page := w.batch(t, w.clerk, id, app.BatchFaulty)
		if len(page.Faults) < 2 || page.Faults[0].Where.Sheet != "教职工" || page.Faults[0].Where.Row == 0 || page.Faults[0].Where.Column == 0 ||
			!strings.Contains(text.Fault(page.Faults[0]), "厨师") || !page.CanMark || page.CanAdopt || page.Preview != nil {
			t.Errorf("got %v, %+v", page.Faults, page)
		}
		isKey(t, w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{Names: true}), "app.batch-faulty")
		var marked bytes.Buffer
		if err := w.MarkedWorkbook(t.Context(), w.clerk, id, &marked); err != nil || !bytes.HasPrefix(marked.Bytes(), []byte("PK")) {
			t.Errorf("marked: %d bytes, %v", marked.Len(), err)
		}
		name, rc, size, err := w.Original(t.Context(), w.clerk, id)
		if err != nil {
			t.Fatal(err)
		}
		defer rc.Close()
		if b, err := io.ReadAll(rc); err != nil || int64(len(b)) != size || !bytes.Equal(b, book) || name != page.Name {
			t.Errorf("original: %s, %d of %d bytes, %v", name, len(b), size, err)
		}
		// What is staged is its filler's alone, even in her school.
		for who, v := range map[string]*app.Viewer{"head": w.head, "foreign": w.foreign, "teacher": w.teacher, "officer": w.officer} {
			if _, err := w.Batch(t.Context(), v, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: got %v", who, err)
			}
			if _, _, _, err := w.Original(t.Context(), v, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: got %v", who, err)
			}
		}
	})
}

// TestWrongPackage: another school's workbook, or one of another year.
func TestWrongPackage(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	p := pkg(4)
	p.School[0].Term = "2024-2025"
	p.Staff[1].Kind = "厨师" // told at once, not only when the year is right
	page := w.batch(t, w.clerk, w.upload(t, w.clerk, w.school, workbook(t, p)), app.BatchFaulty)
	var got []string
	for _, f := range page.Faults {
		got = append(got, f.Key+" "+f.Where.String())
	}
	want := []string{"app.batch-code 学校!B2(学校标识码)", "app.batch-term 学校!E2(学年)", "sheet.code-unknown 教职工!C3(岗位类别)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// TestTwoBatchesBesideEachOther: of two that were handed in over the same valid
// documents only the first counts, even if they change different sheets.
func TestTwoBatchesBesideEachOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		w.adopted(t, pkg(1))
		p := pkg(1)
		p.Staff[0].Group = "另一组"
		first := w.upload(t, w.clerk, w.school, workbook(t, p))
		p = pkg(1)
		p.Lessons[0].Weekly = evidence.Known(num.Int(1))
		second := w.upload(t, w.clerk, w.school, workbook(t, p))
		w.batch(t, w.clerk, second, app.BatchReady)
		if err := w.AdoptBatch(t.Context(), w.clerk, first, app.Confirm{}); err != nil {
			t.Fatal(err)
		}
		w.batch(t, w.clerk, second, app.BatchOvertaken)
		isKey(t, w.AdoptBatch(t.Context(), w.clerk, second, app.Confirm{}), "app.batch-overtaken")
		audited(t, db)
	})
}

// TestAdoptedOnce: of many who adopt one batch at the same time, one does, and
// everybody is on file once.
func TestAdoptedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		p := pkg(1)
		id := w.upload(t, w.clerk, w.school, workbook(t, p))
		errs := make(chan error, 4)
		for range cap(errs) {
			go func() { errs <- w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{}) }()
		}
		done := 0
		for range cap(errs) {
			if err := <-errs; err == nil {
				done++
			} else if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Refused) {
				t.Errorf("got %v", err)
			}
		}
		staff, err := db.Staff(t.Context(), org.Below(w.school.Path), w.school.ID)
		if err != nil || done != 1 || len(staff) != len(p.Staff) {
			t.Errorf("adopted %d times, %d of %d people, %v", done, len(staff), len(p.Staff), err)
		}
		audited(t, db)
	})
}

// TestReadingARecordIsAnEvent: somebody else's, not one's own.
func TestReadingARecordIsAnEvent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		read := func(v *app.Viewer) *app.PersonPage {
			page, err := w.Person(t.Context(), v, w.teacher.Person)
			if err != nil {
				t.Fatal(err)
			}
			return page
		}
		if page := read(w.teacher); !page.Own || !page.CanTrace || len(page.Posts) != 1 || page.Posts[0].Unit.Name != w.school.Name || page.Posts[0].Linked {
			t.Errorf("her own: got %+v", page)
		}
		if page := read(w.officer); page.Own || page.CanTrace || !page.Posts[0].Linked {
			t.Errorf("the officer's: got %+v", page)
		}
		events, err := db.EventsAbout(t.Context(), "person/"+string(w.teacher.Person))
		if err != nil || len(events) != 2 || events[0].Action != audit.RecordViewed || events[0].Actor != string(w.officer.Account) || events[0].Org != string(w.school.Path) {
			t.Errorf("got %+v, %v", events, err)
		}
	})
}

// TestOldWorkbook: an .xls is read, and comes back marked as .xlsx.
func TestOldWorkbook(t *testing.T) {
	t.Parallel()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LIBREOFFICE ABSENT: handing in .xls is not tested")
	}
	w := newSite(t, storetest.SQLite(t))
	p := pkg(1)
	p.Staff[3].Kind = "厨师"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.xlsx"), workbook(t, p), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "xls", "--outdir", dir, filepath.Join(dir, "a.xlsx")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	old, err := os.ReadFile(filepath.Join(dir, "a.xls"))
	if err != nil {
		t.Fatal(err)
	}
	id := w.upload(t, w.clerk, w.school, old)
	page := w.batch(t, w.clerk, id, app.BatchFaulty)
	if len(page.Faults) != 1 || page.Faults[0].Where.Sheet != "教职工" || page.Size != int64(len(old)) {
		t.Errorf("got %v, %d bytes", page.Faults, page.Size)
	}
	var marked bytes.Buffer
	if err := w.MarkedWorkbook(t.Context(), w.clerk, id, &marked); err != nil || !bytes.HasPrefix(marked.Bytes(), []byte("PK")) {
		t.Errorf("marked: %d bytes, %v", marked.Len(), err)
	}
}

// TestCutOffBatch: what a process left behind that died while it staged is told as
// such and never adopted, however whole it looks.
func TestCutOffBatch(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	docs, err := evidence.Pack(pkg(1))
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.db.Stage(t.Context(), org.Actor{Account: w.clerk.Account}, w.school.ID, term)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		if err := w.db.StageDrafts(t.Context(), b, []store.Draft{{Kind: d.Kind, Key: d.Key, Body: d.Body}}); err != nil {
			t.Fatal(err)
		}
	}
	if page := w.batch(t, w.clerk, b.ID, app.BatchCut); page.CanAdopt || !page.CanDiscard {
		t.Errorf("got %+v", page)
	}
	isKey(t, w.AdoptBatch(t.Context(), w.clerk, b.ID, app.Confirm{Names: true}), "app.batch-cut")
	if err := w.DiscardBatch(t.Context(), w.clerk, b.ID); err != nil {
		t.Error(err)
	}
}

// TestHostileUploads: what is no workbook is refused and leaves no batch; what
// looks like one and is not, is a batch with its fault.
func TestHostileUploads(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	for name, c := range map[string]struct {
		body string
		key  string
	}{
		"empty": {"", "app.upload-empty"},
		"text":  {"工号,姓名\n", "app.upload-kind"},
		"html":  {"<html><table></table></html>", "app.upload-kind"},
	} {
		_, err := w.Upload(t.Context(), w.clerk, w.school.ID, app.Upload{Term: term, Name: "a.xlsx", Body: strings.NewReader(c.body)})
		t.Run(name, func(t *testing.T) { isKey(t, err, c.key) })
	}
	_, err := w.Upload(t.Context(), w.clerk, w.school.ID, app.Upload{Term: "今年", Name: "a.xlsx", Body: strings.NewReader("PK\x03\x04")})
	isKey(t, err, "app.term")
	_, err = w.Upload(t.Context(), w.clerk, w.school.ID, app.Upload{Term: term, Name: "a.xlsx", Body: io.LimitReader(zeros{}, 1<<30)})
	isKey(t, err, "app.upload-large")
	book := workbook(t, pkg(1))
	for name, body := range map[string][]byte{"cut": book[:len(book)/2], "zip of nothing": []byte("PK\x03\x04 and no more"), "names": append([]byte("PK\x03\x04"), bytes.Repeat([]byte("../"), 4000)...)} {
		id := w.upload(t, w.clerk, w.school, body)
		page := w.batch(t, w.clerk, id, app.BatchFaulty)
		if len(page.Faults) != 1 || text.Fault(page.Faults[0]) == "" {
			t.Errorf("%s: got %v", name, page.Faults)
		}
		if err := w.DiscardBatch(t.Context(), w.clerk, id); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	home, err := w.UnitHome(t.Context(), w.clerk, w.school.ID)
	if err != nil || len(home.Batches) > 0 {
		t.Errorf("left: %+v, %v", home, err)
	}
}

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestForeignUnitsAreNotThere: whoever asks for what is not hers gets the very
// fault of what does not exist.
func TestForeignUnitsAreNotThere(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	batch := w.adopted(t, pkg(1))
	ctx := t.Context()
	nowhere := org.UnitID(strings.Repeat("0", 26))
	list, err := w.People(ctx, w.clerk, w.school.ID, app.PeopleQuery{})
	if err != nil {
		t.Fatal(err)
	}
	person := list.People[0].ID
	for who, v := range map[string]*app.Viewer{"foreign": w.foreign, "sibling": w.sibling, "teacher": w.teacher} {
		for what, do := range map[string]func(id org.UnitID, batch string, person org.PersonID) error{
			"home": func(id org.UnitID, _ string, _ org.PersonID) error { _, err := w.UnitHome(ctx, v, id); return err },
			"people": func(id org.UnitID, _ string, _ org.PersonID) error {
				_, err := w.People(ctx, v, id, app.PeopleQuery{})
				return err
			},
			"person":  func(_ org.UnitID, _ string, p org.PersonID) error { _, err := w.Person(ctx, v, p); return err },
			"schemes": func(id org.UnitID, _ string, _ org.PersonID) error { _, err := w.SchemeChoices(ctx, v, id); return err },
			"open": func(id org.UnitID, _ string, _ org.PersonID) error {
				_, err := w.OpenAppraisal(ctx, v, id, term, junior)
				return err
			},
			"batch":    func(_ org.UnitID, b string, _ org.PersonID) error { _, err := w.Batch(ctx, v, b); return err },
			"adopt":    func(_ org.UnitID, b string, _ org.PersonID) error { return w.AdoptBatch(ctx, v, b, app.Confirm{}) },
			"discard":  func(_ org.UnitID, b string, _ org.PersonID) error { return w.DiscardBatch(ctx, v, b) },
			"marked":   func(_ org.UnitID, b string, _ org.PersonID) error { return w.MarkedWorkbook(ctx, v, b, io.Discard) },
			"original": func(_ org.UnitID, b string, _ org.PersonID) error { _, _, _, err := w.Original(ctx, v, b); return err },
			"upload": func(id org.UnitID, _ string, _ org.PersonID) error {
				_, err := w.Upload(ctx, v, id, app.Upload{Term: term, Name: "a.xlsx", Body: strings.NewReader("PK\x03\x04")})
				return err
			},
		} {
			got, want := do(w.school.ID, batch, person), do(nowhere, strings.Repeat("0", 26), org.PersonID(strings.Repeat("0", 26)))
			if got == nil || want == nil || got.Error() != want.Error() || !fault.Is(got, fault.NotFound) {
				t.Errorf("%s, %s: got %v for what is not hers, %v for what is not there", who, what, got, want)
			}
		}
	}
	units, err := w.Units(ctx, w.teacher, app.UnitQuery{})
	if err != nil || len(units.Units) > 0 {
		t.Errorf("a teacher lists %v, %v", units, err)
	}
}

// audited fails the test unless the whole database verifies.
func audited(t *testing.T, db *storetest.DB) {
	t.Helper()
	r, err := db.Verify(t.Context(), store.Audit{Blobs: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Faults.Err(); err != nil {
		t.Error(err)
	}
}
