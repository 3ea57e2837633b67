package explain

// Who says whose result is explained, and where and when.
type Who struct {
	Subject string // 工号
	Name    string
	School  string
	Term    string // period as printed, 2024-2025
	Label   string // printed on top when not empty, e.g. that data are synthetic
}

// Page is one person's explained result. All texts are ready to be shown.
type Page struct {
	Who
	Group  string
	Scheme Head

	Pointless bool   // the appraisal ends in conclusions, not points
	Total     string // "87.35"; "" when there is none
	Full      string
	NoTotal   string // why there is no total
	Position  string // own position band in the group; "" when not shown
	Place, Of int    // for the committee; a person's own page shows Position

	Parts        []Part // add up to Total
	Rows         []Row  // level 1
	Missing      []Missing
	Consequences []Consequence // vetoes first
	Findings     []string
	Trusted      []Trusted
	Facts        string // digest of the person's facts, short
}

// Head cites the scheme that a result follows.
type Head struct {
	Name, Title string
	Edition     int
	Policy      string // citation with status and dates; "" if none
	Digest      string // short form
	FullDigest  string
}

// Part is what a level-1 indicator, or the bonus, adds to the total.
type Part struct {
	Node, Name, Value string
	How               string  // "96 × 10% = 9.60"
	Share             float64 // of the full total, for drawing only
	Bonus             bool
}

// Row is one indicator.
type Row struct {
	Level    int
	ID, Name string
	Weight   string // "30%"; "" when the indicator has points instead
	Share    string // share after re-weighting, when it differs
	Full     string
	Value    string // as the scheme rounded it; "" when there is none
	State    string // why there is no value
	Part     string // what level 1 adds to the total
	Rule     string // the rule in words; "" where the sentence is the rule itself
	Sentence string // how the value came about, numbers included
	Brief    string // the same without what each line adds: as long however many there are
	Clause   string
	Guarded  bool   // kept off by a legal guard
	Reads    []Read // what was read
	Lines    []Line // of a repeated fact, or rater groups
	Kids     []Row
}

// Line is one line of a repeated fact, or one rater group.
type Line struct {
	Name, Value, Sentence string
	Dropped               bool // does not count
	Reads                 []Read
}

// Read is a quantity that a rule read.
type Read struct {
	Name, Value string
	Source      string // natural key of the handed-in line
	Cohort      bool   // a quantity of the group, not the person's own
	Again       bool   // its work stands with an indicator before this one
	Work        []Work
}

// Work is one step of a derived quantity: what was handed in and what it counts.
type Work struct {
	Label, Value, Factor, Counts, Source string
}

// Missing explains one indicator without a value.
type Missing struct{ ID, Name, Text string }

// Consequence is what a fulfilled gate entails, worded for the person.
type Consequence struct {
	Name, Text, Effect, Clause string
	Veto                       bool
}

// Trusted is a quantity of the cohort that the result takes as given.
type Trusted struct{ Node, Name, What, Value string }

// Each calls f for every indicator, parents before children.
func (p *Page) Each(f func(r *Row)) { each(p.Rows, f) }

func each(rows []Row, f func(r *Row)) {
	for i := range rows {
		f(&rows[i])
		each(rows[i].Kids, f)
	}
}

// Sources returns the natural keys of all that was read for r and its lines,
// each once, in reading order.
func (r *Row) Sources() []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	reads := func(list []Read) {
		for _, x := range list {
			for _, w := range x.Work {
				add(w.Source)
			}
			if len(x.Work) == 0 {
				add(x.Source)
			}
		}
	}
	reads(r.Reads)
	for i := range r.Lines {
		reads(r.Lines[i].Reads)
	}
	return out
}

// Sources returns the natural keys of what the line read, each once.
func (l *Line) Sources() []string {
	r := Row{Reads: l.Reads}
	return r.Sources()
}
