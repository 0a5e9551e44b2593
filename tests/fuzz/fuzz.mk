# SPDX-License-Identifier: Apache-2.0
# Fuzzing (libFuzzer) of what reads device trees and configurations, and of the virtual GIC. Each target runs for FUZZ_SECONDS, one after the
# other, on from the corpus that earlier runs left in $(BUILD).

FUZZ_SECONDS ?= 60
FUZZCC	?= clang

FUZZ := $(BUILD)/tests/fuzz
FUZZ_TARGETS := fuzz_plan fuzz_guest_tree fuzz_import fuzz_vgic
FUZZ_SOURCES := $(wildcard common/plan/*.c) common/lib/format.c common/lib/inflate.c common/lib/sha256.c \
		arch/arm64/stage2/stage2_size.c
FUZZ_WRITER := $(wildcard common/plan/guest_*.c) common/plan/references.c
FUZZ_IMPORTER := $(wildcard imagebuilder/import*.c)
FUZZ_HARNESS := $(addprefix $(FUZZ)/plain/tests/fuzz/,system.o invariants.o mutate.o)
FUZZ_FLAGS := $(filter-out -O2,$(HOST_FLAGS)) -D_DEFAULT_SOURCE -O1 -fno-omit-frame-pointer \
	      -fsanitize=address,undefined -fno-sanitize-recover=all -I$(FUZZ)
FUZZ_SEEDS := $(patsubst tests/fuzz/corpus/%.dts,$(FUZZ)/seeds/%.dtb,\
		$(wildcard tests/fuzz/corpus/*.dts)) $(FUZZ)/seeds/gzip $(FUZZ)/seeds/moved
# Inputs that once broke something: what remains of a bug when it is gone.
FUZZ_REGRESSIONS := $(wildcard tests/fuzz/regressions)

.PHONY: fuzz
fuzz: packages-fuzz $(FUZZ_TARGETS:%=$(FUZZ)/%) $(FUZZ_SEEDS)
	@failed=0; for target in $(FUZZ_TARGETS); do \
		seeds='$(FUZZ)/seeds $(FUZZ_REGRESSIONS)'; \
		[ $$target != fuzz_vgic ] || seeds=tests/fuzz/vgic; \
		[ $$target != fuzz_import ] || seeds=tests/golden/import; \
		tests/fuzz/run $(FUZZ) $$target $(FUZZ_SECONDS) $$seeds || \
			failed=$$((failed + 1)); \
	done; \
	[ $$failed = 0 ]

# Only what a target is about guides it (fuzz_guest_tree.c says why); the rest is watched as well.
$(FUZZ)/fuzz_plan: $(FUZZ)/plain/tests/fuzz/fuzz_plan.o $(FUZZ_HARNESS) \
		   $(FUZZ_SOURCES:%.c=$(FUZZ)/guided/%.o)
$(FUZZ)/fuzz_guest_tree: $(FUZZ)/plain/tests/fuzz/fuzz_guest_tree.o $(FUZZ_HARNESS) \
			 $(FUZZ_WRITER:%.c=$(FUZZ)/guided/%.o) \
			 $(patsubst %.c,$(FUZZ)/plain/%.o,$(filter-out $(FUZZ_WRITER),$(FUZZ_SOURCES)))
$(FUZZ)/fuzz_import: $(FUZZ)/plain/tests/fuzz/fuzz_import.o $(FUZZ_IMPORTER:%.c=$(FUZZ)/guided/%.o) \
		     $(patsubst %.c,$(FUZZ)/plain/%.o,$(FUZZ_SOURCES) imagebuilder/message.c imagebuilder/run.c)
$(FUZZ)/fuzz_vgic: $(patsubst %.c,$(FUZZ)/vgic/%.o,tests/fuzz/fuzz_vgic.c $(VGIC_SOURCES) $(VGIC_MACHINE))
$(FUZZ_TARGETS:%=$(FUZZ)/%):
	$(call say,FUZZ,$@)
	$(Q)$(FUZZCC) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) -lfdt

$(FUZZ)/plain/%.o: %.c | packages-fuzz
	@mkdir -p $(@D)
	$(Q)$(FUZZCC) $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

$(FUZZ)/guided/%.o: %.c | packages-fuzz
	@mkdir -p $(@D)
	$(Q)$(FUZZCC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(FUZZ)/vgic/%.o: %.c $(VGIC_GENERATED) | packages-fuzz
	@mkdir -p $(@D)
	$(Q)$(FUZZCC) $(VGIC_HEADERS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

# The planner's own vocabulary, so that it need not be guessed, nor listed a second time.
$(FUZZ)/plain/tests/fuzz/mutate.o: $(FUZZ)/names.inc
$(FUZZ)/names.inc: $(wildcard common/plan/*.c)
	@mkdir -p $(@D)
	$(Q)sed 's/\\0/"\n"/g' $^ | grep -o '"[A-Za-z#^][A-Za-z0-9,#@_.+^-]*"' | sort -u | \
		sed 's/$$/,/' >$@

$(FUZZ)/seeds/%.dtb: tests/fuzz/corpus/%.dts tests/fuzz/corpus/board.dtsi | packages-fuzz
	@mkdir -p $(@D)
	$(Q)dtc -q -i tests/fuzz/corpus -O dtb -o $@ $<

# Its modules are 16 MiB further up (fuzz.h).
$(FUZZ)/seeds/moved: tests/fuzz/corpus/partitions.dts tests/fuzz/corpus/board.dtsi | packages-fuzz
	@mkdir -p $(@D)
	$(Q)dtc -q -i tests/fuzz/corpus -b 4096 -O dtb -o $@ $<

# The module behind the tree (fuzz.h): an arm64 Image of 16 MiB, compressed.
$(FUZZ)/seeds/gzip: $(FUZZ)/seeds/partitions.dtb
	$(Q){ cat $<; printf '%016d\0\0\0\1\0\0\0\0%032dARM\144\0\0\0\0' 0 0 | tr 0 '\0' | \
		gzip -n; } >$@

-include $(shell find $(FUZZ) -name '*.d' 2>/dev/null)
