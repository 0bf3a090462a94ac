/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rm_report.h - what token_rm reports: the tokens that it removed, the failures, and how far a call
 * came that ended early. All are in the order of the tokens, in whatever order removals end.
 */
#ifndef RM_REPORT_H
#define RM_REPORT_H

#include "command.h"

struct rm_outcome;

struct rm_report {
	struct call *call;
	const struct coder_tokens *tokens;
	bool expire; /* tokens are not deleted, but expired */
	bool dry_run;
	bool names; /* a line names its token */
	bool ids; /* the result is an array of ids, and not lines */
	/* its own state: */
	struct rm_outcome *outcomes; /* of tokens */
	size_t n_ended, n_removed, n_unknown; /* how many; n_unknown: may have been removed */
	size_t n_printed; /* for how many tokens, from the first on, failures have been printed */
	struct coder_error first; /* the first failure that was printed; code CODER_OK: none */
	bool out_of_memory;
};
void rm_report_done(struct rm_report *report);

/* Adds a token that was removed, or would be, to the result: its id or a line. */
int rm_report_add(const struct rm_report *report, const struct coder_token *token,
		  struct coder_error *err);
/* Puts the token in front of the message, and adds that the outcome is not known if that is so. */
void rm_report_name(struct rm_report *report, const struct coder_token *token,
		    struct coder_error *err);
/* Prints a failure. Of interruptions it prints only those that leave an outcome unknown. */
void rm_report_print(const struct rm_report *report, struct coder_error *err);

/*
 * The report of several removals. To begin it allocates all of its memory, which may run out after
 * the first removal.
 */
int rm_report_begin(struct rm_report *report, struct coder_error *err);
/* Records the end of the removal of token number i; err->code is CODER_OK if it succeeded. */
void rm_report_ended(struct rm_report *report, size_t i, struct coder_error *err);
/*
 * Prints the failures that are left, and puts what was removed into the result. Sets *err and
 * returns -1, unless all were removed.
 */
int rm_report_end(struct rm_report *report, bool interrupted, struct coder_error *err);

#endif
