# SPDX-License-Identifier: GPL-3.0-or-later
#
# coder_tokens.so: builtins for bash that manage the API tokens of a Coder deployment.
#
#   make                       build/coder_tokens.so
#   make deps                  installs what building needs, by apt
#   make demo                  opens a shell with the builtins and a deployment to try them on; without
#                              a terminal it runs the README's first example
#   make demo SCRIPT='FILE...' runs a script there, with its arguments
#   make test [T=PATTERN]      all tests, or those of the test files whose path contains PATTERN
#   make lint, check, format   style and architecture; test and lint; format the C files
#   make simulate [COUNT=N]    N random schedules of creates and of removals; SEED=N chooses the first;
#                              SCHEDULE='create NUMBER' runs one again, BOUND='3 3' all up to 3 faults and 3 signals
#   make test-live             the test of a token's life against $CODER_URL
#   make matrix [VERSIONS=5.3] the shell tests in bash 5.1, 5.2 and 5.3, with either malloc
#   make distros               tests on other releases of Debian, each from a bare machine; as root.
#                              DISTROS='bookworm trixie sid i386' GOALS='demo test lint'
#   make bench, fuzz           measure the speed; fuzz each parser for $FUZZ_SECONDS
#   make picture               draws $(BUILD)/terminal.svg, a picture of the demo's terminal; for the README
#                              PICTURE=docs/terminal.svg
#   make install, uninstall    PREFIX=/usr/local, DESTDIR=, LOADABLESDIR=$(PREFIX)/lib/bash,
#                              DOCDIR=$(PREFIX)/share/doc/coder-tokens
#   make deb                   the Debian package for this machine's release, in $(BUILD)/deb
#   make test-deb              installs that, as root, tries it, and removes it again
#   make dist                  a tarball of what is committed, and the recipes of packaging/ for it, in
#                              $(BUILD)/dist
#   make release HOMEPAGE=URL  the same, after checks, and a tag; CONTRIBUTING.md has the steps
#   make man, readme, clean    the manual pages; the tables in README.md, CONTRIBUTING.md and docs/;
#                              removes what was built
#
# Goals that need more than a compiler and libraries first install what is missing, by apt. With an
# empty DEPS= no goal installs anything.
# CC, CFLAGS, CPPFLAGS, LDFLAGS and PKG_CONFIG are as usual; what was built with other flags is built
# again. BASH_INC=DIR takes bash's headers from DIR, such as a source tree in which bash was built.
# WERROR=-Werror makes warnings errors, as `make check` does. SANITIZE=1 builds and tests with
# AddressSanitizer and UBSan, under build/asan; VALGRIND=1 tests in valgrind. BUILD=DIR builds in
# another directory than build.

# The newest release of CHANGELOG.md, and its date.
VERSION := $(shell sed -n '/^## [0-9]/{s/^## \([0-9.]*\).*/\1/p;q;}' CHANGELOG.md)
RELEASED = $(shell sed -n 's/^## $(VERSION) (\(.*\))$$/\1/p' CHANGELOG.md)
# Where releases are published; it is written into the recipes for packages.
HOMEPAGE := https://example.org/coder-tokens
BUILTINS := $(sort $(basename $(notdir $(wildcard builtins/token_*.c))))

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 600
CFLAGS ?= -O2 -g -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
BUILD ?= build
PKG_CONFIG ?= pkg-config
DEPS ?= apt

# A newer compiler has new warnings, which must not stop a user. (Exported: tests call make, too.)
ifneq ($(filter check,$(MAKECMDGOALS)),)
export WERROR ?= -Werror
endif

ifdef SANITIZE
BUILD := build/asan
CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
endif

ifneq ($(words $(BUILD)),1)
$(error BUILD must be a path without blanks, not '$(BUILD)')
endif

# Those of git's DEVELOPER set without -Wdeclaration-after-statement, because cleanup variables are best
# declared where they get their value, and without -pedantic, because dlsym() and cleanup are not ISO C.
WARNINGS := -Wall -Wextra $(WERROR) -Wformat-security -Wmissing-prototypes -Wold-style-definition \
	-Woverflow -Wpointer-arith -Wshadow -Wstrict-prototypes -Wunused -Wvla -Wwrite-strings
# With these, 32-bit systems can read files with a late date or a large inode number.
WIDE := -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
# gnu17: bash's headers have functions without prototypes, which in C23 would take no arguments.
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE $(WIDE) -fPIC -fvisibility=hidden -ffunction-sections -fno-common \
	-DCODER_TOKENS_VERSION='"$(VERSION)"' '-DCODER_TOKENS_BUILTINS(ROW)=$(foreach b,$(BUILTINS),ROW($b))' -MMD -MP -Ilib -Ibuiltins $(WARNINGS) $(HEADERS) $(PKG_CFLAGS) \
	$(CPPFLAGS) $(CFLAGS)
# -z nodelete: libcurl keeps our memory functions after `enable -d`. -z now: if an old bash lacks a
# function, `enable` must fail, and not the shell later. libcurl is not linked but loaded by the first
# request, because it would make every subshell of the user's shell more expensive.
SO_LDFLAGS := -shared -Wl,-z,now,-z,nodelete,-z,relro -Wl,--as-needed \
	-Wl,--version-script=builtins/coder_tokens.map

# These call pkg-config when a command needs it, because this run may have installed it. Only the headers
# of libcurl are used.
pkg = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
PKG_CFLAGS = $(foreach p,libcjson libcurl,$(call pkg,--cflags $(p)))
LIBS = $(or $(call pkg,--libs libcjson),-lcjson) -ldl
BASH_INC ?= $(or $(call pkg,--variable=headersdir bash),/usr/include/bash)
BASH_CFLAGS = -DHAVE_CONFIG_H -DSHELL -DDISABLE_MALLOC_WRAPPERS \
	-isystem $(BASH_INC) -isystem $(BASH_INC)/include -isystem $(BASH_INC)/builtins

SO := $(BUILD)/coder_tokens.so
LIB_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/*/*.c))
BUILTIN_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard builtins/*.c builtins/*/*.c))
SIMULATION := $(BUILD)/simulation/simulation
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
MAN := $(BUILTINS:%=$(BUILD)/man/%.1)
MAN7 := $(BUILD)/man/coder_tokens.7

# V=1 shows the commands.
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@;)

# Quotes a word for a shell: 'WORD'.
q = '$(subst ','\'',$(1))'

# What a goal needs (scripts/deps.sh) is installed before anything is compiled.
NEEDS_deps := build
NEEDS_check := build test lint
NEEDS_simulate := build
NEEDS_test-live := build test
NEEDS_format := lint
NEEDS_deb := build deb
NEEDS_test-deb := build deb
NEEDS_matrix := build test matrix
NEEDS_distros := distros
INSTALLING := deps test simulate check test-live matrix distros lint format demo picture bench fuzz deb test-deb
NEEDS := $(strip $(foreach g,$(filter $(INSTALLING),$(MAKECMDGOALS)),$(or $(NEEDS_$(g)),build $(g))))
INSTALL_NEEDS := $(if $(NEEDS),$(if $(DEPS),deps))

all: $(SO)
	@:

deps:
	@$(if $(DEPS),scripts/deps.sh $(NEEDS),echo 'DEPS is empty: nothing is installed.')

# Everything that is built depends on this record of the commands. Before the first object is built,
# can-build.sh checks the compiler and the headers. A directory that was created here is marked for
# `make clean`.
HOW = $(CC) $(ALL_CFLAGS) $(BASH_CFLAGS) $(SO_LDFLAGS) $(LDFLAGS) $(LIBS)
$(BUILD)/flags: FORCE | $(INSTALL_NEEDS)
	@printf '%s\n' $(call q,$(HOW)) | cmp -s - $@ || { \
		scripts/can-build.sh $(CC) $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(BASH_CFLAGS) && \
		{ [ -d $(@D) ] || { mkdir -p $(@D) && : >$(@D)/.made-by-make; }; } && \
		printf '%s\n' $(call q,$(HOW)) >$@; }

$(SO): $(LIB_OBJS) $(BUILTIN_OBJS) builtins/coder_tokens.map $(BUILD)/flags
	$(call say,LINK)$(CC) $(CFLAGS) $(SO_LDFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)

$(BUILD)/%.o: %.c Makefile $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(filter $(BUILD)/builtins/shell/%,$(BUILTIN_OBJS)): private HEADERS = $(BASH_CFLAGS)

# Unit tests link archives, without shell/. The linker takes what a test uses and does not replace by
# stubs of its own. With --gc-sections, functions that are not used need no stubs.
$(BUILD)/lib.a: $(LIB_OBJS)
$(BUILD)/builtins.a: $(filter-out $(BUILD)/builtins/shell/%,$(BUILTIN_OBJS))
$(BUILD)/%.a:
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

# This one makes each allocation of the library fail once.
$(BUILD)/unit/test_alloc: private WRAP = -Wl,--wrap=malloc,--wrap=reallocarray,--wrap=strdup,--wrap=strndup

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/builtins.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--gc-sections $(WRAP) -o $@ $^ -lcmocka $(LIBS)

# The real library above the transfer layer, with a simulated world below it.
$(SIMULATION): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/simulation/*.c)) $(BUILD)/builtins.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--gc-sections -o $@ $^ $(LIBS) -lm

# Preloaded into a shell, the first library makes chosen allocations fail, and the second every start of
# a thread. The third is found before the real libcurl, and makes chosen calls of it fail.
FAILING := $(BUILD)/failmalloc.so $(BUILD)/nothread.so $(BUILD)/failcurl/libcurl.so.4
$(BUILD)/failmalloc.so: tests/tools/failmalloc.c
$(BUILD)/nothread.so: tests/tools/nothread.c
$(BUILD)/failcurl/libcurl.so.4: tests/tools/failcurl.c
$(FAILING): tests/tools/control.h Makefile $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) -std=gnu17 -D_GNU_SOURCE -O2 -g -fPIC -fno-builtin $(WARNINGS:-Wmissing-prototypes=) \
		-shared -o $@ $(filter %.c,$^)

test: all $(UNIT) $(if $(filter-out unit bats/%,$(or $(T),all)),$(SIMULATION)) $(FAILING)
	@scripts/can-run.sh test
	@BUILD=$(BUILD) SANITIZE=$(SANITIZE) VALGRIND=$(VALGRIND) T='$(T)' tests/run.sh

# The first number after `random` is the seed of the first schedule.
simulate: $(SIMULATION)
	@$< $(or $(SCHEDULE),$(BOUND),random $(or $(SEED),$(shell date +%s)) $(or $(COUNT),200000))

test-live: all
	@BUILD=$(BUILD) tests/run.sh --live

matrix: all $(UNIT) $(FAILING)
	@BUILD=$(BUILD) T='$(T)' tests/matrix.sh $(VERSIONS)

distros: $(INSTALL_NEEDS)
	@GOALS='$(GOALS)' tests/distros.sh $(DISTROS)

lint: all $(BUILD)/lib.a
	@BUILD=$(BUILD) tests/lint.sh

check: test lint

format: | $(INSTALL_NEEDS)
	@tests/lint.sh format

demo: all
	@scripts/can-run.sh demo
	@BUILD=$(BUILD) tests/demo.sh $(SCRIPT)

# The picture shows a terminal that pyte emulates. Debian installs pyte for its own python3.
PICTURE ?= $(BUILD)/terminal.svg
picture: all
	BUILD=$(BUILD) $(firstword $(wildcard /usr/bin/python3) python3) tests/pty/picture.py $(call q,$(PICTURE))

# The programs that the builtins are compared with, and the server for both.
BENCH := $(patsubst %,$(BUILD)/bench/%,standin loop measure trivial)
$(BUILD)/bench/standin: private BENCH_LIBS = -lssl -lcrypto -pthread
$(BUILD)/bench/loop: private BENCH_LIBS = $(or $(call pkg,--libs libcurl),-lcurl)
$(BUILD)/bench/trivial: private BENCH_FLAGS = -fPIC -shared -Wno-missing-prototypes $(BASH_CFLAGS)
$(BENCH): $(BUILD)/bench/%: tests/bench/%.c Makefile $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) -std=gnu17 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) $(BENCH_FLAGS) -o $@ $< $(BENCH_LIBS)

bench: all $(BENCH)
	@BUILD=$(BUILD) RESULTS=$(call q,$(RESULTS)) tests/bench/run.sh

fuzz: | $(INSTALL_NEEDS)
	@$(MAKE) --no-print-directory fuzzers CC=clang BUILD=build/clang \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
	@for f in $(FUZZERS:$(BUILD)/fuzz/fuzz_%=%); do \
		echo "== fuzz_$$f" && mkdir -p build/clang/corpus/$$f && \
		build/clang/fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
			-artifact_prefix=build/clang/fuzz_$$f- \
			build/clang/corpus/$$f tests/fuzz/corpus/$$f || \
			{ echo "0 passed, 1 failed"; exit 1; }; \
	done
	@echo "$(words $(FUZZERS)) passed, 0 failed"

fuzzers: $(FUZZERS)

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/builtins.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS)

man: $(MAN) $(MAN7)

# The builtin itself prints its manual page, from the table that parses its options.
$(BUILD)/man/%.1: $(SO)
	@mkdir -p $(@D)
	$(call say,MAN)bash --norc -c 'enable -f "$$1" "$$2" && "$$2" --doc man' \
		- $(call q,$(abspath $(SO))) $* >$@.new
	@test -s $@.new && mv $@.new $@

# The rest of the manual is made from the pages that it is also read in.
$(MAN7): scripts/man7.awk docs/reference.md docs/security.md
	@mkdir -p $(@D)
	$(call say,MAN)awk -v builtins='$(BUILTINS)' -f $^ >$@

# The builtins also print the tables of options, goals and exit statuses in these pages.
PAGES := README.md CONTRIBUTING.md $(wildcard docs/*.md)
readme: $(SO)
	@for page in $(PAGES); do \
		CODER_TOKENS_SO=$(call q,$(abspath $(SO))) scripts/readme.sh $$page >$(BUILD)/page.md && \
		cat $(BUILD)/page.md >$$page || exit; done

LOADABLESDIR ?= $(PREFIX)/lib/bash
LOADABLES = $(call q,$(DESTDIR)$(LOADABLESDIR))
COMPLETIONS = $(call q,$(DESTDIR)$(PREFIX)/share/bash-completion/completions)
MANDIR = $(call q,$(DESTDIR)$(PREFIX)/share/man)
DOCDIR ?= $(PREFIX)/share/doc/coder-tokens
DOCS = $(call q,$(DESTDIR)$(DOCDIR))

# install(1) unlinks the old file first, so shells that have loaded it keep it. Through the links
# `enable token_list` finds the builtins on bash 5.2 and later.
install: all man
	install -d $(LOADABLES) $(MANDIR)/man1 $(MANDIR)/man7 $(COMPLETIONS) $(DOCS)/docs $(DOCS)/examples
	install -m 755 $(SO) $(LOADABLES)/coder_tokens.so
	for b in $(BUILTINS); do ln -sfn coder_tokens.so $(LOADABLES)/$$b || exit; done
	install -m 644 $(MAN) $(MANDIR)/man1
	install -m 644 $(MAN7) $(MANDIR)/man7
	install -m 644 completion/coder_tokens.bash $(COMPLETIONS)/$(firstword $(BUILTINS))
	for b in $(filter-out $(firstword $(BUILTINS)),$(BUILTINS)); do \
		ln -sfn $(firstword $(BUILTINS)) $(COMPLETIONS)/$$b || exit; done
	install -m 644 README.md CHANGELOG.md SECURITY.md LICENSE $(DOCS)
	install -m 644 docs/*.md docs/*.svg $(DOCS)/docs
	install -m 755 examples/*.bash $(DOCS)/examples
	install -m 644 examples/*.yml $(DOCS)/examples

uninstall:
	rm -f $(LOADABLES)/coder_tokens.so $(MANDIR)/man7/coder_tokens.7
	for b in $(BUILTINS); do rm -f $(LOADABLES)/$$b $(MANDIR)/man1/$$b.1 $(COMPLETIONS)/$$b || exit; done
	rm -rf $(DOCS)

deb: | $(INSTALL_NEEDS)
	scripts/deb.sh $(VERSION) $(RELEASED) $(BUILD)/deb

test-deb: deb
	tests/deb.sh $(BUILD)/deb

dist release:
	@scripts/$@.sh '$(VERSION)' '$(RELEASED)' $(call q,$(HOMEPAGE)) $(BUILD)/dist

clean:
	rm -rf build $(patsubst %/.made-by-make,%,$(wildcard $(BUILD)/.made-by-make))
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: all deb test-deb dist release picture deps test simulate test-live matrix distros lint check format demo bench fuzz fuzzers \
	man readme install uninstall clean FORCE
.DELETE_ON_ERROR:
# Without this, make would delete these objects after linking.
.SECONDARY: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c tests/simulation/*.c tests/fuzz/*.c))

-include $(wildcard $(addprefix $(BUILD)/,lib/*/*.d builtins/*.d builtins/*/*.d tests/*/*.d))
