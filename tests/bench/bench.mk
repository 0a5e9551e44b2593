# SPDX-License-Identifier: Apache-2.0
# Instruction counts, beside bare metal and Xen. `make bench` is not a test: nothing fails there.
# `make bench-gate` is one: no figure may be worse than its ceiling.

BENCH_PLUGIN := $(BUILD)/bench/plugin.so

$(BENCH_PLUGIN): tests/bench/plugin.c tests/bench/qemu_plugin.h | packages-build
	@mkdir -p $(@D)
	$(call say,HOSTCC,$@)
	$(Q)$(HOSTCC) $(HOST_FLAGS) -fPIC -shared -o $@ $<

# ROWS="sgi linux" measures what has one of the words in its key, and no more.
.PHONY: bench bench-gate
bench: packages-test all assets $(BUILD)/assets/xen $(BENCH_PLUGIN)
	@boards/prepare qemu-virt
	@BUILD=$(BUILD) QEMU=$(QEMU) $(PYTHON) tests/bench/bench.py $(ROWS)

bench-gate: packages-test all $(BENCH_PLUGIN)
	@boards/prepare qemu-virt
	@BUILD=$(BUILD) QEMU=$(QEMU) $(PYTHON) tests/bench/gate.py $(GATE_OPTIONS)
