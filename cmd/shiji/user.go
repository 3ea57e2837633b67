package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"shiji/internal/auth"
	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/store"
	"shiji/internal/text"
)

func runUser(c *console, args []string) error {
	return c.choose("user", map[string]func(*console, []string) error{
		"add": runUserAdd, "open": runUserOpen, "list": runUserList, "reset": runUserReset, "close": runUserClose, "grant": runUserGrant, "revoke": runUserRevoke,
	}, args)
}

// loginShape is what can be typed on every keyboard and read out on the phone.
var loginShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

func runUserAdd(c *console, args []string) error {
	f := c.flags("user add")
	login := f.String("login", "", "登录名：2 至 32 个小写字母、数字或 . _ -")
	unit := f.String("unit", "", "单位：代码、名称（必要时连同上级，如 某县/某校）或编号")
	role := f.String("role", "", "角色，可不写："+roleList())
	name := f.String("name", "", "姓名；为已有人员开账号时不写")
	number := f.String("number", "", "已有人员的教师编号；与 -name 二者择一")
	post := f.String("post", "教师", "在该单位的岗位")
	code := f.String("code", "", "在该单位的工号，与材料中的一致；可不写")
	since := f.String("since", "", "任职日期，如 2025-09-01；不写即今天")
	source := config.Bind(f, config.Stored...)
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	ctx := context.Background()
	return withStore(ctx, source, func(_ config.Config, s *store.Store) error {
		n := newcomer{login: *login, role: org.Role(*role), number: *number, post: store.Post{Name: strings.TrimSpace(*post), Code: strings.TrimSpace(*code), Since: *since}}
		n.person = org.Person{Name: strings.TrimSpace(*name), Sort: pinyin.Sort(*name), Initials: pinyin.Initials(*name)}
		if n.post.Since == "" {
			n.post.Since = time.Now().Format(time.DateOnly)
		}
		t, err := readTree(ctx, s)
		if err != nil {
			return err
		}
		if err := n.check(ctx, s, t, *unit); err != nil {
			return err
		}
		password, secret, err := firstPassword(ctx)
		if err != nil {
			return err
		}
		if err := s.Write(ctx, operator, func(ctx context.Context, tx *store.Tx) error { return n.enter(ctx, tx, secret) }); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\n", n.login, n.person.Number, oneLine(n.person.Name), oneLine(t.name(n.unit)))
		c.handOver(password)
		return nil
	})
}

// newcomer is who is to get an account.
type newcomer struct {
	login  string
	role   org.Role
	number string // of a person who is already there
	person org.Person
	unit   org.Unit
	post   store.Post
}

// check finds what the operator named, and tells all that is wrong at once.
func (n *newcomer) check(ctx context.Context, s *store.Store, t tree, unit string) error {
	var faults fault.List
	if !loginShape.MatchString(n.login) {
		faults.Addf(fault.Invalid, fault.Place{Field: "-login"}, "cmd.login")
	} else if _, err := s.AccountByLogin(ctx, n.login); err == nil {
		faults.Addf(fault.Conflict, fault.Place{Field: "-login"}, "cmd.login-taken", n.login)
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	var wrong *fault.Error
	if n.unit, wrong = t.find(unit); wrong != nil {
		faults.Add(wrong.At(fault.Place{Field: "-unit"}))
	}
	if n.role != "" {
		faults.Add(checkRole(n.role, n.unit))
	}
	if (n.number == "") == (n.person.Name == "") {
		faults.Addf(fault.Invalid, fault.Place{Field: "-name"}, "cmd.name-or-number")
	} else if n.number == "" {
		faults.Add(checkName("-name", n.person.Name))
		if err := n.checkPost(ctx, s, &faults); err != nil {
			return err
		}
	} else if err := n.findPerson(ctx, s, t, &faults); err != nil {
		return err
	}
	return faults.Err()
}

func (n *newcomer) checkPost(ctx context.Context, s *store.Store, faults *fault.List) error {
	faults.Add(checkName("-post", n.post.Name))
	if _, err := time.Parse(time.DateOnly, n.post.Since); err != nil {
		faults.Addf(fault.Invalid, fault.Place{Field: "-since"}, "cmd.date", n.post.Since)
	}
	if n.post.Code == "" || n.unit.ID == "" {
		return nil
	}
	faults.Add(checkName("-code", n.post.Code))
	staff, err := s.Staff(ctx, org.Below(n.unit.Path), n.unit.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(staff, func(p store.Post) bool { return p.Code == n.post.Code && p.Until == "" }) {
		faults.Addf(fault.Conflict, fault.Place{Field: "-code"}, "cmd.code-taken", n.post.Code, n.unit.Name)
	}
	return nil
}

// findPerson finds the person with the number, anywhere in the site: she may
// have no post in the unit in which she gets a role.
func (n *newcomer) findPerson(ctx context.Context, s *store.Store, t tree, faults *fault.List) error {
	place := fault.Place{Field: "-number"}
	if !org.Number(n.number).Valid() {
		faults.Addf(fault.Invalid, place, "cmd.no-number", n.number)
		return nil
	}
	people, err := s.People(ctx, t.scope, store.PeopleQuery{Search: n.number})
	if err != nil {
		return err
	}
	for _, p := range people {
		if string(p.Number) == n.number {
			n.person = p
			return n.checkOnly(ctx, s, faults)
		}
	}
	faults.Addf(fault.NotFound, place, "cmd.no-number", n.number)
	return nil
}

// checkOnly refuses a second open account: rights go by account, and with two
// logins one person could fill in under the one and publish under the other
// (谁填报谁负责，谁审核谁负责). A closed one does not count: that is how somebody
// comes back.
func (n *newcomer) checkOnly(ctx context.Context, s *store.Store, faults *fault.List) error {
	accounts, err := s.Accounts(ctx, org.Self(n.person.ID), store.Page{})
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.State != store.Closed {
			faults.Addf(fault.Conflict, fault.Place{Field: "-number"}, "cmd.has-account", n.number, a.Login)
		}
	}
	return nil
}

// enter writes the person, her post, the account and the role in one change.
func (n *newcomer) enter(ctx context.Context, tx *store.Tx, secret string) (err error) {
	if n.number == "" {
		if n.person, err = tx.AddPerson(ctx, n.person, ""); err != nil {
			return err
		}
		n.post.Person, n.post.Unit = n.person.ID, n.unit.ID
		if _, err := tx.BeginPost(ctx, n.post); err != nil {
			return err
		}
	}
	account, err := tx.OpenAccount(ctx, store.Account{Person: n.person.ID, Login: n.login, Secret: secret, State: store.FirstLogin})
	if err != nil || n.role == "" {
		return err
	}
	_, err = tx.GrantRole(ctx, account.ID, n.unit.ID, string(n.role))
	return err
}

// firstPassword draws a password that its owner must change, and its hash.
func firstPassword(ctx context.Context) (password, secret string, err error) {
	if password, err = auth.NewPassword(rand.Reader); err != nil {
		return "", "", err
	}
	secret, err = newHasher().Hash(ctx, password)
	return password, secret, err
}

func newHasher() *auth.Hasher {
	return auth.NewHasher(rand.Reader, func() int64 { return time.Now().Unix() })
}

// handOver shows a first password: nowhere else is it kept.
func (c *console) handOver(password string) {
	fmt.Fprintf(c.out, "初始密码：%s\n", password)
	fmt.Fprintln(c.err, "初始密码只显示这一次，请当面交给本人；首次登录须换成自己的密码。")
}

func roleList() string {
	var words []string
	for _, r := range org.Roles() {
		words = append(words, string(r)+"（"+text.Sprintf("org.role-"+string(r))+"）")
	}
	return strings.Join(words, "、")
}

// checkRole refuses a role that does not exist or has no place in the unit. A
// unit that was not found has been told of.
func checkRole(r org.Role, u org.Unit) *fault.Error {
	at := fault.Place{Field: "-role"}
	if !slices.Contains(org.Roles(), r) {
		return fault.New(fault.Invalid, "cmd.role", roleList()).At(at)
	}
	if u.ID != "" && !slices.Contains(r.GrantedAt(), u.Kind) {
		return fault.New(fault.Refused, "cmd.role-place", text.Sprintf("org.role-"+string(r)), text.Sprintf("org.kind-"+string(u.Kind))).At(at)
	}
	return nil
}

func runUserList(c *console, args []string) error {
	f := c.flags("user list")
	unit := f.String("unit", "", "只列这个单位（连同下级）的账号")
	source := config.Bind(f, config.Stored...)
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	ctx := context.Background()
	return withStore(ctx, source, func(_ config.Config, s *store.Store) error {
		t, err := readTree(ctx, s)
		if err != nil {
			return err
		}
		scope := t.scope
		if *unit != "" {
			u, wrong := t.find(*unit)
			if wrong != nil {
				return wrong.At(fault.Place{Field: "-unit"})
			}
			scope = org.Below(u.Path)
		}
		return c.listAccounts(ctx, s, t, scope)
	})
}

func (c *console) listAccounts(ctx context.Context, s *store.Store, t tree, scope org.Scope) error {
	page := store.Page{Limit: 1000}
	for {
		lines, err := s.Accounts(ctx, scope, page)
		if err != nil {
			return err
		}
		for _, a := range lines {
			state := text.Sprintf("cmd.state-" + string(a.State))
			if a.Second {
				state += "，双因素"
			}
			var roles []string
			for _, r := range a.Roles {
				roles = append(roles, text.Sprintf("org.role-"+r.Name)+"@"+oneLine(t.name(t.byID[r.Unit])))
			}
			fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\t%s\n", a.Login, a.Person.Number, oneLine(a.Person.Name), state, strings.Join(roles, "、"))
		}
		if len(lines) < page.Limit {
			return nil
		}
		page.After = lines[len(lines)-1].Login
	}
}
