#!/bin/sh
# Prints the licences of every module linked into the program, from the module
# cache. Used by `make notices`.
set -eu
echo "# Third-party notices"
echo
echo "Modules linked into \`shiji\`, with their licence texts. Made by \`make notices\`."
go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/shiji | sort -u | while read -r path version dir; do
  [ -n "$path" ] || continue
  printf '\n## %s %s\n' "$path" "$version"
  for f in "$dir"/LICENSE* "$dir"/LICENCE* "$dir"/NOTICE* "$dir"/COPYING*; do
    [ -f "$f" ] || continue
    printf '\n```\n'
    cat "$f"
    printf '\n```\n'
  done
done
printf '\n## Go %s standard library\n\nBSD-3-Clause, Copyright 2009 The Go Authors.\n' "$(go env GOVERSION)"

# What the pages and papers carry from npm, where the assets have been built.
cd internal/web/asset
for module in htmx.org @expo-google-fonts/noto-sans-sc; do
  dir=node_modules/$module
  if [ ! -d "$dir" ]; then
    echo "notices: $module is not installed; run make assets first" >&2
    exit 1
  fi
  printf '\n## npm %s %s\n' "$module" "$(sed -n 's/^ *"version": "\(.*\)",*$/\1/p' "$dir/package.json" | head -1)"
  for f in "$dir"/LICENSE* "$dir"/OFL*; do
    [ -f "$f" ] || continue
    printf '\n```\n'
    cat "$f"
    printf '\n```\n'
  done
done
