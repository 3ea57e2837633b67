package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/mod/sumdb/note"

	"shiji/internal/audit"
	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/store"
)

// runVerify checks what is named: a bundle, or the proof that the log of a kept
// checkpoint only grew; without a name it checks the whole database.
func runVerify(c *console, args []string) error {
	f := c.storeFlags("verify")
	cohort := f.String("cohort", "", "全校材料：同时核对成绩包所引用的全体数据")
	ref := f.String("scheme", "", "学校通过的方案：核对成绩包用的是不是它")
	key := f.String("key", "", "日志的公钥（如公示表、检查点页上所印）：成绩包的存证必须出自这个日志")
	var known outputs
	f.Var(&known, "known", "您保存的检查点文件：核对日志是否接得上；核对数据库时可以写几个，核对增长证明时只写一个")
	rest, err := parseUpTo(f.FlagSet, args, 1)
	if err != nil {
		return err
	}
	ofBundle, ofDatabase := *cohort != "" || *ref != "", false
	for _, name := range config.Stored {
		ofDatabase = ofDatabase || f.source.Given(name)
	}
	switch file := len(rest) == 1; {
	case file && len(known) == 1 && *key != "" && !ofBundle && !ofDatabase:
		return c.verifyGrowth(rest[0], known[0], *key)
	case file && len(known) == 0 && !ofDatabase:
		return c.verifyBundle(rest[0], against{scheme: *ref, cohort: *cohort, key: *key})
	case !file && *key == "" && !ofBundle:
		return c.verifyDatabase(f.source, known)
	}
	return errUsage
}

// verifyGrowth checks without the server that the log of a proof continues the
// checkpoint that somebody kept.
func (c *console) verifyGrowth(proof, known, key string) error {
	files, err := readKept([]string{known, proof})
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return fault.New(fault.Invalid, "cmd.bad-key").At(fault.Place{Field: "-key"}).Because(err)
	}
	growth, err := audit.ParseGrowth(files[1])
	if err != nil {
		return fault.New(fault.Invalid, "cmd.no-growth", proof).Because(err)
	}
	now, err := growth.Check(files[0], verifier)
	if err != nil {
		return &differsError{fault.New(fault.Conflict, "cmd.not-grown", known).Because(err)}
	}
	fmt.Fprintf(c.out, "核对无误：日志 %s 现有 %d 条，接得上您保存的 %d 条，其中没有一条被改动、调换或抽走。根摘要 %s，签名无误。\n", now.Origin, now.Size, growth.Old, now.Root)
	return nil
}

// readKept reads files that somebody kept, and tells all that are missing.
func readKept(paths []string) ([]string, error) {
	var out []string
	var faults fault.List
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			faults.Add(fault.New(fault.NotFound, "cmd.no-known", path).Because(err))
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, string(text))
	}
	return out, faults.Err()
}

// verifyDatabase re-audits everything: log, rows, versions, results, originals.
func (c *console) verifyDatabase(source *config.Source, known []string) error {
	ctx := context.Background()
	kept, err := readKept(known)
	if err != nil {
		return err
	}
	return withStore(ctx, source, func(_ config.Config, s *store.Store) error {
		report, err := s.Verify(ctx, store.Audit{Blobs: true, Known: kept})
		if err != nil {
			return err
		}
		if refused := s.ReadOnly(); refused != nil {
			report.Faults.Add(refused)
		}
		if err := report.Faults.Err(); err != nil {
			return &differsError{err}
		}
		fmt.Fprintf(c.out, "核对无误：日志 %d 条，根摘要 %s；数据 %d 行与日志一致，原件齐全。\n", report.Size, report.Root, report.Rows)
		if report.Waiting > 0 {
			fmt.Fprintf(c.out, "另有 %d 条正在等候写入日志。\n", report.Waiting)
		}
		if report.Erased > 0 {
			fmt.Fprintf(c.out, "有 %d 处内容已依决定清除，日志里留有记录。\n", report.Erased)
		}
		return nil
	})
}
