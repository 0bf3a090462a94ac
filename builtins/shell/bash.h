/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bash.h - bash's headers. Only files of this room include it.
 *
 * One build works in bash 5.0 to 5.3, because it uses only functions and the structures
 * SHELL_VAR, WORD_LIST and struct builtin, which are the same in all of them. ARRAY and
 * HASH_TABLE differ, so no macro or code reads their members.
 */
#ifndef SHELL_BASH_H
#define SHELL_BASH_H

#include <config.h>

#include <builtins.h>
#include <shell.h>
#include <quit.h>
#include <common.h>

#endif
