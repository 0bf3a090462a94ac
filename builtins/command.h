/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - what a command is made of, and the one path every call takes:
 *
 *   parse -> check -> is every target variable assignable -> session
 *         -> run (network) -> publish -> free all -> raise the signals
 *         that were held -> leave
 *
 * A failure at any step ends the call with one line on standard error, the
 * associative array TOKEN_ERROR, and the exit status of its code; nothing is
 * published then. If the words do not fit the usage, it follows the line. The
 * steps up to the session make no request. TOKEN_ERROR exists from loading on and
 * is empty after a success.
 *
 * A call that begins with the word of completion (complete/complete.h) is no call
 * of the command that it names: it goes to complete/.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "coder.h"
#include "options/opts.h"
#include "output/result.h"
#include "shell/shell.h"

/* The options every command takes; the first member of each options struct. */
struct common_options {
	const char *url, *token, *timeout;
	bool help, version;
	const char *doc; /* hidden: documentation in a format of opts_print() */
};

/* The table rows of the common options, for opts_command.tables. */
extern const struct opts_option command_common_options[];
/* The manual pages of all commands, for opts_command.see_also. */
extern const char *const command_see_also[];

/* One call of a command. */
struct call {
	const struct command *command;
	void *options; /* the command's options struct */
	void *state; /* the command's state struct, zeroed; ended by command.done */
	struct opts_list operands;
	struct coder_interrupts *interrupts; /* what ends the call early: signals, its deadline */
	struct coder_client *client; /* from run on */
	struct result result;
	bool reported; /* what fails has been printed already, each failure of several */
	bool misused; /* the words do not fit the usage, which is then printed, too */
	struct coder_strings environment; /* values of shell variables in use */
	bool environment_lost; /* one could not be kept: no memory */
};

struct command {
	struct opts_command opts;
	size_t options_size;
	size_t state_size;
	/* Looks at options and operands, fills state; pure, but for reading shell variables. */
	int (*check)(struct call *call, struct coder_error *err);
	/* Talks to the server and fills the result. */
	int (*run)(struct call *call, struct coder_error *err);
	/* The result could not be delivered (*err says why): NULL if nothing is to be done. Returns -1. */
	int (*undelivered)(struct call *call, struct coder_error *err);
	/* Ends the contents of state; accepts half-filled ones. */
	void (*done)(void *state);
};

/* Completes an error about the token in use with where that came from: before it is printed. */
void command_explain(const struct call *call, struct coder_error *err);

/* Prints an error, and what to do about it, as the end of a call would, for one of several targets. */
void command_print_error(const struct call *call, const struct coder_error *err);

/*
 * A usage error of the words' form, for check: an operand that is missing, options that exclude
 * each other. The usage follows the message. A wrong value (of a duration, a name, a variable) is
 * a usage error without it: its message says what is wanted. Returns -1.
 */
int command_misused(struct call *call, const char *text, struct coder_error *err);

/*
 * Puts in front of an error's message where the value came from that it is about: "--name: ", or
 * the shell variable that stands in for that option. Returns -1.
 */
int command_blame(const struct call *call, const char *option, struct coder_error *err);

/* Appends the values of an indexed array of the shell; none such is a usage error. */
int command_array(const char *name, struct coder_strings *ret, struct coder_error *err);

int command_main(const struct command *command, void *words);
int command_load(const struct command *command, struct shell_builtin *builtin);
void command_unload(void);

/*
 * Defines the builtin NAME for bash, from `const struct command NAME_command`.
 * Used once, at the end of each token_*.c. The hooks make no request, read no
 * file, and can run any number of times.
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
