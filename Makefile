# Everything a person needs to build, try and test Shiji. See CONTRIBUTING.md.

GO ?= go
BIN := bin
OUT := out/demo
FUZZTIME ?= 10s
BENCHTIME ?= 1s

.PHONY: all build assets run test race lint fuzz bench bench-site torture realdata golden notices clean

all: build test

build: assets
	@mkdir -p $(BIN)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w" -o $(BIN)/shiji ./cmd/shiji

# assets builds what pages and paper take from npm (internal/web/asset/README.md). Without Node the program builds and
# works all the same, only less comfortably; so this says what is missing, and goes on.
ASSET := internal/web/asset

assets: $(ASSET)/dist/sources.json

$(ASSET)/dist/sources.json: $(ASSET)/package-lock.json $(ASSET)/package.json $(ASSET)/build.mjs $(wildcard $(ASSET)/css/*.css $(ASSET)/js/*.js)
	@cd $(ASSET) && if ! command -v npm >/dev/null; then why='npm (Node.js 18 or newer) is not installed'; \
	elif ! npm ci --ignore-scripts; then why='npm ci failed, see above'; \
	elif ! npm run build --silent; then why='the build of the assets failed, see above'; \
	else exit 0; fi; \
	echo "**********************************************************************" >&2; \
	echo "ASSETS LEFT OUT: $$why." >&2; \
	echo "Pages work without scripts; PDF in batch is off (its font comes from npm), the browser still prints." >&2; \
	echo "Of the tests, those of scripts, of the site in a browser and of PDFs in the real font are skipped." >&2; \
	echo "**********************************************************************" >&2

# run opens a demo site on this machine (synthetic data, made on the first run) and prints its address and logins.
run: build
	@mkdir -p $(OUT)
	@$(BIN)/shiji demo -data $(OUT)/data $(if $(ADDR),-addr $(ADDR))

# test runs everything on both engines: it starts its own PostgreSQL.
test: assets
	$(GO) vet ./...
	.ci/with-postgres $(GO) test ./...

race:
	CGO_ENABLED=1 $(GO) test -race ./internal/...

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not formatted:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	staticcheck ./...

# fuzz runs every fuzz target for FUZZTIME (10s, or 20000x for so many inputs).
fuzz:
	@grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u | while read d; do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9]*' $$d/*_test.go | sed 's/func //' | sort -u); do \
	    echo "$$d $$f"; $(GO) test $$d -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x || exit 1; \
	  done; done

# bench prints our figures and, in the same run, those of the peers it finds.
bench: assets
	$(GO) test ./... -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -timeout 60m

# bench-site is its part about pages: a city of 80,000 teachers on both engines, the program under load, and PocketBase
# (bench/pocketbase, a module of its own), which is left out where it cannot be had.
bench-site: assets
	.ci/with-postgres $(GO) test ./internal/web -run '^$$' -bench Site -benchtime $(BENCHTIME) -timeout 60m

# torture runs the long variants of tests: hostile inputs, crashes, and what docs/security.md has figures of. Those that
# measure time run one after the other; on a busy machine they see less.
torture:
	SHIJI_TORTURE=1 $(GO) test ./internal/sheet ./internal/eval -count=1 -timeout 60m -v -run 'Hostile|Mutant|Oracle' -rapid.checks=2000
	SHIJI_TORTURE=1 $(GO) test ./internal/org -count=1 -timeout 20m -v -run 'Cedar|Scope'
	SHIJI_TORTURE=1 .ci/with-postgres $(GO) test ./internal/store -count=1 -timeout 15m -v -run 'Killed|PowerCuts|FaultyDisk'
	SHIJI_TORTURE=1 .ci/with-postgres $(GO) test ./internal/web -count=1 -timeout 30m -v -run 'TestRevocation|TestLog'
	SHIJI_TORTURE=1 $(GO) test ./internal/web -count=1 -timeout 30m -v -run 'TestSignInTiming'
	for engine in sqlite postgres; do \
	  SHIJI_TORTURE=1 .ci/with-postgres $(GO) test ./internal/web -count=1 -timeout 30m -v -run "TestSite/$$engine/timing" || exit 1; \
	done

# realdata assembles packages from ../shared/realdata (or SHIJI_REALDATA), evaluates each, and holds every statistic to the
# reference results: the test prints how far each is off (docs/realdata.md).
realdata: build
	@$(GO) run ./cmd/realdata -o out/realdata
	@for y in out/realdata/*.yaml; do \
	  $(BIN)/shiji evaluate -scheme $$y -o $${y%.yaml}.result.html -o $${y%.yaml}.result.json $${y%.yaml}.xlsx || exit $$?; \
	done
	$(GO) test ./internal/realdata -count=1 -v

# golden rewrites the golden cases; read the diff before committing it.
golden:
	$(GO) test . ./schemes ./internal/sheet ./internal/explain ./internal/config -update

notices:
	sh docs/notices.sh > THIRD_PARTY_NOTICES.md

clean:
	rm -rf $(BIN) out
