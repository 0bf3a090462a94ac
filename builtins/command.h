/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - what a command consists of, and the path that every call takes:
 *
 *   parse the words -> check -> check that output variables can be assigned
 *         -> open the session -> run (network) -> publish the result
 *         -> free everything -> raise the fatal signals that were caught -> leave
 *
 * A failure at any step ends the call: it prints one line on standard error, fills the
 * associative array TOKEN_ERROR, returns the exit status of its error, and publishes
 * nothing. If the words do not fit the usage, the usage is printed, too. No step before
 * `run` makes a request. TOKEN_ERROR exists from loading on, and is empty after a success.
 *
 * If the first word of a call is --complete, the call goes to complete/, whichever builtin
 * it is.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "coder.h"
#include "options/opts.h"
#include "output/result.h"
#include "shell/shell.h"

/* The options that every command has; the first member of each options struct. */
struct common_options {
	const char *url, *token, *timeout;
	bool help, version;
	const char *doc; /* hidden: documentation in a format of opts_print() */
};

/* The table rows of the common options, for opts_command.tables. */
extern const struct opts_option command_common_options[];
/* The man pages of all commands, for opts_command.see_also. */
extern const char *const command_see_also[];

/* One call of a command. */
struct call {
	const struct command *command;
	void *options; /* the command's options struct */
	void *state; /* the command's state struct, zeroed; freed by command.done */
	struct opts_list operands;
	struct coder_interrupts
		*interrupts; /* signals and the deadline, which end the call early */
	struct coder_client *client; /* NULL until the session is open */
	char *token_source; /* where the session token came from; NULL until then */
	struct result result;
	bool reported; /* the errors have been printed already, one for each token that failed */
	bool misused; /* the words do not fit the usage, so it is printed */
	struct coder_strings environment; /* the values of shell variables that are in use */
	bool environment_lost; /* a value could not be kept: no memory */
};

struct command {
	struct opts_command opts;
	size_t options_size;
	size_t state_size;
	/*
	 * Checks options and operands, and fills state. It changes nothing else, and reads only
	 * variables.
	 */
	int (*check)(struct call *call, struct coder_error *err);
	/* Sends requests and fills the result. */
	int (*run)(struct call *call, struct coder_error *err);
	/*
	 * Undoes what was done, because the result could not be published; *err has the reason.
	 * Returns -1. NULL if there is nothing to undo.
	 */
	int (*undelivered)(struct call *call, struct coder_error *err);
	/* Frees the contents of state, which may be half filled. */
	void (*done)(void *state);
};

/*
 * What the hooks of BUILTIN() call: for a call, whose words are a WORD_LIST of bash; at loading,
 * where 0 refuses the builtin; at unloading.
 */
int command_main(const struct command *command, void *words);
int command_load(const struct command *command, struct shell_builtin *builtin);
void command_unload(void);

/*
 * Defines the builtin NAME for bash, from `const struct command NAME_command`. It is used
 * once, at the end of each token_*.c. The hooks for loading and unloading send no request
 * and read no file, and can run any number of times.
 */
#define BUILTIN(NAME)                                                                 \
	static int NAME##_main(void *words)                                           \
	{                                                                             \
		return command_main(&NAME##_command, words);                          \
	}                                                                             \
	extern struct shell_builtin NAME##_struct;                                    \
	__attribute__((visibility("default"))) struct shell_builtin NAME##_struct = { \
		(char *)#NAME, NAME##_main, SHELL_BUILTIN_ENABLED, NULL, NULL, NULL   \
	};                                                                            \
	int NAME##_builtin_load(char *name);                                          \
	__attribute__((visibility("default"))) int NAME##_builtin_load(char *name)    \
	{                                                                             \
		(void)name;                                                           \
		return command_load(&NAME##_command, &NAME##_struct);                 \
	}                                                                             \
	void NAME##_builtin_unload(char *name);                                       \
	__attribute__((visibility("default"))) void NAME##_builtin_unload(char *name) \
	{                                                                             \
		(void)name;                                                           \
		command_unload();                                                     \
	}

#endif
