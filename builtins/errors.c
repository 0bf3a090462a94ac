/* SPDX-License-Identifier: GPL-3.0-or-later */
/* errors.c - how a call reports an error; see errors.h. */
#include "errors.h"
#include "output/advice.h"
#include "output/message.h"
#include "session/session.h"
#include "shell/variables.h"
#include "status.h"

#include <stdio.h>
#include <string.h>

int command_misused(struct call *call, const char *text, struct coder_error *err)
{
	call->misused = true;
	return coder_error_set(err, CODER_ERR_USAGE, "%s", text);
}

int command_blame(const struct call *call, const char *option, struct coder_error *err)
{
	const struct opts_option *o = opts_find(&call->command->opts, option);
	const char *value = o ? opts_text(call->options, o) : NULL;

	for (size_t i = 0; i < call->environment.n; i++)
		if (call->environment.v[i] == value)
			return coder_error_wrap(err, "%s", o->env);
	return coder_error_wrap(err, "--%s", option);
}

/* ----------------------------------------------------------------- causes */

void command_find_cause(const struct call *call, struct coder_error *err)
{
	if (err->code == CODER_ERR_AUTH && err->http_status == 401)
		session_find_cause(call->token_source, coder_client_origin(call->client), err);
}

void errors_find_cause(const struct call *call, struct coder_error *err)
{
	bool forbidden = err->code == CODER_ERR_AUTH && err->http_status && err->http_status != 401;

	command_find_cause(call, err);
	/* a restricted token gets "not found" for what it may not see */
	if ((err->code == CODER_ERR_NOT_FOUND || forbidden) && coder_self_restricted(call->client))
		advise(err, CAUSE_RESTRICTED, NULL, NULL);
	if (err->no_route)
		advise(err, CAUSE_NO_ROUTE, NULL, NULL);
}

/* --------------------------------------------------------------- printing */

/* The length of a text without the full stops and blanks that servers put at its end. */
static int without_full_stop(const char *text)
{
	size_t len = strlen(text);

	while (len && strchr(". ", text[len - 1]))
		len--;
	return (int)len;
}

void command_print_error(const struct call *call, const struct coder_error *err)
{
	const struct opts_option *user = opts_find_value(&call->command->opts, OPTS_VALUE_USER);
	const char *owner = user ? opts_text(call->options, user) : NULL;
	char text[sizeof(err->message) + sizeof(err->detail) + ADVICE_SIZE + 8];
	char advice[ADVICE_SIZE];
	bool more;

	advice_text(err, owner ? owner : "me", advice);
	more = err->detail[0] || advice[0];

	snprintf(text, sizeof(text), "%.*s%s%.*s%s%s",
		 more ? without_full_stop(err->message) : (int)sizeof(err->message), err->message,
		 err->detail[0] ? ": " : "",
		 advice[0] ? without_full_stop(err->detail) : (int)sizeof(err->detail), err->detail,
		 advice[0] ? "; " : "", advice);
	output_message(text);
}

void errors_publish(struct coder_error *err)
{
	char status[16], http[24], retry_after[24] = "";
	const struct shvar_pair pairs[] = {
		{ "status", status },	   { "http", http },	    { "message", err->message },
		{ "detail", err->detail }, { "field", err->field }, { "retry_after", retry_after },
	};

	if (err->code == CODER_OK) {
		shvar_own_set(ERROR_VARIABLE, NULL, 0);
		return;
	}
#define HIDE(member, size) coder_hide_tokens(err->member);
	CODER_ERROR_TEXTS(HIDE)
#undef HIDE
	snprintf(status, sizeof(status), "%d", command_status(err));
	snprintf(http, sizeof(http), "%ld", err->http_status);
	if (err->retry_after >= 0)
		snprintf(retry_after, sizeof(retry_after), "%lld", (long long)err->retry_after);
	shvar_own_set(ERROR_VARIABLE, pairs, sizeof(pairs) / sizeof(*pairs));
}

/* ------------------------------------------------------------------ clocks */

#define CLOCK_DIFFERENCE 60 /* seconds by which clocks may differ without a warning */
#define SHOWN_MAX (INT64_MAX / CODER_NS / 60 * 60) /* the most seconds that can be shown */

void errors_warn_of_clock(const struct call *call)
{
	int64_t ahead = call->client ? coder_time() - coder_client_now(call->client) : 0;
	int64_t difference = ahead < 0 ? -ahead : ahead;
	char text[CODER_DURATION_SIZE];

	if (difference <= CLOCK_DIFFERENCE)
		return;
	difference = difference > SHOWN_MAX - 60 ? SHOWN_MAX : (difference + 30) / 60 * 60;
	coder_duration_format(difference * CODER_NS, text);
	output_warn_once("clock", coder_client_origin(call->client),
			 "this machine's clock is %s %s that of %s: ttl, expired and time filters "
			 "use the deployment's clock",
			 text, ahead < 0 ? "behind" : "ahead of",
			 coder_client_origin(call->client));
}
