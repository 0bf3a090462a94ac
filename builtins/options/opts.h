/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opts.h - option tables: one table a command, from which everything that
 * knows its options is made: parsing, usage, `help`, --help, the man page, the
 * README's tables and completion. Re-entrant; knows nothing of bash.
 *
 * The parser takes short and long options, --opt value, --opt=value, -ovalue,
 * clusters (-aq), options after operands, and "--". An abbreviation of a long
 * option is an error that names the option meant.
 */
#ifndef OPTS_H
#define OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How an option's value is stored in the command's options struct. */
enum opts_kind {
	OPTS_FLAG, /* bool; no value */
	OPTS_TEXT, /* const char *: the last one given; points into the words */
	OPTS_LIST, /* struct opts_list: every one given, in order */
	OPTS_CHOICE, /* const char *: one of the option's choices */
};

/* What a value is, for completion: which candidates there are. */
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
	OPTS_VALUE_ARRAY, /* name of an indexed array */
	OPTS_VALUE_VARIABLE, /* name of a variable */
	OPTS_VALUE_ASSOC, /* name of an associative array */
	OPTS_VALUE_TOKEN, /* name or id of a token */
	OPTS_VALUE_TOKEN_NAME, /* name of a token */
};

enum opts_flags {
	OPTS_HIDDEN = 1 << 0, /* in no documentation, offered by no completion */
	OPTS_COMMAS = 1 << 1, /* an OPTS_LIST whose values may be comma lists */
	OPTS_NONEMPTY = 1 << 2, /* an empty value is a usage error */
	OPTS_OUTPUT = 1 << 3, /* names a variable that the command assigns (its kind is .value) */
};

/* The values of a repeatable option, in order. Pointers into the words. */
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
	const char *env; /* shell variable that stands in when an OPTS_TEXT is absent, or NULL */
	const char *fallback; /* the value when that is absent, too, or NULL */
	const char *group; /* options with the same group exclude each other, or NULL */
	const char *help; /* one or more sentences, plain text, wrapped by the printers */
};

/* An exit status. */
struct opts_status {
	const char *status; /* "0" */
	const char *meaning; /* without a full stop */
	unsigned
		errors; /* for the command: which of its errors end in this status; not read here */
};

/* Words that an option's value can be, with what each means: for the documentation. */
struct opts_terms {
	const char *title; /* "Goals" */
	/* Sets name and meaning of row i; false: there are no more rows. */
	bool (*row)(size_t i, const char **ret_name, const char **ret_meaning);
};

/*
 * Describes a command for users; all texts are plain UTF-8 without wrapping. Of
 * several tables the last holds the options common to all commands.
 */
struct opts_command {
	const char *name; /* "token_rm" */
	const char *summary; /* one line, no full stop: `help -d`, man NAME */
	const char *operands; /* "[NAME|ID|TOKEN]...", "" for none */
	enum opts_value operand_value; /* for completion */
	size_t min_operands, max_operands; /* max OPTS_MANY: any number */
	/* NULL-terminated tables; each ends with a NULL name */
	const struct opts_option *const *tables;
	const char *const *description; /* paragraphs, NULL-terminated */
	const struct opts_terms *terms; /* or NULL */
	const char *const *examples; /* pairs: what it does, the command line; NULL-terminated */
	const struct opts_status *statuses; /* ends with a NULL status */
	const char *const *see_also; /* man pages, "token_rm(1)" (its own is left out), or NULL */
};
#define OPTS_MANY ((size_t)-1)

/* Walks all options of a command; left by return or goto (there are two loops). */
#define opts_for_each(option, command)                                                       \
	for (const struct opts_option *const *table_ = (command)->tables; *table_; table_++) \
		for (const struct opts_option *option = *table_; option->name; option++)

/*
 * An error is one line, without prefix or newline. Words in it are escaped as by coder_escape(),
 * the secrets of tokens in them are hidden, and long ones are cut.
 */
#define OPTS_ERROR_SIZE 512

/*
 * Reads words[0..n) (without the command's name) into options, which the caller
 * zeroed. Values are kept as given, comma lists included; a word after an option
 * that takes a value is its value, whatever it begins with; "-" is an operand.
 * Returns 0, or -1 with the first error filled in, *ret untouched and options
 * not to be used any more:
 *
 *   --bogus: invalid option                 --all: option takes no argument
 *   --scop: invalid option; did you mean --scope?
 *   --s: ambiguous option: --scope, --scopes-from
 *   -x: invalid option                      -n: option requires an argument
 *   --name: value cannot be empty           --expire and --delete exclude each other
 *   yaml: invalid choice for --output: want text or json
 *
 * An empty error: no memory. An error after a flag named "help" or "version"
 * ends the reading without failing. The number of operands is not checked here.
 */
struct opts_result {
	struct opts_list operands;
	void *owned; /* the memory of the operands and of all OPTS_LIST fields */
};
int opts_parse(const struct opts_command *command, void *options, const char *const *words,
	       size_t n, struct opts_result *ret, char error[OPTS_ERROR_SIZE]);
/* Ends operands and OPTS_LIST fields alike. Zeroed memory is an empty result. */
void opts_done(struct opts_result *result);

/* "missing operand: want NAME|ID", "extra operand 'x'"; 0 or -1 with error. */
int opts_check_operands(const struct opts_command *command, const struct opts_result *result,
			char error[OPTS_ERROR_SIZE]);

/*
 * Gives absent OPTS_TEXT and OPTS_CHOICE options a value: that of their shell variable
 * (OPTS_TEXT only), where it is set and not empty, else their fallback. get(ctx, name)
 * returns a string that stays, or NULL.
 */
void opts_fill_defaults(const struct opts_command *command, void *options,
			const char *(*get)(void *ctx, const char *name), void *ctx);

/* The option of that long name, hidden ones too, or NULL. */
const struct opts_option *opts_find(const struct opts_command *command, const char *name);

/*
 * bash's short_doc, in one line: "token_rm [--expire | --delete] [-u USER] ...
 * [COMMON OPTION]... [NAME|ID|TOKEN]...". Heap; NULL: no memory.
 */
char *opts_usage(const struct opts_command *command);

/*
 * bash's long_doc: heap array of heap lines, NULL-terminated; the first is the
 * summary as a sentence, with a newline, which `help -d` does not add. Description,
 * options, examples and exit status, wrapped at 75 columns. NULL: no memory.
 */
char **opts_long_doc(const struct opts_command *command);
void opts_free_lines(char **lines);

/*
 * Prints the documentation, hidden options left out. Returns 0, or -1: unknown
 * format, or no memory (errors of out are the caller's to notice). Formats:
 *
 *   text      --help: the usage and opts_long_doc()
 *   man       a troff man page, section 1, in ASCII
 *   markdown  the README's table of options, the common ones left out
 *   markdown-terms
 *             the table of its terms
 *   markdown-common, markdown-statuses
 *             its table of common options, and of exit statuses
 */
int opts_print(const struct opts_command *command, const char *format, FILE *out);

#endif
