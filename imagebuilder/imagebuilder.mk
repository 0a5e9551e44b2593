# SPDX-License-Identifier: Apache-2.0
# The host tool.

IMAGEBUILDER := $(BUILD)/imagebuilder/imagebuilder
HOST_FLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -g $(WARNINGS) -I.

.PHONY: imagebuilder
imagebuilder: $(IMAGEBUILDER)

$(IMAGEBUILDER): $(wildcard imagebuilder/*.c) $(wildcard imagebuilder/*.h) | packages-build
	@mkdir -p $(@D)
	$(call say,HOSTCC,$@)
	$(Q)$(HOSTCC) $(HOST_FLAGS) -o $@ $(filter %.c,$^) -lfdt
