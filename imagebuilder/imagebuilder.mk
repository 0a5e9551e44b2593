# SPDX-License-Identifier: Apache-2.0
# The host tool: its own sources and the planner.

IMAGEBUILDER := $(BUILD)/imagebuilder/imagebuilder
HOST_FLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -g $(WARNINGS) -I.
IMAGEBUILDER_SOURCES := $(wildcard imagebuilder/*.c) $(wildcard common/plan/*.c) \
			common/lib/format.c common/lib/inflate.c common/lib/sha256.c \
			arch/arm64/stage2/stage2_size.c
IMAGEBUILDER_OBJECTS := $(IMAGEBUILDER_SOURCES:%.c=$(BUILD)/imagebuilder/obj/%.o)

.PHONY: imagebuilder
imagebuilder: $(IMAGEBUILDER)

$(IMAGEBUILDER): $(IMAGEBUILDER_OBJECTS)
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(HOST_FLAGS) -o $@ $^ -lfdt

$(BUILD)/imagebuilder/obj/%.o: %.c | packages-build
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)
	$(Q)$(HOSTCC) $(HOST_FLAGS) -MMD -MP -c -o $@ $<

-include $(IMAGEBUILDER_OBJECTS:.o=.d)
