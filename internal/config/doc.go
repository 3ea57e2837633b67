// Package config reads how the program is to run: flags before environment
// before file before defaults, through one table of options, with all faults at
// once and the place of each. docs/configuration.md is generated from the table.
//
// It knows the form of values and how they go together; whether a folder is
// there and a port is free is found out by whoever uses them.
package config
