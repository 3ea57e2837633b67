// Command pocketbase serves the list of a city's teachers from PocketBase, for
// comparison: a collection with the rows on its standard input, indexed by sort
// key, readable by everybody. It prints its address and serves until killed.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // its own tables
	"github.com/pocketbase/pocketbase/tools/types"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: pocketbase DIR HOST:PORT < people.tsv")
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func serve(dir, addr string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	if err := fill(app); err != nil {
		return err
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // it would open a browser
		return e.Next()
	})
	fmt.Println("http://" + addr)
	return apis.Serve(app, apis.ServeConfig{HttpAddr: addr})
}

// fields are a row's columns, separated by tabs.
var fields = []string{"name", "sort", "initials", "number", "unit"}

func fill(app core.App) error {
	people := core.NewBaseCollection("people")
	people.ListRule = types.Pointer("")
	for _, f := range fields {
		people.Fields.Add(&core.TextField{Name: f})
	}
	for _, f := range fields {
		people.AddIndex("people_"+f, false, "`"+f+"`, `id`", "")
	}
	if err := app.Save(people); err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		rows := bufio.NewScanner(os.Stdin)
		for n := 0; rows.Scan(); n++ {
			values := strings.Split(rows.Text(), "\t")
			row := dbx.Params{"id": fmt.Sprintf("p%014d", n)}
			for i, f := range fields {
				row[f] = values[i]
			}
			if _, err := tx.NonconcurrentDB().Insert("people", row).Execute(); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
