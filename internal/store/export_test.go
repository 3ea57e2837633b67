package store

// SetSynchronous lets a crash test's control open SQLite without the promise of
// durability.
func SetSynchronous(mode string) { synchronous = mode }

// SetFew makes lists of n persons long ones, so that small worlds are read as
// large ones are.
func (s *Store) SetFew(n int64) { s.few = n }
