/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coder.h - API client for the session tokens of a Coder deployment.
 *
 * The library knows nothing of bash, options or terminals. It never prints, exits, reads the
 * environment or leaves a call by longjmp().
 *
 * Conventions:
 *
 *  - A function returns 0, or -1 with *err filled in. err is the last parameter and never NULL;
 *    after a success its contents mean nothing. Outputs are named ret_* and are untouched on
 *    failure.
 *  - Strings are UTF-8 and NUL-terminated. A string in a struct belongs to that struct. A const
 *    char * that is returned is never freed by the caller: it belongs to an argument, or is
 *    static.
 *  - _new and _free create and free heap objects; _init and _done begin and free the contents of
 *    an object. _free and _done accept NULL and objects that were built only in part. Zeroed
 *    memory is a valid empty object for every _done.
 *  - Durations are int64_t nanoseconds, as in requests. Points in time are int64_t seconds since
 *    the epoch.
 *  - Memory that held a secret is wiped before it is freed.
 */
#ifndef CODER_H
#define CODER_H

#include "api/ability.h"
#include "api/allow.h"
#include "api/client.h"
#include "api/create.h"
#include "api/goal.h"
#include "api/holding.h"
#include "api/names.h"
#include "api/plan.h"
#include "api/remove.h"
#include "api/scope.h"
#include "api/search.h"
#include "api/token.h"
#include "api/tokens.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/interrupts.h"
#include "base/no_proxy.h"
#include "base/origin.h"
#include "base/shape.h"
#include "base/signals.h"
#include "base/strings.h"
#include "base/text.h"
#include "net/config.h"
#include "net/header.h"

#endif
