/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message.h - messages on standard error. In every message, wherever its text comes from, the
 * secrets of whole tokens are hidden and control characters are escaped.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

/* Prints a message: "script: line N: token_rm: TEXT". */
void output_message(const char *text);

/* Prints a warning. */
void output_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Prints a warning once per shell, topic and subject (the deployment or file that the warning is
 * about). A shell and its subshells count as one. The last 64 pairs are remembered.
 */
void output_warn_once(const char *topic, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Shares with subshells which warnings were printed. Call it before any subshell is started. */
void output_share_warnings(void);

#endif
