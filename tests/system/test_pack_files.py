# SPDX-License-Identifier: Apache-2.0
"""The FIT, the boot scripts and the SD card image of a pack, on the desk."""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess

import pytest

from conftest import BUILD
from systems import kernel, partition, rt, system
from test_pack import IMAGE, contents, layout, pack  # noqa: F401 - pack is a fixture
from test_pack_boot import FIT_HEADER, SYSTEM, make_key, ramdisk

WINDOW = "window 0x41e00000-0x78000000\n"


def said(*words):
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True).stdout


def packed(pack, tmp_path, *options, text=SYSTEM, **settings):
    """A good pack: its folder and its manifest."""
    result = pack(text, *options, **settings)
    assert result.returncode == 0, result.stderr
    return tmp_path / "out", json.loads((tmp_path / "out/manifest.json").read_text())


def refused(pack, tmp_path, words, *options, **settings):
    """One error, in one line, and nothing is left behind."""
    result = pack(SYSTEM, *options, **settings)
    assert result.returncode == 1
    assert [words in line for line in result.stderr.splitlines()] == [True], result.stderr
    assert not (tmp_path / "out").exists()


def test_fit_lies_as_memory_does(pack, tmp_path):
    out, manifest = packed(pack, tmp_path)
    fit = out / "bulkhead.itb"
    data = fit.read_bytes()
    nodes = ["bulkhead", "system", "file-0", "file-1"]
    assert said("fdtget", fit, "/configurations/bulkhead", "loadables").split() == nodes[2:]
    for part, node in zip(manifest["parts"], nodes, strict=True):
        def get(name):
            return [int(word, 16) for word in
                    said("fdtget", "-t", "x", fit, f"/images/{node}", name).split()]
        position, size = *get("data-position"), *get("data-size")
        address = int(part["address"], 16)
        assert position == address - int(manifest["fit"], 16)
        assert get("load") == [0, address]
        assert data[position:position + part["size"]] == (out / part["name"]).read_bytes()
        assert not any(data[position + part["size"]:position + size])
        assert part["size"] <= size <= part["room"]
    assert not any(data[int.from_bytes(data[4:8], "big"):FIT_HEADER])


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_signature_covers_all(pack, tmp_path, bits):
    out, _ = packed(pack, tmp_path, "--key", make_key(tmp_path / "keys", bits))
    fit = out / "bulkhead.itb"
    signature = "/configurations/bulkhead/signature"
    assert said("fdtget", fit, signature, "algo") == f"sha256,rsa{bits}\n"
    assert len(said("fdtget", "-t", "bx", fit, signature, "value").split()) == bits // 8
    hashed = said("fdtget", fit, signature, "hashed-nodes").split()
    for node in "bulkhead", "system", "file-0", "file-1":
        assert f"/images/{node}" in hashed and f"/images/{node}/hash" in hashed
    key = (out / "bulkhead-key.dtsi").read_text()
    assert 'required = "conf";' in key and f"rsa{bits}" in key and "/dts-v1/" not in key


@pytest.mark.parametrize("files, words", [
    (None, "not a folder that can be read"),
    ([], "there is no private key; it is a file NAME.key"),
    (["dev.crt", ".key"], "there is no private key; it is a file NAME.key"),
    (["a.key", "b.key", "a.crt"], "there are 2 files NAME.key"),
    (["dev.key"], "there is no dev.crt; make it with openssl req"),
    (["dev.key", "dev.crt"], "mkimage: Failure reading private key"),
])
def test_keys_that_are_wrong(pack, tmp_path, files, words):
    folder = tmp_path / "keys"
    if files is not None:
        folder.mkdir()
        for name in files:
            (folder / name).write_text("not a key")
    refused(pack, tmp_path, words, "--key", folder)


def test_keys_that_mkimage_does_not_mind(pack, tmp_path):
    """It ends well without a signature, or with one that U-Boot does not take."""
    folder = make_key(tmp_path / "keys", 1024)
    refused(pack, tmp_path, "dev.key is not an RSA key of 2048, 3072 or 4096 bits", "--key", folder)
    (folder / "dev.key").unlink()
    (folder / "dev.key").symlink_to("no-such-file")
    refused(pack, tmp_path, "dev.key does not sign: Couldn't open RSA private key", "--key", folder)


def test_certificate_of_another_key(pack, tmp_path):
    """U-Boot with the stranger's key would refuse what is signed."""
    folder = make_key(tmp_path / "keys")
    other = make_key(tmp_path / "other")
    shutil.copy(other / "dev.crt", folder / "dev.crt")
    refused(pack, tmp_path, "dev.crt is not the certificate of dev.key", "--key", folder)


def test_card_has_all_that_boot_scr_loads(pack, tmp_path):
    out, manifest = packed(pack, tmp_path)
    card = out / "sdcard.img"
    table = json.loads(said("sfdisk", "-J", card))["partitiontable"]
    assert (table["label"], len(table["partitions"])) == ("dos", 1)
    row = table["partitions"][0]
    assert (row["start"], row["type"], row["bootable"]) == (2048, "c", True)
    assert (row["start"] + row["size"]) * 512 == card.stat().st_size
    assert card.stat().st_blocks * 512 < 16 << 20, "it is sparse"
    inside = f"{card}@@1M"
    names = [line[3:] for line in said("mdir", "-b", "-i", inside, "::").splitlines()]
    assert sorted(names) == sorted(["boot.scr", "bulkhead.itb"] +
                                   [part["name"] for part in manifest["parts"]])
    for name in names:
        found = subprocess.check_output(["mtype", "-i", inside, f"::{name}"])
        assert found == (out / name).read_bytes()
    # FAT32 by its size, not only by its name.
    clusters = int(re.search(r"free clusters=(\d+)", said("minfo", "-i", inside, "::")).group(1))
    assert clusters > 65525


def test_card_grows_with_its_contents(pack, tmp_path):
    guests = tmp_path / "guests"
    guests.mkdir()
    shutil.copy(BUILD / "guests/rt0.bin", guests)
    with open(guests / "ticks.bin", "wb") as file:
        file.truncate(24 << 20)
    text = system(partition("a", kernel("rt0.bin") + ramdisk("ticks.bin"), memory_kib=0x20000))
    out, _ = packed(pack, tmp_path, text=text,
                    board=layout(tmp_path / "board", f"{IMAGE}{WINDOW}files {guests}\n"))
    size = (out / "sdcard.img").stat().st_size
    assert 56 << 20 < size < 62 << 20
    assert int(said("mdir", "-i", f"{out}/sdcard.img@@1M", "::").split("\n")[-3].rsplit(
        " bytes free", 1)[0].strip().replace(" ", "")) > 4 << 20


def test_firmware_stands_in_the_gap(pack, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"1" * 100000)
    second.write_bytes(b"2" * 600)
    board = layout(tmp_path / "board", f"{IMAGE}{WINDOW}gap 0x800000\n")
    out, _ = packed(pack, tmp_path, "--firmware", f"32K={first}", "--firmware", f"0x200={second}",
                    "--firmware", f"7M={second}", board=board)
    data = (out / "sdcard.img").read_bytes()[:8 << 20]
    for offset, path in (32768, first), (512, second), (7 << 20, second):
        content = path.read_bytes()
        assert data[offset:offset + len(content)] == content
    assert data.count(b"1") >= 100000 and data[510:512] == b"\x55\xaa"
    table = json.loads(said("sfdisk", "-J", out / "sdcard.img"))["partitiontable"]
    assert table["partitions"][0]["start"] == (8 << 20) // 512
    assert b"boot" in subprocess.check_output(["mdir", "-i", f"{out}/sdcard.img@@8M", "::"])


@pytest.mark.parametrize("firmware, words", [
    (["32K=no-such-file"], "no-such-file: No such file"),
    (["32K=empty"], "--firmware 32K=empty: the file is empty"),
    (["0=loader"], "the first 512 bytes hold the partition table"),
    (["511=loader"], "the first 512 bytes hold the partition table"),
    (["1000K=loader"], "ends at byte 0x1020a0, but the partition begins at 0x100000"),
    (["0xffffffffffffffff=loader"], "but the partition begins at 0x100000"),
    (["17592186044417M=loader"], "not OFFSET=FILE"),
    (["32K=loader", "64K=loader"], "--firmware 64K=loader: overlaps 32K=loader, which ends at"),
    (["132768=loader", "32K=loader"], "--firmware 32K=loader: overlaps 132768=loader"),
    (["loader"], "--firmware loader: not OFFSET=FILE"),
    (["=loader"], "not OFFSET=FILE"),
    (["32Q=loader"], "not OFFSET=FILE"),
    (["-1=loader"], "not OFFSET=FILE"),
    ([" -1=loader"], "not OFFSET=FILE"),
    (["0x8000"], "not OFFSET=FILE"),
])
def test_firmware_that_is_wrong(pack, tmp_path, monkeypatch, firmware, words):
    (tmp_path / "loader").write_bytes(bytes(32928 if "1000K" in firmware[0] else 100001))
    (tmp_path / "empty").touch()
    options = []
    for option in firmware:
        options += ["--firmware", option]
    # Names in messages are as given: files are found from the folder of the call.
    for name in "build", "boards", "dts":
        (tmp_path / name).symlink_to(pathlib.Path(name).resolve())
    monkeypatch.chdir(tmp_path)
    refused(pack, tmp_path, words, *options)


def with_programs(folder, **scripts):
    """An environment whose PATH has the usual programs; NAME=TEXT is another one, None: none."""
    folder.mkdir()
    for name in "sh", "dtc", "mkimage", "mformat", "mcopy":
        if name not in scripts:
            (folder / name).symlink_to(shutil.which(name))
    for name, text in scripts.items():
        if text is not None:
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
    return {**os.environ, "PATH": str(folder)}


@pytest.mark.parametrize("programs, words", [
    ({"mkimage": None}, "mkimage cannot be started: No such file or directory; install the package "
                        "u-boot-tools"),
    ({"mformat": None}, "install the package mtools"),
    ({"mcopy": None}, "install the package mtools"),
    ({"mcopy": "echo Disk full; echo More; exit 1"}, "mcopy: Disk full"),
    ({"mformat": "exit 1"}, "mformat: it does not say why"),
    ({"mformat": "kill -9 $$"}, "mformat: it does not say why"),
    # One that does not know -B, and so packs the parts closely.
    ({"mkimage": f'shift 3; exec {shutil.which("mkimage")} -E "$@"'},
     "mkimage put 1-ticks.bin at 0x"),
    ({"mkimage": "for last; do :; done; echo >$last"}, "what mkimage wrote is not a FIT"),
    ({"mkimage": "exit 0"}, "bulkhead.itb: No such file or directory"),
])
def test_programs_that_fail(pack, tmp_path, programs, words):
    refused(pack, tmp_path, words, env=with_programs(tmp_path / "programs", **programs))


def test_folders_that_mkimage_cannot_take(pack, tmp_path):
    result = pack(SYSTEM, out="a$b")
    assert result.returncode == 1 and "mkimage takes no folder with one of" in result.stderr
    assert not (tmp_path / "a$b").exists()
    assert pack(SYSTEM, out="a b'c").returncode == 0


def test_users_configuration_does_not_show(pack, tmp_path, monkeypatch):
    out, _ = packed(pack, tmp_path)
    before = contents(out)
    (tmp_path / ".mtoolsrc").write_text("MTOOLS_NO_VFAT=1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "America/New_York")
    assert contents(packed(pack, tmp_path)[0]) == before
    # The date of a release is taken, by all that carry one.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    after = contents(packed(pack, tmp_path)[0])
    assert {name for name in after if after[name] != before[name]} == {
        "bulkhead.itb", "manifest.json", "sdcard.img",
        *(f"boot{kind}.scr" for kind in ("", "-mmc", "-usb", "-scsi", "-tftp"))}


@pytest.mark.parametrize("file, room", [("bulkhead-all.img", 0x8000), ("bulkhead.itb", 0x80000)])
def test_full_disk(pack, tmp_path, file, room):
    """A limit on the size of files is what a full disk is to the tool: after this file."""
    out, _ = packed(pack, tmp_path)
    before = contents(out)
    limit = (out / file).stat().st_size + room

    def limit_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    result = pack(system(rt("other")), preexec_fn=limit_files)
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1, result.stderr
    assert contents(out) == before


def test_scripts_of_the_layouts_devices(pack, tmp_path):
    board = layout(tmp_path / "board", f"{IMAGE}{WINDOW}device mmc 1:2\ndevice usb 2:3\n")
    out, manifest = packed(pack, tmp_path, board=board)
    commands = {path.stem: path.read_text() for path in out.glob("*.cmd")}
    loads = {"boot": "load ${devtype} ${devnum}:${distro_bootpart} ${at} ${prefix}${part}",
             "boot-mmc": "load mmc 1:2 ${at} ${part}", "boot-usb": "load usb 2:3 ${at} ${part}",
             "boot-scsi": "load scsi 0:1 ${at} ${part}",
             "boot-tftp": "tftpboot ${at} ${tftp_folder}${part}"}
    assert commands.keys() == loads.keys()
    booted = f"booti {manifest['entry']} - {manifest['tree']};"
    for name, text in commands.items():
        assert text.count(loads[name]) == 1 and booted in text
        assert manifest["plan"] in text
        for part in manifest["parts"]:
            assert (f"setenv part {part['name']}; setenv at {part['address']}; "
                    f"setenv bytes {part['size']:#x}; run get\n") in text
        # What U-Boot runs is that text.
        script = (out / f"{name}.scr").read_bytes()
        assert script.endswith(text.encode()) and len(script) - len(text) == 72
        assert "AArch64 Linux Script" in said("mkimage", "-l", out / f"{name}.scr")
    assert "usb start\n" in commands["boot-usb"] and "scsi scan\n" in commands["boot-scsi"]
