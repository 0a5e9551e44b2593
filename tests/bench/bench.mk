# SPDX-License-Identifier: Apache-2.0
# Instruction counts, beside bare metal and Xen. Not a test: nothing fails here.

.PHONY: bench
bench: packages-test all assets $(BUILD)/assets/xen
	@$(BOARD_DIR)/run --board-tree-only
	@BUILD=$(BUILD) QEMU=$(QEMU) $(PYTHON) tests/bench/bench.py
