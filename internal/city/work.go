package city

import (
	"fmt"

	"shiji/internal/evidence"
)

// workMore writes the work outside the timetable, only on days on which the
// person was there. cast.zero has none: 0 among others who have some.
func (s *school) workMore() {
	r := s.stream("work")
	s.weeklyWork(r)
	s.rota(r)
	s.invigilate(r)
	s.occasions(r)
}

func (s *school) work(p *person, d day, kind, what string, amount evidence.Quantity, unit string) {
	away := d < yearStart || d > yearEnd || works(d) && !p.here(d) || p.at(d) == ""
	if away || p == s.cast.zero || p == s.cast.twins[0] || p == s.cast.twins[1] {
		return
	}
	s.p.OtherWork = append(s.p.OtherWork, evidence.OtherWork{
		Staff: p.ID, Kind: kind, Date: d.String(), What: what, Amount: amount, Unit: unit,
	})
}

var clubs = []string{"篮球社团", "合唱社团", "机器人社团", "运河文化社团", "书法社团", "科普社团", "足球社团", "诵读社团", "剪纸社团", "围棋社团"}

// weeklyWork is 课后服务 and clubs, on a fixed day of the week.
func (s *school) weeklyWork(r *random) {
	for i, p := range s.people {
		if p.Kind != "教学" || !r.chance(700) {
			continue
		}
		club := r.chance(150)
		weekday := i % 5
		for d := on(2025, 9, 8); d < on(2026, 7, 4); d++ {
			switch {
			case d.weekday() != weekday || !works(d):
			case club:
				s.work(p, d, "社团", clubs[i%len(clubs)], known(1), "节")
			default:
				s.work(p, d, "课后服务", "作业辅导", known(2), "节")
			}
		}
	}
}

// rota is the daily duty at the gate and in the corridors.
func (s *school) rota(r *random) {
	turn := r.below(len(s.people))
	for d := yearStart; d < on(2026, 7, 11); d++ {
		if !works(d) {
			continue
		}
		for k := range 4 {
			s.work(s.people[(turn+k)%len(s.people)], d, "值勤", "", known(1), "次")
		}
		s.work(s.people[(turn+4)%len(s.people)], d, "安保", "护学岗", evidence.Quantity{Q: hundredths(50).Q}, "小时")
		turn += 5
	}
}

// invigilate is the supervision of the year's exams.
func (s *school) invigilate(r *random) {
	for _, d := range []day{on(2025, 11, 12), on(2026, 1, 20), on(2026, 4, 22), on(2026, 6, 30)} {
		if s.plan.stage == "小学" && (d == on(2025, 11, 12) || d == on(2026, 4, 22)) {
			continue // no mid-term exams in primary schools
		}
		for _, p := range s.people {
			if p.teaches() && r.chance(650) {
				s.work(p, d, "考试", "监考", known(r.between(1, 3)), "场")
			}
		}
	}
}

// occasions are what comes once: weekends worked, festivals, visits to homes.
func (s *school) occasions(r *random) {
	for _, p := range s.people {
		if r.chance(250) {
			s.work(p, on(2025, 10, 18)+day(r.below(20)*7), "节假日加班", "迎检材料整理", evidence.Quantity{Q: hundredths(50 * r.between(1, 4)).Q}, "天")
		}
		if r.chance(300) {
			s.work(p, worked(on(2025, 10, 16)), "大型活动", "秋季运动会", known(1), "天")
		}
		if r.chance(200) {
			s.work(p, worked(on(2026, 5, 28)), "大型活动", "艺术节", known(1), "天")
		}
		if p.Kind == "教学" && r.chance(500) {
			for k := range r.between(1, 4) {
				s.work(p, worked(on(2025, 11, 5)+day(k*40)), "家访", fmt.Sprintf("第%d次家访", k+1), known(1), "次")
			}
		}
		if r.chance(60) {
			s.work(p, worked(on(2026, 6, 8)), "其他", "档案整理", known(r.between(2, 6)), "小时")
		}
	}
}
