// Package app holds the use cases, one method or function each: load, decide,
// save. It joins the rooms that touch files with the rooms that hold the rules,
// and has no rules of its own.
package app
