package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/scheme"
	"shiji/internal/store"
	"shiji/schemes"
)

// SchemeChoice is a scheme by which an appraisal can be opened.
type SchemeChoice struct {
	Ref     string // for OpenAppraisal
	Name    string // jining-2018/junior
	Title   string
	Policy  string // name of the policy it follows, "" if none
	Edition int64  // of the unit's own book; 0 for one that ships with the program
}

// ownRef marks the reference of an edition in a unit's own book.
const ownRef = "edition/"

// SchemeChoices lists the schemes that ship with the program and then the
// editions that the unit has stored, as far as they are not the same.
func (s *Service) SchemeChoices(ctx context.Context, v *Viewer, unit org.UnitID) ([]SchemeChoice, error) {
	u, _, err := s.unit(ctx, v, org.AppraisalOpen, unit)
	if err != nil {
		return nil, err
	}
	shipped, err := shippedRules()
	if err != nil {
		return nil, err
	}
	var out []SchemeChoice
	digests := map[string]bool{}
	for _, name := range schemes.Names() {
		r := shipped[name]
		out = append(out, choiceOf(name, r, 0))
		digests[r.Digest.String()] = true
	}
	own, err := editions(ctx, s.store.Reader, u)
	if err != nil {
		return nil, err
	}
	for _, sc := range own {
		if digests[sc.Digest] {
			continue
		}
		r, err := s.rulesOf(ctx, sc.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, choiceOf(ownRef+sc.ID, r, sc.Edition))
	}
	return out, nil
}

func choiceOf(ref string, r *Rules, edition int64) SchemeChoice {
	c := SchemeChoice{Ref: ref, Name: r.Name, Title: r.Title, Edition: edition}
	if r.Scheme.Policy != nil {
		c.Policy = r.Scheme.Policy.Name
	}
	return c
}

// shippedRules are the embedded schemes, compiled once.
var shippedRules = sync.OnceValues(func() (map[string]*Rules, error) {
	out := map[string]*Rules{}
	for _, name := range schemes.Names() {
		file, policy, err := schemes.Load(name)
		if err != nil {
			return nil, err
		}
		if out[name], err = NewRules(file, policy); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// editions returns what the very unit has stored, the oldest first.
func editions(ctx context.Context, r store.Reader, u org.Unit) ([]store.Scheme, error) {
	all, err := r.Schemes(ctx, org.Below(u.Path))
	if err != nil {
		return nil, err
	}
	var out []store.Scheme
	for _, sc := range all {
		if sc.Unit == u.ID {
			out = append(out, sc)
		}
	}
	return out, nil
}

// book is the body of a stored edition: the scheme and the policy it follows, as
// their authors wrote them. Fields may be added, never renamed.
type book struct {
	File   bookFile  `json:"file"`
	Policy *bookFile `json:"policy,omitempty"`
}

type bookFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// bookOf returns the canonical body of r: equal files give equal bytes.
func bookOf(r *Rules) ([]byte, error) {
	b := book{File: bookFile{r.File.Name, string(r.File.Text)}}
	if r.Policy != nil {
		b.Policy = &bookFile{r.Policy.Name, string(r.Policy.Text)}
	}
	return json.Marshal(b)
}

// rulesOf returns the rules of a stored edition, ready to use. Schools that follow
// one scheme each have an edition of their own, with equal bodies: those share
// one compiled scheme. The rules must have the digest under which the edition was
// stored: a program that reads the same text in another way must not judge by it
// unseen.
func (s *Service) rulesOf(ctx context.Context, id string) (*Rules, error) {
	body, err := s.books.get(id, func() (string, error) {
		sc, err := s.store.Scheme(ctx, id)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(sc.Body)
		key := hex.EncodeToString(sum[:])
		r, err := s.rules.get(key, func() (*Rules, error) { return rulesIn(sc) })
		if err == nil && r.Digest.String() != sc.Digest {
			err = fault.New(fault.Conflict, "app.edition-digest", sc.Name, sc.Edition)
		}
		return key, err
	})
	if err != nil {
		return nil, err
	}
	return s.rules.get(body, func() (*Rules, error) {
		sc, err := s.store.Scheme(ctx, id)
		if err != nil {
			return nil, err
		}
		return rulesIn(sc)
	})
}

// rulesIn compiles the body of an edition.
func rulesIn(sc store.Scheme) (*Rules, error) {
	var b book
	if err := json.Unmarshal(sc.Body, &b); err != nil {
		return nil, fmt.Errorf("scheme %s: %w", sc.ID, err)
	}
	var policy *scheme.File
	if b.Policy != nil {
		policy = &scheme.File{Name: b.Policy.Name, Text: []byte(b.Policy.Text)}
	}
	return NewRules(scheme.File{Name: b.File.Name, Text: []byte(b.File.Text)}, policy)
}

// chosen finds the edition that ref names, or stores the shipped scheme of that
// name as the next edition of the unit's book: an appraisal rests on bytes of its
// own, whatever later programs ship.
func chosen(ctx context.Context, tx *store.Tx, u org.Unit, ref string) (id string, err error) {
	own, err := editions(ctx, tx.Reader, u)
	if err != nil {
		return "", err
	}
	for _, sc := range own {
		if ownRef+sc.ID == ref {
			return sc.ID, nil
		}
	}
	shipped, err := shippedRules()
	if err != nil {
		return "", err
	}
	r, ok := shipped[ref]
	if !ok {
		return "", fault.New(fault.NotFound, "app.no-scheme", ref, schemes.Names())
	}
	next := int64(1)
	for _, sc := range own {
		if sc.Digest == r.Digest.String() {
			return sc.ID, nil
		}
		if sc.Name == r.Name {
			next = max(next, sc.Edition+1)
		}
	}
	body, err := bookOf(r)
	if err != nil {
		return "", err
	}
	sc, err := tx.AddScheme(ctx, store.Scheme{Unit: u.ID, Name: r.Name, Edition: next, Digest: r.Digest.String(), Body: body})
	return sc.ID, err
}
