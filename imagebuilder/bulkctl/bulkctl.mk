# SPDX-License-Identifier: Apache-2.0
# The tool for Linux partitions that supervise others: static, for any arm64 Linux.

BULKCTL := $(BUILD)/bulkctl
BULKCTL_SOURCES := $(wildcard imagebuilder/bulkctl/*.c) common/run/words.c arch/arm64/el2/syndrome_words.c common/lib/format.c \
		   imagebuilder/json_writer.c imagebuilder/words.c
BULKCTL_OBJECTS := $(BULKCTL_SOURCES:%.c=$(BUILD)/bulkctl.obj/%.o)

.PHONY: bulkctl
bulkctl: $(BULKCTL)

$(BULKCTL): $(BULKCTL_OBJECTS)
	$(call say,LINUX,$@)
	$(Q)$(CC) -static -s -o $@ $^

$(BUILD)/bulkctl.obj/%.o: %.c | packages-build
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_FLAGS) -MMD -MP -c -o $@ $<

-include $(BULKCTL_OBJECTS:.o=.d)

# The ramdisk of a Linux partition that manages others: what all have, and bulkctl behind it.
MANAGER := $(BUILD)/assets/manager.cpio.gz
assets: $(MANAGER)
$(MANAGER): $(BULKCTL) $(BUILD)/assets/linux0.cpio.gz
	$(Q)rm -rf $(BUILD)/manager && mkdir -p $(BUILD)/manager/bin
	$(Q)cp $(BULKCTL) $(BUILD)/manager/bin
	$(Q)(cd $(BUILD)/manager && find bin | sort | cpio -o -H newc -R 0:0 --quiet) | gzip -9n \
		| cat $(BUILD)/assets/linux0.cpio.gz - >$@
