/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opts.h - option tables. Each command has one, and everything that depends on its options is made
 * from it: parsing, usage, `help`, --help, the man page, the tables in the pages and completion.
 * The functions are re-entrant and know nothing of bash.
 *
 * The parser accepts short and long options, --opt value, --opt=value, -ovalue, combined letters
 * (-aq), options after operands, and "--". An abbreviated long option is an error, whose message
 * names the whole option.
 */
#ifndef OPTS_H
#define OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"

/* How an option's value is stored in the command's options struct. */
enum opts_kind {
	OPTS_FLAG, /* bool; no value */
	OPTS_TEXT, /* const char *: the last value given; points into the words */
	OPTS_LIST, /* struct opts_list: all values given, in order */
	OPTS_CHOICE, /* const char *: one of the option's choices */
};

/* What a value is. Completion chooses the candidates by it. */
enum opts_value {
	OPTS_VALUE_NONE, /* free text */
	OPTS_VALUE_CHOICE, /* the option's choices */
	OPTS_VALUE_SCOPE,
	OPTS_VALUE_GOAL,
	OPTS_VALUE_ENTRY, /* an allow-list entry */
	OPTS_VALUE_USER,
	OPTS_VALUE_LIFETIME,
	OPTS_VALUE_DURATION,
	OPTS_VALUE_COLUMN,
	OPTS_VALUE_SORT, /* a column, with - in front of it for descending order */
	OPTS_VALUE_ARRAY, /* name of an indexed array */
	OPTS_VALUE_VARIABLE, /* name of a variable */
	OPTS_VALUE_ASSOC, /* name of an associative array */
	OPTS_VALUE_TOKEN, /* name or id of a token */
	OPTS_VALUE_TOKEN_NAME, /* name of a token */
	OPTS_VALUE_URL, /* of the deployment that the call is about */
	OPTS_VALUE_SESSION_TOKEN, /* the token that the call acts with */
};

enum opts_flags {
	OPTS_HIDDEN = 1 << 0, /* in no documentation, offered by no completion */
	OPTS_COMMAS = 1 << 1, /* each value of this OPTS_LIST may be a comma list */
	OPTS_NONEMPTY = 1 << 2, /* an empty value is a usage error */
	OPTS_OUTPUT = 1 << 3, /* the value names an output variable, of the kind in .value */
	OPTS_UNEXPIRED = 1 << 4, /* with this option the call is about no expired tokens */
};

/* The values of a repeatable option, in order. They point into the words. */
struct opts_list {
	const char **v;
	size_t n;
};

struct opts_option {
	const char *name; /* long name without dashes */
	char letter; /* short name, or 0 */
	enum opts_kind kind;
	enum opts_value value;
	unsigned flags;
	size_t offset; /* of the field in the options struct */
	const char *arg; /* metavariable: "NAME"; NULL for flags */
	const char *choices; /* "text|json" for OPTS_CHOICE; shown instead of arg */
	const char *env; /* shell variable whose value is used if an OPTS_TEXT is absent, or NULL */
	const char *fallback; /* the value if the variable has none either, or NULL */
	const char *group; /* options of the same group exclude each other; or NULL */
	const char *help; /* one or more sentences, not wrapped */
};

/* What stands for the value in documentation: the choices or the metavariable; NULL for flags. */
static inline const char *opts_metavariable(const struct opts_option *o)
{
	return o->choices ? o->choices : o->arg;
}

/* An exit status. */
struct opts_status {
	const char *status; /* "0" */
	const char *meaning; /* without a full stop */
	unsigned errors; /* the errors that end in this status; read by status.c only */
};

/* The values that an option can have, and their meanings, for the documentation. */
struct opts_terms {
	const char *title; /* "Goals" */
	/* Sets name and meaning of row i; false: there are no more rows. */
	bool (*row)(size_t i, const char **ret_name, const char **ret_meaning);
};

/*
 * What users read of a command. All texts are plain UTF-8, not wrapped. If there are several
 * tables, the last one has the options that all commands have.
 */
struct opts_command {
	const char *name; /* "token_rm" */
	const char *summary; /* one line, no full stop: `help -d`, man NAME */
	const char *operands; /* "[NAME|ID|TOKEN]...", "" for none */
	enum opts_value operand_value; /* for completion */
	size_t min_operands, max_operands; /* max may be OPTS_MANY */
	/* NULL-terminated tables; each ends with a NULL name */
	const struct opts_option *const *tables;
	const char *const *description; /* paragraphs, NULL-terminated */
	const struct opts_terms *terms; /* or NULL */
	const char *const
		*examples; /* pairs of a description and a command line; NULL-terminated */
	const struct opts_status *statuses; /* ends with a NULL status */
	const char *const *see_also; /* man pages, "token_rm(1)" (its own is left out), or NULL */
};
#define OPTS_MANY ((size_t)-1)

/* Loops over all options of a command. It is two loops: leave it by return or goto, not by break. */
#define opts_for_each(option, command)                                                       \
	for (const struct opts_option *const *table_ = (command)->tables; *table_; table_++) \
		for (const struct opts_option *option = *table_; option->name; option++)

/*
 * An error is one line, without prefix or newline. Words in it are escaped (coder_escape()) and
 * cut if they are long, and secrets of tokens in them are hidden.
 */
#define OPTS_ERROR_SIZE 512

/*
 * Reads the n words, without the command's name, into options, which the caller has zeroed. Values
 * are kept as given; comma lists are not split. The word after an option that takes a value is its
 * value, whatever it begins with. "-" is an operand. Returns 0, or -1 with the first error; then
 * *ret is untouched, and options must not be used any more:
 *
 *   --bogus: invalid option                 --all: option takes no argument
 *   --scop: invalid option; did you mean --scope?
 *   --s: ambiguous option: --scope, --scopes-from
 *   -x: invalid option                      -n: option requires an argument
 *   --name: value cannot be empty           --expire and --delete exclude each other
 *   yaml: invalid choice for --output: want text or json
 *
 * An empty error means that there is no memory. An error behind a flag named "help" or "version"
 * ends the reading without failing. The number of operands is not checked here.
 */
struct opts_result {
	struct opts_list operands;
	void *owned; /* the memory of the operands and of all OPTS_LIST values */
};
int opts_parse(const struct opts_command *command, void *options, const char *const *words,
	       size_t n, struct opts_result *ret, char error[OPTS_ERROR_SIZE]);
/* Frees the operands and the values of all OPTS_LIST options. Zeroed memory is an empty result. */
void opts_done(struct opts_result *result);

/* Returns 0, or -1 with an error: "missing operand: want NAME|ID", "extra operand 'x'". */
int opts_check_operands(const struct opts_command *command, const struct opts_result *result,
			char error[OPTS_ERROR_SIZE]);

/*
 * Gives absent OPTS_TEXT and OPTS_CHOICE options a value: that of their shell variable (OPTS_TEXT
 * only) if it is set and not empty, else their fallback. get(ctx, name) returns the value of a
 * variable, which must stay valid as long as options are used, or NULL.
 */
void opts_fill_defaults(const struct opts_command *command, void *options,
			const char *(*get)(void *ctx, const char *name), void *ctx);

/* The value of an OPTS_TEXT or OPTS_CHOICE option in an options struct; NULL: it was not given. */
const char *opts_text(const void *options, const struct opts_option *o);

/* The option of that long name, whose length is len, or of that letter; hidden ones included, or NULL. */
const struct opts_option *opts_find_name(const struct opts_command *command, const char *name,
					 size_t len);
const struct opts_option *opts_find_letter(const struct opts_command *command, char letter);
/* The same for a long name that ends with its string. */
static inline const struct opts_option *opts_find(const struct opts_command *command,
						  const char *name)
{
	return opts_find_name(command, name, strlen(name));
}
/* The first option with such a value, or NULL. */
const struct opts_option *opts_find_value(const struct opts_command *command,
					  enum opts_value value);

/*
 * Returns bash's short_doc: "token_rm [--expire | --delete] [-u USER] ... [COMMON OPTION]...
 * [NAME|ID|TOKEN]...". It is wrapped so that what `help` and usage errors print fits a terminal of 80
 * columns. The caller frees it. NULL: no memory.
 */
char *opts_usage(const struct opts_command *command);

/*
 * Returns bash's long_doc: an array of lines, NULL-terminated, in one block that the caller frees.
 * They are the summary, description, options, examples and exit statuses, wrapped at 75 columns.
 * The first line ends with a newline, because `help -d` adds none. NULL: no memory.
 */
char **opts_long_doc(const struct opts_command *command);

/* The formats of opts_print() and what writes them; OR is put between two rows. */
/* clang-format off */
#define OPTS_FORMATS(FORMAT, OR) \
	FORMAT("text", opts_print_text) \
	OR FORMAT("man", opts_print_man) \
	OR FORMAT("markdown", opts_print_markdown) \
	OR FORMAT("markdown-terms", opts_print_markdown_terms) \
	OR FORMAT("markdown-common", opts_print_markdown_common) \
	OR FORMAT("markdown-statuses", opts_print_markdown_statuses)
/* clang-format on */
/* "text|man|...", for the option that chooses one. */
#define OPTS_FORMAT_CHOICES OPTS_FORMATS(OPTS_FORMAT_NAME, "|")
#define OPTS_FORMAT_NAME(name, print) name

/*
 * Writes the documentation without hidden options to *ret. Returns 0, or -1 if the format is unknown
 * or there is no memory; *ret is then untouched. Formats:
 *
 *   text                --help: the usage and opts_long_doc()
 *   man                 a troff man page, section 1, in ASCII
 *   markdown            the table of options in docs/reference.md, without the common ones
 *   markdown-terms      the table of the values of an option
 *   markdown-common     the table of common options
 *   markdown-statuses   the table of exit statuses
 */
int opts_print(const struct opts_command *command, const char *format, struct buf *ret);

#endif
