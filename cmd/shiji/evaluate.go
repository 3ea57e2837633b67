package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"shiji/internal/app"
	"shiji/internal/fault"
)

// outputs collects repeated -o flags.
type outputs []string

func (o *outputs) String() string     { return strings.Join(*o, " ") }
func (o *outputs) Set(s string) error { *o = append(*o, s); return nil }

func runEvaluate(c *console, args []string) error {
	f := c.flags("evaluate")
	ref := f.String("scheme", "", "方案文件，或内置方案的名称，如 jining-2018/junior")
	marked := f.String("marked", "", "材料有问题时，把标出问题的工作簿写到这个文件")
	var out outputs
	f.Var(&out, "o", "结果文件：.xlsx、.json 或 .html；可以写几个")
	rest, err := parse(f, args, 1)
	if err != nil {
		return err
	}
	if *ref == "" || len(out) == 0 {
		return errUsage
	}
	for _, path := range out {
		if writers[filepath.Ext(path)] == nil {
			fmt.Fprintf(c.err, "不能写 %s：请用 .xlsx、.json 或 .html。\n", path)
			return errUsage
		}
	}
	a, err := c.appraise(*ref, rest[0])
	if err != nil && *marked != "" {
		return c.mark(rest[0], *marked, err)
	}
	if err != nil {
		return err
	}
	report, err := a.Report()
	if err != nil {
		return err
	}
	for _, path := range out {
		write := writers[filepath.Ext(path)]
		if err := writeFile(path, func(w io.Writer) error { return write(report, w) }); err != nil {
			return err
		}
		fmt.Fprintln(c.out, path)
	}
	return nil
}

var writers = map[string]func(r *app.Report, w io.Writer) error{
	".xlsx": (*app.Report).WriteWorkbook, ".json": (*app.Report).WriteJSON, ".html": (*app.Report).WriteHTML,
}

// appraise loads rules and package and evaluates.
func (c *console) appraise(ref, path string) (*app.Appraisal, error) {
	rules, err := app.LoadRules(ref)
	if err != nil {
		return nil, err
	}
	report, done := c.progress("读取材料", path)
	p, err := app.ReadPackage(path, report)
	done()
	if err != nil {
		return nil, err
	}
	return rules.Evaluate(p)
}

// mark writes the marked workbook and lists the faults all the same.
func (c *console) mark(path, marked string, err error) error {
	faults := fault.All(err)
	if faults == nil {
		return err
	}
	if markErr := writeFile(marked, func(w io.Writer) error { return app.MarkPackage(path, faults, w) }); markErr != nil {
		return errors.Join(err, markErr)
	}
	fmt.Fprintf(c.err, "已把问题标在 %s 里。\n", marked)
	return err
}
