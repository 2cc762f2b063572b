#ifndef TUI_LINT_H
#define TUI_LINT_H

#include "tui/args.h"
#include "tui/project.h"

/* What `mortar lint` prints, and what it mends. */

/* "error", "warning", "note". */
const char *lint_severity_name(enum severity);
/* A file as it is named in documents: from the project's root; p NULL: none. */
struct str lint_file(const struct project *, const struct source *);

/* A line a finding: "file:line:column: severity: message [rule]". */
void lint_write_text(struct buf *, const struct project *);
/* The documents of docs/formats.md.  counts: by severity. */
void lint_write_json(struct arena *, struct buf *, const struct project *, const size_t counts[]);
void lint_write_sarif(struct arena *, struct buf *, const struct project *);

/* Every rule there is with its table's name (buildkit, mortar, or a kind), in order. */
typedef void lint_rule_fn(void *data, const struct rule *, const char *origin);
void lint_each_rule(lint_rule_fn *, void *data);
/* --rules as a table or as JSON; --explain. */
int lint_list_rules(struct arena *, bool json);
int lint_explain(const char *rule);

/* Reads the project and looks at it with its build context, again from the texts that stand
 * for files. */
void lint_read(struct project *);
/* Mends what can be mended until nothing changes, and writes the files, or with dry_run
 * appends what would change.  The project has then been read with what it would be; its
 * findings are what is left.  false: nothing was written. */
bool lint_fix(struct arena *, struct project *, bool dry_run, struct buf *diff, size_t *ret_fixed,
              struct error *);

#endif
