//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// limitMemory bounds the address space of this process. The runtime reserves
// more of it than it uses, so the bound stands above that reserve.
func limitMemory(bytes uint64) error {
	const reserve = 1 << 30
	limit := syscall.Rlimit{Cur: bytes + reserve, Max: bytes + reserve}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		return fmt.Errorf("limit memory: %w", err)
	}
	return nil
}
