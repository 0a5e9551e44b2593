# SPDX-License-Identifier: Apache-2.0
# Our bare-metal guests: each source in tests/guests/ is one, with the library in tests/guests/lib.

GUEST_FLAGS := $(filter-out -MMD -MP,$(EL2_FLAGS))
GUEST_LIB := $(wildcard tests/guests/lib/*.c tests/guests/lib/*.S) common/lib/format.c \
	     common/lib/string.c common/lib/string_boot.c
GUEST_LIB_OBJECTS := $(addprefix $(BUILD)/guests/obj/,$(addsuffix .o,$(basename $(GUEST_LIB))))
GUESTS := $(patsubst tests/guests/%.c,%,$(wildcard tests/guests/*.c))

.PHONY: guests
guests: $(GUESTS:%=$(BUILD)/guests/%.bin) $(BUILD)/firmware.bin
# Kept for debuggers, and so that nothing is linked twice.
.PRECIOUS: $(BUILD)/guests/%.elf $(BUILD)/guests/obj/%.o

$(BUILD)/guests/%.bin: $(BUILD)/guests/%.elf
	$(Q)$(OBJCOPY) -O binary $< $@

# Not a guest, but what may be below the hypervisor.
$(BUILD)/firmware.bin: $(BUILD)/guests/obj/tests/guests/firmware.o
	$(Q)$(OBJCOPY) -O binary -j .text $< $@

$(BUILD)/guests/%.elf: $(BUILD)/guests/obj/tests/guests/%.o $(GUEST_LIB_OBJECTS) \
		       tests/guests/lib/guest.lds $(LIBFDT)
	$(call say,GUEST,$@)
	$(Q)$(CC) -nostdlib -static -no-pie -Wl,-T,tests/guests/lib/guest.lds -Wl,--build-id=none \
		-Wl,--no-warn-rwx-segments -o $@ $(filter %.o,$^) $(LIBFDT)

$(BUILD)/guests/obj/%.o: %.c | $(LIBFDT)
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/guests/obj/%.o: %.S
	@mkdir -p $(@D)
	$(Q)$(CC) -march=armv8-a -g -I. -c -o $@ $<

-include $(shell find $(BUILD)/guests/obj -name '*.d' 2>/dev/null)
