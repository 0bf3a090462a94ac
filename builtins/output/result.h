/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result.h - what a call is going to print and assign. A command collects it
 * while it works; nothing reaches the user before result_publish(), so a failed
 * call prints nothing and leaves every variable as it was. The one exception is
 * a result that reports what has been done (partial): it is published however the
 * call ends.
 *
 * Arrays are built apart from variables, in the form in which the shell stores them. So a long
 * array takes memory once, can be abandoned while it is built, and is assigned in one step.
 */
#ifndef RESULT_H
#define RESULT_H

#include "base/buf.h"
#include "coder.h"

struct result_variable; /* an assignment that will be made */

struct result {
	struct buf text; /* for standard output, written as it is */
	/*
	 * Appends a part of a long text, which is then written. Returns 1 if another one follows, 0 if it
	 * is the last, and -1 if there is no memory. NULL: the text is whole.
	 */
	int (*more)(void *ctx, struct buf *text);
	void *more_ctx;
	const char *note; /* a line for standard error, or NULL; not owned */
	bool partial; /* it reports what has been done, and is published however the call ends */
	struct coder_interrupts
		*interrupts; /* they can end the building of a long result; NULL: nothing ends it */
	unsigned steps; /* calls of result_goes_on() */
	struct result_variable *variables;
	size_t n_variables;
	struct buf key; /* memory for the key of the last pair */
};

/* Wipes and frees. Zeroed memory is the empty result. */
void result_done(struct result *result);
/*
 * Takes the arrays out of the result, and frees what can be freed of them before a signal comes or
 * the deadline passes. Later calls free the rest (shell/arrays.h). For the end of a call, before
 * result_done(): that frees all, however long it takes.
 */
void result_leave_arrays(struct result *result);

/*
 * Call it for each part of a long result, so that a few microseconds of work are between two
 * calls. False: the call has to end because of a signal or its deadline. It is always true for
 * a partial result and for NULL.
 */
bool result_goes_on(struct result *result);
/* Sets *err to the reason why result_goes_on() was false, or to the lack of memory. Returns -1. */
int result_stopped(const struct result *result, struct coder_error *err);

/*
 * These record an assignment, with copies of its name and values. They return 0, or -1 if
 * there is no memory or the call has to end.
 */
int result_scalar(struct result *result, const char *name, const char *value,
		  struct coder_error *err);
/* Begins an indexed array with these values (NULL: none); result_value() adds to the one begun last. */
int result_indexed(struct result *result, const char *name, const struct coder_strings *values,
		   struct coder_error *err);
int result_value(struct result *result, const char *value, struct coder_error *err);
/*
 * Begins an associative array of about so many pairs; result_pair() adds to the one begun last.
 * The key is FIELD, or with an id "ID,FIELD".
 */
int result_assoc(struct result *result, const char *name, size_t expected, struct coder_error *err);
int result_pair(struct result *result, const char *id, const char *field, const char *value,
		struct coder_error *err);

/*
 * Writes the text, then assigns the variables, then prints the note. The text comes first,
 * because writing may fail; the variables have passed shvar_check(), so assigning them should
 * not. Fails with CODER_ERR_REFUSED ("write error: ...", "NAME: cannot be assigned"), or with
 * CODER_ERR_INTERRUPTED, because it checks for a signal once more before the first assignment.
 * *ret_pipe is set if standard output is a broken pipe.
 *
 * The variables of a partial result are assigned even if its text cannot be written. If a signal
 * has arrived already, writing waits only a moment for the reader of the text.
 */
int result_publish(struct result *result, bool *ret_pipe, struct coder_error *err);

#endif
