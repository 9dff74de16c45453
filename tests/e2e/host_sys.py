"""/sys of a host that few have: sensors, batteries, bonds, adapters, tapes, file systems with statistics of their own,
in the formats that the kernel writes; and udev's data. Numbers differ, so that none can stand in for the next."""
import itertools
from pathlib import Path

from host_proc import CPUS, DISKS

PORT_COUNTERS = ("VL15_dropped excessive_buffer_overrun_errors link_downed link_error_recovery local_link_integrity_errors "
                 "multicast_rcv_packets multicast_xmit_packets port_rcv_constraint_errors port_rcv_data port_rcv_errors "
                 "port_rcv_packets port_rcv_remote_physical_errors port_rcv_switch_relay_errors port_xmit_constraint_errors "
                 "port_xmit_data port_xmit_discards port_xmit_packets port_xmit_wait symbol_error unicast_rcv_packets "
                 "unicast_xmit_packets").split()
PORT_HW_COUNTERS = "duplicate_request implied_nak_seq_err out_of_sequence rnr_nak_retry_err rx_write_requests".split()
FC_COUNTERS = ("dumped_frames error_frames fcp_packet_aborts invalid_crc_count invalid_tx_word_count link_failure_count "
               "loss_of_signal_count loss_of_sync_count nos_count rx_frames rx_words seconds_since_last_reset tx_frames "
               "tx_words").split()
TAPE_COUNTERS = ("in_flight io_ns other_cnt read_byte_cnt read_cnt read_ns resid_cnt write_byte_cnt write_cnt "
                 "write_ns").split()
BCACHE_STATS = ("bypassed cache_bypass_hits cache_bypass_misses cache_hit_ratio cache_hits cache_miss_collisions "
                "cache_misses cache_readaheads").split()
XFS_STATS = {"extent_alloc": 4, "abt": 4, "blk_map": 7, "bmbt": 4, "dir": 4, "trans": 3, "ig": 7, "log": 5, "push_ail": 10,
             "xstrat": 2, "rw": 2, "attr": 4, "icluster": 3, "vnodes": 8, "buf": 9, "abtb2": 15, "abtc2": 15, "xpc": 3,
             "debug": 1}


def in_order(names, first):
    """Files of a number each."""
    return {name: str(first + n) for n, name in enumerate(names)}


def under(base, files):
    """As sysfs has them: a line each, or a link."""
    for name, text in files.items():
        yield f"{base}/{name}", text if isinstance(text, Path) else f"{text}\n"


def interface(number, **more):
    return {"address": f"02:00:00:00:00:{number:02x}", "broadcast": "ff:ff:ff:ff:ff:ff", "operstate": "up", "duplex": "full",
            "ifalias": "", "speed": str(1000 * number), "mtu": str(1500 + number), "flags": "0x1003", "carrier": "1",
            "carrier_changes": str(2 * number), "carrier_up_count": str(number), "carrier_down_count": str(number),
            "dev_id": f"0x{number:x}", "ifindex": str(number), "iflink": str(number + 40), "type": "1",
            "tx_queue_len": "1000", "netdev_group": "0", "name_assign_type": "2", "addr_assign_type": "3",
            "dormant": "0", "link_mode": "0", **more}


def network():
    net = "class/net"
    yield from under(f"{net}/lo", interface(1, operstate="unknown", type="772", flags="0x9"))
    for number, (name, slaves) in enumerate({"bond0": {"eth0": "up", "eth1": "down"}, "bond1": {}}.items(), 20):
        yield from under(f"{net}/{name}", interface(number))
        yield from under(f"{net}/{name}/bonding", {"slaves": " ".join(slaves)})
        for slave, state in slaves.items():
            yield from under(f"{net}/{slave}", interface(2 + int(slave[-1]), ifalias="a \"quoted\" \\ name"))
            yield from under(f"{net}/{name}/lower_{slave}/bonding_slave", {"mii_status": state})
            yield from under(f"{net}/{name}/slave_{slave}/bonding_slave", {"mii_status": state})
    yield from under(net, {"bonding_masters": "bond0 bond1"})
    # A card without a link has no speed, and says so.
    yield from under(f"{net}/wlan0", interface(7, operstate="lowerlayerdown", carrier="0", speed="-1", duplex="half",
                                               dormant="1"))


def sensors():
    yield from under("class/hwmon/hwmon0", {
        "device": Path("../../../devices/platform/coretemp.0"), "name": "coretemp", "temp1_input": "55000",
        "temp1_label": "Package id 0", "temp1_max": "84000", "temp1_crit": "100000", "temp1_crit_alarm": "0",
        "temp2_input": "-51000", "temp2_label": "Core 0", "temp2_fault": "1", "temp3_input": "not a number",
        "temp1_type": "3", "update_interval": "1000", "beep_enable": "1"})
    yield "devices/platform/coretemp.0/modalias", "platform:coretemp\n"
    yield from under("class/hwmon/hwmon1", {
        "name": "nct6775", "fan2_input": "1098", "fan2_min": "300", "fan2_div": "4", "fan2_alarm": "0", "in0_input": "1234",
        "in0_alarm": "1", "in1_lcrit": "-500", "power1_average": "15000000", "power1_average_interval": "1000",
        "power1_accuracy": "99%", "curr1_input": "2500", "energy1_input": "10000000", "humidity1_input": "45000",
        "intrusion0_alarm": "1", "pwm1": "255", "pwm1_enable": "2", "freq1_input": "1000000", "cpu0_vid": "1200"})
    # Neither a name nor a device.
    yield from under("class/hwmon/hwmon2", {"temp1_input": "-5000", "temp1_label": "a/b \"c\""})
    zone = "class/thermal/thermal_zone"
    yield from under(f"{zone}0", {"type": "x86_pkg_temp", "temp": "49925", "policy": "step_wise", "mode": "enabled"})
    yield from under(f"{zone}1", {"type": "two words", "temp": "-44000", "policy": "user_space"})
    for number, (kind, now, most) in enumerate((("Processor", 3, 50), ("intel_powerclamp", -1, 27))):
        yield from under(f"class/thermal/cooling_device{number}", {"type": kind, "cur_state": now, "max_state": most})


def power():
    yield from under("class/power_supply/BAT0", {
        "type": "Battery", "capacity": 81, "capacity_level": "Normal", "charge_full": 1000000, "current_now": 5000,
        "cycle_count": 7, "energy_full": 50060000, "energy_now": 49450000, "manufacturer": "LGC", "model_name": "LNV-45N1",
        "power_now": 4830000, "present": 1, "serial_number": "38109", "status": "Discharging", "technology": "Li-ion",
        "voltage_now": 11750000, "voltage_min_design": 10800000, "temp": -12, "health": "Good", "scope": "Device", "uevent": ""})
    yield from under("class/power_supply/AC", {"type": "Mains", "online": 1})
    yield from under("class/powercap", {
        f"intel-rapl:{zone}/{file}": text for zone, name, energy, most in (
            ("0", "package-0", 240422366267, 262143328850), ("0:0", "core", 118821284256, 262143328851),
            ("1", "package-1", 5, 262143328852), ("2", "dram", 1234567, 65712999613))
        for file, text in (("name", name), ("energy_uj", energy), ("max_energy_range_uj", most))})


def adapters():
    port = "class/infiniband/mlx4_0/ports"
    yield from under("class/infiniband/mlx4_0", {"board_id": "SM_1141000001000", "fw_ver": "2.31.5050", "hca_type": "MT4099"})
    for number, state, physical, rate in ((1, "4: ACTIVE", "5: LinkUp", "40 Gb/sec (4X QDR)"),
                                          (2, "1: DOWN", "3: Disabled", "2.5 Gb/sec (1X SDR)")):
        yield from under(f"{port}/{number}", {"state": state, "phys_state": physical, "rate": rate})
        # A counter that the second port's management does not know.
        unknown = {"unicast_rcv_packets": "N/A (no PMA)"} if number == 2 else {}
        yield from under(f"{port}/{number}/counters", in_order(PORT_COUNTERS, 100 * number) | unknown)
        yield from under(f"{port}/{number}/hw_counters", in_order(PORT_HW_COUNTERS, 200 * number))
    host = "class/fc_host/host0"
    yield from under(host, {
        "dev_loss_tmo": 30, "fabric_name": "0x0", "node_name": "0x2000e0071bce95f2", "port_id": "0x000002",
        "port_name": "0x1000e0071bce95f2", "port_state": "Online", "port_type": "Point-To-Point (direct nport connection)",
        "speed": "16 Gbit", "supported_classes": "Class 3", "supported_speeds": "4 Gbit, 8 Gbit, 16 Gbit",
        "symbolic_name": "Adapter FV12.4.270.3 DV12.4.0.0. HN:lab. OS:Linux"})
    yield from under(f"{host}/statistics", {name: f"0x{n:x}" for n, name in enumerate(FC_COUNTERS, 17)}
                     # What the adapter does not count.
                     | {"nos_count": "0xffffffffffffffff"})
    for number, name in enumerate(("st0", "nst0", "st1", "nst1", "st0a", "nst0m")):
        yield from under(f"class/scsi_tape/{name}/stats", in_order(TAPE_COUNTERS, 1000 * (number + 1)))
    yield from under("class/nvme/nvme0", {"firmware_rev": "1B2QEXP7", "model": "Samsung SSD 970 PRO 512GB  ",
                                          "serial": "S680HF8N190894I", "state": "live", "cntlid": 1997})


def machine():
    yield from under("class/dmi/id", {
        "bios_date": "04/12/2021", "bios_vendor": "Dell Inc.", "bios_version": "2.2.4", "product_name": "PowerEdge \"R6515\"",
        "sys_vendor": " two  words ", "board_serial": "", "chassis_asset_tag": "none", "product_uuid": "83340ca8-cb49"})
    yield from under("devices/system/clocksource/clocksource0",
                     {"available_clocksource": "tsc hpet acpi_pm ", "current_clocksource": "hpet"})
    for cpu in range(CPUS):
        base = f"devices/system/cpu/cpu{cpu}"
        yield from under(f"{base}/cpufreq", {
            "cpuinfo_max_freq": 3700000 + cpu, "cpuinfo_min_freq": 800000 + cpu, "cpuinfo_cur_freq": 1500000 + cpu,
            "scaling_cur_freq": 1600000 + cpu, "scaling_max_freq": 3600000 + cpu, "scaling_min_freq": 900000 + cpu,
            "scaling_governor": "powersave", "scaling_available_governors": "performance powersave",
            "scaling_driver": "intel_pstate", "scaling_setspeed": "<unsupported>", "related_cpus": cpu,
            "cpuinfo_transition_latency": 0})
        yield from under(f"{base}/topology", {"core_id": cpu % 2, "physical_package_id": cpu // 2})
        yield from under(f"{base}/thermal_throttle", {"core_throttle_count": 5 + cpu, "package_throttle_count": 30 + cpu // 2})
    yield "devices/system/cpu/isolated", "1,3\n"
    for node in range(2):
        yield f"devices/system/node/node{node}/meminfo", "".join(
            f"Node {node} {name + ':':15}{value + node:10}{unit}\n" for name, value, unit in (
                ("MemTotal", 134182340, " kB"), ("MemFree", 53030372, " kB"), ("Active(anon)", 70, " kB"),
                ("HugePages_Total", 4, "")))
        yield f"devices/system/node/node{node}/numastat", "".join(f"{name} {n + 7 * node}\n" for n, name in enumerate(
            "numa_hit numa_miss numa_foreign interleave_hit local_node other_node".split(), 193460335812))
        controller = f"devices/system/edac/mc/mc{node}"
        yield from under(controller, in_order("ce_count ce_noinfo_count ue_count ue_noinfo_count".split(), 10 * node + 1))
        for channel in range(2):
            yield from under(f"{controller}/csrow{channel}", in_order(("ce_count", "ue_count"), 10 * node + 2 * channel + 5))


def file_systems():
    for number, device in enumerate(("sda1", "dm-0"), 1):
        yield f"fs/xfs/{device}/stats/stats", "".join(
            f"{name} {' '.join(str(1000 * number + 20 * place + n) for n in range(count))}\n"
            for place, (name, count) in enumerate(XFS_STATS.items()))
    btrfs = "fs/btrfs/0abb23a9-579b-43e6-ad30-227ef47fcb9d"
    for number, (group, profile) in enumerate((("data", "raid0"), ("metadata", "raid1"), ("system", "dup")), 1):
        names = ("bytes_may_use bytes_pinned bytes_readonly bytes_reserved bytes_used disk_total disk_used flags "
                 "total_bytes total_bytes_pinned").split()
        yield from under(f"{btrfs}/allocation/{group}", in_order(names, 1000000 * number))
        yield from under(f"{btrfs}/allocation/{group}/{profile}", in_order(("total_bytes", "used_bytes"), 2000000 * number))
    yield from under(btrfs, {"allocation/global_rsv_reserved": 16777216, "allocation/global_rsv_size": 16777217,
                             "label": "the \"pool\"", "metadata_uuid": "0abb23a9", "nodesize": 16384, "sectorsize": 4096,
                             "clone_alignment": 4097, "quota_override": 0, "features/big_metadata": 1,
                             "devices/sdd1/size": 20971520, "devices/sde1/size": 20971521})
    bcache = "fs/bcache/deaddd54-c735-46d5-868e-f331c5fd7c74"
    yield from under(bcache, {
        "average_key_size": 1, "btree_cache_size": 2, "cache_available_percent": 97, "congested": 3, "root_usage_percent": 4,
        "tree_depth": 5, "internal/active_journal_entries": 6, "internal/btree_nodes": 7,
        "internal/btree_read_average_duration_us": 1305, "internal/cache_read_races": 8, "cache0/io_errors": 9,
        "cache0/metadata_written": 512, "cache0/written": 1024, "bdev0/dirty_data": "1.5k",
        "cache0/priority_stats": "Unused:\t\t98%\nMetadata:\t1%\nAverage:\t10473\nSectors per Q:\t64\nQuantiles:\t[0 0 20880]",
        "bdev0/writeback_rate_debug": "rate:\t\t1.1M/sec\ndirty:\t\t20.4G\ntarget:\t\t20.4G\nproportional:\t427.5k\n"
                                      "integral:\t790.0k\nchange:\t\t321.5k/sec\nnext io:\t17ms"})
    for number, place in enumerate(("stats_total", "stats_five_minute", "bdev0/stats_total", "bdev0/stats_five_minute")):
        yield from under(f"{bcache}/{place}", in_order(BCACHE_STATS, 50 * (number + 1)))


def files():
    """(path, text or the Path that a link leads to)"""
    return itertools.chain(network(), sensors(), power(), adapters(), machine(), file_systems())


def udev_data():
    """(path, text): what udev knows of the disks."""
    known = {"sda": {"ID_MODEL": "WDC_WD40EFRX", "ID_SERIAL_SHORT": "WD-W1", "ID_WWN": "0x50014ee2", "ID_REVISION": "82.0",
                     "ID_PATH": "pci-0000:00:1f.2-ata-1", "ID_ATA": "1", "ID_ATA_WRITE_CACHE": "1",
                     "ID_ATA_WRITE_CACHE_ENABLED": "0", "ID_ATA_ROTATION_RATE_RPM": "5400"},
             "sdb": {"ID_FS_TYPE": "xfs", "ID_FS_UUID": "a-b", "ID_FS_VERSION": "1.0", "ID_FS_USAGE": "filesystem"},
             "dm-0": {"DM_NAME": "vg-root", "DM_UUID": "LVM-x", "DM_VG_NAME": "vg", "DM_LV_NAME": "root", "DM_LV_LAYER": ""}}
    for major, minor, name, _ in DISKS:
        if name in known:
            yield f"b{major}:{minor}", "S:disk/x\nI:1\n" + "".join(f"E:{k}={v}\n" for k, v in known[name].items())
