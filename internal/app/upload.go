package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/sheet"
	"shiji/internal/store"
)

// Upload is a workbook as somebody hands it in for a term.
type Upload struct {
	Term string
	Name string // as the person's machine calls it
	Body io.Reader
}

// termForm is a school year or a calendar year, as packages write them.
var termForm = regexp.MustCompile(`^[0-9]{4}(-[0-9]{4})?$`)

// Template writes the empty workbook for people to fill.
func (s *Service) Template(w io.Writer) error { return sheet.WriteTemplate(w) }

// Upload takes a workbook, reads and checks it, and returns the batch whose page
// tells what was found: faults, or what adopting it would change. What is no
// workbook at all, or too large, is refused and not kept.
//
// A package is all of a school's evidence of a term: a sheet, month or exam that
// an earlier one had and this one lacks is withdrawn by it, as the page says
// before anybody adopts it.
func (s *Service) Upload(ctx context.Context, v *Viewer, unit org.UnitID, up Upload) (batch string, err error) {
	u, g, err := s.unit(ctx, v, org.EvidenceStage, unit)
	if err != nil {
		return "", err
	}
	if u.Kind != org.School {
		return "", fault.New(fault.Refused, "app.not-a-school", u.Name)
	}
	if !termForm.MatchString(up.Term) {
		return "", fault.New(fault.Invalid, "app.term", up.Term).At(fault.Place{Field: "term"})
	}
	f, err := s.spool(up.Body)
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f) }() // a file in the folder for such files
	if err := recognised(f); err != nil {
		return "", err
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	b, err := s.begin(ctx, v.Actor(g, v.Request), u, original{up.Term, fileName(up.Name), f})
	if err != nil {
		return "", err
	}
	limits := sheet.DefaultLimits()
	limits.Also = func(p *evidence.Package) error { return belongs(p, u, up.Term) }
	p, err := readPackage(f, limits)
	if err = s.keepFound(ctx, u, b, p, err); err != nil {
		// Half a batch is worth nothing, and its filler's sight of it neither.
		return "", errors.Join(err, s.store.Discard(context.WithoutCancel(ctx), b))
	}
	return b.ID, nil
}

// spool writes what is handed in to a file of its own, no more of it than may be.
func (s *Service) spool(body io.Reader) (name string, err error) {
	f, err := os.CreateTemp("", "shiji-upload-*")
	if err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	n, err := io.Copy(f, io.LimitReader(body, s.maxUpload()+1))
	if err = errors.Join(err, f.Close()); err == nil && n > s.maxUpload() {
		err = fault.New(fault.TooLarge, "app.upload-large", s.maxUpload()>>20)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func (s *Service) maxUpload() int64 {
	if s.options.MaxUpload > 0 {
		return s.options.MaxUpload
	}
	return sheet.DefaultLimits().FileBytes
}

// recognised refuses what is neither .xlsx nor .xls, by what it begins with:
// names lie.
func recognised(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	switch {
	case n == 0:
		return fault.New(fault.Missing, "app.upload-empty").At(fault.Place{Field: "file"})
	case err == nil && bytes.Equal(head, []byte("PK\x03\x04")), isOLE(f):
		return nil
	}
	return fault.New(fault.Invalid, "app.upload-kind").At(fault.Place{Field: "file"})
}

// longestName bounds a workbook's name, in characters.
const longestName = 120

// fileName returns the last part of a name as a browser sends it, without what
// would break a header, a path or a line.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`/"<>|:*?`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if name == "" || name == "." || name == ".." {
		return "材料.xlsx"
	}
	if n := utf8.RuneCountInString(name) - longestName; n > 0 {
		name = string([]rune(name)[n:]) // the end, which says what kind of file it is
	}
	return name
}

// original is a workbook in a file, and what it is handed in for and called.
type original struct{ term, name, file string }

// begin stages a batch with its original.
func (s *Service) begin(ctx context.Context, actor org.Actor, u org.Unit, o original) (store.Batch, error) {
	f, err := os.Open(o.file)
	if err != nil {
		return store.Batch{}, err
	}
	defer f.Close()
	blob, err := s.store.PutBlob(f)
	if err != nil {
		return store.Batch{}, err
	}
	blob.Name = o.name
	b, err := s.store.Stage(ctx, actor, u.ID, o.term)
	if err != nil {
		return store.Batch{}, err
	}
	return b, s.store.Attach(ctx, b, blob)
}

// belongs says what keeps a package from being u's for the term. One without a school
// is faulty anyway.
func belongs(p *evidence.Package, u org.Unit, term string) error {
	if len(p.School) == 0 {
		return nil
	}
	var faults fault.List
	school := p.School[0]
	at := func(field string) fault.Place { return fault.Place{Sheet: "学校", Row: school.Line, Field: field} }
	if school.Term != term {
		faults.Addf(fault.Conflict, at("学年"), "app.batch-term", school.Term, term)
	}
	switch {
	case u.Code != "" && school.Code != "":
		if school.Code != u.Code {
			faults.Addf(fault.Conflict, at("学校标识码"), "app.batch-code", school.Code, u.Code, u.Name)
		}
	case school.Name != u.Name:
		faults.Addf(fault.Conflict, at("学校名称"), "app.batch-school", school.Name, u.Name)
	}
	return faults.Err()
}

// keepFound keeps what reading a batch's workbook gave: its documents, or its
// faults. It fails when the workbook could not be read for a reason of our own.
func (s *Service) keepFound(ctx context.Context, u org.Unit, b store.Batch, p *evidence.Package, found error) error {
	var faults fault.List
	if err := faults.Join(found); err != nil {
		return err
	}
	r := receipt{Faults: kept(faults), Dropped: faults.Dropped}
	if faults.Len() == 0 {
		n, err := s.stagePackage(ctx, u, b, p)
		if err != nil {
			return err
		}
		r.Documents = n
	}
	return s.sign(ctx, b, r)
}

// chunk is how many bytes of documents are staged at once, so that the writer
// serves others between.
const chunk = 1 << 20

// stagePackage stages those documents of p that differ from the valid ones, and
// the withdrawal of those that p lacks. It returns how many.
//
// The sheet 学校 is staged even if it is as before: so any two packages of one
// school and term change one document in common, and of two that were handed in
// beside each other only the first can be adopted. Else the second would keep
// what the first changed and mix the two into a package that nobody checked.
func (s *Service) stagePackage(ctx context.Context, u org.Unit, b store.Batch, p *evidence.Package) (int, error) {
	docs, err := evidence.Pack(p)
	if err != nil {
		return 0, err
	}
	valid, err := s.store.Documents(ctx, org.Below(u.Path), u.ID, b.Term)
	if err != nil {
		return 0, err
	}
	var drafts []store.Draft
	for _, d := range compared(docs, valid) {
		if d.change != unchanged || d.Key == schoolDocument && d.Kind == evidence.TableDocument {
			drafts = append(drafts, store.Draft{Kind: d.Kind, Key: d.Key, Replaces: d.replaces, Body: d.Body})
		}
	}
	for from := 0; from < len(drafts); {
		to, size := from, 0
		for to < len(drafts) && (to == from || size+len(drafts[to].Body) <= chunk) {
			size += len(drafts[to].Body)
			to++
		}
		if err := s.store.StageDrafts(ctx, b, drafts[from:to]); err != nil {
			return 0, err
		}
		from = to
	}
	return len(drafts), nil
}

// schoolDocument is the key of the document that every package has.
const schoolDocument = "学校"

// change is what a package does to a document.
type change int

const (
	unchanged change = iota
	added
	changed
	withdrawn
)

// comparison is a document of a package beside the valid one.
type comparison struct {
	evidence.Document
	change   change
	replaces string // version of the valid one, "" if none
}

// compared returns all of docs, and the withdrawal of each valid document that
// docs lacks.
func compared(docs []evidence.Document, valid []store.Document) []comparison {
	type key struct{ kind, key string }
	before := map[key]store.Document{}
	for _, d := range valid {
		before[key{d.Kind, d.Key}] = d
	}
	var out []comparison
	for _, d := range docs {
		c := comparison{Document: d, change: added}
		if old, ok := before[key{d.Kind, d.Key}]; ok {
			delete(before, key{d.Kind, d.Key})
			c.replaces, c.change = old.Version, changed
			switch gone := d.Withdrawn().Body; {
			case bytes.Equal(old.Body, d.Body):
				c.change = unchanged
			case bytes.Equal(old.Body, gone):
				c.change = added
			}
		}
		out = append(out, c)
	}
	for _, old := range valid { // in the order of valid
		if _, left := before[key{old.Kind, old.Key}]; !left {
			continue
		}
		gone := evidence.Document{Kind: old.Kind, Key: old.Key}.Withdrawn()
		if !bytes.Equal(old.Body, gone.Body) {
			out = append(out, comparison{gone, withdrawn, old.Version})
		}
	}
	return out
}
