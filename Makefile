# Postcircle. `make demo` shows it, `make test` proves it; both install what they need on Debian 12.
#
#   all            build/release/postcircle (and postcircle-parse, postcircle-photo: sandboxed readers of mail and photos)
#   check          unit tests, layers, privacy, values, hash of the labelled notes, test mails: no service, no installation
#   test           everything: check, sanitizers, style, PostgreSQL, e2e, fuzz corpora; closes with one sum
#   unit-NAME      one unit test, as in unit-base_test; e2e E2E=tests/e2e/imap_test.py: one of the others
#   check-asan     the unit tests under AddressSanitizer and UBSan, built by clang without a warning
#   check-tsan     the unit tests under ThreadSanitizer. Our processes have one thread each, so this watches the
#                  threads that libraries bring, as far as they were built to be watched: little
#   check-style    format; TIDY=1 adds clang-tidy's advice
#   fuzz           each fuzzer for SECONDS=60;  fuzz-replay  their corpora once
#   e2e, postgres  tests against real services of their own
#   triage-model   makes gateway/lexicon/model.txt again from the labelled notes (docs/triage.md)
#   bench, soak    figures beside a peer; the long versions of the tests (fuzzers SOAK_SECONDS=600 each)
#   deps           installs the Debian packages for building; test-deps those for testing too
#   format, install (DESTDIR, PREFIX), clean
MAKEFLAGS += --no-print-directory
FLAVOUR ?= release
B       := build/$(FLAVOUR)
CC      ?= gcc
PREFIX  ?= /usr/local
VERSION := 0.1-dev
LIBEXEC := $(PREFIX)/libexec/postcircle
DATADIR := $(PREFIX)/share/postcircle
CFLAGS  ?= -O2 -g
HARDEN  := -fstack-protector-strong -fPIE
# some three hundred programs are linked for the tests: lld takes half as long
LDFLAGS ?= $(if $(shell command -v ld.lld),-fuse-ld=lld)
LDFLAGS_HARDEN := -pie -Wl,-z,relro,-z,now
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
           -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough -Werror
# clang's guess about our SQL tables, whose entries are all designated
WARN    += $(if $(findstring clang,$(CC)),-Wno-string-concatenation)

PKGS       := sqlite3 libpq libsodium jansson libutf8proc libidn2 gmime-3.0 libxml-2.0 libseccomp uchardet libpcre2-8 libpcre2-32 \
              libcmark-gfm libical gnutls libmicrohttpd
PKG_CFLAGS := $(filter-out -I/usr/include,$(shell pkg-config --cflags $(PKGS) vips poppler-glib 2>/dev/null))
# libesmtp, libetpan, inih and libcsv ship no usable .pc file in Debian 12; that of libcurl does not say which flavour
LIBS       := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -letpan -lcurl-gnutls -lesmtp -linih -lcsv -lm
# the reader of hostile mail links as little as it can
PARSE_LIBS := $(shell pkg-config --libs libsodium jansson libutf8proc libidn2 gmime-3.0 libxml-2.0 libseccomp libical uchardet 2>/dev/null)
# the maker of photos: it alone links vips and poppler
PHOTO_LIBS := $(shell pkg-config --libs libsodium jansson libutf8proc libidn2 gmime-3.0 libseccomp uchardet vips poppler-glib 2>/dev/null)

FOLDERS := base store templates schedules mailer inbound gateway
MAINS   := gateway/main.c inbound/parse_main.c inbound/photo_main.c
SRC     := $(filter-out $(MAINS),$(wildcard $(addsuffix /*.c,$(FOLDERS)) gateway/*/*.c))
OBJ     := $(SRC:%.c=$B/%.o)
LIB     := $B/libpostcircle.a
PARSE_SRC := $(filter-out $(MAINS),$(wildcard base/*.c inbound/*.c))
PARSE_LIB := $B/libparse.a
# those that take longest are begun first, so that at the end nobody waits for one alone
LONG_UNIT := triage_set store_db template_hostile text_stories_broken sort_order sort_identity own_words bounce_match stories text_stories text_digest_death alarm \
             text store_rekey_race review check_in desk
LONG_E2E  := duty imap faults clamd visit_story a11y two_homes report tls promise_people hostile_play run connect imap_hostile text hostile_mail \
             photo_words photo postfix lmtp relay_token serve
first      = $(foreach t,$1,$(filter $t,$2)) $(filter-out $1,$2)
UNIT_SRC  := $(call first,$(LONG_UNIT:%=tests/unit/%_test.c),$(wildcard tests/unit/*_test.c))
E2E       := $(call first,$(LONG_E2E:%=tests/e2e/%_test.py),$(wildcard tests/e2e/*_test.py))
UNIT      := $(UNIT_SRC:%.c=$B/%)
.SECONDARY:
PROGRAMS  := $(if $(wildcard gateway/main.c),$B/postcircle) $(if $(wildcard inbound/parse_main.c),$B/postcircle-parse) $(if $(wildcard inbound/photo_main.c),$B/postcircle-photo)

C_FILES   := $(wildcard $(addsuffix /*.[ch],$(FOLDERS)) gateway/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/tools/*.[ch] bench/*.[ch])
# every unit test that has a store runs on PostgreSQL too, but those that test our own checks
PG_UNIT   := $(patsubst %.c,$B/%,$(filter-out %_broken_test.c,$(if $(filter postgres,$(MAKECMDGOALS)),$(filter $(shell tests/store-tests),$(UNIT_SRC)))))
FUZZ_SRC  := $(wildcard tests/fuzz/*_fuzz.c)
FUZZ      := $(FUZZ_SRC:%.c=build/asan/%)
BENCH_SRC := $(wildcard bench/*_bench.c)
BENCH     := $(BENCH_SRC:%.c=$B/%)
# programs that drive one part for tests/e2e and bench
TOOLS     := $(patsubst %.c,$B/%,$(wildcard tests/tools/*.c))
SECONDS   := 60
SOAK_SECONDS := 600
JOBS      ?= $(shell nproc)
E2E_JOBS  ?= $(shell echo $$((2 * $$(nproc) + 2))) # more than half of their time they wait
# one build for check-asan and the fuzzers, by clang: it alone has libFuzzer, and so its warnings stop us too
ASAN      := FLAVOUR=asan CC=clang CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
# gcc's manual advises against -Werror with sanitizers: they hide value ranges, so that it warns of what cannot be
TSAN      := FLAVOUR=tsan CFLAGS='-O1 -g -fsanitize=thread -Wno-error'
CLANG_ELSE = command -v clang >/dev/null || { echo "skip $@: no clang"; echo "0 passed, 0 failed, 1 skipped"; exit 0; };
# the schema and the paths as that build has them; a macro's value is nothing to clang-tidy
TIDY_FLAGS := -std=gnu17 -I. -Ibuild/asan -include base/banned.h $(PKG_CFLAGS) $(foreach v,LIBEXEC DATA VERSION,-DPOSTCIRCLE_$(v)=__FILE__)
# what make test adds up, quick ones first
SUITES    := layers privacy values promises triage-set mailset wrapped corpora unit postgres check-style check-asan e2e fuzz-replay

.PHONY: all check test check-asan check-tsan check-style fuzz bench soak e2e demo format install clean deps test-deps \
        unit unit-build postgres layers privacy values promises triage-set mailset wrapped corpora triage-model fuzz-replay fuzz-build run-demo
.DELETE_ON_ERROR:
all: $(PROGRAMS)

$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) -std=gnu17 -I. -I$B -include base/banned.h $(WARN) $(HARDEN) $(CFLAGS) $(PKG_CFLAGS) \
	  -DPOSTCIRCLE_LIBEXEC='"$(LIBEXEC)"' -DPOSTCIRCLE_DATA='"$(DATADIR)"' \
	  -DPOSTCIRCLE_VERSION='"$(VERSION)"' -MMD -MP -c -o $@ $<

# the schema stands in the program, so that a home can be made anywhere
SCHEMA := $(sort $(wildcard store/schema/*.sql))
$B/gen/schema_data.h: $(SCHEMA) store/schema/embed store/schema
	@mkdir -p $(@D)
	@store/schema/embed $(SCHEMA) > $@
$B/store/migrate.o: $B/gen/schema_data.h

$(LIB): $(OBJ)
	@rm -f $@
	@echo "AR $@"
	@ar rcs $@ $(OBJ)
$(PARSE_LIB): $(PARSE_SRC:%.c=$B/%.o)
	@rm -f $@
	@echo "AR $@"
	@ar rcs $@ $^

$B/postcircle: $B/gateway/main.o $(LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(LIBS)
$B/postcircle-parse: $B/inbound/parse_main.o $(PARSE_LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(PARSE_LIBS)

$B/postcircle-photo: $B/inbound/photo_main.o $(PARSE_LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(PHOTO_LIBS)

$B/tests/unit/%: $B/tests/unit/%.o $(LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$B/bench/%_bench: $B/bench/%_bench.o $(LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(LIBS)
$B/tests/tools/%: $B/tests/tools/%.o $(LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(LIBS)
$B/tests/fuzz/%_fuzz: $B/tests/fuzz/%_fuzz.o $(LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS)

-include $(OBJ:.o=.d) $(UNIT_SRC:%.c=$B/%.d) $(FUZZ_SRC:%.c=$B/%.d) $(BENCH_SRC:%.c=$B/%.d) $(TOOLS:=.d) $(MAINS:%.c=$B/%.d)

unit-build: $(UNIT)
unit: $(UNIT) all
	@POSTCIRCLE_BUILD=$B tests/run-tests $(UNIT)
unit-%: $B/tests/unit/% all
	POSTCIRCLE_BUILD=$B $<

postgres: $(PG_UNIT) all
	@if [ -z "$(PG_UNIT)" ]; then echo "0 passed, 0 failed, 0 skipped"; exit 0; fi; \
	 POSTCIRCLE_BUILD=$B tests/with-postgres tests/run-tests $(PG_UNIT); code=$$?; \
	 if [ $$code -eq 77 ]; then echo "skip postgres: not installed"; echo "0 passed, 0 failed, 1 skipped"; exit 0; fi; exit $$code

layers:
	@tests/layers
privacy:
	@tests/privacy
triage-set:
	@tests/triage-set
mailset: all
	@POSTCIRCLE_BUILD=$B tests/mailset
wrapped: all
	@POSTCIRCLE_BUILD=$B tests/wrapped
# messages that other projects publish: read where they lie beside this folder
corpora: all
	@POSTCIRCLE_BUILD=$B tests/corpora-score
# the same notes make the same file; unit-triage_set_test holds it to that and prints how well it does
triage-model: $B/tests/tools/triage_train
	@$<
values:
	@tests/values
promises:
	@tests/promises
check-style:
	@TIDY_FLAGS='$(TIDY_FLAGS)' tests/check-style $(C_FILES)
e2e: all $(TOOLS)
	@JOBS=$(E2E_JOBS) POSTCIRCLE_BUILD=$B tests/run-tests $(E2E)

check:
	@RUN_MAKE="$(MAKE) -j$(JOBS)" tests/run-all layers privacy values promises triage-set mailset wrapped unit
# a second make, because what pkg-config says is known only once the packages are there
test: test-deps
	@$(MAKE) -j$(JOBS) all unit-build
	@RUN_MAKE="$(MAKE) -j$(JOBS)" tests/run-all $(SUITES)
check-asan:
	@$(CLANG_ELSE) $(MAKE) unit $(ASAN)
check-tsan:
	@TEST_SECONDS=1800 $(MAKE) unit $(TSAN)

fuzz-build: $(if $(filter asan,$(FLAVOUR)),$(FUZZ))
fuzz:
	@$(MAKE) fuzz-build $(ASAN)
	@tests/run-fuzz $(SECONDS) $(FUZZ)
fuzz-replay:
	@$(CLANG_ELSE) $(MAKE) fuzz-build $(ASAN) && tests/run-fuzz replay $(FUZZ)

$B/bench/slow_sync.so: bench/slow_sync.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu17 -D_GNU_SOURCE -O2 -fPIC -shared -o $@ $<
bench: $(BENCH) $(TOOLS) $B/bench/slow_sync.so all
	@for b in $(BENCH); do echo "== $$b"; POSTCIRCLE_PARSER=$B/postcircle-parse POSTCIRCLE_BUILD=$B $$b || exit 1; done
	@echo "== receive, each sync 5 ms slower"
	@POSTCIRCLE_PARSER=$B/postcircle-parse POSTCIRCLE_BUILD=$B LD_PRELOAD=$B/bench/slow_sync.so $B/bench/receive_bench 200
	@POSTCIRCLE_BUILD=$B bench/smtp.sh
	@echo "== lmtp"; POSTCIRCLE_BUILD=$B bench/lmtp.sh
	@echo "== page"; POSTCIRCLE_BUILD=$B bench/page.py
	@echo "== memory"; POSTCIRCLE_BUILD=$B bench/memory.py
	@echo "== letters of 25 MB"; POSTCIRCLE_BUILD=$B bench/big_letters.py
# fixed seeds and counts in all of them, so that what fails once fails again
soak: all $(TOOLS) $(UNIT)
	@POSTCIRCLE_SOAK=1 TEST_SECONDS=3600 POSTCIRCLE_BUILD=$B tests/run-tests $(UNIT) $(E2E)
	@$(MAKE) fuzz SECONDS=$(SOAK_SECONDS)

deps:
	@packages/install build
test-deps:
	@packages/install build test

demo: deps
	@$(MAKE) -j$(JOBS) run-demo
run-demo: all
	@$B/postcircle demo --out demo-out

format:
	@clang-format -i $(C_FILES)

# texts and word lists beside the code; programs where make put their paths in
SHARE := $(wildcard mailer/providers/*.conf gateway/lexicon/* gateway/demo/*.html templates/*/* docs/*.md)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXEC)
	install -m 755 $B/postcircle $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $B/postcircle-parse $B/postcircle-photo $(DESTDIR)$(LIBEXEC)/
	@for f in $(SHARE); do [ -d "$$f" ] || install -D -m 644 "$$f" "$(DESTDIR)$(DATADIR)/$$f" || exit 1; done

clean:
	rm -rf build demo-out
