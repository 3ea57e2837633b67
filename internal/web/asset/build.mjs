// Builds dist/: the style sheet and the scripts, minified, with brotli beside them, and the font of the batch PDFs.
// dist/sources.json holds the digests of what they were made from: the Go side leaves out what has gone stale.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build, transform } from "esbuild";

const here = (path) => new URL(path, import.meta.url);
const target = ["chrome86", "firefox78", "safari13"];

// sources are the files of a folder in the order of their names, as Go concatenates them.
const sources = (folder) => readdirSync(here(folder)).sort().map((name) => readFileSync(here(folder + name), "utf8")).join("");
const css = sources("css/");
const js = sources("js/");
const digest = (text) => createHash("sha256").update(text).digest("hex");

const style = await transform(css, { loader: "css", minify: true, target });
const scripts = await build({
  absWorkingDir: fileURLToPath(here(".")), entryPoints: ["js/app.js", "js/htmx.js"], outdir: "dist",
  bundle: true, minify: true, format: "iife", target, write: false, charset: "utf8", legalComments: "none",
});

for (const name of readdirSync(here("dist/"))) {
  if (name !== ".gitkeep") rmSync(here("dist/" + name), { recursive: true });
}
const put = (name, bytes) => {
  const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  writeFileSync(here("dist/" + name), bytes);
  writeFileSync(here("dist/" + name + ".br"), packed);
  console.log(`${name}  ${bytes.length} bytes, ${packed.length} with brotli`);
};
put("app.css", Buffer.from(style.code));
for (const file of scripts.outputFiles) put(basename(file.path), Buffer.from(file.contents));

const font = "node_modules/@expo-google-fonts/noto-sans-sc/";
mkdirSync(here("dist/font/"));
copyFileSync(here(font + "400Regular/NotoSansSC_400Regular.ttf"), here("dist/font/NotoSansSC-Regular.ttf"));
copyFileSync(here(font + "LICENSE_FONT"), here("dist/font/OFL.txt"));
writeFileSync(here("dist/sources.json"), JSON.stringify({ css: digest(css), js: digest(js) }) + "\n");
