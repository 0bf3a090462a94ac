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
#include "shell.h"

__attribute__((format(printf, 2, 3))) static int refuse(char why[SHVAR_WHY_SIZE], const char *fmt,
							...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, SHVAR_WHY_SIZE, fmt, ap);
	va_end(ap);
	return -1;
}

/* bash would evaluate a subscript, so that names with one must not reach it. */
static bool is_identifier(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	static const char digits[] = "0123456789";

	if (*name == '\0' || strchr(digits, *name))
		return false;
	while (*name && (strchr(letters, *name) || strchr(digits, *name)))
		name++;
	return *name == '\0';
}

static int find_target(const char *given, struct shell_target *ret, char why[SHVAR_WHY_SIZE])
{
	const char *name = given;

	for (int level = 0; level <= NAMEREF_MAX; level++) {
		SHELL_VAR *var;

		if (!is_identifier(name)) {
			if (name == given)
				return refuse(why, "'%s': not a valid identifier", name);
			return refuse(why, "%s: name reference to '%s', which is no plain variable",
				      given, name);
		}
		var = find_variable_noref(name);
		if (var == NULL || !nameref_p(var)) {
			*ret = (struct shell_target){ name, var };
			return 0;
		}
		if (nameref_cell(var) == NULL)
			return refuse(why, "%s: name reference without a target", name);
		name = nameref_cell(var);
	}
	return refuse(why, "%s: circular name reference", given);
}

static int check_kind(const struct shell_target *target, enum shvar_kind kind,
		      char why[SHVAR_WHY_SIZE])
{
	const SHELL_VAR *var = target->var;

	if (kind == SHVAR_SCALAR && (array_p(var) || assoc_p(var)))
		return refuse(why, "%s: is an array; a plain variable is wanted", target->name);
	if (kind == SHVAR_INDEXED && assoc_p(var))
		return refuse(why, "%s: not an indexed array", target->name);
	if (kind == SHVAR_ASSOC && array_p(var))
		return refuse(why, "%s: cannot convert indexed to associative array", target->name);
	return 0;
}

/* bash writes to these after each command: what a builtin leaves there is lost. */
static bool is_overwritten(const char *name)
{
	return strcmp(name, "_") == 0 || strcmp(name, "PIPESTATUS") == 0;
}

static int check_target(const struct shell_target *target, enum shvar_kind kind,
			char why[SHVAR_WHY_SIZE])
{
	const SHELL_VAR *var = target->var;

	if (find_tempenv_variable(target->name))
		return refuse(why, "%s: is set for this command only and would be lost",
			      target->name);
	if (is_overwritten(target->name))
		return refuse(why, "%s: is one of bash's own variables", target->name);
	if (var == NULL)
		return 0;
	if (readonly_p(var))
		return refuse(why, "%s: readonly variable", target->name);
	if (noassign_p(var) || var->dynamic_value || var->assign_func)
		return refuse(why, "%s: is one of bash's own variables", target->name);
	if (integer_p(var))
		return refuse(why, "%s: integer variable", target->name);
	if (uppercase_p(var) || lowercase_p(var) || capcase_p(var))
		return refuse(why, "%s: variable that changes the case of its value", target->name);
	return check_kind(target, kind, why);
}

int shell_find_assignable(const char *name, enum shvar_kind kind, struct shell_target *ret,
			  char why[SHVAR_WHY_SIZE])
{
	struct shell_target target;

	if (find_target(name, &target, why) < 0 || check_target(&target, kind, why) < 0)
		return -1;
	*ret = target;
	return 0;
}

int shvar_check(const char *name, enum shvar_kind kind, char why[SHVAR_WHY_SIZE])
{
	struct shell_target target;

	return shell_find_assignable(name, kind, &target, why);
}

int shvar_set_scalar(const char *name, const char *value)
{
	char why[SHVAR_WHY_SIZE];
	struct shell_target target;
	SHELL_VAR *var;
	bool exported;

	if (shell_find_assignable(name, SHVAR_SCALAR, &target, why) < 0)
		return -1;
	exported = target.var && exported_p(target.var);
	if (target.var)
		var = bind_variable_value(target.var, (char *)value, 0);
	else
		var = bind_variable(target.name, (char *)value, 0);
	if (var == NULL)
		return -1;
	VUNSETATTR(var, att_invisible);
	if (!exported) /* set -a would have it so */
		VUNSETATTR(var, att_exported);
	return 0;
}

static int fill_assoc(SHELL_VAR *var, const struct shvar_pair *pairs, size_t n)
{
	assoc_flush(assoc_cell(var));
	VUNSETATTR(var, att_invisible);
	for (size_t i = 0; i < n; i++)
		if (assoc_insert(assoc_cell(var), savestring(pairs[i].key),
				 (char *)pairs[i].value) < 0)
			return -1;
	return 0;
}

const char *shvar_resolve(const char *name)
{
	char why[SHVAR_WHY_SIZE];
	struct shell_target target;

	return find_target(name, &target, why) == 0 ? target.name : name;
}

/*
 * Replaces the variable by an associative array, where it stands, unless it is
 * one. Of a value assigned for a function or builtin only (att_tempvar) bash
 * would make a string again at its end, in posix mode. NULL: it stays as it is.
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
	convert_var_to_assoc(var); /* of an exported one it notes that the environment changes */
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
	/* past what is assigned for this command only: that is gone after it */
	SHELL_VAR *var = var_lookup(name, shell_variables);

	var = var ? replace_by_assoc(var) : make_new_assoc_variable((char *)name);
	if (var)
		fill_assoc(var, pairs, n);
}

const char *shvar_get(const char *name)
{
	return get_string_value(name);
}

static void free_strings(char **v, size_t n)
{
	while (n > 0)
		free(v[--n]);
	free(v);
}

/* Copies the words as shell_words() gives them; NULL: no memory. */
static char **copy_words(WORD_LIST *words, size_t *ret_n)
{
	size_t n, i;
	char **v = (char **)shell_words(words, &n);

	if (v == NULL)
		return NULL;
	for (i = 0; i < n; i++) {
		v[i] = strdup(v[i]);
		if (v[i] == NULL) {
			free_strings(v, i);
			return NULL;
		}
	}
	*ret_n = n;
	return v;
}

int shvar_get_indexed(const char *name, char ***ret_values, size_t *ret_n, char why[SHVAR_WHY_SIZE])
{
	struct shell_target target;
	WORD_LIST *words;
	char **values;

	if (find_target(name, &target, why) < 0)
		return -1;
	if (target.var == NULL)
		return refuse(why, "%s: no such array", target.name);
	if (!array_p(target.var))
		return refuse(why, "%s: not an indexed array", target.name);
	words = array_to_word_list(array_cell(target.var));
	values = copy_words(words, ret_n);
	dispose_words(words);
	if (values == NULL)
		return refuse(why, "out of memory");
	*ret_values = values;
	return 0;
}

static bool is_named(const SHELL_VAR *var, enum shvar_kind kind, const char *prefix,
		     bool assignable)
{
	char why[SHVAR_WHY_SIZE];
	bool right = kind == SHVAR_INDEXED ? array_p(var) :
		     kind == SHVAR_ASSOC   ? assoc_p(var) :
					     !array_p(var) && !assoc_p(var) && !function_p(var);

	return right && strncmp(var->name, prefix, strlen(prefix)) == 0 &&
	       (!assignable || shvar_check(var->name, kind, why) == 0);
}

int shvar_names(enum shvar_kind kind, const char *prefix, bool assignable, char ***ret_names,
		size_t *ret_n)
{
	SHELL_VAR **vars = all_visible_variables(); /* sorted; the variables stay bash's */
	size_t n = 0, all = 0;
	char **names;

	while (vars && vars[all])
		all++;
	names = malloc((all + 1) * sizeof(*names));
	for (size_t i = 0; i < all && names; i++) {
		if (!is_named(vars[i], kind, prefix, assignable))
			continue;
		names[n] = strdup(vars[i]->name);
		if (names[n++] == NULL) {
			free_strings(names, n);
			names = NULL;
		}
	}
	xfree(vars);
	if (names == NULL)
		return -1;
	*ret_names = names;
	*ret_n = n;
	return 0;
}
