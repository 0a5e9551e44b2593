# SPDX-License-Identifier: Apache-2.0
# System tests: Bulkhead in QEMU, seen from the console.
#
# PYTEST_OPTIONS='-n 2', with Debian's python3-pytest-xdist, runs two at a time and takes 0.6 of the
# time on 2 CPUs. It is not the default: some tests count ticks of real time, which then fail sooner
# on a machine that does other work too.

.PHONY: system
system: packages-test all assets linux-tests
	@BUILD=$(BUILD) QEMU=$(QEMU) $(PYTHON) -m pytest -q --no-header -p no:cacheprovider \
		tests/system $(PYTEST_OPTIONS)
