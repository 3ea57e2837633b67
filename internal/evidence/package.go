package evidence

// Package is one school's evidence of one period, as handed in.
//
// A sheet that was handed in empty says "none"; one that was not handed in says
// nothing: see Has and Declined.
type Package struct {
	School      []School // exactly one line after Check
	Staff       []Staff
	Classes     []Class
	Lessons     []Lesson
	Duties      []Duty
	OtherWork   []OtherWork
	Attendance  []Attendance
	Events      []EventAttendance
	Exams       []Exam
	Marks       []Marks
	References  []Reference
	Inspections []Inspection
	Routines    []Routine
	Courses     []Course
	Outcomes    []Outcome
	Trainings   []Training
	Ratings     []Rating
	Goals       []Goal
	Conduct     []Conduct
	Committee   []Committee
	Exceptions  []Exception

	handedIn map[string]bool
	partial  map[string]bool
}

// HandIn records that the sheet of that name was handed in, even if empty.
func (p *Package) HandIn(sheet string) {
	if p.handedIn == nil {
		p.handedIn = map[string]bool{}
	}
	p.handedIn[sheet] = true
}

// Has reports whether the sheet of that name was handed in.
func (p *Package) Has(sheet string) bool { return p.handedIn[sheet] }

// Partial records that lines of the sheet of that name were handed in but could
// not be read. Check then does not blame other lines for referring to them; a
// partial package has faults already and is never taken.
func (p *Package) Partial(sheet string) {
	if p.partial == nil {
		p.partial = map[string]bool{}
	}
	p.partial[sheet] = true
}

// Declined reports whether the school declared that the sheet does not concern it.
func (p *Package) Declined(sheet string) bool {
	for _, s := range p.School {
		for _, d := range s.Declined {
			if d == sheet {
				return true
			}
		}
	}
	return false
}

// School is the unit and the period that the package is about.
type School struct {
	Name, Code, County string
	Stages             []string
	Term               string // 2025-2026
	Start, End         string // dates, both inclusive
	Declined           []string
	Label              string // printed on every result, e.g. that data are synthetic or joined
	Line               int
}

// Staff is one person on the staff in the period.
type Staff struct {
	ID, Name       string
	Kind           string // 教学 管理 教辅 工勤
	Position       string // 校长 … 教师 …
	Stage, Subject string
	Frontline      string // 是/否
	Group, Section string // 教研组, 级部
	Joined, Left   string
	ReducedLoad    Quantity // lessons that count as a full load for this person by a declared relief
	Line           int
}

// Class is one class of pupils with the figures that rates are divided by.
type Class struct {
	ID, Stage, Grade, Band string
	Pupils                 Quantity
	AtStart, In, Out       Quantity
	Line                   int
}

// Lesson is one line of the timetable: a person's weekly lessons in a class.
type Lesson struct {
	Staff, Class, Subject, Kind string
	Weekly                      Quantity
	Share                       Quantity // of the class's result when teaching is shared; blank is 1
	Difficulty, Preparation     Quantity // the school's judgement; blank is 1
	Homework                    Quantity
	Start, End                  string
	Line                        int
}

// Duty is a post held beside teaching.
type Duty struct {
	Staff, Kind, Of string
	Start, End      string
	Line            int
}

// OtherWork is a piece of work outside the timetable.
type OtherWork struct {
	Staff, Kind, Date, What string
	Amount                  Quantity
	Unit                    string
	Line                    int
}

// Attendance is a person's month: a code a day, index 0 is the 1st.
type Attendance struct {
	Staff, Month string
	Days         [31]string
	Line         int
}

// EventAttendance says whether a person who should have been there came.
type EventAttendance struct {
	Event, Kind, Date, Staff, State string
	Line                            int
}

// Exam is one exam in one subject of one grade.
type Exam struct {
	ID, Name, Kind, Level      string
	Date, Grade, Subject       string
	Full                       Quantity
	Excellent, Good, Pass, Low Quantity // lines in points; blank: the scheme's shares of full marks
	Unit                       Quantity // smallest step of a mark; blank is 0.5
	Prior                      string   // ID of the exam that progress is measured from
	Line                       int
}

// Marks are one pupil's marks in one exam, a subject each, in the order of Subjects.
type Marks struct {
	Exam, Class, Pupil string
	By                 [26]Points
	Line               int
}

// Points is a mark in hundredths of a point; negative values are states.
type Points int32

// Points that are not numbers.
const (
	NoMark      Points = -1 // the pupil does not take the subject
	AbsentMark  Points = -2
	ExcusedMark Points = -3
	NotYetMark  Points = -4
	RefusedMark Points = -5
)

// Reference is a published statistic of a joint exam.
type Reference struct {
	Exam, Subject, Range           string
	Pupils, Mean, SD               Quantity
	Pass, Excellent, Good, Low     Quantity // rates in percent
	TopMean, TopPass, TopExcellent Quantity
	TopGood                        Quantity
	Line                           int
}

// Inspection is a judgement of teaching by an outside body, or of pupils'
// literacy and themed activities: a process source of quality.
type Inspection struct {
	Staff, Kind, Date, Name, By string
	Score, Full                 Quantity
	Line                        int
}

// Routine is one check of the teaching routine.
type Routine struct {
	Staff, Kind, Date string
	Score, Full       Quantity
	Line              int
}

// Course is a part in building courses.
type Course struct {
	Staff, Kind, Name, Role, Verdict string
	Line                             int
}

// Outcome is an award, paper, project or guided pupil's success.
type Outcome struct {
	Staff, Kind, Name    string
	Level, Grade, Own    string
	Rank, Places         Quantity
	Series               string
	Date, Issuer, Listed string
	Line                 int
}

// Training is a course or exchange attended.
type Training struct {
	Staff, Kind, Name, Date string
	Hours                   Quantity
	Verdict                 string
	Line                    int
}

// Rating is what one rater group said of one person.
type Rating struct {
	Staff, By, Item string
	Eligible, Valid Quantity
	Mean, Full      Quantity
	Ballots         []string // single marks, where the rule trims; never with names
	Line            int
}

// Goal is a task of a post without classes.
type Goal struct {
	Staff, Task, By string
	Weight          Quantity
	Score, Full     Quantity
	Line            int
}

// Conduct is a yearly conclusion on ethics, or a confirmed breach.
type Conduct struct {
	Staff, Kind, Item, State string
	Happened, Decided        string
	By, Document             string
	Line                     int
}

// Committee is a mark or conclusion given by one member, or by the committee.
type Committee struct {
	Staff, Item, Judge string
	Score, Full        Quantity
	Conclusion         string
	Line               int
}

// Exception is a reasoned and approved exception for a person.
type Exception struct {
	Staff, Kind, Reason, By, Document, Date string
	Line                                    int
}
