# SPDX-License-Identifier: Apache-2.0
"""What `imagebuilder pack` writes, and what it leaves behind when it cannot."""
import hashlib
import json
import os
import re
import signal
import struct
import subprocess
import time

import pytest

from conftest import BOARD_TREE, BUILD, machine_options
from systems import CELLS, by_reg, kernel, partition, reg, rt, system

TOOL = BUILD / "imagebuilder/imagebuilder"
HEADER = 0x10000  # of bulkhead.itb, in front of the image


@pytest.fixture
def pack(tmp_path, prepared):
    """Packs a description into tmp_path/out; what the tool said."""
    def start(text, *options, board=BOARD_TREE, out="out", **settings):
        source = tmp_path / "system.dts"
        source.write_text(text)
        return subprocess.run([TOOL, "pack", source, "--board", board, "-o", tmp_path / out,
                               *options], capture_output=True, text=True, check=False, **settings)
    return start


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def test_manifest_says_what_is_there(pack, tmp_path):
    result = pack(system(rt(), rt("rt1", cpus="cpus = <1>;")), board=f"{BOARD_TREE}/")
    assert result.returncode == 0, result.stderr
    files = contents(tmp_path / "out")
    manifest = json.loads(files.pop("manifest.json"))
    assert f"plan {manifest['plan']}\n" in result.stdout
    for entry in manifest["parts"] + manifest["artefacts"]:
        data = files.pop(entry["name"])
        assert (len(data), digest(data)) == (entry["size"], entry["sha256"]), entry["name"]
    for tool in "dtc", "mkimage":
        assert re.search(r"\d{4}\.\d\d|\d\.\d\.\d", manifest["tools"][tool])
    assert not files, "the manifest does not name these"
    assert manifest["board"] == "qemu-virt" and manifest["system"] == "system.dts"
    assert [part["what"] for part in manifest["parts"]] == [
        "Bulkhead", "device tree", "rt0 kernel, rt1 kernel"]


def test_parts_lie_where_the_manifest_says(pack, tmp_path):
    assert pack(system(rt())).returncode == 0
    files = contents(tmp_path / "out")
    manifest = json.loads(files["manifest.json"])
    whole = files["bulkhead-all.img"]
    entry = int(manifest["entry"], 16)
    end = entry
    for part in manifest["parts"]:
        address = int(part["address"], 16)
        assert address == end and address % 4096 == 0
        end = address + part["room"]
        found = bytearray(whole[address - entry:address - entry + part["size"]])
        if part["name"] == "bulkhead.bin":
            # The image's own size, and nothing carried.
            assert struct.unpack_from("<Q", files["bulkhead.bin"], 16)[0] <= part["room"]
            assert struct.unpack_from("<8sQQ", files["bulkhead.bin"], 64) == (b"BULKHEAD", 0, 0)
            assert struct.unpack_from("<Q", found, 16) == (len(whole),)
            assert struct.unpack_from("<QQ", found, 72) == (int(manifest["tree"], 16) - entry, entry)
            # Loaders that ask the header put it there: so far above the base of the RAM.
            assert struct.unpack_from("<Q", found, 8) == (entry - 0x40000000,)
            found[8:24] = files["bulkhead.bin"][8:24]
            found[72:88] = bytes(16)
        assert found == files[part["name"]]
    assert end == int(manifest["end"], 16) == entry + len(whole)
    # The tree may grow in place.
    assert manifest["parts"][1]["room"] - manifest["parts"][1]["size"] >= 65536


def test_what_is_not_packed_again_goes(pack, tmp_path):
    out = tmp_path / "out"
    assert pack(system(rt(), partition("b", kernel("ticks.bin"))), out="out").returncode == 0
    assert (out / "1-ticks.bin").exists()
    (out / "notes.txt").write_text("the user's own")
    assert pack(system(rt())).returncode == 0
    assert not (out / "1-ticks.bin").exists()
    assert (out / "0-rt0.bin").exists() and (out / "notes.txt").read_text() == "the user's own"


@pytest.mark.parametrize("name", ["sdcard.img", "0-rt0.bin", "system.dtb"])
def test_what_was_taken_away_is_packed_again(pack, tmp_path, name):
    assert pack(system(rt())).returncode == 0
    before = contents(tmp_path / "out")
    (tmp_path / "out" / name).unlink()
    assert pack(system(rt())).returncode == 0
    assert contents(tmp_path / "out") == before


def test_same_input_same_bytes(pack, tmp_path, monkeypatch):
    assert pack(system(rt()), out="one").returncode == 0
    time.sleep(2.1)  # FAT counts seconds in twos
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert pack(system(rt()), out="two").returncode == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def layout(folder, lines):
    """A board's folder with another layout."""
    folder.mkdir(exist_ok=True)
    (folder / "board.dts").write_bytes((BOARD_TREE / "board.dts").read_bytes())
    (folder / "layout").write_text(lines + f"files {BUILD}/guests\n")
    return folder


IMAGE = f"image 0x42000000 {BUILD}/bulkhead.bin\n"


@pytest.mark.parametrize("lines, words", [
    (IMAGE, "the window is full"),
    ("window 0x41e00000-0x78000000\n", "where the image is loaded is not known"),
    ("image 0x42000000\nwindow 0x41e00000-0x78000000\n", "where the image is loaded is not known"),
    (IMAGE + "window 0x42000000-0x78000000\n", "begins less than 64 KiB below the image"),
    (IMAGE + "window 0x41e00000-0x420e0000\n", "the window is full"),
    ("image 0x3e000000 build/bulkhead.bin\nwindow 0x3de00000-0x78000000\n",
     "the hypervisor is at 0x3e000000; image and device tree are loaded into the board's RAM"),
])
def test_layouts_that_are_wrong(pack, tmp_path, lines, words):
    result = pack(system(rt()), board=layout(tmp_path / "board", lines))
    assert result.returncode == 1
    assert words in result.stderr
    assert not (tmp_path / "out").exists()


def test_window_that_ends_within_a_page(pack, tmp_path):
    """What is packed is whole pages."""
    assert pack(system(rt())).returncode == 0
    last = json.loads((tmp_path / "out/manifest.json").read_text())["parts"][-1]
    end = int(last["address"], 16) + last["size"]
    assert end % 4096 != 0
    result = pack(system(rt()), "--window", f"0x41e00000-{end:#x}")
    assert result.returncode == 1 and "does not reach so far" in result.stderr
    assert pack(system(rt()), "--window", f"0x41e00000-{-(-end // 4096) * 4096:#x}").returncode == 0


def test_files_by_address(pack, tmp_path):
    """What reg names by an address is not among the files, so that it could not be packed."""
    text = system(by_reg(reg(0x60000000, (BUILD / "guests/rt0.bin").stat().st_size)))
    assert pack(text).returncode == 1
    result = pack(text, "--load", f"0x60000000={BUILD}/guests/rt0.bin")
    assert result.returncode == 1 and "names its files by bulkhead,file" in result.stderr
    assert not (tmp_path / "out").exists()


def test_ramdisk_by_address(pack, tmp_path):
    """The planner does not read it, so that it would not be missed until the guest starts."""
    ramdisk = ('ramdisk { compatible = "multiboot,ramdisk", "multiboot,module"; '
               'reg = <0 0x60000000 0 0x100000>; };')
    result = pack(system(partition("rt0", kernel("rt0.bin") + ramdisk, more=CELLS)))
    assert result.returncode == 1
    assert "/chosen/rt0: reg: a module that is there already is not packed" in result.stderr
    assert not (tmp_path / "out").exists()


def test_no_seed_is_packed(pack, tmp_path):
    text = system(rt(), chosen="rng-seed = [00 11 22 33]; kaslr-seed = <1 2>;")
    assert pack(text).returncode == 0
    tree = subprocess.check_output(["dtc", "-q", "-O", "dts", tmp_path / "out/system.dtb"])
    assert b"-seed" not in tree


RESERVED = """/ {{ reserved-memory {{ #address-cells = <2>; #size-cells = <2>; ranges;
firmware@0 {{ reg = <0 {:#x} 0 0x1000>; no-map; }}; }}; }};"""


@pytest.mark.parametrize("where, words", [
    (0x42000000, "overlaps"),                  # the image
    (0x41ff0000, "that overlaps firmware@0"),  # the FIT's header
    (0x41fff000, "that overlaps firmware@0"),
    ("tree", "that overlaps firmware@0"),      # room for the device tree to grow
])
def test_reserved_memory_in_the_window(pack, tmp_path, where, words):
    assert pack(system(rt())).returncode == 0
    if where == "tree":
        where = int(json.loads((tmp_path / "out/manifest.json").read_text())["tree"], 16) + 0x8000
    before = contents(tmp_path / "out")
    result = pack(system(rt()) + RESERVED.format(where))
    assert result.returncode == 1 and words in result.stderr
    assert contents(tmp_path / "out") == before
    # Where nothing of it is, it is no concern.
    assert pack(system(rt()) + RESERVED.format(0x41fef000)).returncode == 0


def test_memreserve_in_the_window(pack, tmp_path):
    board = layout(tmp_path / "board", IMAGE + "window 0x41e00000-0x78000000\n")
    tree = (board / "board.dts").read_text()
    (board / "board.dts").write_text(
        tree.replace("/dts-v1/;", "/dts-v1/;\n/memreserve/ 0x41ff8000 0x1000;"))
    result = pack(system(rt()), board=board)
    assert result.returncode == 1 and "that overlaps /memreserve/ 0x41ff8000" in result.stderr


def test_images_that_are_not_ours(pack, tmp_path):
    assert pack(system(rt())).returncode == 0
    image = (BUILD / "bulkhead.bin").read_bytes()
    size = struct.unpack_from("<Q", image, 16)[0]
    long = tmp_path / "long.bin"
    long.write_bytes(image + bytes(size + 1 - len(image)))
    for path, words in ((BUILD / "assets/linux.Image", "not the hypervisor's image"),
                        (tmp_path / "out/bulkhead-all.img", "carries a system already"),
                        (long, f"its header says that it occupies {size}")):
        result = pack(system(rt()), "--image", path, out="other")
        assert result.returncode == 1 and words in result.stderr
        assert not (tmp_path / "other").exists()
    result = pack(system(rt()), "--image-at", "0x42001000")
    assert result.returncode == 1 and "--image-at 0x42001000: not a multiple of 2 MiB" in \
        result.stderr


@pytest.mark.parametrize("options, words", [
    (["--tree-at", "0x420ff800"], "each at the beginning of a page"),
    (["--tree-at", "0x42000000"], "overlaps"),
    (["--tree-at", "0x41e00000"], "image, device tree and files lie one behind the other"),
    (["--window", "0x42100000-0x48000000"], "begins less than 64 KiB below the image"),
    (["--image-at", "0x40000000", "--window", "0x3fe00000-0x48000000"],
     "that is not all in one bank of RAM"),
])
def test_options_that_are_wrong(pack, tmp_path, options, words):
    result = pack(system(rt()), *options)
    assert result.returncode == 1 and words in result.stderr
    assert not (tmp_path / "out").exists()


def test_names_that_not_all_take(pack, tmp_path):
    """Neither FAT, nor U-Boot's shell, nor a terminal is surprised."""
    for name in ("gr\u00fcn;x", "guest."):
        (tmp_path / name).write_bytes((BUILD / "guests/rt0.bin").read_bytes())
    modules = [kernel("gr\u00fcn;x"), kernel("guest.").replace(
        'compatible = "', 'compatible = "a,k\\nreset", "')]
    result = pack(system(*(partition(f"p{i}", module, cpus="cpus = <1>;")
                           for i, module in enumerate(modules))))
    assert result.returncode == 0, result.stderr
    names = [path.name for path in (tmp_path / "out").iterdir()]
    assert "0-gr__n_x" in names and "1-guest_" in names
    assert not any(line.startswith("reset") for line in
                   (tmp_path / "out/boot.cmd").read_text().splitlines())


def test_given_folders_come_first(pack, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "rt0.bin").write_bytes((BUILD / "guests/ticks.bin").read_bytes())
    assert pack(system(rt()), "--files", mine).returncode == 0
    assert (tmp_path / "out/0-rt0.bin").read_bytes() == (mine / "rt0.bin").read_bytes()


def test_what_was_read_is_not_packed_over(pack, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.bin").write_bytes((BUILD / "guests/rt0.bin").read_bytes())
    before = contents(out)
    result = pack(system(partition("rt0", kernel(str(out / "mine.bin")))))
    assert result.returncode == 1
    assert f"{out}/mine.bin: lies in the folder that is packed into" in result.stderr
    assert contents(out) == before


def test_folder_of_somebody_else(pack, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text('{\n  "name": "package.json"\n}\n')
    (out / "package.json").write_text("{}")
    before = contents(out)
    result = pack(system(rt()))
    assert result.returncode == 1 and "not written by imagebuilder pack" in result.stderr
    assert contents(out) == before


@pytest.mark.parametrize("text, status, words", [
    (system(rt(more="memroy = <1>;")), 1, "unknown property"),
    (system(partition("rt0", kernel("no-such-file"))), 1, "no such file (no-such-file)"),
    (system(rt(more='llc-colors = "0-3";')), 3, "this build does not support 1 of the things"),
])
def test_systems_that_are_wrong(pack, tmp_path, text, status, words):
    out = tmp_path / "out"
    assert pack(system(rt())).returncode == 0
    before = contents(out)
    result = pack(text)
    assert result.returncode == status and words in result.stderr
    assert contents(out) == before


def test_output_that_cannot_be_written(pack, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    result = pack(system(rt()), out="file/out")
    assert result.returncode == 1 and "file/out: Not a directory" in result.stderr
    result = pack(system(rt()), out="file")
    assert result.returncode == 1 and "file: Not a directory" in result.stderr


@pytest.mark.parametrize("name", ["0-rt0.bin", "bulkhead-all.img", "system.dtb"])
def test_all_is_moved_or_nothing(pack, tmp_path, name):
    """A folder stands where an artefact goes, first or last: what was there before comes back."""
    out = tmp_path / "out"
    assert pack(system(rt("old"))).returncode == 0
    (out / name).unlink()
    (out / name).mkdir()
    before = files_of(out)
    result = pack(system(rt("new"), partition("b", kernel("ticks.bin"))))
    assert result.returncode == 1 and f"out/{name}: Is a directory" in result.stderr
    assert files_of(out) == before


def files_of(folder):
    return {path.name: path.is_file() and path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP"])
def test_interrupted(pack, tmp_path, monkeypatch, name):
    """mkimage stands for the time that packing takes."""
    assert pack(system(rt("old"))).returncode == 0
    before = contents(tmp_path / "out")
    tool = tmp_path / "bin/mkimage"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\nkill -{name} $PPID\nPATH=${{PATH#*:}} exec mkimage \"$@\"\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    result = pack(system(rt("new")))
    assert result.returncode == 1 and "out is as it was" in result.stderr
    assert contents(tmp_path / "out") == before


def test_full_disk(pack, tmp_path):
    """A limit on the size of files is what a full disk is to the tool."""
    assert pack(system(rt())).returncode == 0
    before = contents(tmp_path / "out")
    result = pack(system(rt("rt1")), preexec_fn=limit_files)
    assert result.returncode == 1 and "File too large" in result.stderr
    assert contents(tmp_path / "out") == before


def limit_files():
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))


@pytest.mark.parametrize("options, is_moved", [
    (lambda out: ["-kernel", out / "bulkhead-all.img"], False),
    (lambda out: ["-device", f"loader,file={out}/bulkhead-all.img,addr=0x44000000,force-raw=on",
                  "-device", "loader,addr=0x44000000,cpu-num=0"], True),
])
def test_whole_image_boots(pack, run_board, tmp_path, options, is_moved):
    """By itself, from where it was packed for and from elsewhere."""
    text = system(rt(), rt("rt1"))
    assert pack(text).returncode == 0
    plan = json.loads((tmp_path / "out/manifest.json").read_text())["plan"]
    board = run_board(machine_options() + ["-nographic"] +
                      [str(word) for word in options(tmp_path / "out")])
    assert (board.expect(r"bulkhead: plan (\w+)\s").group(1) != plan) == is_moved
    board.expect("launched 2 partitions")
    board.expect(r"rt[01] *\| rt[01]: 1000 Hz timer")
