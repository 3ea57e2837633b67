// Package app holds the use cases, one method or function each: load, decide,
// save. It joins the rooms that touch files with the rooms that hold the rules.
//
// Service holds what people who are signed in do on a site, Operator what whoever
// runs it does: units, accounts, roles. What needs no site are functions and Rules.
package app
