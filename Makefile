# Postcircle. `make demo` shows it, `make test` proves it; both install what they need on Debian 12.
#
#   all            build/release/postcircle (and postcircle-parse, the sandboxed reader of mail)
#   check          unit tests and checks that need no service and no installation
#   test           everything: check, e2e with real Postfix, PostgreSQL and Chromium
#   check-asan     the unit tests under AddressSanitizer and UBSan
#   check-style    format, warnings of clang, layering
#   fuzz           SECONDS=60 for each fuzzer
#   bench, soak    figures beside a peer; the long versions of the tests
FLAVOUR ?= release
B       := build/$(FLAVOUR)
CC      ?= gcc
PREFIX  ?= /usr/local
LIBEXEC := $(PREFIX)/libexec/postcircle
DATADIR := $(PREFIX)/share/postcircle
CFLAGS  ?= -O2 -g
HARDEN  := -fstack-protector-strong -fPIE
LDFLAGS_HARDEN := -pie -Wl,-z,relro,-z,now
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
           -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough -Werror

PKGS       := sqlite3 libpq libsodium jansson libutf8proc libidn2 gmime-3.0 libxml-2.0 libseccomp libpcre2-8 \
              libcmark-gfm libical gnutls
PKG_CFLAGS := $(filter-out -I/usr/include,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
# libesmtp, libetpan, inih and libcsv ship no usable .pc file in Debian 12
LIBS       := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -letpan -lesmtp -linih -lcsv
# the reader of hostile mail links as little as it can
PARSE_LIBS := $(shell pkg-config --libs libsodium jansson libutf8proc libidn2 gmime-3.0 libxml-2.0 libseccomp 2>/dev/null)

FOLDERS := base store templates schedules mailer inbound gateway
MAINS   := gateway/main.c inbound/parse_main.c
SRC     := $(filter-out $(MAINS),$(wildcard $(addsuffix /*.c,$(FOLDERS)) gateway/cli/*.c))
OBJ     := $(SRC:%.c=$B/%.o)
LIB     := $B/libpostcircle.a
PARSE_SRC := $(filter-out $(MAINS),$(wildcard base/*.c inbound/*.c))
PARSE_LIB := $B/libparse.a
UNIT_SRC  := $(wildcard tests/unit/*_test.c)
UNIT      := $(UNIT_SRC:%.c=$B/%)
.SECONDARY:
PROGRAMS  := $(if $(wildcard gateway/main.c),$B/postcircle) $(if $(wildcard inbound/parse_main.c),$B/postcircle-parse)

.PHONY: all check test check-asan check-tsan check-style fuzz bench soak e2e demo format install clean deps test-deps
.DELETE_ON_ERROR:
all: $(PROGRAMS)

$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) -std=gnu17 -I. -I$B -include base/banned.h $(WARN) $(HARDEN) $(CFLAGS) $(PKG_CFLAGS) \
	  -DPOSTCIRCLE_LIBEXEC='"$(LIBEXEC)"' -DPOSTCIRCLE_DATA='"$(DATADIR)"' -MMD -MP -c -o $@ $<

$(LIB): $(OBJ)
	@rm -f $@
	ar rcs $@ $(OBJ)
$(PARSE_LIB): $(PARSE_SRC:%.c=$B/%.o)
	@rm -f $@
	ar rcs $@ $^

$B/postcircle: $B/gateway/main.o $(LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(LIBS)
$B/postcircle-parse: $B/inbound/parse_main.o $(PARSE_LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(PARSE_LIBS)

$B/tests/unit/%: $B/tests/unit/%.o $(LIB)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_HARDEN) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

-include $(OBJ:.o=.d) $(UNIT_SRC:%.c=$B/%.d) $(MAINS:%.c=$B/%.d)

# One unit test by name: make unit-base_test
unit-%: $B/tests/unit/% all
	POSTCIRCLE_BUILD=$B $<

unit: $(UNIT) all
	@POSTCIRCLE_BUILD=$B tests/run-unit $(UNIT)

check: unit

check-asan:
	$(MAKE) unit FLAVOUR=asan CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all'

format:
	clang-format -i $(wildcard $(addsuffix /*.[ch],$(FOLDERS)) gateway/cli/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] bench/*.[ch])

clean:
	rm -rf build demo-out
