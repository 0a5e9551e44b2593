# SPDX-License-Identifier: Apache-2.0
# Bulkhead's build: `make help` lists what it can do. All output goes to $(BUILD).

BUILD	?= build
BOARD	?= qemu-virt
# A board's own system; for qemu-virt, which dts/ is for, one of these.
SYSTEM	?= $(firstword $(wildcard boards/$(BOARD)/system.dts) dts/three-partitions.dts)
BOOT	?=
PYTHON	?= /usr/bin/python3
QEMU	?= qemu-system-aarch64
CPUS	:= $(shell nproc)
HOSTCC	?= gcc

# An arm64 machine may build with its own compiler.
CROSS_COMPILE ?= $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)
CC	:= $(CROSS_COMPILE)gcc
OBJCOPY	:= $(CROSS_COMPILE)objcopy

export BUILD QEMU PYTHON

# One line for each step; V=1 shows the commands.
Q	:= $(if $(V),,@)
say	= @printf '  %-8s %s\n' $(1) $(2)

.PHONY: all
all: $(BUILD)/bulkhead.bin guests imagebuilder bulkctl

# --- The hypervisor ---

EL2_DIRS := $(addprefix arch/arm64/,boot el2 vcpu stage2 gic vgic firmware) \
	    $(addprefix common/,plan launch run vdev console lib)
EL2_SOURCES := $(sort $(foreach dir,$(EL2_DIRS),$(wildcard $(dir)/*.c $(dir)/*.S)))
EL2_SOURCES := $(filter-out %.lds.S,$(EL2_SOURCES))
EL2_OBJECTS := $(addprefix $(BUILD)/obj/,$(addsuffix .o,$(basename $(EL2_SOURCES))))

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Werror
# The image runs on any core, also on those whose errata the compiler can avoid.
ERRATA := -mfix-cortex-a53-835769 -mfix-cortex-a53-843419
EL2_FLAGS := $(ERRATA) -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -g -ffreestanding -fno-common -fno-pic -fno-pie -march=armv8-a \
	     -mgeneral-regs-only -mstrict-align -mno-outline-atomics -fno-stack-protector \
	     -fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections \
	     -fdata-sections -fno-tree-loop-distribute-patterns $(WARNINGS) \
	     -ffile-prefix-map=$(CURDIR)=. -I. -I$(BUILD)/deps/include

LIBFDT := $(BUILD)/deps/libfdt.a

$(BUILD)/bulkhead.bin: $(BUILD)/bulkhead.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $< $@

$(BUILD)/bulkhead.elf: $(EL2_OBJECTS) $(BUILD)/bulkhead.lds $(LIBFDT)
	$(call say,LD,$@)
	$(Q)$(CC) $(ERRATA) -nostdlib -static -no-pie -Wl,-T,$(BUILD)/bulkhead.lds -Wl,--build-id=none \
		-Wl,--gc-sections -Wl,-O2 -Wl,-z,max-page-size=4096 -Wl,--fatal-warnings \
		-Wl,--no-warn-rwx-segments -o $@ $(EL2_OBJECTS) $(LIBFDT)

$(BUILD)/bulkhead.lds: arch/arm64/boot/bulkhead.lds.S arch/arm64/el2/layout.h
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -x assembler-with-cpp -D__ASSEMBLER__ -I. -o $@ $<

# Boot runs once and is the larger part of the image: it is made small, what runs later fast. The
# planner and launch refer to nothing but the image itself, whose addresses are all near.
BOOT_OBJECTS := $(filter $(addprefix $(BUILD)/obj/,common/plan/% common/launch/% arch/arm64/boot/% \
		 arch/arm64/%_boot.o common/lib/sha256.o),$(EL2_OBJECTS))
$(BOOT_OBJECTS): EL2_FLAGS += -Os -fomit-frame-pointer
$(filter $(BUILD)/obj/common/%,$(BOOT_OBJECTS)): EL2_FLAGS += -mcmodel=tiny

# The fast exits leave x8 and what follows to their caller, the guest (arch/arm64/el2/fast.h).
$(BUILD)/obj/arch/arm64/el2/fast.o: EL2_FLAGS += -falign-functions=64 $(foreach n,8 9 10 11 12 13 14 15,-fcall-saved-x$n) \
				    $(foreach n,16 17 18,-ffixed-x$n)

$(BUILD)/obj/%.o: %.c | $(LIBFDT)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(EL2_FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.S
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) -march=armv8-a -g -D__ASSEMBLER__ -I. -MMD -MP -c -o $@ $<

-include $(EL2_OBJECTS:.o=.d)

# --- What comes from Debian ---

# A list of their own: make looks for no pattern when a target is phony.
PACKAGE_STEPS := $(addprefix packages-,build run test check fuzz coverage)
.PHONY: $(PACKAGE_STEPS)
$(PACKAGE_STEPS): packages-%:
	@boards/packages $*

# An order-only prerequisite: the packages are asked for once, when something must be built.
$(LIBFDT): | packages-build
	boards/fetch libfdt

ASSETS := $(addprefix $(BUILD)/assets/,linux.Image linux0.cpio.gz linux1.cpio.gz sbsa_gwdt.ko)
$(ASSETS) &: boards/fetch boards/init | packages-run
	boards/fetch linux

$(BUILD)/assets/xen: | packages-run
	boards/fetch xen

.PHONY: assets
assets: $(ASSETS)

include imagebuilder/imagebuilder.mk
include imagebuilder/bulkctl/bulkctl.mk
include tests/guests/guests.mk
include tests/vgic/vgic.mk
include tests/linux/linux.mk
include tests/unit/unit.mk
include tests/system/system.mk
include tests/bench/bench.mk
include tests/check.mk
include tests/fuzz/fuzz.mk
include tests/coverage.mk

# --- Running ---

.PHONY: run image
run: packages-run all assets
	@boards/run $(BOOT:%=--boot %) "$(BOARD)" "$(SYSTEM)"

# FIRMWARE="OFFSET=FILE ...": what goes onto sdcard.img in front of the partition.
image: packages-run all assets
	@boards/run --prepare-only $(FIRMWARE:%=--firmware %) "$(BOARD)" "$(SYSTEM)"

# The desk: what the board would say, and a picture of it.
.PHONY: board-tree plan map
board-tree: packages-run all assets
	@boards/prepare "$(BOARD)"
plan: board-tree
	@$(IMAGEBUILDER) plan $(SYSTEM) --board $(BUILD)/boards/$(BOARD)
map: board-tree
	@$(IMAGEBUILDER) map $(SYSTEM) --board $(BUILD)/boards/$(BOARD) -o $(BUILD)/map.svg
	@echo '$(BUILD)/map.svg is drawn'

# The system tests last, with the machine to themselves: some of them measure time. Packages first: one
# apt-get at a time.
.PHONY: test
test: packages-test
	@$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-Otarget -j$(CPUS)) \
		unit explore all linux-tests
	@$(MAKE) --no-print-directory system

.PHONY: clean
clean:
	rm -rf $(BUILD)

.PHONY: help
help:
	@echo 'make              build everything: $(BUILD)/bulkhead.bin, guests, tools'
	@echo 'make run          boot three partitions in QEMU, through U-Boot'
	@echo '  SYSTEM=FILE.dts   another system (dts/ has examples)'
	@echo '  BOOT=fit          U-Boot verifies and boots the FIT; BOOT=all: without U-Boot'
	@echo '  BOARD=NAME        another board: boards/ has them'
	@echo '  QEMU=PROGRAM      another QEMU'
	@echo 'make test         unit tests on this machine, system tests in QEMU'
	@echo 'make unit         the unit tests alone'
	@echo 'make explore      the virtual GIC under all interleavings of small scenarios'
	@echo 'make system       the system tests alone'
	@echo 'make bulkctl      the tool for Linux partitions that manage others: $(BUILD)/bulkctl'
	@echo 'make fuzz         fuzz planner and virtual GIC: FUZZ_SECONDS=60 for each target'
	@echo 'make coverage     what the unit tests reach of the planner'
	@echo 'make check        format and static analysis'
	@echo 'make bench        instruction counts, beside bare metal and Xen: ROWS="sgi linux"'
	@echo 'make bench-gate   fails when a figure is worse than in tests/bench/ceilings.json'
	@echo 'make image        packs SYSTEM for BOARD: what is flashed and booted'
	@echo '  FIRMWARE=0x8000=FILE  puts FILE at this offset of sdcard.img'
	@echo 'make format       lay the sources out with clang-format'
	@echo 'make plan         the plan of SYSTEM as a table, without booting it'
	@echo 'make map          the plan of SYSTEM as a picture: $(BUILD)/map.svg'
	@echo 'make clean        remove $(BUILD)'
