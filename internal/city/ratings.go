package city

import (
	"fmt"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// rate writes what each rater group said of each person (济宁2018 三(五)): of
// teachers the leaders, their peers, pupils and parents; of all others those
// they serve and the one in charge of them.
func (s *school) rate() {
	r := s.stream("ratings")
	leaders, teaching := 0, 0
	// Peers are those of the 级部: a 教研组 may have one member.
	peers := map[string]int{}
	for _, p := range s.people {
		switch p.Kind {
		case "管理":
			leaders++
		case "教学":
			teaching++
			peers[p.Section]++
		}
	}
	for _, p := range s.people {
		if s.cast.twins[1] == p && p != nil {
			s.copyRatings(s.cast.twins[0], p)
			continue
		}
		if p.Kind == "教学" {
			s.ballots(r, p, "学校领导", leaders)
			s.tally(r, p, "教师互评", max(peers[p.Section]-1, 1), 930)
			n := s.pupilsOf(p)
			s.tally(r, p, "学生", n, 920)
			s.tally(r, p, "家长", n, 910)
			continue
		}
		if p.Kind == "教辅" {
			s.ballots(r, p, "服务教师", 20)
		} else {
			s.tally(r, p, "服务教师", teaching, 900)
		}
		if p.Kind != "工勤" {
			s.tally(r, p, "服务学生", 120, 900)
		}
		by := "分管领导"
		if p.Position == "校长" || p.Position == "书记" {
			by = "考核小组"
		}
		s.tally(r, p, by, leaders, 920)
	}
}

// pupilsOf counts the pupils in a person's classes.
func (s *school) pupilsOf(p *person) int {
	n, seen := 0, map[string]bool{}
	for _, id := range p.classes {
		if !seen[id] {
			seen[id] = true
			n += s.class(id).size()
		}
	}
	return n
}

// tally writes a group's mean; of cast.few too few ballots came in.
func (s *school) tally(r *random, p *person, by string, eligible, mean int) {
	valid := eligible - eligible*r.between(0, 15)/100
	if p == s.cast.few && by == "服务教师" {
		valid = 3
	}
	m := min(9980, mean*10+p.care*25/100+p.skill*15/100+r.normal()*20/100)
	s.p.Ratings = append(s.p.Ratings, evidence.Rating{Staff: p.ID, By: by, Item: "总体满意度", Eligible: known(eligible), Valid: known(valid),
		Mean: hundredths(m), Full: known(100)})
}

// ballots writes a group's single marks and their mean, rounded half up to four
// places where it does not come out.
func (s *school) ballots(r *random, p *person, by string, eligible int) {
	valid := eligible - r.below(max(eligible/8, 1))
	var list []string
	sum := 0
	for range valid {
		b := min(100, max(40, 91+p.care*3/1000+r.normal()*4/1000))
		if r.chance(20) { // somebody who never gives more: why rules trim
			b = 40
		}
		sum += b
		list = append(list, fmt.Sprint(b))
	}
	shuffle(r, list)
	mean := num.Frac(int64(sum), int64(valid)).Round(4, num.HalfUp)
	s.p.Ratings = append(s.p.Ratings, evidence.Rating{Staff: p.ID, By: by, Item: "总体满意度", Eligible: known(eligible), Valid: known(valid),
		Mean: evidence.Known(mean), Full: known(100), Ballots: list})
}

// copyRatings says of b what was said of a.
func (s *school) copyRatings(a, b *person) {
	for _, x := range s.p.Ratings {
		if x.Staff == a.ID {
			x.Staff = b.ID
			s.p.Ratings = append(s.p.Ratings, x)
		}
	}
}

// setGoals writes the tasks of everybody who has no classes, and of managers.
func (s *school) setGoals() {
	r := s.stream("goals")
	for _, p := range s.people {
		if p.Kind == "教学" {
			continue
		}
		tasks := []string{"岗位目标任务", "服务保障", "资料归档"}
		if p.Kind == "管理" {
			tasks = []string{"分管工作", "课程领导", "队伍建设"}
		}
		if p == s.cast.twins[1] {
			for _, g := range s.p.Goals {
				if g.Staff == s.cast.twins[0].ID {
					g.Staff = p.ID
					s.p.Goals = append(s.p.Goals, g)
				}
			}
			continue
		}
		by := "分管副校长"
		if p.Kind == "管理" {
			by = "考核小组"
		}
		for i, t := range tasks {
			g := evidence.Goal{Staff: p.ID, Task: p.office + "：" + t, By: by, Weight: hundredths([]int{50, 30, 20}[i]),
				Score: scored(r, 88, p.care, 100), Full: known(100)}
			if p.Kind == "工勤" {
				g.Weight = evidence.None
			}
			if p == s.cast.star {
				g.Score = hundredths(9900 - 50*i)
			}
			s.p.Goals = append(s.p.Goals, g)
		}
	}
}
