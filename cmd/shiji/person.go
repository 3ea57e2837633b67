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

func runVerify(c *console, args []string) error {
	f := c.flags("verify")
	cohort := f.String("cohort", "", "全校材料：同时核对成绩包所引用的全体数据")
	rest, err := parse(f, args, 1)
	if err != nil {
		return err
	}
	data, err := readBundle(rest[0])
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
	if *cohort != "" {
		if err := c.verifyCohort(b, *cohort); err != nil {
			return err
		}
	}
	return c.verified(b, rules, len(d.Trusted), *cohort != "")
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

func (c *console) verifyCohort(b *bundle.Bundle, path string) error {
	rules, err := app.NewRules(b.Scheme, b.Policy)
	if err != nil {
		return err
	}
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

// verified tells what was checked and what had to be trusted.
func (c *console) verified(b *bundle.Bundle, rules *scheme.Compiled, refs int, cohort bool) error {
	fmt.Fprintf(c.out, "核对无误：%s（%s）%s，%s。\n", oneLine(b.Name), oneLine(b.Subject), oneLine(b.School), oneLine(b.Term))
	// The bundle brings its own scheme: whether it is the adopted one, only people can say.
	fmt.Fprintf(c.out, "所用方案：%s（%s，第 %d 版），摘要 %s。请与学校公布的方案摘要核对。\n", oneLine(rules.Title), oneLine(rules.Name), rules.Edition, rules.Digest)
	switch {
	case b.Result.Scored:
		fmt.Fprintf(c.out, "由本人数据逐项重算，总分 %s，与成绩包一致。\n", b.Result.Score)
	default:
		fmt.Fprintln(c.out, "由本人数据逐项重算，各项结论与成绩包一致（本结果没有总分）。")
	}
	switch {
	case cohort:
		fmt.Fprintf(c.out, "全体数据（%d 项）由材料重算，一致。\n", refs)
	case refs > 0:
		fmt.Fprintf(c.out, "引用全体数据 %d 项（平均、最高、名次等），此处按所给值采用；学校可用 -cohort 重算。全体数据摘要 %s。\n", refs, b.Cohort)
	}
	if b.Proof == "" {
		fmt.Fprintln(c.out, "无存证：成绩包由材料直接生成，没有服务器日志为它作证。")
	}
	return nil
}
