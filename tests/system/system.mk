# SPDX-License-Identifier: Apache-2.0
# System tests: Bulkhead in QEMU, seen from the console. PYTEST_OPTIONS='-k linux' runs some of them.

.PHONY: system
system: packages-test all assets linux-tests
	@tests/system/run $(PYTEST_OPTIONS)
