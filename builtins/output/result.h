/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result.h - what a call is going to print and assign. A command collects it
 * while it works; nothing reaches the user before result_publish(), so a failed
 * call prints nothing and leaves every variable as it was. The one exception is
 * a result that says what has been done (partial): it is published however the
 * call ends.
 *
 * Arrays are made aside, in the form in which the shell keeps them. So a long one takes
 * memory once, can be given up while it is made, and is assigned at a stroke.
 */
#ifndef RESULT_H
#define RESULT_H

#include "base/buf.h"
#include "coder.h"

struct result_variable; /* an assignment to come */

struct result {
	struct buf text; /* for standard output, written as it is */
	/*
	 * Appends a part of a long text, which is then written. Returns 1 if another one follows, 0 if it
	 * is the last, and -1 if there is no memory. NULL: the text is whole.
	 */
	int (*more)(void *ctx, struct buf *text);
	void *more_ctx;
	const char *note; /* a line for standard error, or NULL; not owned */
	bool partial; /* it says what has been done: neither a signal nor a failure keeps it back */
	struct coder_interrupts
		*interrupts; /* end the making of a long result; NULL: nothing does */
	unsigned steps; /* of result_goes_on() */
	struct result_variable *variables;
	size_t n_variables;
	struct buf key; /* of the pair that is added last */
};

/* Wipes and frees. Zeroed memory is the empty result. */
void result_done(struct result *result);

/*
 * To be called for each part of a long result, once for some microseconds of
 * work: false when the call has to end, by a signal or at its deadline. Nothing
 * ends a partial result, nor none (NULL).
 */
bool result_goes_on(struct result *result);
/* Says in *err why result_goes_on() was false, or that there is no memory. Returns -1. */
int result_stopped(const struct result *result, struct coder_error *err);

/*
 * These note an assignment; name is copied, and so are values. Returns 0 or -1:
 * no memory, or the call has to end.
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
 * Writes the text, which may fail, then assigns the variables, which have
 * passed shvar_check() and should not, then prints the note. Fails with CODER_ERR_REFUSED
 * ("write error: ...", "NAME: cannot be assigned") or CODER_ERR_INTERRUPTED, as a
 * signal is looked for once more before the first assignment. *ret_pipe is set if
 * standard output is a broken pipe.
 *
 * Of a partial result the variables are assigned whatever becomes of the text, and a
 * signal that has come already gives whoever reads the text a moment only.
 */
int result_publish(struct result *result, bool *ret_pipe, struct coder_error *err);

#endif
