# SPDX-License-Identifier: Apache-2.0
# Programs for Linux guests, static, and a ramdisk with them: the kernel unpacks one archive after
# the other, so that ours follows the one that all Linux partitions have.

LINUX_PROGRAMS := $(patsubst tests/linux/%.c,$(BUILD)/linux/%,$(wildcard tests/linux/*.c))
LINUX_SCRIPTS := $(addprefix tests/linux/,hotplug warnings)

.PHONY: linux-tests
linux-tests: $(BUILD)/assets/tests.cpio.gz

$(BUILD)/linux/%: tests/linux/%.c | packages-build
	@mkdir -p $(@D)
	$(call say,LINUX,$@)
	$(Q)$(CC) -std=c11 -O2 $(WARNINGS) -static -o $@ $<

$(BUILD)/assets/tests.cpio.gz: $(LINUX_PROGRAMS) $(LINUX_SCRIPTS) $(MANAGER) \
			       $(BUILD)/assets/sbsa_gwdt.ko
	$(Q)rm -rf $(BUILD)/linux/root && mkdir -p $(BUILD)/linux/root/bin
	$(Q)cp $(LINUX_PROGRAMS) $(LINUX_SCRIPTS) $(BUILD)/assets/sbsa_gwdt.ko $(BUILD)/linux/root/bin
	$(Q)(cd $(BUILD)/linux/root && find bin | sort | cpio -o -H newc -R 0:0 --quiet) | gzip -9n \
		| cat $(MANAGER) - >$@
