# SPDX-License-Identifier: Apache-2.0
# Format and static analysis. One line for each tool; the first complaint fails.

C_FILES := $(shell git ls-files -co --exclude-standard '*.c' '*.h' 2>/dev/null)
SHELL_FILES := $(addprefix boards/,packages fetch prepare run) tests/fuzz/run \
	       tests/system/run tests/vgic/mutants $(LINUX_SCRIPTS)
PYTHON_FILES := $(wildcard tests/*/*.py)
EL2_C := $(filter %.c,$(EL2_SOURCES))
TIDY_EL2 := --target=aarch64-linux-gnu $(filter-out $(ERRATA) -mno-outline-atomics \
	    -fno-tree-loop-distribute-patterns -ffile-prefix-map=%,$(EL2_FLAGS)) \
	    -I/usr/aarch64-linux-gnu/include

.PHONY: check check-format check-analyzer check-tidy check-cppcheck check-scripts \
	check-stack check-fast format
check: packages-check check-format check-scripts check-cppcheck check-stack check-fast \
	check-analyzer check-tidy
	@echo 'check: all good'

check-format:
	@clang-format --dry-run -Werror $(C_FILES)
	@echo 'clang-format: $(words $(C_FILES)) files good'

format:
	clang-format -i $(C_FILES)

check-scripts:
	@shellcheck -x $(SHELL_FILES) .ci/run
	@$(PYTHON) -m py_compile $(PYTHON_FILES)
	@echo 'shellcheck, py_compile: good'

check-stack: $(BUILD)/bulkhead.bin
	@$(PYTHON) tests/bench/stack.py $(BUILD)/bulkhead.elf 8192

# The fast exits are compiled for another calling convention: they may refer to data alone.
FAST_MAY_USE := console_slots|this_cpu|this_guest|this_partition
check-fast: $(BUILD)/bulkhead.bin
	@! $(CROSS_COMPILE)nm -u $(BUILD)/obj/arch/arm64/el2/fast.o | grep -vE ' U ($(FAST_MAY_USE))$$' \
		|| { echo 'error: arch/arm64/el2/fast.c: calls this (see fast.h)'; exit 1; }
	@echo 'fast exits: call nothing'

check-cppcheck:
	@cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem --suppress=unknownMacro \
		-D__aarch64__ -D__ASSERT_MACRO_DEPRECATED -I. -I$(BUILD)/deps/include \
		-j 2 $(EL2_C) imagebuilder/*.c imagebuilder/bulkctl/*.c tests/guests/*.c tests/guests/lib/*.c tests/linux/*.c
	@echo 'cppcheck: good'

# GCC's analyzer, over what boots and over what runs on the desk.
check-analyzer: | $(LIBFDT)
	@set -e; for file in $(EL2_C); do \
		$(CC) $(EL2_FLAGS) -fanalyzer -c -o $(BUILD)/analyzed.o $$file; \
	done
	@set -e; for file in imagebuilder/*.c imagebuilder/bulkctl/*.c; do \
		$(HOSTCC) $(HOST_FLAGS) -fanalyzer -c -o $(BUILD)/analyzed.o $$file; \
	done
	@echo 'gcc -fanalyzer: good'

check-tidy: | $(LIBFDT)
	@echo $(EL2_C) | tr ' ' '\n' | xargs -P 2 -n 8 sh -c \
		'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- $(TIDY_EL2) 2>/dev/null' tidy
	@clang-tidy --quiet --warnings-as-errors='*' imagebuilder/*.c imagebuilder/bulkctl/*.c -- $(HOST_FLAGS) 2>/dev/null
	@echo 'clang-tidy: good'
