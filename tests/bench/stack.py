# SPDX-License-Identifier: Apache-2.0
"""How much stack a function of the hypervisor can need at most, read from the image itself.

Frames are what prologues take off the stack pointer; calls are branches with link, and jumps to
other functions. An indirect call may reach every function that the caller names for it.
"""
import re
import subprocess

FRAME = (re.compile(r"\tstp\t.*\[sp, #-(\d+)\]!"), re.compile(r"\tsub\tsp, sp, #0x([0-9a-f]+)"),
         re.compile(r"\tstr\t.*\[sp, #-(\d+)\]!"))
# What else may write the stack pointer: frames of other shapes would be missed.
FREED = re.compile(r"\t(?:ldp|ldr)\t.*\[sp\], #\d+|\tadd\tsp, sp, #0x[0-9a-f]+$|\tmov\tsp, x29$")
WRITTEN = re.compile(r"\t(?:add|sub|mov|and)\tsp,|\[sp, #-\d+\]!")
CALL = re.compile(r"\t(?:bl|b|b\.\w+|cbn?z|tbn?z)\t.*<([\w.]+)>$")


def functions(image):
    """Each function's frame in bytes, whom it calls, and whether it calls through a pointer."""
    text = subprocess.check_output(["aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", image],
                                   text=True)
    result = {}
    for block in text.split("\n\n"):
        match = re.match(r"[0-9a-f]+ <([\w.]+)>:", block.strip())
        if not match:
            continue
        frame, calls, is_indirect, may_jump = 0, set(), False, False
        for line in block.splitlines()[1:]:
            if WRITTEN.search(line) and not FREED.search(line.rstrip()) and not any(
                    pattern.search(line) for pattern in FRAME) or "lsl #12" in line and "sp, sp" in line:
                frame = None
                break
            for number, pattern in enumerate(FRAME):
                taken = pattern.search(line)
                if taken:
                    frame += int(taken.group(1), 16 if number == 1 else 10)
            call = CALL.search(line.rstrip())
            if call and call.group(1).split("+")[0] != match.group(1):
                calls.add(call.group(1))
            # A jump through a register is a switch's table, or a call at a function's end.
            is_indirect = is_indirect or "\tblr\t" in line
            may_jump = may_jump or "\tbr\t" in line
        result[match.group(1)] = (frame, calls, is_indirect, may_jump)
    return result


def deepest(image, root, targets):
    """Bytes and the path of the deepest chain of calls from root; a circle raises an error.

    targets: for functions that call through a pointer, a predicate of the functions it may reach.
    """
    graph = functions(image)
    known = {}

    def visit(name, path):
        if name in path:
            raise ValueError("recursion: " + " -> ".join(path + [name]))
        if name in known:
            return known[name]
        frame, calls, is_indirect, may_jump = graph[name]
        if frame is None or is_indirect and name not in targets:
            raise ValueError(f"{name} has a frame or a call that cannot be followed")
        # Where the stack is found damaged, nothing goes on.
        reached = {call for call in calls if call in graph and call != "__stack_chk_fail"}
        if (is_indirect or may_jump) and name in targets:
            reached |= {other for other in graph if targets[name](other)}
        best = max((visit(call, path + [name]) for call in reached), default=(0, []))
        known[name] = (frame + best[0], [name] + best[1])
        return known[name]

    return visit(root, [])


def planner(image):
    """The planner's: handlers of properties and the look at a module are called by pointers."""
    return deepest(image, "plan_system", {
        "plan_properties": lambda name: name.startswith("read_"),
        "plan_kernel_format": lambda name: name == "show_module",
        "plan_partial_tree": lambda name: name == "show_module",
    })


if __name__ == "__main__":
    import sys
    size, path = planner(sys.argv[1])
    limit = int(sys.argv[2])
    if size > limit:
        sys.exit(f"the planner may need {size} bytes of stack, more than {limit}: " +
                 " -> ".join(path))
    print(f"stack: the planner needs at most {size} bytes of {limit}, and does not recurse")
