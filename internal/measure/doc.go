// Package measure derives facts from evidence: weekly load, attendance rate,
// class statistics, mean ratings and the other quantities that schemes name.
//
// Every choice a policy leaves open is a declared parameter of the measure;
// nothing is guessed, and a kind of work the scheme does not declare is a fault
// with its line. Each derived value carries its work, down to handed-in lines.
// Missing is not zero: a sheet that was not handed in makes NotYet, one the
// school declared not applicable makes NotApplicable.
//
// A table without lines for a person yields a single fact whose key is the
// table's name alone, carrying the state (Given: there is nothing to list).
//
// The room decides what was; what it is worth is decided by schemes.
package measure
