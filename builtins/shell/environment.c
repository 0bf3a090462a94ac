/* SPDX-License-Identifier: GPL-3.0-or-later */
/* environment.c - see environment.h. */
#include "bash.h"

#include <stdlib.h>
#include <string.h>

#include "environment.h"

void shell_sync_environment(void)
{
	maybe_make_export_env();
}

struct hidden_variable {
	SHELL_VAR *var;
	char *value, *exportstr;
};

static struct {
	struct hidden_variable *v; /* has room for two of each name */
	size_t n;
	char **shown, **filtered; /* environ before, and while they are hidden */
} hidden;

static void hide(SHELL_VAR *var)
{
	if (!var || !var->value)
		return;
	hidden.v[hidden.n++] = (struct hidden_variable){ var, var->value, var->exportstr };
	var->value = var->exportstr = NULL;
}

bool shell_hide_variables(const char *const *names)
{
	size_t n = 0, kept = 0, n_names = 0;

	if (hidden.filtered)
		return true;
	while (environ && environ[n])
		n++;
	while (names[n_names])
		n_names++;
	hidden.v = calloc(n_names + 1, 2 * sizeof(*hidden.v));
	if (hidden.v)
		hidden.filtered = calloc(n + 1, sizeof(*hidden.filtered));
	if (!hidden.filtered) {
		free(hidden.v);
		hidden.v = NULL;
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(environ[i], "="), name = 0;

		while (name < n_names &&
		       (strlen(names[name]) != len || strncmp(names[name], environ[i], len) != 0))
			name++;
		if (name == n_names)
			hidden.filtered[kept++] = environ[i];
	}
	hidden.shown = environ;
	environ = hidden.filtered;
	/* bash's own getenv(), which libraries call, looks at these two */
	for (; *names; names++) {
		hide(find_tempenv_variable(*names));
		hide(find_variable(*names));
	}
	return true;
}

void shell_show_variables(void)
{
	if (!hidden.filtered)
		return;
	while (hidden.n > 0) {
		SHELL_VAR *var = hidden.v[--hidden.n].var;

		if (var->value) {
			free(hidden.v[hidden.n].value);
			free(hidden.v[hidden.n].exportstr);
		} else {
			var->value = hidden.v[hidden.n].value;
			var->exportstr = hidden.v[hidden.n].exportstr;
		}
	}
	if (environ == hidden.filtered)
		environ = hidden.shown;
	else /* bash has rebuilt it meanwhile */
		array_needs_making = 1;
	free(hidden.filtered);
	hidden.filtered = NULL;
	free(hidden.v);
	hidden.v = NULL;
}
