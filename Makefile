# mortar.  `make help` lists what there is to make.
include config.mk

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
       -Wpointer-arith -Wwrite-strings -Wundef -Wimplicit-fallthrough -Werror
ifeq ($(SAN),1)
SANFLAGS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ifeq ($(COV),1)
SANFLAGS += --coverage
endif
SAN_ENV = ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1


CPPFLAGS += -D_GNU_SOURCE -I. -I$(BUILD)/gen -DMORTAR_VERSION='"$(VERSION)"' \
            -DMORTAR_DATE='"$(VERSION_DATE)"'
DATADIR = -DMORTAR_DATADIR='"$(PREFIX)/share/mortar"'
ALL_CFLAGS = -std=c11 $(CFLAGS) $(WARN) $(SANFLAGS) \
             $(shell $(PKG_CONFIG) --cflags $(LIBS_ALL) 2>/dev/null)
LIBS_ALL = $(LIBS_CORE) $(foreach l,$(LIBS_LAZY),$(lastword $(subst =, ,$l))) $(LIBS_TUI)
CORE_LDLIBS = -Wl,--as-needed $(shell $(PKG_CONFIG) --libs $(LIBS_CORE)) -lm -ldl
TUI_LDLIBS  = $(shell $(PKG_CONFIG) --libs $(LIBS_TUI))
TEST_LDLIBS = $(shell $(PKG_CONFIG) --libs $(LIBS_TEST))

CORE_SRC := $(sort $(wildcard core/*/*.c))
TUI_SRC  := $(sort $(wildcard tui/*.c))
PROTO    := $(sort $(wildcard core/ext/*.proto))
FAKE_SRC := $(sort $(filter-out %_main.c,$(wildcard tests/fake/*.c)))
TEST_SRC := $(sort $(wildcard tests/core/*/*.c tests/tui/*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))

GEN_SRC  := $(PROTO:core/ext/%.proto=$(BUILD)/gen/%.pb-c.c)
CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o) $(GEN_SRC:.c=.o)
TUI_OBJ  := $(TUI_SRC:%.c=$(BUILD)/%.o)
# What unit tests of the screen link: everything of tui but main and curses.
TUI_TEST_OBJ := $(filter-out $(BUILD)/tui/main.o $(BUILD)/tui/term_curses%,$(TUI_OBJ))
FAKE_OBJ := $(FAKE_SRC:%.c=$(BUILD)/%.o)
TESTS    := $(TEST_SRC:%.c=$(BUILD)/%)
# Engines of our own that tests from outside start as programs.
PEERS    := $(patsubst tests/fake/%_main.c,$(BUILD)/tests/fake/%,$(wildcard tests/fake/*_main.c))
# What of tui reads bytes from outside and draws nothing.
FUZZ_TUI_OBJ := $(patsubst %,$(BUILD)/tui/%.o,keymap keymap_file mouse)
FUZZERS  := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)

# `make V=1` shows the commands whole.
Q = $(if $(V),,@echo '  $(1)' && )

all: mortar

mortar: $(BUILD)/mortar
	@ln -f $< $@ 2>/dev/null || cp $< $@

$(BUILD)/mortar: $(TUI_OBJ) $(BUILD)/libcore.a
	$(call Q,LD $@)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $(TUI_OBJ) $(BUILD)/libcore.a $(CORE_LDLIBS) $(TUI_LDLIBS)

$(BUILD)/libcore.a: $(CORE_OBJ)
	@rm -f $@
	$(call Q,AR $@)$(AR) rcs $@ $(CORE_OBJ)

# Another compiler or other flags make the objects anew, another PREFIX the one that knows it.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo $(CC) $(CPPFLAGS) $(ALL_CFLAGS) | cmp -s - $@ || echo $(CC) $(CPPFLAGS) $(ALL_CFLAGS) >$@

$(BUILD)/prefix: FORCE
	@mkdir -p $(@D)
	@echo $(PREFIX) | cmp -s - $@ || echo $(PREFIX) >$@

$(BUILD)/tui/theme.o: $(BUILD)/prefix

$(BUILD)/%.o: %.c $(BUILD)/flags | generated
	@mkdir -p $(@D)
	$(call Q,CC $<)$(CC) $(CPPFLAGS) $(DATADIR) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Generated code is not held to our warnings.
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags
	$(call Q,CC $<)$(CC) $(CPPFLAGS) -std=c11 $(CFLAGS) $(SANFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gen/%.pb-c.c $(BUILD)/gen/%.pb-c.h: core/ext/%.proto
	@mkdir -p $(BUILD)/gen
	@command -v $(PROTOC_C) >/dev/null || \
	  { echo "$(PROTOC_C) is missing; sh tests/env/packages.sh build installs what the build needs" >&2; exit 1; }
	$(call Q,PROTOC $<)$(PROTOC_C) --proto_path=core/ext --c_out=$(BUILD)/gen $<

# The names under which the dynamic linker would look for the libraries loaded later.
$(BUILD)/gen/lazy_libraries.h: config.mk
	@mkdir -p $(BUILD)/gen
	$(call Q,LIBS $@)for l in $(LIBS_LAZY); do \
	  echo 'int main(void) { return 0; }' | $(CC) -x c -o $@.probe - -Wl,--no-as-needed \
	    $$($(PKG_CONFIG) --libs $${l#*=}) && \
	  readelf -d $@.probe | sed -n "s/.*NEEDED.*\[\($${l#*=}\.so[^]]*\)\].*/#define LAZY_LIBRARY_$${l%=*} \"\1\"/p"; \
	done >$@.new && test "$$(wc -l <$@.new)" -eq $(words $(LIBS_LAZY)) && mv $@.new $@; rm -f $@.probe

generated: $(GEN_SRC) $(BUILD)/gen/lazy_libraries.h

# Unit tests link the core without ncurses: that it links proves the direction.
$(BUILD)/tests/core/%: $(BUILD)/tests/core/%.o $(FAKE_OBJ) $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(call Q,LD $@)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $< $(FAKE_OBJ) $(BUILD)/libcore.a $(CORE_LDLIBS) $(TEST_LDLIBS)

$(BUILD)/tests/tui/%: $(BUILD)/tests/tui/%.o $(TUI_TEST_OBJ) $(FAKE_OBJ) $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(call Q,LD $@)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $< $(TUI_TEST_OBJ) $(FAKE_OBJ) $(BUILD)/libcore.a $(CORE_LDLIBS) $(TEST_LDLIBS)

$(PEERS): $(BUILD)/tests/fake/%: $(BUILD)/tests/fake/%_main.o $(FAKE_OBJ) $(BUILD)/libcore.a
	$(call Q,LD $@)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $< $(FAKE_OBJ) $(BUILD)/libcore.a $(CORE_LDLIBS) $(TEST_LDLIBS)

test-binaries: $(TESTS) $(PEERS)

## help: this list
help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST))

## all: build ./mortar (the default)
## demo: install what is missing, build, open the workbench on an example
demo:
	@sh tests/env/packages.sh demo
	@$(MAKE) --no-print-directory -j"$$(nproc)" all
	@sh tests/env/demo.sh

## test: install what tests need and pass everything, engines included
test:
	@sh tests/env/packages.sh test
	@sh tests/run.sh all

## check: quick, offline, no engine: unit tests and lint
check: mortar test-binaries
	@sh tests/run.sh check

## check-lint: directions, rooms, file map, sizes, banned functions
check-lint:
	@sh tests/run.sh lint

## e2e: the end-to-end proofs against real engines (part of test)
e2e: mortar $(PEERS)
	@sh tests/run.sh e2e

## asan: the unit tests and the screen under ASan and UBSan
asan:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)-asan SAN=1 CFLAGS="-O1 -g" $(BUILD)-asan/mortar test-binaries
	@$(SAN_ENV) BUILD=$(BUILD)-asan sh tests/run.sh unit

## fuzz: every fuzz target, FUZZ_SECONDS each (default 10)
FUZZ_SECONDS ?= 10
fuzz:
	@$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)-fuzz SAN=1 \
	  CFLAGS="-O1 -g -fsanitize=fuzzer-no-link" fuzzers
	@BUILD=$(BUILD)-fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/run.sh fuzz

fuzzers: $(FUZZERS)

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(FUZZ_TUI_OBJ) $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(call Q,LD $@)$(CC) $(CFLAGS) $(SANFLAGS) -fsanitize=fuzzer -o $@ $< $(FUZZ_TUI_OBJ) $(BUILD)/libcore.a $(CORE_LDLIBS)

## soak: the full numbers that make test runs reduced
soak:
	@sh tests/env/packages.sh test
	@$(MAKE) --no-print-directory -j"$$(nproc)" BUILD=$(BUILD)-asan SAN=1 CFLAGS="-O1 -g" $(BUILD)-asan/mortar
	@MORTAR_SOAK=1 sh tests/run.sh all

## bench: measure against what a user would use instead, as ratios
bench: mortar
	@sh tests/bench/run.sh

## tidy: clang-tidy over core and tui (its checks: .clang-tidy)
tidy: generated
	@sh tests/env/packages.sh tidy
	@printf '%s\n' $(CORE_SRC) $(TUI_SRC) | xargs -P "$$(nproc)" -I FILE sh -c \
	  '"$$@" 2>&1 | grep -v " warnings\? generated\.$$"; :' tidy clang-tidy --quiet FILE -- \
	  $(CPPFLAGS) $(DATADIR) -std=c11 $(shell $(PKG_CONFIG) --cflags $(LIBS_ALL) 2>/dev/null)

## coverage: line coverage of the unit tests (gcov), a line per file
coverage:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)-cov COV=1 CFLAGS="-O0 -g" $(BUILD)-cov/mortar test-binaries
	@BUILD=$(BUILD)-cov sh tests/run.sh unit
	@cd $(BUILD)-cov && find core tui -name '*.gcda' | sort | xargs gcov -n 2>/dev/null | \
	  awk '/^File .(core|tui)\// { f = $$2 } /^Lines/ && f { print $$0, f; f = "" }'

## vars: what each variable is and where it was set
vars:
	@$(foreach v,PREFIX DESTDIR CC CFLAGS BUILD PKG_CONFIG PROTOC_C VERSION,echo '$v = $($v)  ($(origin $v))';)

# What mortar says of itself: the same tables as its help.
MANPAGE  = $(DESTDIR)$(PREFIX)/share/man/man1/mortar.1
BASHCOMP = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/mortar
ZSHCOMP  = $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_mortar
FISHCOMP = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/mortar.fish

$(BUILD)/mortar.1: mortar
	@./mortar help --man >$@

$(BUILD)/completion.%: mortar
	@./mortar completion $* >$@

## install: into DESTDIR and PREFIX
install: mortar $(BUILD)/mortar.1 $(BUILD)/completion.bash $(BUILD)/completion.zsh $(BUILD)/completion.fish
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/mortar/themes $(DESTDIR)$(PREFIX)/share/doc/mortar
	install -D -m 644 $(BUILD)/mortar.1 $(MANPAGE)
	install -D -m 644 $(BUILD)/completion.bash $(BASHCOMP)
	install -D -m 644 $(BUILD)/completion.zsh $(ZSHCOMP)
	install -D -m 644 $(BUILD)/completion.fish $(FISHCOMP)
	install -m 755 mortar $(DESTDIR)$(PREFIX)/bin/mortar
	install -m 644 themes/*.theme $(DESTDIR)$(PREFIX)/share/mortar/themes/
	install -m 644 README.md LICENSE docs/*.md $(DESTDIR)$(PREFIX)/share/doc/mortar/

## uninstall: what install put there
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/mortar $(MANPAGE) $(BASHCOMP) $(ZSHCOMP) $(FISHCOMP)
	rm -rf $(DESTDIR)$(PREFIX)/share/mortar $(DESTDIR)$(PREFIX)/share/doc/mortar

## clean: everything that was built
clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-clang $(BUILD)-fuzz $(BUILD)-cov mortar

-include $(CORE_OBJ:.o=.d) $(TUI_OBJ:.o=.d) $(FAKE_OBJ:.o=.d) $(PEERS:=_main.d) $(TEST_SRC:%.c=$(BUILD)/%.d) $(FUZZ_SRC:%.c=$(BUILD)/%.d)

.PHONY: all help demo test check check-lint e2e asan fuzz fuzzers soak bench tidy coverage vars \
        install uninstall clean generated test-binaries FORCE
.SECONDARY:
