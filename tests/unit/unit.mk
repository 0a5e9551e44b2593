# SPDX-License-Identifier: Apache-2.0
# Unit tests on the host (cmocka), with the sanitizers watching.

UNIT := $(BUILD)/tests/unit
UNIT_TESTS := $(patsubst tests/unit/%.c,$(UNIT)/%,$(wildcard tests/unit/test_*.c))
UNIT_SOURCES := $(filter-out common/lib/string%,$(wildcard common/lib/*.c)) \
		$(wildcard common/plan/*.c) arch/arm64/stage2/stage2_size.c \
		arch/arm64/boot/page_table.c common/console/filter.c \
		$(filter-out imagebuilder/main.c,$(wildcard imagebuilder/*.c)) \
		tests/unit/printed.c tests/unit/sample_plans.c
UNIT_OBJECTS := $(UNIT_SOURCES:%.c=$(UNIT)/obj/%.o)
UNIT_FLAGS := $(HOST_FLAGS) -fsanitize=address,undefined -fno-sanitize-recover=all \
	      -fno-omit-frame-pointer
UNIT_TREES := $(BUILD)/boards/qemu-virt/board.dts

.PHONY: unit
unit: packages-test $(UNIT_TESTS) $(VGIC_TESTS) $(UNIT_TREES)
	@failed=0; for test in $(UNIT_TESTS) $(VGIC_TESTS); do \
		BUILD=$(BUILD) $$test || failed=$$((failed + 1)); \
	done; \
	echo "unit: $$(($(words $(UNIT_TESTS) $(VGIC_TESTS)) - failed)) passed, $$failed failed"; \
	[ $$failed = 0 ]

$(UNIT_TREES): | packages-run
	@boards/prepare qemu-virt

# What the planner's tests share.
$(filter $(UNIT)/test_plan% $(UNIT)/test_guest_trees $(UNIT)/test_uart,$(UNIT_TESTS)): \
	$(addprefix $(UNIT)/obj/tests/unit/,planning.o boards.o)
$(UNIT)/test_plan_kernels $(UNIT)/test_plan_elf: $(UNIT)/obj/tests/unit/kernel_files.o
# It counts how often the planner calls libfdt and strcmp().
$(UNIT)/test_plan_limits: UNIT_LINK := -Wl,--wrap=fdt_getprop,--wrap=fdt_next_node,--wrap=strcmp
$(UNIT)/test_plan_random: $(UNIT)/obj/tests/unit/random_system.o

# What runs behind the seam.
$(UNIT)/test_partition: $(addprefix $(UNIT)/obj/common/run/,partition.o partition_restart.o health.o words.o)
$(UNIT)/test_record: $(addprefix $(UNIT)/obj/common/,console/record.o launch/last_log.o)
$(UNIT)/test_order: $(addprefix $(UNIT)/obj/common/run/,order.o words.o)
$(UNIT)/test_supervisor $(UNIT)/test_bulkctl: $(addprefix $(UNIT)/obj/,common/vdev/supervisor.o \
	common/run/order.o common/run/words.o arch/arm64/el2/syndrome_words.o \
	$(addprefix imagebuilder/bulkctl/,partitions.o show.o) tests/unit/supervising.o)
$(UNIT)/test_uart: $(addprefix $(UNIT)/obj/,common/console/uart.o \
	$(patsubst %.c,%.o,$(wildcard tests/unit/uart_models*.c)))
$(UNIT)/test_watchdog: $(addprefix $(UNIT)/obj/common/vdev/,watchdog.o watchdog_restart.o)
$(UNIT)/test_watchdogs: $(addprefix $(UNIT)/obj/common/run/,watchdogs.o watchdogs_boot.o)
$(UNIT)/test_fill: $(UNIT)/obj/common/run/fill.o
$(UNIT)/test_syndrome: $(UNIT)/obj/arch/arm64/el2/syndrome_words.o
$(UNIT)/test_monitor $(UNIT)/test_monitor_commands: $(addprefix $(UNIT)/obj/,tests/unit/monitoring.o \
	arch/arm64/el2/syndrome_words.o common/run/words.o $(addprefix common/console/,monitor.o \
	monitor_commands.o log.o record.o mux_input.o stage.o))
$(UNIT)/test_log: $(addprefix $(UNIT)/obj/common/,run/words.o $(addprefix console/,log.o record.o stage.o))

$(UNIT)/test_%: $(UNIT)/obj/tests/unit/test_%.o $(UNIT_OBJECTS)
	$(call say,TEST,$@)
	$(Q)$(HOSTCC) $(UNIT_FLAGS) $(UNIT_LINK) -o $@ $^ -lcmocka -lfdt

# The EL2 copies of the C library's functions, under names of their own.
$(UNIT)/test_string: $(addprefix $(UNIT)/obj/el2_,string.o string_boot.o number.o)
$(UNIT)/obj/el2_string.o: common/lib/string.c | packages-test
$(UNIT)/obj/el2_string_boot.o: common/lib/string_boot.c | packages-test
$(UNIT)/obj/el2_number.o: tests/guests/lib/number.c | packages-test
$(addprefix $(UNIT)/obj/el2_,string.o string_boot.o number.o):
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(UNIT_FLAGS) -fno-builtin -Wno-missing-prototypes -c -o $@ $< \
		$(foreach f,memset memcpy memmove memcmp memchr strnlen strlen strncmp strcmp strchr \
		strrchr strtoul,-D$(f)=el2_$(f))

$(UNIT)/obj/%.o: %.c | packages-test
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(UNIT_FLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(UNIT)/obj -name '*.d' 2>/dev/null)
