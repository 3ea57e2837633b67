package store_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

const (
	someNumber  = "11010519491231002X"
	otherNumber = "350802199001011236"
)

// TestSetIdentity enters, corrects and takes away identity numbers.
func TestSetIdentity(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		set := func(p org.Person, number string) error {
			return db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
				return tx.SetIdentity(ctx, p, number, w.school.Path)
			})
		}
		read := func(id org.PersonID) (p org.Person, number string) {
			t.Helper()
			write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				if p, err = tx.Person(ctx, org.Self(id), id); err != nil {
					return err
				}
				number, err = tx.Unmask(ctx, id, w.school.Path)
				return err
			})
			return p, number
		}
		her, him := w.people[0], w.people[1]
		if err := set(her, " 11010519491231002x "); err != nil {
			t.Fatal(err)
		}
		p, number := read(her.ID)
		if number != someNumber || p.Masked != "1101************2X" || p.Version != her.Version+1 || p.Name != her.Name || p.Number != her.Number {
			t.Errorf("got %q of %+v", number, p)
		}
		for _, c := range []struct {
			name string
			err  error
			kind fault.Kind
			key  string
		}{
			{"what another has", set(him, "1101 0519 4912 3100 2x"), fault.Conflict, "store.identity-taken"},
			{"what another has, of an old version", set(her, "37080019800101001X"), fault.Conflict, "store.identity-taken"},
			{"an old version", set(her, otherNumber), fault.Conflict, "store.changed"},
			{"nobody", set(org.Person{ID: "01NOBODY000000000000000000", Version: 1}, otherNumber), fault.NotFound, "store.not-found"},
		} {
			if faults := fault.All(c.err); len(faults) != 1 || faults[0].Kind != c.kind || faults[0].Key != c.key {
				t.Errorf("%s: got %v, want %s", c.name, c.err, c.key)
			}
		}
		if again, number := read(her.ID); again != p || number != someNumber {
			t.Errorf("what was refused changed %q of %+v", number, again)
		}
		if err := set(p, someNumber); err != nil {
			t.Errorf("her own once more: %v", err)
		}
		// Two whose numbers were mixed up come apart by taking one away.
		p, _ = read(her.ID)
		if err := set(p, ""); err != nil {
			t.Fatal(err)
		}
		if err := set(him, someNumber); err != nil {
			t.Errorf("a number that is free again: %v", err)
		}
		if p, err := db.Person(t.Context(), org.Self(her.ID), her.ID); err != nil || p.Masked != "" {
			t.Errorf("a number that was taken away: %+v %v", p, err)
		}
		err := db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Unmask(ctx, her.ID, w.school.Path)
			return err
		})
		if !isKind(err, fault.NotFound) {
			t.Errorf("unmasked what is not kept: %v", err)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			identity, err := tx.Unmask(ctx, him.ID, w.school.Path)
			if identity != someNumber {
				t.Errorf("unmasked %q, want %s", identity, someNumber)
			}
			return err
		})
		seen, err := db.Events(t.Context(), org.Below(w.school.Path), store.Page{Limit: 2})
		if err != nil || len(seen) != 2 || seen[0].Action != "identity.unmasked" || seen[1].Action != "person.changed" || seen[1].Version != 2 {
			t.Errorf("the school's events: %+v %v", seen, err)
		}
		settled(t, db)
		db.Reopen(t)
		settled(t, db)
	})
}

// TestIdentityIsSealed: after entering, correcting and unmasking, the number stands
// nowhere in the files of the database, journal included, nor in any row.
func TestIdentityIsSealed(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := build(t, db)
	const plain = "person named 11010519850101001X, to find" // the control: it is found
	her := w.people[0]
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetIdentity(ctx, her, someNumber, w.school.Path)
	})
	her.Version++
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetIdentity(ctx, her, otherNumber, w.school.Path)
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.AddPerson(ctx, org.Person{Name: plain}, ""); err != nil {
			return err
		}
		_, err := tx.Unmask(ctx, her.ID, w.school.Path)
		return err
	})
	found := map[string]bool{}
	scan := func(when string) {
		for _, file := range []string{db.Config.Path, db.Config.Path + "-wal"} {
			content, err := os.ReadFile(file)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			found[file] = found[file] || bytes.Contains(content, []byte(plain))
			for _, number := range []string{someNumber, otherNumber} {
				// Not its last digits either, which a mask of the wrong end would show.
				for _, part := range []string{number, number[4:16], number[6:14]} {
					if bytes.Contains(content, []byte(part)) {
						t.Errorf("%s: %s holds %s", when, file, part)
					}
				}
			}
		}
	}
	scan("while it is open")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	scan("after it was closed")
	if !found[db.Config.Path] || !found[db.Config.Path+"-wal"] {
		t.Errorf("the scan does not find what is there: %v", found)
	}
}
