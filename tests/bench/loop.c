/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop.c - requests URLs one after the other over one connection, as simply as libcurl permits,
 * with the session token of $CODER_SESSION_TOKEN. Prints the microseconds that this took. The first
 * request, which opens the connection, is not counted.
 *
 *   loop [--cacert FILE] <URLS
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t drop(char *data, size_t size, size_t n, void *ctx)
{
	(void)data;
	(void)ctx;
	return size * n;
}

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	char url[1024], header[256];
	struct curl_slist *headers = NULL;
	double begin = 0;
	CURL *curl;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_easy_init();
	snprintf(header, sizeof(header), "Coder-Session-Token: %s", getenv("CODER_SESSION_TOKEN"));
	headers = curl_slist_append(headers, header);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	if (argc == 3 && strcmp(argv[1], "--cacert") == 0)
		curl_easy_setopt(curl, CURLOPT_CAINFO, argv[2]);
	while (fgets(url, sizeof(url), stdin)) {
		CURLcode code;

		url[strcspn(url, "\n")] = '\0';
		curl_easy_setopt(curl, CURLOPT_URL, url);
		code = curl_easy_perform(curl);
		if (code != CURLE_OK) {
			fprintf(stderr, "loop: %s: %s\n", url, curl_easy_strerror(code));
			return 1;
		}
		if (begin == 0)
			begin = microseconds();
	}
	printf("%.0f\n", microseconds() - begin);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	curl_global_cleanup();
	return 0;
}
