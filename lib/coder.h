/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coder.h - API client for the session tokens of a Coder deployment.
 *
 * The library knows nothing of bash, options or terminals. It never prints,
 * never exits, never reads the environment and never jumps out of a call.
 *
 * Conventions, for every function below:
 *
 *  - Returns 0, or -1 with *err filled in. Outputs are named ret_* and are
 *    untouched on failure; *err says nothing after a success. err is always
 *    the last parameter and never NULL.
 *  - Strings are UTF-8 and NUL-terminated. A string inside a struct belongs to
 *    that struct; a const char * that is returned belongs to its argument.
 *  - _new/_free make and end heap objects, _init/_done their contents. Both
 *    _free and _done accept NULL and half-built objects; zeroed memory is a
 *    valid empty object for every _done.
 *  - Durations are int64_t nanoseconds, as on the wire; points in time are
 *    int64_t seconds since the epoch (years beyond 2100 are normal).
 *  - Every buffer that held a secret is wiped before it is released.
 */
#ifndef CODER_H
#define CODER_H

#include "api/ability.h"
#include "api/allow.h"
#include "api/client.h"
#include "api/create.h"
#include "api/goal.h"
#include "api/holding.h"
#include "api/pack.h"
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
#include "base/shape.h"
#include "base/signals.h"
#include "base/strings.h"
#include "base/text.h"
#include "net/config.h"
#include "net/header.h"
#include "net/proxy.h"
#include "net/url.h"

#endif
