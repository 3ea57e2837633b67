package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"shiji/internal/app"
	"shiji/internal/bundle"
	"shiji/internal/explain"
	"shiji/internal/fault"
	"shiji/internal/scheme"
)

func runExplain(c *console, args []string) error {
	f := c.flags("explain")
	ref := f.String("scheme", "", "方案")
	out := f.String("o", "", "写成可打印的网页（.html），而不是文字")
	rest, err := parse(f, args, 2)
	if err != nil {
		return err
	}
	if *ref == "" || *out != "" && filepath.Ext(*out) != ".html" {
		return errUsage
	}
	a, err := c.appraise(*ref, rest[0])
	if err != nil {
		return err
	}
	page, err := a.Page(rest[1])
	if err != nil {
		return err
	}
	if *out == "" {
		_, err = io.WriteString(c.out, plain(explain.Text(page)))
		return err
	}
	if err := writeFile(*out, func(w io.Writer) error { return app.WritePage(w, page) }); err != nil {
		return err
	}
	fmt.Fprintln(c.out, *out)
	return nil
}

func runBundle(c *console, args []string) error {
	f := c.flags("bundle")
	ref := f.String("scheme", "", "方案")
	out := f.String("o", "", "成绩包写到这个文件")
	rest, err := parse(f, args, 2)
	if err != nil {
		return err
	}
	if *ref == "" || *out == "" {
		return errUsage
	}
	a, err := c.appraise(*ref, rest[0])
	if err != nil {
		return err
	}
	data, err := a.Bundle(rest[1])
	if err != nil {
		return err
	}
	if err := writeFile(*out, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
		return err
	}
	fmt.Fprintln(c.out, *out)
	return nil
}

// verifyBundle recomputes a bundle. Ref names the scheme that the school adopted
// and cohort the package of everybody; either may be "".
func (c *console) verifyBundle(path, ref, cohort string) error {
	data, err := readBundle(path)
	if err != nil {
		return err
	}
	b, err := bundle.Open(data)
	if err != nil {
		return &differsError{err}
	}
	rules, d, err := b.Verify()
	if err != nil {
		return &differsError{err}
	}
	adopted, err := adoptedRules(ref, b)
	if err != nil {
		return err
	}
	if adopted.Digest != rules.Digest {
		return &differsError{fault.New(fault.Conflict, "app.scheme-differs", adopted.Digest.String(), rules.Digest.String())}
	}
	if cohort != "" {
		if err := c.verifyCohort(adopted, b, cohort); err != nil {
			return err
		}
	}
	c.verified(b, rules, ref != "")
	c.trusted(b, len(d.Trusted), cohort != "")
	return nil
}

// readBundle reads no more than a bundle may have.
func readBundle(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, "app.no-package", path).Because(err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, bundle.MaxSize+1))
}

// adoptedRules loads the scheme the school says it adopted; without one, the
// bundle's own has to do.
func adoptedRules(ref string, b *bundle.Bundle) (*app.Rules, error) {
	if ref == "" {
		return app.NewRules(b.Scheme, b.Policy)
	}
	return app.LoadRules(ref)
}

func (c *console) verifyCohort(rules *app.Rules, b *bundle.Bundle, path string) error {
	report, done := c.progress("读取材料", path)
	p, err := app.ReadPackage(path, report)
	done()
	if err != nil {
		return err
	}
	a, err := rules.Evaluate(p)
	if err != nil {
		return err
	}
	if err := app.VerifyCohort(b, a); err != nil {
		return &differsError{err}
	}
	return nil
}

// verified tells what was checked.
func (c *console) verified(b *bundle.Bundle, rules *scheme.Compiled, adopted bool) {
	fmt.Fprintf(c.out, "核对无误：%s（%s）%s，%s。\n", oneLine(b.Name), oneLine(b.Subject), oneLine(b.School), oneLine(b.Term))
	fmt.Fprintf(c.out, "所用方案：%s（%s，第 %d 版），摘要 %s。", oneLine(rules.Title), oneLine(rules.Name), rules.Edition, rules.Digest)
	if adopted {
		fmt.Fprintln(c.out, "与所给方案相同。")
	} else {
		// The bundle brings its own scheme: whether it is the adopted one, only people can say.
		fmt.Fprintln(c.out, "请与学校公布的方案摘要核对。")
	}
	if b.Result.Scored {
		fmt.Fprintf(c.out, "由本人数据逐项重算，总分 %s，与成绩包一致。\n", b.Result.Score)
	} else {
		fmt.Fprintln(c.out, "由本人数据逐项重算，各项结论与成绩包一致（本结果没有总分）。")
	}
}

// trusted tells what had to be taken as given, and who vouches for the bundle.
func (c *console) trusted(b *bundle.Bundle, refs int, cohort bool) {
	if cohort {
		fmt.Fprintf(c.out, "本人数据及其来历、全体数据（%d 项）由材料重算，一致。\n", refs)
	} else {
		fmt.Fprintf(c.out, "引用全体数据 %d 项（平均、最高、名次等），以及本人数据的来历，此处按所给采用；学校可用 -cohort 由材料重算。全体数据摘要 %s。\n", refs, b.Cohort)
	}
	if b.Proof == "" {
		fmt.Fprintln(c.out, "无存证：成绩包由材料直接生成，没有服务器日志为它作证。")
	}
}
