// Package scheme is the language appraisal schemes are written in: the tree of
// indicators, the closed set of rule forms, the policy with its bounds, and the
// declarations of what is measured and how numbers are rounded.
//
// Parse reads the YAML an official can read, Check tells everything that is
// wrong with it, Compile orders it for evaluation. The room does no arithmetic
// on people: that is eval's work; and it derives no facts: that is measure's.
package scheme
