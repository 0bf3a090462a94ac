/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_proxy.c - which hosts bypass a proxy, and what a proxy's URL contains. */
#include "coder.h"
#include "net/proxy.h"
#include "test.h"

/* --------------------------------------------------------------- no_proxy */

static const struct {
	const char *host, *list;
	bool past;
} lists[] = {
	/* an empty list contains no host, "*" alone contains every host */
	{ "h.example", NULL, false },
	{ "h.example", "", false },
	{ "h.example", "*", true },
	{ "10.0.0.1", "*", true },
	{ "[2001:db8::1]", "*", true },
	{ "h.example", "*,x", false },
	{ "h.example", " *", false },
	{ "h.example", "*.example", false },
	/* a name stands for itself and for the names below it */
	{ "h.example", "h.example", true },
	{ "h.example", "H.Example", true },
	{ "H.EXAMPLE", "h.example", true },
	{ "a.h.example", "h.example", true },
	{ "a.b.h.example", "h.example", true },
	{ "ah.example", "h.example", false },
	{ "example", "h.example", false },
	{ "h.example.org", "h.example", false },
	{ "h.example", "example", true },
	{ "h.example", "ample", false },
	{ "h.example", ".h.example", true },
	{ "a.h.example", ".h.example", true },
	{ "ah.example", ".h.example", false },
	{ "h.example", "h.example.", true },
	{ "h.example.", "h.example", true },
	{ "h.example.", "h.example.", true },
	{ "a.h.example.", ".h.example.", true },
	{ "h.example", "..h.example", false },
	{ "h.example", ".", false },
	{ "h.example", "h.example:443", false },
	{ "h.example", "https://h.example", false },
	/* commas separate entries, and so do blanks, as in older releases of libcurl */
	{ "h.example", "a,h.example,b", true },
	{ "h.example", "a,b", false },
	{ "h.example", ",,h.example", true },
	{ "h.example", "a, h.example", true },
	{ "h.example", "a h.example", true },
	{ "h.example", "a\th.example ", true },
	{ "h.example", " , \t", false },
	{ "h.example", "h.example,", true },
	/*
	 * an IPv4 address stands for itself or a network; its last digits are not compared like a
	 * name
	 */
	{ "10.1.2.3", "10.1.2.3", true },
	{ "10.1.2.3", "10.1.2.4", false },
	{ "10.1.2.3", "2.3", false },
	{ "10.1.2.3", ".2.3", false },
	{ "10.1.2.3", "10.1.2.3.", false },
	{ "10.1.2.3", "10.0.0.0/8", true },
	{ "11.1.2.3", "10.0.0.0/8", false },
	{ "10.1.2.3", "10.1.2.0/24", true },
	{ "10.1.3.3", "10.1.2.0/24", false },
	{ "10.1.2.130", "10.1.2.128/25", true },
	{ "10.1.2.120", "10.1.2.128/25", false },
	{ "10.1.2.3", "10.1.2.3/32", true },
	{ "10.1.2.4", "10.1.2.3/32", false },
	{ "10.1.2.3", "11.0.0.0/7", true },
	{ "128.0.0.1", "192.0.0.0/1", true },
	{ "10.1.2.3", "10.1.2.3/0", true }, /* 0 bits stand for all of them */
	{ "10.1.2.3", "0.0.0.0/0", false },
	{ "10.1.2.3", "10.1.2.3/33", false },
	{ "10.1.2.3", "10.0.0.0/", false },
	{ "10.1.2.3", "10.0.0.0/8x", false },
	{ "10.1.2.3", "10.0.0.0/-8", false },
	{ "10.1.2.3", "10.0.0.0/99999999999999999999", false },
	{ "10.1.2.3", "10.0.0/8", false },
	{ "10.1.2.3", "a,10.0.0.0/8,b", true },
	{ "10.1", "10.0.0.1", true }, /* as resolvers read it */
	{ "0x0a000001", "10.0.0.0/8", true },
	{ "10.1.2.3.example", "10.0.0.0/8", false },
	/* IPv6 addresses are compared by value, and have no brackets in the list */
	{ "[2001:db8::1]", "2001:db8::1", true },
	{ "[2001:db8::1]", "2001:DB8:0:0::1", true },
	{ "[2001:db8::1]", "[2001:db8::1]", false },
	{ "[2001:db8::1]", "2001:db8::2", false },
	{ "[2001:db8::1]", "2001:db8::/32", true },
	{ "[2001:db9::1]", "2001:db8::/32", false },
	{ "[2001:db9::1]", "2001:db8::/31", true },
	{ "[2001:db8::1]", "2001:db8::1/128", true },
	{ "[2001:db8::1]", "2001:db8::1/129", false },
	{ "[2001:db8::1]", "10.0.0.0/8", false },
	{ "10.1.2.3", "::/1", false },
	/* this machine bypasses every proxy */
	{ "localhost", NULL, true },
	{ "LOCALHOST", "", true },
	{ "localhost.", NULL, true },
	{ "127.0.0.1", NULL, true },
	{ "127.255.255.254", NULL, true },
	{ "127.1", NULL, true },
	{ "2130706433", NULL, true },
	{ "[::1]", NULL, true },
	{ "[0:0::0:1]", NULL, true },
	{ "[::ffff:127.0.0.1]", NULL, true },
	{ "a.localhost", NULL, false },
	{ "localhost.example", NULL, false },
	{ "127.0.0.1.example", NULL, false },
	{ "128.0.0.1", NULL, false },
	{ "[::2]", NULL, false },
	{ "[::ffff:10.0.0.1]", NULL, false },
	{ "0.0.0.0", NULL, false },
	{ "a.localhost", "localhost", true },
};

static void test_who_goes_past_a_proxy(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++)
		for (size_t form = 0; form < 3; form++) {
			static const char *const forms[] = { "http://%s", "https://%s:8443/x@y",
							     "HTTPS://%s?a" };
			char url[128];

			/* the format is one of these */
			snprintf(url, sizeof(url), forms[form], lists[i].host);
			if (coder_proxy_bypassed(url, lists[i].list) != lists[i].past)
				fail_msg("%s with no_proxy=%s", url,
					 lists[i].list ? lists[i].list : "(none)");
		}
	assert_false(coder_proxy_bypassed("no URL", "*"));
}

static void test_long_entries_are_passed_over(void **state)
{
	char list[4096];

	(void)state;
	memset(list, 'x', sizeof(list));
	snprintf(list + 4000, 96, ",h.example");
	assert_true(coder_proxy_bypassed("https://h.example", list));
	memset(list, '1', 4000);
	memcpy(list, "10.0.0.0/", 9);
	assert_false(coder_proxy_bypassed("https://10.0.0.1", list));
}

/* --------------------------------------------------------- a proxy's URL */

static const struct {
	const char *text, *url, *name, *host, *port;
	const char *traits; /* t: TLS, s: SOCKS, f: finds hosts itself */
} good[] = {
	{ "p", "http://p:1080", "http://p:1080", "p", "1080", "f" },
	{ "p:3128", "http://p:3128", "http://p:3128", "p", "3128", "f" },
	{ "p:3128/", "http://p:3128", "http://p:3128", "p", "3128", "f" },
	{ "ftp.example:3128", "http://ftp.example:3128", "http://ftp.example:3128", "ftp.example",
	  "3128", "f" },
	{ "http://P.Example", "http://p.example:1080", "http://p.example:1080", "p.example", "1080",
	  "f" },
	{ "HTTP://p:80", "http://p:80", "http://p:80", "p", "80", "f" },
	{ "https://p", "https://p:443", "https://p:443", "p", "443", "tf" },
	{ "https://p:8443/x?y", "https://p:8443", "https://p:8443", "p", "8443", "tf" },
	{ "socks://p", "socks4://p:1080", "socks4://p:1080", "p", "1080", "s" },
	{ "socks4://p", "socks4://p:1080", "socks4://p:1080", "p", "1080", "s" },
	{ "socks4a://p", "socks4a://p:1080", "socks4a://p:1080", "p", "1080", "sf" },
	{ "socks5://p", "socks5://p:1080", "socks5://p:1080", "p", "1080", "s" },
	{ "SOCKS5H://p", "socks5h://p:1080", "socks5h://p:1080", "p", "1080", "sf" },
	{ "http://u:pw@p:1", "http://u:pw@p:1", "http://p:1", "p", "1", "f" },
	{ "u@p:1", "http://u@p:1", "http://p:1", "p", "1", "f" },
	{ "u:p@ss@p:1", "http://u:p%40ss@p:1", "http://p:1", "p", "1", "f" },
	{ "http://u:%40%3a@p:1", "http://u:%40%3a@p:1", "http://p:1", "p", "1", "f" },
	{ "http://:@p:1", "http://:@p:1", "http://p:1", "p", "1", "f" },
	{ "http://10.0.0.1:1", "http://10.0.0.1:1", "http://10.0.0.1:1", "10.0.0.1", "1", "f" },
	{ "http://[::1]:1", "http://[::1]:1", "http://[::1]:1", "::1", "1", "f" },
	{ "[::1]", "http://[::1]:1080", "http://[::1]:1080", "::1", "1080", "f" },
	{ "http://[fe80::1%25Eth0]:1", "http://[fe80::1%25Eth0]:1", "http://[fe80::1%25Eth0]:1",
	  "fe80::1%25Eth0", "1", "f" },
	{ "socks5h://localhost/run/tor", "socks5h://localhost/run/tor",
	  "socks5h://localhost/run/tor", "", "1080", "sf" },
	{ "socks5h://u:pw@localhost/run/tor", "socks5h://u:pw@localhost/run/tor",
	  "socks5h://localhost/run/tor", "", "1080", "sf" },
	{ "socks5h://localhost/", "socks5h://localhost:1080", "socks5h://localhost:1080",
	  "localhost", "1080", "sf" },
	{ "http://localhost/run/tor", "http://localhost:1080", "http://localhost:1080", "localhost",
	  "1080", "f" },
};

static void test_proxies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct coder_error err = { 0 };
		struct proxy proxy = { 0 };

		if (proxy_parse(good[i].text, "https_proxy", &proxy, &err) < 0)
			fail_msg("%s: %s", good[i].text, err.message);
		assert_string_equal(proxy.url, good[i].url);
		assert_string_equal(proxy.name, good[i].name);
		assert_string_equal(proxy.host, good[i].host);
		assert_string_equal(proxy.port, good[i].port);
		assert_string_equal(proxy.source, "https_proxy");
		assert_int_equal(proxy.tls, strchr(good[i].traits, 't') != NULL);
		assert_int_equal(proxy.socks, strchr(good[i].traits, 's') != NULL);
		assert_int_equal(proxy.finds_hosts, strchr(good[i].traits, 'f') != NULL);
		proxy_done(&proxy);
		assert_null(proxy.url);
	}
}

static void test_bad_proxies(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "ftp://p",
		  "the proxy ftp://p that all_proxy names has a scheme other than http, https and socks" },
		{ "socks6://p", "has a scheme other than" },
		{ "http://", "has no host" },
		{ "http://:80", "has no host" },
		{ "http://u:s3cret@", "has no host" },
		{ "http://[::1", "broken" },
		{ "http://[x]", "broken" },
		{ "http://a,b", "broken" },
		{ "http://u:s3cret@a b", "blank" },
		{ "http://u:s3cret\n@p", "blank" },
		{ "http://u:s3cret@p:0", "the proxy p:0 that all_proxy names has a bad port" },
		{ "http://p:99999", "bad port" },
		{ "http://p:x", "bad port" },
		{ "http://p:", "bad port" },
		{ "http://u:s3cret/x@p", "bad port" },
		{ "http://u:s3cret", "the proxy http://u that all_proxy names has a bad port" },
		{ "u:s3cret", "the proxy u that all_proxy names has a bad port" },
		{ "u:3s3cret", "the proxy u that all_proxy names has a bad port" },
		{ "ftp://u:s3cret",
		  "the proxy ftp://u that all_proxy names has a scheme other than" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_error err = { 0 };
		struct proxy proxy = { 0 };

		if (proxy_parse(cases[i].text, "all_proxy", &proxy, &err) == 0)
			fail_msg("%s was taken", cases[i].text);
		assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
		assert_contains(err.message, cases[i].message);
		assert_null(strstr(err.message, "s3cret"));
		assert_null(proxy.url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_goes_past_a_proxy),
		cmocka_unit_test(test_long_entries_are_passed_over),
		cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_bad_proxies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
