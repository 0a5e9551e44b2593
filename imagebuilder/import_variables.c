/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of each of ImageBuilder's variables. docs/binding.md has the same table: a test
 * holds one against the other.
 */
#include "imagebuilder/import_variables.h"

#include <string.h>

#include "common/plan/planner.h"

#define COUNT(table)   (sizeof(table) / sizeof((table)[0]))
#define MOST_MEGABYTES (UINT64_C(64) << 20) /* physical addresses end below 64 TiB */

#define NO_DOM0                                                                                    \
	"Bulkhead has no dom0; make it one more domU, with the devices that it drives, and leave " \
	"DOM0_* out"
#define NO_POOLS                                                                                   \
	"not supported: each vCPU has a CPU of its own; name it by DOMU_VCPU_HARD_AFFINITY[n,v]"
#define NO_LATER "not supported: a domU that dom0 starts later; leave this out: domUs start at once"
#define NO_XEN_CALLS                                                                               \
	"not supported: Bulkhead has no Xen hypercalls; between partitions use bulkhead,channel"
#define NO_CAPABILITIES                                                                            \
	"not supported: no partition is privileged; bulkhead,supervises lets one manage others"
#define NO_DRIVERS "not supported: it is for domUs that dom0 starts; pass the devices to a domU"
#define NO_LINUX   "Linux without a hypervisor; leave LINUX* out, and set NUM_DOMUS and DOMU_*"
#define NO_GRANTS  "Bulkhead has no grants"
#define LOADING	   "imagebuilder pack writes boot scripts for each way to load"
#define SCRIPT	   "imagebuilder pack writes boot.scr, with its text in boot.cmd"
#define BOOTING	   "boot.scr boots by booti, and bootm boots bulkhead.itb"
#define FIT_IMAGE  "imagebuilder pack writes a FIT, bulkhead.itb"
#define AUX_FILES  "sdcard.img, which imagebuilder pack writes, has room for them; add them to it"
#define DISK	   "imagebuilder pack writes sdcard.img, which has an MBR"
#define BY_BINDING "bulkhead,passthrough takes devices from the board's tree"

/* What a domU has, what has no place in a description, and what is an error unless it is off. */
#define DOMU(name, take, slot, least, most, words)                                                 \
	{                                                                                          \
		name, 1, take, words, slot, least, most, NULL                                      \
	}
#define LEFT_OUT(name, indices, take, words)                                                       \
	{                                                                                          \
		name, indices, take, words, 0, 0, 0, NULL                                          \
	}
#define REFUSED(name, indices, off, words)                                                         \
	{                                                                                          \
		name, indices, take_refused, words, 0, 0, 0, off                                   \
	}

static const struct variable rows[] = {
	{"NUM_DOMUS", 0, NULL, "the number of domUs, 1 to 16", 0, 1, PLAN_MAX_PARTITIONS, NULL},
	DOMU("DOMU_KERNEL", take_text, SLOT_KERNEL, 0, 0, "a path"),
	DOMU("DOMU_RAMDISK", take_text, SLOT_RAMDISK, 0, 0, "a path"),
	DOMU("DOMU_CMD", take_text, SLOT_CMD, 0, 0, "a command line"),
	DOMU("DOMU_MEM", take_number, SLOT_MEM, 1, MOST_MEGABYTES,
	     "MB, a number from 1 to 67108864"),
	DOMU("DOMU_VCPUS", take_number, SLOT_VCPUS, 1, PLAN_MAX_CPUS, "a number from 1 to 64"),
	{"DOMU_VCPU_HARD_AFFINITY", 2, take_affinity,
	 "one number, such as \"2\": each vCPU has a CPU of its own", 0, 0, UINT32_MAX, NULL},
	DOMU("DOMU_STATIC_MEM", take_ranges, SLOT_STATIC_MEM, 0, 0,
	     "pairs of address and size, at most 16: \"0x60000000 0x10000000\""),
	DOMU("DOMU_DIRECT_MAP", take_number, SLOT_DIRECT_MAP, 0, 1, "0 or 1"),
	DOMU("DOMU_VPL011", take_number, SLOT_VPL011, 0, 1, "0 or 1"),
	DOMU("DOMU_NR_SPIS", take_number, SLOT_NR_SPIS, 0, IMPORT_MAX_SPIS,
	     "a number from 0 to 960"),
	DOMU("DOMU_TRAP_UNMAP", take_number, SLOT_TRAP_UNMAP, 0, 1, "0 or 1"),
	DOMU("DOMU_PASSTHROUGH_DTB", take_text, SLOT_PASSTHROUGH_DTB, 0, 0, "a path"),
	DOMU("DOMU_PASSTHROUGH_PATHS", take_paths, SLOT_PASSTHROUGH_PATHS, 0, 0,
	     "paths of the board's devices, at most 64"),
	DOMU("DOMU_COLORS", take_colours, SLOT_COLORS, 0, 0, "colours such as 6-14"),
	DOMU("DOMU_SHARED_MEM", take_shared, SLOT_SHARED_MEM, 0, 0,
	     "an ID, a host address or none, a guest address, and a size"),

	REFUSED("DOMU_ENHANCED", 1, "0", NO_XEN_CALLS),
	REFUSED("DOMU_STATIC_EVTCHNS", 1, NULL, NO_XEN_CALLS),
	REFUSED("DOMU_CPUPOOL", 1, NULL, NO_POOLS),
	REFUSED("CPUPOOL", 1, NULL, NO_POOLS),
	REFUSED("NUM_CPUPOOLS", 0, "0", NO_POOLS),
	REFUSED("DOMU_NOBOOT", 1, NULL, NO_LATER),
	REFUSED("DOMU_ROOTFS", 1, NULL, NO_LATER),
	REFUSED("DOMU_CAPS", 1, "none", NO_CAPABILITIES),
	REFUSED("DOMU_DRIVER_DOMAIN", 1, "0", NO_DRIVERS),
	REFUSED("DOM0_KERNEL", 0, NULL, NO_DOM0),
	REFUSED("DOM0_RAMDISK", 0, NULL, NO_DOM0),
	REFUSED("DOM0_ROOTFS", 0, NULL, NO_DOM0),
	REFUSED("DOM0_CMD", 0, NULL, NO_DOM0),
	REFUSED("DOM0_MEM", 0, NULL, NO_DOM0),
	REFUSED("DOM0_VCPUS", 0, NULL, NO_DOM0),
	REFUSED("DOM0_COLORS", 0, NULL, NO_DOM0),
	REFUSED("DOM0_LOAD", 0, NULL, NO_DOM0),
	REFUSED("LINUX", 0, NULL, NO_LINUX),
	REFUSED("LINUX_CMD", 0, NULL, NO_LINUX),
	REFUSED("LINUX_RAMDISK", 0, NULL, NO_LINUX),

	LEFT_OUT("DOMU_GRANT_VER", 1, take_comment, NO_GRANTS),
	LEFT_OUT("DOMU_GRANT_FRAMES", 1, take_comment, NO_GRANTS),
	LEFT_OUT("DOMU_MAPTRACK_FRAMES", 1, take_comment, NO_GRANTS),
	LEFT_OUT("DOMU_P2M_MEM_MB", 1, take_comment, "the planner counts what page tables need"),
	LEFT_OUT("DOMU_LOAD", 1, take_comment, LOADING),
	LEFT_OUT("MEMORY_START", 0, take_comment,
		 "the board's layout, or --window, says where files go"),
	LEFT_OUT("MEMORY_END", 0, take_comment,
		 "the board's layout, or --window, says where files go"),
	LEFT_OUT("DEVICE_TREE", 0, take_note, "--board names the board's tree"),
	LEFT_OUT("XEN", 0, take_comment, "bulkhead.bin takes its place"),
	LEFT_OUT("XEN_LOAD", 0, take_comment, LOADING),
	LEFT_OUT("XEN_CMD", 0, take_comment, "Bulkhead has no command line"),
	LEFT_OUT("XEN_COLORS", 0, take_note, "Bulkhead's own memory cannot be coloured"),
	LEFT_OUT("XEN_STATIC_HEAP", 0, take_comment, "Bulkhead has no heap"),
	LEFT_OUT("XEN_POLICY", 0, take_note,
		 "there are no hypercalls that a policy could restrict"),
	LEFT_OUT("NUM_DT_OVERLAY", 0, take_comment, "as DT_OVERLAY"),
	LEFT_OUT("DT_OVERLAY", 1, take_note,
		 "apply it to the board's tree with fdtoverlay, and name the result by --board"),
	LEFT_OUT("BITSTREAM", 0, take_note, "let the board's boot loader load it"),
	LEFT_OUT("PASSTHROUGH_DTS_REPO", 0, take_comment, BY_BINDING),
	LEFT_OUT("LOPPER_PATH", 0, take_comment, BY_BINDING),
	LEFT_OUT("LOPPER_CMD", 0, take_comment, BY_BINDING),
	LEFT_OUT("LOAD_CMD", 0, take_comment, LOADING),
	LEFT_OUT("BOOT_CMD", 0, take_comment, BOOTING),
	LEFT_OUT("UBOOT_SOURCE", 0, take_comment, SCRIPT),
	LEFT_OUT("UBOOT_SCRIPT", 0, take_comment, SCRIPT),
	LEFT_OUT("APPEND_EXTRA_CMDS", 0, take_note,
		 "add its commands to boot.cmd, and mkimage makes boot.scr"),
	LEFT_OUT("FDTEDIT", 0, take_comment, "imagebuilder pack writes system.dtb"),
	LEFT_OUT("FIT", 0, take_comment, FIT_IMAGE),
	LEFT_OUT("FIT_ENC_KEY_DIR", 0, take_note,
		 "imagebuilder pack --key FOLDER signs bulkhead.itb"),
	LEFT_OUT("FIT_ENC_UB_DTB", 0, take_note,
		 "add bulkhead-key.dtsi to it, which imagebuilder pack --key FOLDER writes"),
	LEFT_OUT("EFI", 0, take_comment, BOOTING),
	LEFT_OUT("NUM_BOOT_AUX_FILE", 0, take_comment, "as BOOT_AUX_FILE"),
	LEFT_OUT("BOOT_AUX_FILE", 1, take_comment, AUX_FILES),
	LEFT_OUT("GPT", 0, take_comment, DISK),
};

const struct variable *variable_find(const char *name)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

const char *variable_suggest(const char *name)
{
	const char *names[COUNT(rows)];

	for (size_t i = 0; i < COUNT(rows); i++)
		names[i] = rows[i].name;
	return suggest_name(name, names, COUNT(rows));
}
