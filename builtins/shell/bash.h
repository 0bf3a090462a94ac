/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bash.h - bash's headers. Only files of this room include it.
 *
 * One build serves bash 5.0 to 5.3 because it uses only what is the same in all
 * of them: the fields of SHELL_VAR, WORD_LIST and struct builtin, and functions.
 * ARRAY and HASH_TABLE differ and are never looked into, by macro or otherwise.
 */
#ifndef SHELL_BASH_H
#define SHELL_BASH_H

#include <config.h>

#include <builtins.h>
#include <shell.h>
#include <quit.h>
#include <common.h>

#endif
