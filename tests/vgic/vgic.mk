# SPDX-License-Identifier: Apache-2.0
# The virtual GIC on a simulated machine (tests/vgic/machine.h): EL2's own sources, compiled for the
# host. Unit tests run with the others (unit.mk), the fuzz target too (fuzz.mk); `make explore`
# walks all interleavings of small scenarios.

VGIC := $(BUILD)/tests/vgic
# Direct mode has no virtual GIC.
VGIC_SOURCES := $(filter-out arch/arm64/vgic/direct%,$(wildcard arch/arm64/vgic/*.c)) \
		arch/arm64/gic/gic.c \
		$(addprefix arch/arm64/el2/,exits.c fast.c interrupts.c) \
		$(addprefix arch/arm64/vcpu/,guest_boot.c guest_restart.c psci.c system_register_traps.c) \
		common/run/partition.c common/run/partition_restart.c common/vdev/pvpanic.c
VGIC_MACHINE := $(addprefix tests/vgic/,machine.c physical.c interface.c guest.c rest.c model.c \
		model_registers.c check.c elsewhere.c setup.c)
VGIC_TESTS := $(patsubst tests/vgic/%.c,$(VGIC)/%,$(wildcard tests/vgic/test_*.c))
# The replaced headers come first; each CPU's own state is behind a pointer.
VGIC_HEADERS := -Itests/vgic/include -I$(VGIC) '-Dthis_cpu=(*machine_cpu)'

# The system registers that EL2's sources name, but for those that hooks.h has.
$(VGIC)/registers.inc: $(wildcard arch/arm64/*/*.[ch]) tests/vgic/hooks.h
	@mkdir -p $(@D)
	$(Q)grep -ohE '\bREGISTER_[a-z0-9_]+_el[0-3]\b' tests/vgic/hooks.h >$@.known
	$(Q)grep -ohE '\b[a-z][a-z0-9_]*_el[0-3]\b' $(filter arch/%,$^) | sort -u | \
		sed 's/^/REGISTER_/' | grep -vxFf $@.known | \
		sed 's/REGISTER_\(.*\)/MACHINE_REGISTER(\1)/' >$@

# The numbers of the firmware's header, without its SMC instruction.
$(VGIC)/firmware.inc: arch/arm64/firmware/firmware.h
	@mkdir -p $(@D)
	$(Q)grep -E '^#define (PSCI|SMCCC)_' $< >$@

VGIC_GENERATED := $(VGIC)/registers.inc $(VGIC)/firmware.inc
VGIC_OBJECTS := $(patsubst %.c,$(VGIC)/obj/%.o,$(VGIC_SOURCES) $(VGIC_MACHINE))

.SECONDARY: $(VGIC_OBJECTS)
$(VGIC)/test_%: $(VGIC)/obj/tests/vgic/test_%.o $(VGIC_OBJECTS)
	$(call say,TEST,$@)
	$(Q)$(HOSTCC) $(UNIT_FLAGS) -o $@ $^ -lcmocka

$(VGIC)/obj/%.o: %.c $(VGIC_GENERATED) | packages-test
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(VGIC_HEADERS) $(UNIT_FLAGS) -MMD -MP -c -o $@ $<

# Without sanitizers, which know nothing of coroutines.
EXPLORE_FLAGS := $(filter-out -O2 -D_POSIX_C_SOURCE=%,$(HOST_FLAGS)) -D_DEFAULT_SOURCE -O1
EXPLORE_OBJECTS := $(patsubst %.c,$(VGIC)/explore-obj/%.o,$(VGIC_SOURCES) $(VGIC_MACHINE) \
		   $(addprefix tests/vgic/,explore.c coroutines.c states.c) \
		   $(wildcard tests/vgic/scenarios*.c))

.PHONY: explore
explore: $(VGIC)/explore
	@$(VGIC)/explore

$(VGIC)/explore: $(EXPLORE_OBJECTS)
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(EXPLORE_FLAGS) -o $@ $^

$(VGIC)/explore-obj/%.o: %.c $(VGIC_GENERATED) | packages-test
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(VGIC_HEADERS) $(EXPLORE_FLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(VGIC) -name '*.d' 2>/dev/null)
