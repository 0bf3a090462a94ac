/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.c - what a call is going to print and assign; see result.h. */
#include "result.h"
#include "advice.h"
#include "shell/arrays.h"
#include "shell/io.h"
#include "shell/variables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 1024 /* calls of result_goes_on() between two checks */

struct result_variable {
	char *name;
	enum shvar_kind kind;
	struct buf text; /* of a scalar */
	struct shvar_array *array; /* of an array */
};

/* -------------------------------------------------------------- giving up */

bool result_goes_on(struct result *result)
{
	struct coder_interrupts *interrupts;

	if (!result || result->partial || ++result->steps % STEPS || !result->interrupts)
		return true;
	interrupts = result->interrupts;
	return !coder_interrupts_pending(interrupts) && coder_interrupts_time_left(interrupts) > 0;
}

int result_stopped(const struct result *result, struct coder_error *err)
{
	const struct coder_interrupts *interrupts = result->interrupts;

	if (interrupts && interrupts->signal) {
		coder_interrupted(interrupts->signal, err);
	} else if (interrupts && coder_interrupts_time_left(interrupts) <= 0) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"the time limit passed before the result was complete");
		advise(err, CAUSE_LATE, NULL, NULL);
	} else {
		coder_error_memory(err);
	}
	return -1;
}

void result_done(struct result *result)
{
	if (!result)
		return;
	for (size_t i = 0; i < result->n_variables; i++) {
		free(result->variables[i].name);
		buf_done(&result->variables[i].text);
		shvar_array_free(result->variables[i].array);
	}
	free(result->variables);
	buf_done(&result->text);
	buf_done(&result->key);
	*result = (struct result){ .interrupts = result->interrupts };
}

void result_leave_arrays(struct result *result)
{
	for (size_t i = 0; i < result->n_variables; i++) {
		shvar_array_leave(result->variables[i].array);
		result->variables[i].array = NULL;
	}
	shvar_arrays_free_left(result->interrupts);
}

/* ------------------------------------------------------------- collecting */

static struct result_variable *begin(struct result *result, const char *name, enum shvar_kind kind,
				     size_t expected)
{
	struct result_variable *v;

	v = reallocarray(result->variables, result->n_variables + 1, sizeof(*v));
	if (!v)
		return NULL;
	result->variables = v;
	v += result->n_variables;
	*v = (struct result_variable){ .name = strdup(name), .kind = kind };
	if (!v->name)
		return NULL;
	result->n_variables++;
	if (kind != SHVAR_SCALAR) {
		/* those that are left may take as much memory as this one will */
		shvar_arrays_free_left(result->interrupts);
		v->array = shvar_array_new(kind, expected);
	}
	return kind == SHVAR_SCALAR || v->array ? v : NULL;
}

/* The variable of that kind that was begun last. */
static struct result_variable *last(const struct result *result, enum shvar_kind kind)
{
	struct result_variable *v = &result->variables[result->n_variables - 1];

	while (v->kind != kind)
		v--;
	return v;
}

int result_scalar(struct result *result, const char *name, const char *value,
		  struct coder_error *err)
{
	struct result_variable *v = begin(result, name, SHVAR_SCALAR, 0);

	return v && buf_add_str(&v->text, value) ? 0 : coder_error_memory(err);
}

int result_indexed(struct result *result, const char *name, const struct coder_strings *values,
		   struct coder_error *err)
{
	if (!begin(result, name, SHVAR_INDEXED, 0))
		return coder_error_memory(err);
	for (size_t i = 0; values && i < values->n; i++)
		if (result_value(result, values->v[i], err) < 0)
			return -1;
	return 0;
}

int result_value(struct result *result, const char *value, struct coder_error *err)
{
	if (!result_goes_on(result))
		return result_stopped(result, err);
	shvar_array_add(last(result, SHVAR_INDEXED)->array, NULL, value);
	return 0;
}

int result_assoc(struct result *result, const char *name, size_t expected, struct coder_error *err)
{
	return begin(result, name, SHVAR_ASSOC, expected) ? 0 : coder_error_memory(err);
}

int result_pair(struct result *result, const char *id, const char *field, const char *value,
		struct coder_error *err)
{
	const char *key = field;

	if (!result_goes_on(result))
		return result_stopped(result, err);
	if (id) {
		result->key.len = 0;
		if (!buf_add_str(&result->key, id) || !buf_add_char(&result->key, ',') ||
		    !buf_add_str(&result->key, field))
			return coder_error_memory(err);
		key = result->key.data;
	}
	shvar_array_add(last(result, SHVAR_ASSOC)->array, key, value);
	return 0;
}

/* ------------------------------------------------------------- publishing */

static int write_part(struct result *result, struct coder_interrupts *interrupts, bool *ret_pipe,
		      struct coder_error *err)
{
	const struct buf *text = &result->text;
	int error;

	if (!text->len || shio_write(text->data, text->len, interrupts) == 0)
		return 0;
	error = errno;
	if (error == EINTR)
		return result_stopped(result, err);
	if (error == ETIME) {
		coder_error_set(err, CODER_ERR_REFUSED,
				"write error: nobody read the output in time");
		err->timeout = true;
		return -1;
	}
	*ret_pipe = error == EPIPE;
	return coder_error_set(err, CODER_ERR_REFUSED, "write error: %s", strerror(error));
}

static int write_text(struct result *result, bool *ret_pipe, struct coder_error *err)
{
	struct coder_interrupts *interrupts = result->interrupts, at_once;
	int more = result->more != NULL;

	/* the last check for a signal: from here to the end of the call only writing waits */
	if (interrupts && coder_interrupts_pending(interrupts)) {
		if (!result->partial)
			return result_stopped(result, err);
		coder_interrupts_init(&at_once, NULL);
		coder_interrupts_limit(&at_once, 0);
		interrupts = &at_once;
	}
	while (more > 0) {
		more = result->more(result->more_ctx, &result->text);
		if (more < 0)
			return coder_error_memory(err);
		if (more > 0 && write_part(result, interrupts, ret_pipe, err) < 0)
			return -1;
		if (more > 0)
			buf_reset(&result->text);
	}
	return write_part(result, interrupts, ret_pipe, err);
}

int result_publish(struct result *result, bool *ret_pipe, struct coder_error *err)
{
	int rc = write_text(result, ret_pipe, err);

	if (rc < 0 && !result->partial)
		return -1;
	for (size_t i = 0; i < result->n_variables; i++) {
		const struct result_variable *v = &result->variables[i];
		int assigned = v->kind == SHVAR_SCALAR ?
				       shvar_set_scalar(v->name, v->text.data ? v->text.data : "") :
				       shvar_array_assign(v->name, v->array);

		if (assigned < 0)
			return coder_error_set(err, CODER_ERR_REFUSED, "%s: cannot be assigned",
					       v->name);
	}
	if (result->note)
		shio_note(result->note);
	return rc;
}
