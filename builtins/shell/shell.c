/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell.c - see shell.h. The one file that includes bash's headers.
 *
 * One build serves bash 5.0 to 5.3 because it uses only what is the same in all
 * of them: the fields of SHELL_VAR, WORD_LIST and struct builtin, and functions.
 * ARRAY and HASH_TABLE differ and are never looked into, by macro or otherwise.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <permissions.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <builtins.h>
#include <shell.h>
#include <quit.h>
#include <common.h>

#include "shell.h"

/* In headers that bash does not install. */
extern int pending_traps[];
/* Not in every build of bash. */
extern int restricted __attribute__((weak));
extern __typeof__(get_alias_value) get_alias_value __attribute__((weak));
extern int rl_pending_signal(void) __attribute__((weak));
extern void rl_check_signals(void) __attribute__((weak));
extern void rl_cleanup_after_signal(void) __attribute__((weak));

#define SLICE_MS 100 /* how long a wait does not look at pending signals */
#define MESSAGE_NS (5 * CODER_NS) /* how long a message waits for whoever reads standard error */

#define SAME_FIELD(field)                                                                        \
	_Static_assert(offsetof(struct shell_builtin, field) == offsetof(struct builtin, field), \
		       "struct shell_builtin differs from bash's struct builtin")

SAME_FIELD(name);
SAME_FIELD(function);
SAME_FIELD(flags);
SAME_FIELD(long_doc);
SAME_FIELD(short_doc);
SAME_FIELD(handle);
_Static_assert(sizeof(struct shell_builtin) == sizeof(struct builtin), "size");
_Static_assert(SHELL_BUILTIN_ENABLED == BUILTIN_ENABLED, "flags");

/* ------------------------------------------------------------- variables */

/* What a name stands for once its namerefs are followed. */
struct target {
	const char *name; /* of the variable itself */
	SHELL_VAR *var; /* NULL: there is none yet */
};

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

static int find_target(const char *given, struct target *ret, char why[SHVAR_WHY_SIZE])
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
			*ret = (struct target){ name, var };
			return 0;
		}
		if (nameref_cell(var) == NULL)
			return refuse(why, "%s: name reference without a target", name);
		name = nameref_cell(var);
	}
	return refuse(why, "%s: circular name reference", given);
}

static int check_kind(const struct target *target, enum shvar_kind kind, char why[SHVAR_WHY_SIZE])
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

static int check_target(const struct target *target, enum shvar_kind kind, char why[SHVAR_WHY_SIZE])
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

/* Finds the variable and makes sure that it can be assigned. */
static int find_assignable(const char *name, enum shvar_kind kind, struct target *ret,
			   char why[SHVAR_WHY_SIZE])
{
	struct target target;

	if (find_target(name, &target, why) < 0 || check_target(&target, kind, why) < 0)
		return -1;
	*ret = target;
	return 0;
}

int shvar_check(const char *name, enum shvar_kind kind, char why[SHVAR_WHY_SIZE])
{
	struct target target;

	return find_assignable(name, kind, &target, why);
}

int shvar_set_scalar(const char *name, const char *value)
{
	char why[SHVAR_WHY_SIZE];
	struct target target;
	SHELL_VAR *var;
	bool exported;

	if (find_assignable(name, SHVAR_SCALAR, &target, why) < 0)
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
	struct target target;

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
	struct target target;
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

/* ---------------------------------------------------- arrays made aside */

#define BUCKETS 1024 /* of an associative array, as bash makes them */
#define FREE_STEPS 1024 /* elements that are freed between two looks at the time */
#define FREE_LATER_NS (CODER_NS / 20) /* how long a later call is busy with what was left */

struct shvar_array {
	ARRAY *indexed; /* one of these two */
	HASH_TABLE *assoc;
	arrayind_t n; /* how many there are in indexed */
	struct shvar_array *next; /* among what is left to be freed */
};

/* Large ones for which nobody wanted to wait, and whose they are: a child leaves its copies alone. */
static struct {
	struct shvar_array *first;
	pid_t owner;
} left;

/* The table that is being emptied. */
static struct {
	HASH_TABLE *table;
	char *key; /* of the element before the one that is looked at, or NULL */
	size_t steps;
	bool (*go_on)(void *ctx);
	void *ctx;
} emptied;

static void remove_looked_at(void)
{
	if (emptied.key)
		assoc_remove(emptied.table, emptied.key);
	emptied.key = NULL;
}

/* Removes an element when the walk has got to the next, from which it goes on. */
static int empty_element(BUCKET_CONTENTS *element)
{
	remove_looked_at();
	emptied.key = element->key;
	if (element->data)
		explicit_bzero(element->data, strlen(element->data));
	return ++emptied.steps % FREE_STEPS || emptied.go_on(emptied.ctx) ? 0 : -1;
}

/* Frees what is left, as far as there is time. */
static void free_left(bool (*go_on)(void *ctx), void *ctx)
{
	struct shvar_array *array;

	while (left.owner == getpid() && (array = left.first)) {
		emptied.table = array->assoc;
		emptied.steps = 0;
		emptied.go_on = go_on;
		emptied.ctx = ctx;
		hash_walk(array->assoc, empty_element);
		remove_looked_at();
		if (hash_size(array->assoc) > 0)
			return;
		assoc_dispose(array->assoc);
		left.first = array->next;
		free(array);
	}
}

/* bash 5.0 never gives a table more buckets, and all want a power of two. */
static int buckets_for(size_t expected)
{
	int n = BUCKETS;

	while ((size_t)n < expected && n < INT_MAX / 2)
		n *= 2;
	return n;
}

struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected, bool (*go_on)(void *ctx),
				    void *ctx)
{
	struct shvar_array *array = calloc(1, sizeof(*array));

	if (array == NULL)
		return NULL;
	free_left(go_on, ctx);
	if (kind == SHVAR_INDEXED)
		array->indexed = array_create();
	else
		array->assoc = hash_create(buckets_for(expected));
	return array;
}

void shvar_array_add(struct shvar_array *array, const char *key, const char *value)
{
	if (array->indexed)
		array_insert(array->indexed, array->n++, (char *)value);
	else
		assoc_insert(array->assoc, savestring(key), (char *)value);
}

int shvar_array_assign(const char *name, struct shvar_array *array)
{
	enum shvar_kind kind = array->indexed ? SHVAR_INDEXED : SHVAR_ASSOC;
	ARRAY *indexed = array->indexed;
	HASH_TABLE *assoc = array->assoc;
	char why[SHVAR_WHY_SIZE];
	struct target target;
	SHELL_VAR *var;

	if (find_assignable(name, kind, &target, why) < 0)
		return -1;
	var = target.var;
	if (kind == SHVAR_INDEXED) {
		if (var == NULL)
			var = make_new_array_variable((char *)target.name);
		else if (!array_p(var))
			var = convert_var_to_array(var);
		array->indexed = array_cell(var);
		var_setarray(var, indexed);
	} else {
		if (var == NULL)
			var = make_new_assoc_variable((char *)target.name);
		else if (!assoc_p(var))
			var = convert_var_to_assoc(var);
		array->assoc = assoc_cell(var);
		var_setassoc(var, assoc);
	}
	VUNSETATTR(var, att_invisible);
	return 0;
}

void shvar_array_free(struct shvar_array *array, bool (*go_on)(void *ctx), void *ctx)
{
	if (array == NULL)
		return;
	if (array->assoc == NULL) {
		array_dispose(array->indexed);
		free(array);
		return;
	}
	if (left.owner != getpid())
		left.first = NULL;
	left.owner = getpid();
	array->next = left.first;
	left.first = array;
	free_left(go_on, ctx);
}

/* ------------------------------------------------------------- the shell */

const char *shell_alias(const char *name)
{
	return get_alias_value ? get_alias_value((char *)name) : NULL;
}

bool shell_restricted(void)
{
	return &restricted && restricted;
}

bool shell_is_main(void)
{
	return getpid() == dollar_dollar_pid;
}

const char *shell_version(void)
{
	return dist_version;
}

void shell_sync_environment(void)
{
	maybe_make_export_env();
}

/* What is hidden, and what it was. */
static struct {
	struct {
		SHELL_VAR *var;
		char *value, *exportstr;
	} v[32];
	size_t n;
	char **shown, **filtered; /* environ, before and meanwhile */
} hidden;

static void hide(SHELL_VAR *var)
{
	if (!var || !var->value || hidden.n == sizeof(hidden.v) / sizeof(hidden.v[0]))
		return;
	hidden.v[hidden.n].var = var;
	hidden.v[hidden.n].value = var->value;
	hidden.v[hidden.n].exportstr = var->exportstr;
	hidden.n++;
	var->value = var->exportstr = NULL;
}

static bool is_among(const char *entry, const char *const *names)
{
	size_t len = strcspn(entry, "=");

	for (; *names; names++)
		if (strlen(*names) == len && strncmp(*names, entry, len) == 0)
			return true;
	return false;
}

bool shell_hide_variables(const char *const *names)
{
	size_t n = 0, kept = 0;

	if (hidden.filtered)
		return true;
	while (environ && environ[n])
		n++;
	hidden.filtered = calloc(n + 1, sizeof(*hidden.filtered));
	if (!hidden.filtered)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_among(environ[i], names))
			hidden.filtered[kept++] = environ[i];
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
	else /* bash has made it anew meanwhile */
		array_needs_making = 1;
	free(hidden.filtered);
	hidden.filtered = NULL;
}

/* ---------------------------------------------------------------- output */

/* What a write may raise: to a pipe without a reader, past the size that a file may have. */
static const int write_signals[] = { SIGPIPE, SIGXFSZ };
#define N_WRITE (sizeof(write_signals) / sizeof(write_signals[0]))

/* A write fails, but does not end a process that has a token to undo. */
static void hold_write_signals(sigset_t *ret_old)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < N_WRITE; i++)
		sigaddset(&set, write_signals[i]);
	sigprocmask(SIG_BLOCK, &set, ret_old);
}

static void release_write_signals(const sigset_t *old)
{
	static const struct timespec now;
	sigset_t raised;

	sigemptyset(&raised);
	for (size_t i = 0; i < N_WRITE; i++)
		if (!sigismember(old, write_signals[i]))
			sigaddset(&raised, write_signals[i]);
	while (sigtimedwait(&raised, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, old, NULL);
}

/*
 * Waits until there is room for a message, as long as a reader may take that
 * has stalled: a shell whose signals are held could not be freed from a write.
 */
static bool error_has_room(void)
{
	const int64_t deadline = coder_deadline(MESSAGE_NS);
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };
	int ready;

	fflush(stderr);
	do
		ready = poll(&out, 1, SLICE_MS);
	while (ready <= 0 && coder_clock() < deadline && !shell_pending(NULL));
	return ready > 0;
}

__attribute__((format(printf, 2, 0))) static void say(void (*print)(const char *, ...),
						      const char *fmt, va_list ap)
{
	sigset_t old;
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	hold_write_signals(&old);
	if (error_has_room())
		print("%s", text ? text : "out of memory");
	release_write_signals(&old);
	free(text);
}

void shio_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(builtin_error, fmt, ap);
	va_end(ap);
}

void shio_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(builtin_warning, fmt, ap);
	va_end(ap);
}

void shio_usage(void)
{
	sigset_t old;

	hold_write_signals(&old);
	if (error_has_room())
		builtin_usage();
	release_write_signals(&old);
}

/*
 * Returns 0 or an errno. No more than PIPE_BUF at once: what poll() says of a
 * pipe is true of that much, so that write() does not block.
 */
static int write_all(const char *data, size_t len, struct coder_interrupts *interrupts)
{
	while (len > 0) {
		struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
		ssize_t n;
		int ready;

		if (interrupts && coder_interrupts_pending(interrupts))
			return EINTR;
		ready = poll(&out, 1, SLICE_MS);
		if (ready <= 0 && interrupts && coder_interrupts_time_left(interrupts) <= 0)
			return ETIME;
		if (ready == 0 || (ready < 0 && errno == EINTR))
			continue;
		n = write(STDOUT_FILENO, data, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int shio_write(const char *data, size_t len, struct coder_interrupts *interrupts)
{
	sigset_t old;
	int error;

	hold_write_signals(&old);
	error = fflush(stdout) == 0 ? write_all(data, len, interrupts) : errno;
	release_write_signals(&old);
	errno = error;
	return error ? -1 : 0;
}

void shio_note(const char *text)
{
	sigset_t old;

	hold_write_signals(&old);
	if (error_has_room())
		fprintf(stderr, "%s\n", text);
	fflush(stderr);
	release_write_signals(&old);
}

void shio_progress(const char *text)
{
	/* back to the line's begin, and clear it (ECMA-48 EL) */
	fprintf(stderr, "\r\033[K%s", text ? text : "");
	fflush(stderr);
}

bool shio_error_is_terminal(void)
{
	return isatty(STDERR_FILENO);
}

/* ------------------------------------------------------- interrupts, end */

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define N_ENDING (sizeof(ending_signals) / sizeof(ending_signals[0]))

/* What shell_take_signal() has taken, and shell_leave() gives back to bash. */
static struct {
	bool interrupt; /* interrupt_state was set */
	int terminating; /* the first that terminating_signal was, or 0 */
	int traps[N_ENDING]; /* so many of pending_traps[], which stays as it is */
	int readline; /* what readline had caught, or 0 */
} taken;

/* The signal that readline has caught and not yet handled, or 0. */
static int readline_signal(void)
{
	int sig = rl_pending_signal ? rl_pending_signal() : 0;

	for (size_t i = 0; i < N_ENDING; i++)
		if (sig == ending_signals[i])
			return sig;
	return 0;
}

int shell_pending(void *unused)
{
	int sig = readline_signal();

	(void)unused;
	if (terminating_signal)
		return terminating_signal;
	if (interrupt_state)
		return SIGINT;
	for (size_t i = 0; i < N_ENDING; i++)
		if (pending_traps[ending_signals[i]] > taken.traps[i])
			return ending_signals[i];
	return sig == taken.readline ? 0 : sig;
}

/*
 * Before bash 5.3 readline keeps a ^C during completion to itself, and would act
 * on it only at the next key. Handled now, it becomes bash's interrupt, which
 * wants the terminal as bash left it.
 */
static void hand_over_interrupt(void)
{
	if (readline_signal() != SIGINT || !rl_check_signals || !rl_cleanup_after_signal)
		return;
	rl_check_signals();
	if (interrupt_state)
		rl_cleanup_after_signal();
}

/* bash's flags count to one: they are put away, so that a second signal is seen. */
int shell_take_signal(void *unused)
{
	int sig;

	(void)unused;
	hand_over_interrupt();
	if (terminating_signal) {
		sig = terminating_signal;
		terminating_signal = 0;
		if (!taken.terminating)
			taken.terminating = sig;
		return sig;
	}
	if (interrupt_state) {
		interrupt_state = 0;
		taken.interrupt = true;
		return SIGINT;
	}
	for (size_t i = 0; i < N_ENDING; i++)
		if (pending_traps[ending_signals[i]] > taken.traps[i]) {
			taken.traps[i]++;
			return ending_signals[i];
		}
	sig = readline_signal();
	if (sig == taken.readline)
		return 0;
	taken.readline = sig;
	return sig;
}

void shell_enter(void)
{
	memset(&taken, 0, sizeof(taken));
}

/* Nobody is kept waiting for long by what an earlier call left to be freed. */
static bool may_free(void *deadline)
{
	return !shell_pending(NULL) && coder_clock() < *(const int64_t *)deadline;
}

int shell_leave(int status)
{
	int64_t deadline = coder_deadline(FREE_LATER_NS);

	free_left(may_free, &deadline);
	if (taken.interrupt)
		interrupt_state = 1;
	if (taken.terminating) /* of several the first is the one that ends the shell */
		terminating_signal = taken.terminating;
	shell_enter();
	hand_over_interrupt();
	if ((status & SHELL_EPIPE) && !shell_is_main())
		raise(SIGPIPE);
	QUIT;
	return status & ~SHELL_EPIPE;
}

/* ------------------------------------------------------------ descriptors */

unsigned shell_fill_std(void)
{
	unsigned mask = 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int useless = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		/* the lowest free number is this one, as those below are taken */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", useless | O_CLOEXEC) == fd)
			mask |= 1u << fd;
	}
	return mask;
}

void shell_close_std(unsigned mask)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (mask & 1u << fd)
			close(fd);
}

/* ------------------------------------------------------------- definition */

/* Whether arrays do what their functions promise. */
static bool arrays_work(void)
{
	ARRAY *array = array_create();
	const char *value;
	bool ok;

	array_insert(array, 7, (char *)"y");
	value = array_reference(array, 7);
	ok = value && strcmp(value, "y") == 0;
	array_dispose(array);
	return ok;
}

bool shell_supported(const char *name)
{
	const char *version = dist_version ? dist_version : "?";

	if (strncmp(version, "5.", 2) == 0 && version[2] >= '0' && version[2] <= '3' &&
	    (version[3] == '\0' || version[3] == '.') && arrays_work())
		return true;
	shio_error("%s: bash %s is not supported: needs 5.0 to 5.3", name, version);
	return false;
}

const char **shell_words(void *words, size_t *ret_n)
{
	const char **v;
	size_t n = 0;

	for (WORD_LIST *w = words; w; w = w->next)
		n++;
	v = malloc((n ? n : 1) * sizeof(*v));
	if (v == NULL)
		return NULL;
	n = 0;
	for (WORD_LIST *w = words; w; w = w->next)
		v[n++] = w->word->word;
	*ret_n = n;
	return v;
}
