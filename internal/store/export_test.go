package store

// SetSynchronous lets a crash test's control open SQLite without the promise of
// durability.
func SetSynchronous(mode string) { synchronous = mode }
