package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

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

// against is what somebody knows from elsewhere, each "" if she does not: the
// scheme that the school adopted, the package of everybody, the log's public key.
type against struct{ scheme, cohort, key string }

// verifyBundle recomputes a bundle and checks what the log says for it.
func (c *console) verifyBundle(path string, known against) error {
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
	var vouched *bundle.Vouched
	if b.Proof != "" || known.key != "" {
		if vouched, err = b.Vouch(rules, known.key); err != nil {
			return &differsError{err}
		}
	}
	adopted, err := adoptedRules(known.scheme, b)
	if err != nil {
		return err
	}
	if adopted.Digest != rules.Digest {
		return &differsError{fault.New(fault.Conflict, "app.scheme-differs", adopted.Digest.String(), rules.Digest.String())}
	}
	if known.cohort != "" {
		if err := c.verifyCohort(adopted, b, known.cohort); err != nil {
			return err
		}
	}
	c.verified(b, rules, known.scheme != "")
	c.trusted(b, len(d.Trusted), known.cohort != "")
	c.vouched(vouched, known.key != "")
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

// trusted tells what had to be taken as given.
func (c *console) trusted(b *bundle.Bundle, refs int, cohort bool) {
	switch {
	case cohort:
		fmt.Fprintf(c.out, "本人数据及其来历、全体数据（%d 项）由材料重算，一致。\n", refs)
	case refs == 0:
		fmt.Fprintf(c.out, "没有引用全体数据（平均、最高、名次等）；本人数据的来历此处按所给采用，学校可用 -cohort 由材料重算。全体数据摘要 %s。\n", b.Cohort)
	default:
		fmt.Fprintf(c.out, "引用全体数据 %d 项（平均、最高、名次等），以及本人数据的来历，此处按所给采用；学校可用 -cohort 由材料重算。全体数据摘要 %s。\n", refs, b.Cohort)
	}
}

// vouched tells who vouches for the bundle. A proof brings its own key: whether
// that is the site's, only people can say.
func (c *console) vouched(v *bundle.Vouched, pinned bool) {
	if v == nil {
		fmt.Fprintln(c.out, "无存证：成绩包由材料直接生成，没有服务器日志为它作证。")
		return
	}
	fmt.Fprintf(c.out, "有存证：日志 %s 第 %d 条（%s）记有这次评价；检查点 %d 条，根 %s，签名无误。\n", v.Checkpoint.Origin, v.Leaf, china(v.At), v.Checkpoint.Size, v.Checkpoint.Root)
	what := "工号、姓名、组别、总分、本人数据、方案、全体数据摘要"
	if v.Cover {
		what += "、学校与周期"
	}
	if v.Whole {
		what += "、逐项得分"
	}
	fmt.Fprintf(c.out, "日志证实：%s，均与成绩包一致。", what)
	if !v.Whole {
		fmt.Fprint(c.out, "因隐去了不足 5 人的全体数据，逐项得分由本人数据重算，合计与日志一致。")
	}
	if !v.Cover {
		fmt.Fprint(c.out, "学校与周期只是封面所写，日志记的考核编号是 "+v.Appraisal+"。")
	}
	fmt.Fprintln(c.out)
	if pinned {
		fmt.Fprintln(c.out, "日志公钥与所给的相同。")
	} else {
		fmt.Fprintf(c.out, "日志公钥 %s：请与学校或教育局公布的核对（-key）。\n", v.Key)
	}
}

// china shows a moment of the log, which is UTC, as it is read in China.
func china(moment string) string {
	t, err := time.Parse("2006-01-02T15:04:05.000000Z", moment)
	if err != nil {
		return moment
	}
	return t.In(time.FixedZone("CST", 8*60*60)).Format("2006-01-02 15:04")
}
