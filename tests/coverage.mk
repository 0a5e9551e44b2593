# SPDX-License-Identifier: Apache-2.0
# What the unit tests reach of the planner. They are built once more, for counting, in a build
# folder of their own.

COVERAGE_LINES	  ?= 95
COVERAGE_BRANCHES ?= 90

COVERAGE := $(BUILD)/coverage
COVERAGE_FLAGS := $(filter-out -O2,$(HOST_FLAGS)) -O0 --coverage
GCOVR := gcovr --root . --filter common/plan/ --exclude-throw-branches \
	 --exclude-unreachable-branches

.PHONY: coverage
coverage: packages-coverage
	@find $(COVERAGE) -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) --no-print-directory BUILD=$(COVERAGE) UNIT_FLAGS='$(COVERAGE_FLAGS)' unit
	@$(GCOVR) --object-directory $(COVERAGE) --json $(COVERAGE)/plan.json $(COVERAGE)
	@$(GCOVR) --add-tracefile $(COVERAGE)/plan.json
	@$(GCOVR) --add-tracefile $(COVERAGE)/plan.json --branches
	@$(GCOVR) --add-tracefile $(COVERAGE)/plan.json --output $(COVERAGE)/again.txt \
		--fail-under-line $(COVERAGE_LINES) --fail-under-branch $(COVERAGE_BRANCHES)
	@echo 'coverage: at least $(COVERAGE_LINES) % of lines, $(COVERAGE_BRANCHES) % of branches'
