/* SPDX-License-Identifier: GPL-3.0-or-later */
/* faults.c - see faults.h. */
#include "faults.h"

/* releases of clang-format differ in how they format braces in macros */
/* clang-format off */
#define STATUS(text, methods, action, outcome, status) \
	{ text, methods, action, outcome, status, GRANT_AS_ASKED, OTHER_NOTHING }
#define FAULT(text, methods, action, outcome) STATUS(text, methods, action, outcome, 0)
#define GRANTS(text, grant) { text, POST, ACTS, RESPONSE, 0, grant, OTHER_NOTHING }
#define SOMEBODY(text, other) { text, ANY, ACTS, RESPONSE, 0, GRANT_AS_ASKED, other }
/* clang-format on */

const struct fault faults[] = {
	/* on the way to the deployment */
	FAULT("nobody takes the connection", CHANGES, ACTS_NOT, REFUSED),
	FAULT("the connection is closed before the request arrives", ANY, ACTS_NOT, CLOSED),
	FAULT("the deployment acts, and its response is lost", CHANGES, ACTS, CLOSED),
	FAULT("the connection is closed, and the deployment acts a second later", CHANGES,
	      ACTS_SOON, CLOSED),
	FAULT("the connection is closed, and the deployment acts eight seconds later", CHANGES,
	      ACTS_LATE, CLOSED),
	FAULT("nothing comes back, and the request never arrives", ANY, ACTS_NOT, SILENCE),
	FAULT("the deployment acts, and nothing comes back", CHANGES, ACTS, SILENCE),
	FAULT("nothing comes back, and the deployment acts a second after the caller has given up",
	      CHANGES, ACTS_SOON, SILENCE),
	FAULT("nothing comes back, and the deployment acts long after the caller has given up",
	      CHANGES, ACTS_LATE, SILENCE),
	/* in front of the deployment */
	STATUS("something in front responds with a page, 404", GET, ACTS_NOT, PAGE, 404),
	STATUS("the deployment acts, and something in front responds with JSON, 403", CHANGES, ACTS,
	       FRONT_JSON, 403),
	STATUS("a gateway responds with 502", GET | REMOVE, ACTS_NOT, PAGE, 502),
	STATUS("the deployment acts, and a gateway responds with 502", CHANGES, ACTS, PAGE, 502),
	STATUS("a gateway responds with 502, and the deployment acts a second later", CHANGES,
	       ACTS_SOON, PAGE, 502),
	FAULT("something on the way sends it twice: the second response comes", CHANGES, ACTS_TWICE,
	      RESPONSE),
	FAULT("something on the way sends it again eight seconds later", POST, ACTS_AGAIN_LATE,
	      RESPONSE),
	FAULT("the kept connection is closed after the deployment acted: it is sent again", CHANGES,
	      ACTS_TWICE, RESENT),
	FAULT("the response to the request before comes once more", GET | REMOVE, ACTS, EARLIER),
	FAULT("the response takes 0.4 s", REMOVE, ACTS, SLOW),
	FAULT("the response cannot be read", CHANGES, ACTS, BROKEN),
	STATUS("something in front begins to respond to look-ups of names with a page, 404", GET,
	       ACTS_NOT, OUTAGE, 404),
	STATUS("the deployment acts, and something in front begins to respond to look-ups of names with a page, 404",
	       CHANGES, ACTS, OUTAGE, 404),
	/* of the deployment */
	STATUS("the rate is limited for two seconds, 429", ANY, ACTS_NOT, CODERS, 429),
	FAULT("it reaches a server that lags three seconds behind the others", GET | REMOVE,
	      ACTS_LAGGING, RESPONSE),
	STATUS("Coder responds that it is not permitted, 403", CHANGES, ACTS_NOT, CODERS, 403),
	STATUS("Coder fails after it has acted, 500", REMOVE, ACTS, CODERS, 500),
	GRANTS("the new token gets all scopes", GRANT_MORE_SCOPES),
	GRANTS("the new token gets fewer scopes", GRANT_FEWER_SCOPES),
	GRANTS("the new token lives longer", GRANT_LONGER),
	GRANTS("the new token gets another name", GRANT_OTHER_NAME),
	/* of other callers */
	SOMEBODY("somebody else creates a token of that name, with the same permissions",
		 OTHER_CREATES_SAME),
	SOMEBODY("somebody else creates a token of that name, with other permissions",
		 OTHER_CREATES_DIFFERENT),
	SOMEBODY("somebody else removes the token", OTHER_REMOVES),
	{ "somebody else creates a token of that name, and the connection is closed", POST,
	  ACTS_NOT, CLOSED, 0, GRANT_AS_ASKED, OTHER_CREATES_SAME },
	{ "somebody else creates a token of that name, and the rate is limited for two seconds, 429",
	  POST, ACTS_NOT, CODERS, 429, GRANT_AS_ASKED, OTHER_CREATES_SAME },
	{ "somebody else created a token of that name two seconds ago; a server that lags behind responds",
	  GET, ACTS_LAGGING, RESPONSE, 0, GRANT_AS_ASKED, OTHER_CREATED_BEFORE },
	/* from here on, each is for the caller like one of the above */
	FAULT("nobody takes the connection", GET, ACTS_NOT, REFUSED),
	STATUS("something in front responds with a page, 404", CHANGES, ACTS_NOT, PAGE, 404),
	STATUS("the deployment acts, and something in front responds with a page, 404", CHANGES,
	       ACTS, PAGE, 404),
	STATUS("something in front refuses it with a page, 403", ANY, ACTS_NOT, PAGE, 403),
	STATUS("a gateway responds with 502", POST, ACTS_NOT, PAGE, 502),
	STATUS("a gateway gives up with 504", POST, ACTS_NOT, PAGE, 504),
	STATUS("a gateway gives up with 504, and the deployment acts long after", POST, ACTS_LATE,
	       PAGE, 504),
	STATUS("Coder responds that there is no such thing", POST, ACTS_NOT, CODERS, 404),
	STATUS("Coder responds that it is not permitted, 403", GET, ACTS_NOT, CODERS, 403),
	STATUS("Coder fails before it acts, 500", ANY, ACTS_NOT, CODERS, 500),
	STATUS("Coder fails after it has acted, 500", POST, ACTS, CODERS, 500),
	FAULT("the response cannot be read", GET, ACTS, BROKEN),
	STATUS("something in front responds with a page, 401", ANY, ACTS_NOT, PAGE, 401),
	STATUS("something in front responds with JSON, 404", ANY, ACTS_NOT, FRONT_JSON, 404),
	STATUS("something in front responds with a page, 409", ANY, ACTS_NOT, PAGE, 409),
	STATUS("something in front responds with JSON, 410", ANY, ACTS_NOT, FRONT_JSON, 410),
	STATUS("something in front limits the rate, 429", ANY, ACTS_NOT, PAGE, 429),
	STATUS("a gateway fails, 500", ANY, ACTS_NOT, PAGE, 500),
	STATUS("the deployment acts, and a gateway fails, 500", CHANGES, ACTS, PAGE, 500),
	STATUS("a gateway responds with 503", ANY, ACTS_NOT, FRONT_JSON, 503),
	STATUS("a gateway gives up with 504", GET | REMOVE, ACTS_NOT, PAGE, 504),
	STATUS("the deployment acts, and a gateway gives up with 504", CHANGES, ACTS, PAGE, 504),
	STATUS("an edge responds with 520", ANY, ACTS_NOT, PAGE, 520),
	STATUS("the deployment acts, and an edge responds with 530", CHANGES, ACTS, PAGE, 530),
	STATUS("a redirect, 302", ANY, ACTS_NOT, PAGE, 302),
	STATUS("a proxy wants a password, 407", ANY, ACTS_NOT, PAGE, 407),
	STATUS("a page with 200", ANY, ACTS_NOT, PAGE, 200),
	STATUS("the deployment acts, and a page comes with 200", CHANGES, ACTS, PAGE, 200),
	STATUS("Coder no longer knows who asks, 401", ANY, ACTS_NOT, CODERS, 401),
	GRANTS("the new token gets all allow-list entries", GRANT_MORE_ENTRIES),
	GRANTS("the new token lives shorter", GRANT_SHORTER),
	GRANTS("the new token belongs to another user", GRANT_OTHER_USER),
	GRANTS("the new token is older than the request", GRANT_OLDER),
	GRANTS("the new token is a login session", GRANT_SESSION),
	SOMEBODY("somebody else expires the token", OTHER_EXPIRES),
};

const struct fault outage =
	STATUS("something in front responds with a page, 404", ANY, ACTS_NOT, PAGE, 404);

const size_t n_faults = sizeof(faults) / sizeof(*faults);
const size_t n_common = 36;
