/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply.c - see reply.h. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "network.h"
#include "reply.h"
#include "response.h"
#include "world.h"

static const char *reason_of(int status)
{
	return status == 200 ? "OK" : status == 201 ? "Created" : status == 204 ? "No Content" : "";
}

/*
 * The line of a Date header. Lines are kept, because formatting one takes longer than the rest of a
 * response.
 */
static const char *date_line(int64_t ahead)
{
	static struct {
		int64_t seconds;
		char line[64];
	} lines[64];
	int64_t seconds = WORLD_EPOCH + ahead + world_time() / CODER_NS;
	size_t n = (size_t)seconds % (sizeof(lines) / sizeof(*lines));
	time_t t = (time_t)seconds;
	struct tm tm;

	if (lines[n].seconds != seconds) {
		lines[n].seconds = seconds;
		gmtime_r(&t, &tm);
		strftime(lines[n].line, sizeof(lines[n].line),
			 "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
	}
	return lines[n].line;
}

static bool give_line(struct transfer_exchange *x, const char *line)
{
	return x->header(x->ctx, line, strlen(line));
}

void reply_give(struct transfer_exchange *x, const struct response *response, bool front, bool html)
{
	char line[128];
	bool go;

	snprintf(line, sizeof(line), "HTTP/1.1 %d %s\r\n", response->status,
		 reason_of(response->status));
	go = give_line(x, line);
	if (front || deployment.has_date)
		go = go && give_line(x, date_line(front ? 3 * 3600 :
							  deployment.clock_ahead +
								  deployment.date_ahead));
	if (!front)
		network.last_heard = world_time();
	go = go && (front || give_line(x, "X-Coder-Build-Version: v2.35.2\r\n"));
	go = go && (response->status != 429 || give_line(x, "Retry-After: 2\r\n"));
	if (response->status == 302)
		go = go && give_line(x, "Location: https://elsewhere.example/\r\n");
	snprintf(line, sizeof(line), "Content-Length: %zu\r\n", response->len);
	if (response->status != 204)
		go = go && give_line(x, line) &&
		     give_line(x, html ? "Content-Type: text/html\r\n" :
					 "Content-Type: application/json; charset=utf-8\r\n");
	go = go && give_line(x, "\r\n");
	if (go && response->len)
		go = x->data(x->ctx, response->body, response->len);
	x->end = go && (!x->between || x->between(x->ctx)) ? TRANSFER_COMPLETE : TRANSFER_STOPPED;
}

void reply_break(struct response *response)
{
	if (response->status == 204) {
		response->len = (size_t)snprintf(response->body, sizeof(response->body), "{}");
		response->status = 200;
	} else {
		response->len /= 2;
	}
}

void reply_give_front(struct transfer_exchange *x, int status, bool html)
{
	static struct response page;

	page.status = status;
	page.len =
		(size_t)snprintf(page.body, sizeof(page.body), "%s",
				 html ? "<html><body>Sorry.</body></html>\n" :
					"{\"message\":\"no Route matched with those values\"}\n");
	reply_give(x, &page, true, html);
}

void reply_give_coders(struct transfer_exchange *x, int status)
{
	static struct response error;
	static const struct {
		int status;
		const char *message, *detail;
	} errors[] = {
		{ 401,
		  "You are signed out or your session has expired. Please sign in again to "
		  "continue.",
		  "API key is invalid." },
		{ 403, "Forbidden.", "You don't have permission to view this content." },
		{ 404, "Resource not found or you do not have access to this resource", NULL },
		{ 429, "You've been rate limited for sending more than 512 requests in 1m0s.",
		  NULL },
		{ 500, "Failed to create API key.", "insert API key: connection reset by peer" },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].status == status)
			response_refuse(&error, errors[i].status, errors[i].message,
					errors[i].detail);
	reply_give(x, &error, false, false);
}
