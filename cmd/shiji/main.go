// Command shiji makes, evaluates, explains and verifies appraisals of teachers.
// It wires the use cases of room app to flags, files and the terminal.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"shiji/internal/fault"
	"shiji/internal/text"
)

// Exit codes, documented in docs/cli.md.
const (
	exitOK       = 0
	exitInternal = 1 // the program's fault
	exitUsage    = 2 // wrong flags or arguments
	exitFaults   = 3 // what was handed in has faults; all are listed
	exitDiffers  = 4 // verification came to another result
)

// command is one sub-command.
type command struct {
	name  string
	args  string // as shown after the name
	about string
	run   func(c *console, args []string) error
}

var commands = []command{
	{"demo", "[-addr 地址:端口] [-data 目录]", "建立并打开演示站（合成数据），列出登录名", runDemo},
	{"serve", "[-addr 地址:端口] [-metrics-addr 地址:端口] [-data 目录] …（全部选项见 -h）", "打开学校的站", runServe},
	{"template", "-o 文件.xlsx", "写一份空的材料模板", runTemplate},
	{"city", "[-seed N] [-schools N] [-csv] -o 目录", "生成演示学校的材料（合成数据）", runCity},
	{"schemes", "", "列出内置的考核方案", runSchemes},
	{"evaluate", "-scheme 方案 [-marked 文件.xlsx] -o 结果.xlsx|.json|.html [-o …] 材料", "按方案计算全校结果，每一分都带依据", runEvaluate},
	{"explain", "-scheme 方案 [-o 文件.html] 材料 工号或姓名", "逐项说明一位教师的结果", runExplain},
	{"bundle", "-scheme 方案 -o 文件 材料 工号或姓名", "导出教师本人可带走、可验算的成绩包", runBundle},
	{"verify", "[-scheme 方案] [-cohort 材料] [-key 公钥] 成绩包 | -key 公钥 -known 检查点 增长证明 | [-data 目录] [-known 检查点]…", "不依赖服务器，重算并核对成绩包，或核对日志接得上您保存的检查点；或重算并核对整个数据库", runVerify},
	{"migrate", "[-data 目录]", "建立或升级数据库；第一次运行时生成密钥", runMigrate},
	{"backup", "[-data 目录] -o 新目录", "备份数据库和原件，不必停机", runBackup},
	{"restore", "[-data 目录] -from 备份目录", "把备份恢复到没有数据库的地方，并与检查点核对", runRestore},
	{"epoch", "[-data 目录] -reason 理由 -first 登录名 -second 登录名", "两人具名，让只读的数据库重新可写", runEpoch},
	{"unit", "add -kind 种类 -name 名称 [-parent 上级] | change -unit 单位 [-name 名称] [-code 代码] | list", "建立、更正和列出单位", runUnit},
	{"post", "begin -unit 单位 -number 编号 -code 工号 [-since 日期] | end -unit 单位 -code 工号 -until 日期", "登记调入（编号不变）、离任", runPost},
	{"user", "add|open|list|reset|close|grant|revoke …（各有 -h）", "开账号、重设密码、停用、授予和收回角色", runUser},
	{"keys", "[-data 目录]", "显示密钥文件的位置和日志的公钥", runKeys},
}

func main() {
	os.Exit(run(os.Args[1:], &console{in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isTerminal(os.Stderr)}))
}

// console is where a command talks to the person who called it.
type console struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // progress is shown on terminals only
}

var errUsage = errors.New("usage")

func run(args []string, c *console) int {
	if len(args) == 0 {
		c.help()
		return exitUsage
	}
	if args[0] == markCommand && len(args) == 2 {
		return c.report(runMarkApart(args[1], c.in, c.out))
	}
	for _, cmd := range commands {
		if cmd.name != args[0] {
			continue
		}
		err := cmd.run(c, args[1:])
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		if errors.Is(err, errUsage) {
			fmt.Fprintf(c.err, "用法：shiji %s %s\n", cmd.name, cmd.args)
		}
		return c.report(err)
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		c.help()
		return exitOK
	}
	fmt.Fprintf(c.err, "没有“%s”这个命令。\n", oneLine(args[0]))
	c.help()
	return exitUsage
}

func (c *console) help() {
	fmt.Fprintln(c.err, "师迹 shiji：教师专业成长考核")
	for _, cmd := range commands {
		fmt.Fprintf(c.err, "  shiji %-9s %s\n            %s\n", cmd.name, cmd.args, cmd.about)
	}
}

// report words err on stderr and returns the exit code that goes with it.
func (c *console) report(err error) int {
	var differs *differsError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.As(err, &differs):
		c.faults(differs.err)
		return exitDiffers
	case fault.All(err) != nil:
		c.faults(err)
		return exitFaults
	}
	fmt.Fprintf(c.err, "程序出错：%s\n", plain(err.Error()))
	return exitInternal
}

func (c *console) faults(err error) {
	var list fault.List
	_ = list.Join(err) // not a fault only if verification failed otherwise; then nothing is listed
	for _, f := range list.Faults {
		fmt.Fprintln(c.err, plain(text.Fault(f)))
	}
	fmt.Fprintf(c.err, "共 %d 处问题。\n", list.Len())
}

// differsError marks a verification that came to another result.
type differsError struct{ err error }

func (e *differsError) Error() string { return "verification differs: " + e.err.Error() }

// flags returns a flag set that reports to the console in the commands' way.
func (c *console) flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(c.err)
	return f
}

// parse reads flags, before or after the arguments, and requires n arguments.
func parse(f *flag.FlagSet, args []string, n int) ([]string, error) {
	rest, err := parseUpTo(f, args, n)
	if err == nil && len(rest) != n {
		return nil, errUsage
	}
	return rest, err
}

// parseUpTo reads flags, before or after the arguments, and allows most
// arguments.
func parseUpTo(f *flag.FlagSet, args []string, most int) ([]string, error) {
	var rest []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		if f.NArg() == 0 {
			break
		}
		rest, args = append(rest, f.Arg(0)), f.Args()[1:]
	}
	if len(rest) > most {
		return nil, errUsage
	}
	return rest, nil
}
