/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rm_report.c - what token_rm reports; see rm_report.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "errors.h"
#include "rm_report.h"
#include "shell/io.h"

struct rm_outcome {
	enum { RM_NOT_BEGUN, RM_REMOVED, RM_FAILED } what;
	struct coder_error *err; /* of a failure that has not been printed yet */
	size_t line_end; /* in the result's text: the end of its line */
};

void rm_report_done(struct rm_report *report)
{
	for (size_t i = 0; report->outcomes && i < report->tokens->n; i++)
		free(report->outcomes[i].err);
	free(report->outcomes);
}

int rm_report_add(const struct rm_report *report, const struct coder_token *token,
		  struct coder_error *err)
{
	struct buf *out = &report->call->result.text;
	const char *what = report->expire ? "expired" : "deleted";
	bool ok;

	if (report->ids)
		return result_value(&report->call->result, token->id, err);
	ok = buf_addf(out, "Token %s %s", report->dry_run ? "would be" : "has been", what);
	if (ok && report->names)
		ok = buf_add_str(out, ": ") && coder_escape(out, token->name, CODER_TERMINAL) &&
		     buf_addf(out, " (%s)", token->id);
	else
		ok = ok && buf_add_char(out, '.');
	return ok && buf_add_char(out, '\n') ? 0 : coder_error_memory(err);
}

void rm_report_name(struct rm_report *report, const struct coder_token *token,
		    struct coder_error *err)
{
	bool has_detail = err->detail[0];
	char *text = has_detail ? err->detail : err->message; /* the one that is printed last */
	size_t size = has_detail ? sizeof(err->detail) : sizeof(err->message), len;

	coder_error_wrap(err, "%.200s (%s)", token->name, token->id);
	if (!err->unknown)
		return;
	report->n_unknown++;
	len = strlen(text);
	while (len && strchr(". ", text[len - 1])) /* the end of a sentence of the server */
		len--;
	snprintf(text + len, size - len, "; it is not known whether it has been %s",
		 report->expire ? "expired" : "deleted");
}

void rm_report_print(const struct rm_report *report, struct coder_error *err)
{
	if (err->code == CODER_ERR_INTERRUPTED && !err->unknown)
		return;
	command_find_cause(report->call, err);
	command_print_error(report->call, err);
}

/* ------------------------------------------------------------------- several */

int rm_report_begin(struct rm_report *report, struct coder_error *err)
{
	struct buf *text = &report->call->result.text;
	size_t n = report->tokens->n;

	report->outcomes = calloc(n ? n : 1, sizeof(*report->outcomes));
	if (!report->outcomes)
		return coder_error_memory(err);
	for (size_t i = 0; i < n && !report->ids; i++) {
		if (rm_report_add(report, &report->tokens->v[i], err) < 0) {
			buf_reset(text);
			return -1;
		}
		report->outcomes[i].line_end = text->len;
	}
	return 0;
}

/* Prints a failure of several, and keeps the first one for TOKEN_ERROR. */
static void print_and_keep(struct rm_report *report, struct coder_error *err)
{
	rm_report_print(report, err);
	if (!report->first.code && err->code != CODER_ERR_INTERRUPTED)
		report->first = *err;
}

/* Prints the failures in the order of the tokens, up to the first token that has not ended. */
static void print_failures(struct rm_report *report, bool all)
{
	for (; report->n_printed < report->tokens->n; report->n_printed++) {
		struct rm_outcome *outcome = &report->outcomes[report->n_printed];

		if (outcome->what == RM_NOT_BEGUN && !all)
			return;
		if (outcome->err)
			print_and_keep(report, outcome->err);
		free(outcome->err);
		outcome->err = NULL;
	}
}

void rm_report_ended(struct rm_report *report, size_t i, struct coder_error *err)
{
	struct rm_outcome *outcome = &report->outcomes[i];

	report->n_ended++;
	outcome->what = err->code ? RM_FAILED : RM_REMOVED;
	if (err->code) {
		rm_report_name(report, &report->tokens->v[i], err);
		report->out_of_memory |= err->code == CODER_ERR_MEMORY;
		outcome->err = malloc(sizeof(*err));
		if (outcome->err)
			*outcome->err = *err;
		else
			print_and_keep(report, err);
	} else {
		report->n_removed++;
	}
	print_failures(report, false);
}

/* Puts what was removed into the result, in the order of the tokens. */
static void report_removed(const struct rm_report *report)
{
	struct result *result = &report->call->result;
	size_t from = 0, len = 0;
	struct coder_error ignored;

	for (size_t i = 0; i < report->tokens->n; i++) {
		const struct rm_outcome *outcome = &report->outcomes[i];
		size_t size = outcome->line_end - from;

		if (outcome->what == RM_REMOVED && report->ids)
			(void)result_value(result, report->tokens->v[i].id, &ignored);
		if (report->ids)
			continue;
		if (outcome->what == RM_REMOVED) {
			memmove(result->text.data + len, result->text.data + from, size);
			len += size;
		}
		from = outcome->line_end;
	}
	if (!report->ids)
		buf_truncate(&result->text, len);
}

/* Prints how far a call came that ends before all of its removals have ended. */
static void print_how_far(const struct rm_report *report, bool interrupted)
{
	char unknown[64] = "";

	if (report->n_unknown)
		snprintf(unknown, sizeof(unknown), "; the outcome of %zu is not known",
			 report->n_unknown);
	shio_error("%s: %zu of %zu tokens have been %s%s",
		   interrupted ? "interrupted" : "the time limit has passed", report->n_removed,
		   report->tokens->n, report->expire ? "expired" : "deleted", unknown);
}

int rm_report_end(struct rm_report *report, bool interrupted, struct coder_error *err)
{
	struct coder_interrupts *interrupts = report->call->interrupts;
	bool early = report->n_ended < report->tokens->n;

	print_failures(report, true);
	report_removed(report);
	interrupted |= early && coder_interrupts_pending(interrupts);
	early |= interrupted;
	if (report->out_of_memory)
		return coder_error_memory(err);
	if (!early && !report->first.code)
		return 0;
	if (early)
		print_how_far(report, interrupted);
	if (report->first.code)
		*err = report->first;
	else if (!interrupted)
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "the time limit has passed");
	if (interrupted) {
		if (!report->first.code)
			coder_interrupted(interrupts->signal, err);
		err->code = CODER_ERR_INTERRUPTED;
		err->signal = interrupts->signal;
	} else {
		err->code = CODER_ERR_SOME_FAILED;
		err->signal = 0;
	}
	report->call->reported = true;
	return -1;
}
