/* SPDX-License-Identifier: GPL-3.0-or-later */
/* variables.c - see variables.h. */
#include "bash.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "variables.h"
#include "assignable.h"

__attribute__((format(printf, 2, 3))) static int set_why(char why[SHVAR_WHY_SIZE], const char *fmt,
							 ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, SHVAR_WHY_SIZE, fmt, ap);
	va_end(ap);
	return -1;
}

/* Follows name references, as bash does. */
static int find_variable_named(const char *given, struct shell_variable *ret,
			       char why[SHVAR_WHY_SIZE])
{
	const char *name = given;

	for (int level = 0; level <= NAMEREF_MAX; level++) {
		SHELL_VAR *var;

		/* bash would evaluate a subscript, so names that have one must not reach it */
		if (!*name || ascii_is_digit(*name) || name[strspn(name, ASCII_ALNUM "_")]) {
			if (name == given)
				return set_why(why, "'%s': not a valid identifier", name);
			return set_why(why,
				       "%s: name reference to '%s', which is not a plain variable",
				       given, name);
		}
		var = find_variable_noref(name);
		if (var == NULL || !nameref_p(var)) {
			*ret = (struct shell_variable){ name, var };
			return 0;
		}
		if (nameref_cell(var) == NULL)
			return set_why(why, "%s: name reference without a target", name);
		name = nameref_cell(var);
	}
	return set_why(why, "%s: circular name reference", given);
}

int shell_find_assignable(const char *given, enum shvar_kind kind, struct shell_variable *ret,
			  char why[SHVAR_WHY_SIZE])
{
	struct shell_variable found;
	const SHELL_VAR *var;
	const char *name;

	if (find_variable_named(given, &found, why) < 0)
		return -1;
	name = found.name;
	var = found.var;
	if (find_tempenv_variable(name))
		return set_why(why, "%s: is set for this command only and would be lost", name);
	/* bash assigns these two after each command, so the value of a builtin would be lost */
	if (strcmp(name, "_") == 0 || strcmp(name, "PIPESTATUS") == 0)
		return set_why(why, "%s: is one of bash's own variables", name);
	if (var == NULL) {
		*ret = found;
		return 0;
	}
	if (readonly_p(var))
		return set_why(why, "%s: readonly variable", name);
	if (noassign_p(var) || var->dynamic_value || var->assign_func)
		return set_why(why, "%s: is one of bash's own variables", name);
	if (integer_p(var))
		return set_why(why, "%s: integer variable", name);
	if (uppercase_p(var) || lowercase_p(var) || capcase_p(var))
		return set_why(why, "%s: variable that changes the case of its value", name);
	if (kind == SHVAR_SCALAR && (array_p(var) || assoc_p(var)))
		return set_why(why, "%s: is an array: give a plain variable", name);
	if (kind == SHVAR_INDEXED && assoc_p(var))
		return set_why(why, "%s: not an indexed array", name);
	if (kind == SHVAR_ASSOC && array_p(var))
		return set_why(why, "%s: cannot convert indexed to associative array", name);
	*ret = found;
	return 0;
}

int shvar_check(const char *name, enum shvar_kind kind, char why[SHVAR_WHY_SIZE])
{
	struct shell_variable found;

	return shell_find_assignable(name, kind, &found, why);
}

int shvar_set_scalar(const char *name, const char *value)
{
	char why[SHVAR_WHY_SIZE];
	struct shell_variable found;
	SHELL_VAR *var;
	bool exported;

	if (shell_find_assignable(name, SHVAR_SCALAR, &found, why) < 0)
		return -1;
	exported = found.var && exported_p(found.var);
	if (found.var)
		var = bind_variable_value(found.var, (char *)value, 0);
	else
		var = bind_variable(found.name, (char *)value, 0);
	if (var == NULL)
		return -1;
	VUNSETATTR(var, att_invisible);
	if (!exported) /* set -a would export it */
		VUNSETATTR(var, att_exported);
	return 0;
}

const char *shvar_resolve(const char *name)
{
	char why[SHVAR_WHY_SIZE];
	struct shell_variable found;

	return find_variable_named(name, &found, why) == 0 ? found.name : name;
}

/*
 * Turns the variable into an associative array, in the scope that it is in. If it was
 * assigned for one function or builtin only (att_tempvar), bash in posix mode would turn
 * it back into a string afterwards, so that attribute is removed. NULL: the variable is left alone.
 */
static SHELL_VAR *replace_by_assoc(SHELL_VAR *var)
{
	if (nameref_p(var) || readonly_p(var) || noassign_p(var) || var->dynamic_value ||
	    var->assign_func)
		return NULL;
	VUNSETATTR(var, att_invisible);
	if (assoc_p(var))
		return var;
	if (array_p(var)) {
		array_dispose(array_cell(var));
		var_setvalue(var, NULL);
	}
	convert_var_to_assoc(var); /* marks the environment as changed if var is exported */
	assoc_flush(assoc_cell(var));
	VUNSETATTR(var, att_exported | att_integer | att_uppercase | att_lowercase | att_capcase |
				att_tempvar | att_propagate);
	return var;
}

void shvar_own_global(const char *name)
{
	SHELL_VAR *var = var_lookup(name, global_variables);

	if (var)
		replace_by_assoc(var);
	else
		make_new_assoc_variable((char *)name);
}

void shvar_own_set(const char *name, const struct shvar_pair *pairs, size_t n)
{
	/* not a variable that is assigned for this command only: it does not exist afterwards */
	SHELL_VAR *var = var_lookup(name, shell_variables);

	var = var ? replace_by_assoc(var) : make_new_assoc_variable((char *)name);
	if (!var)
		return;
	assoc_flush(assoc_cell(var));
	VUNSETATTR(var, att_invisible);
	for (size_t i = 0; i < n; i++)
		assoc_insert(assoc_cell(var), savestring(pairs[i].key), (char *)pairs[i].value);
}

const char *shvar_get(const char *name)
{
	return get_string_value(name);
}

int shvar_get_strings(const char *name, struct coder_strings *ret, struct coder_error *err)
{
	char why[SHVAR_WHY_SIZE];
	struct shell_variable found;
	WORD_LIST *words;
	int rc = 0;

	if (find_variable_named(name, &found, why) < 0)
		return coder_error_set(err, CODER_ERR_USAGE, "%s", why);
	if (found.var == NULL)
		return coder_error_set(err, CODER_ERR_USAGE, "%s: no such array", found.name);
	if (!array_p(found.var))
		return coder_error_set(err, CODER_ERR_USAGE, "%s: not an indexed array",
				       found.name);
	words = array_to_word_list(array_cell(found.var));
	for (WORD_LIST *w = words; w && rc == 0; w = w->next)
		rc = coder_strings_add(ret, w->word->word, err);
	dispose_words(words);
	return rc;
}

int shvar_names(enum shvar_kind kind, const char *prefix, bool assignable,
		struct coder_strings *ret, struct coder_error *err)
{
	SHELL_VAR **vars = all_visible_variables(); /* sorted; the variables belong to bash */
	int rc = 0;

	for (size_t i = 0; vars && vars[i] && rc == 0; i++) {
		const SHELL_VAR *var = vars[i];
		const bool scalar = !array_p(var) && !assoc_p(var) && !function_p(var);
		const bool of_kind = (kind == SHVAR_INDEXED && array_p(var)) ||
				     (kind == SHVAR_ASSOC && assoc_p(var)) ||
				     (kind == SHVAR_SCALAR && scalar);
		char why[SHVAR_WHY_SIZE];

		if (of_kind && strncmp(var->name, prefix, strlen(prefix)) == 0 &&
		    (!assignable || shvar_check(var->name, kind, why) == 0))
			rc = coder_strings_add(ret, var->name, err);
	}
	xfree(vars);
	return rc;
}
