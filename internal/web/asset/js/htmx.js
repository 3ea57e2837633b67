// htmx, for the pages that ask the server for parts of themselves (hx-* attributes). A file of its own, because it
// weighs eight times as much as all of app.js and most pages do without.
import htmx from "htmx.org";

// The content security policy forbids eval and inline styles, and pages with personal data must not stay in the
// browser's storage. Set here rather than in a <meta> of each page, so that no page can forget it.
Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  historyCacheSize: 0,
  historyRestoreAsHxRequest: false,
  refreshOnHistoryMiss: true,
  selfRequestsOnly: true,
});
