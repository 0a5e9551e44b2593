# SPDX-License-Identifier: Apache-2.0
# System tests: Bulkhead in QEMU, seen from the console.

.PHONY: system
system: packages-test all assets
	@BUILD=$(BUILD) QEMU=$(QEMU) $(PYTHON) -m pytest -q --no-header -p no:cacheprovider \
		tests/system $(PYTEST_OPTIONS)
