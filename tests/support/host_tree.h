// Files of /proc, /sys, / and /run/udev/data, one or more for each host collector that reads any:
// what the contract of all collectors, and the fuzzer, take as the good case.
#pragma once

#include <string_view>

#include "tests/support/fixture_tree.h"

namespace tocsin::test {

struct HostFile {
    std::string_view path;        // below the tree: proc/, sys/, root/, udev/
    std::string_view collectors;  // who reads it, with a blank between two
    std::string_view content;
    // What tells what a device or a kernel is, is read when it is first seen, and not again.
    enum class Read { kEachCycle, kOnce } read = Read::kEachCycle;
};

// clang-format off
inline constexpr HostFile kHostFiles[] = {
    {"proc/net/arp", "arp",
     "IP address       HW type     Flags       HW address            Mask     Device\n"
     "192.0.2.1        0x1         0x2         52:54:00:12:34:56     *        eth0\n"},
    {"sys/fs/bcache/0f9c7a31-5b2e-4f0d-9c11-4a5b6c7d8e9f/average_key_size", "bcache", "64\n"},
    {"sys/fs/bcache/0f9c7a31-5b2e-4f0d-9c11-4a5b6c7d8e9f/btree_cache_size", "bcache", "2.0M\n"},
    {"sys/fs/bcache/0f9c7a31-5b2e-4f0d-9c11-4a5b6c7d8e9f/bdev0/dirty_data", "bcache", "1.0G\n"},
    {"sys/fs/bcache/0f9c7a31-5b2e-4f0d-9c11-4a5b6c7d8e9f/bdev0/stats_total/bypassed", "bcache", "3.0k\n"},
    {"sys/fs/bcache/0f9c7a31-5b2e-4f0d-9c11-4a5b6c7d8e9f/bdev0/writeback_rate_debug", "bcache",
     "rate:\t\t4.0k/sec\ndirty:\t\t9.0k\ntarget:\t\t2.0M\nproportional:\t-1.5k\nintegral:\t-2.0M\n"
     "change:\t\t-7/sec\nnext io:\t-9223372036854ms\n"},
    {"sys/fs/bcache/0f9c7a31-5b2e-4f0d-9c11-4a5b6c7d8e9f/cache0/priority_stats", "bcache",
     "Unused:\t\t99%\nClean:\t\t0%\nMetadata:\t3%\nQuantiles:\t[0 0 2]\n"},
    {"sys/class/net/bonding_masters", "bonding", "bond0\n"},
    {"sys/class/net/bond0/bonding/slaves", "bonding", "eth0 eth1\n"},
    {"sys/class/net/bond0/lower_eth0/bonding_slave/mii_status", "bonding", "up\n"},
    {"sys/class/net/bond0/lower_eth1/bonding_slave/mii_status", "bonding", "down\n"},
    {"sys/fs/btrfs/6a1b2c3d-0000-4e5f-8899-aabbccddeeff/label", "btrfs", "my data\n"},
    {"sys/fs/btrfs/6a1b2c3d-0000-4e5f-8899-aabbccddeeff/metadata_uuid", "btrfs",
     "6a1b2c3d-0000-4e5f-8899-aabbccddeeff\n"},
    {"sys/fs/btrfs/6a1b2c3d-0000-4e5f-8899-aabbccddeeff/allocation/global_rsv_size", "btrfs", "16777216\n"},
    {"sys/fs/btrfs/6a1b2c3d-0000-4e5f-8899-aabbccddeeff/allocation/data/bytes_reserved", "btrfs", "4096\n"},
    {"sys/fs/btrfs/6a1b2c3d-0000-4e5f-8899-aabbccddeeff/allocation/data/raid5/total_bytes", "btrfs", "2048\n"},
    {"sys/fs/btrfs/6a1b2c3d-0000-4e5f-8899-aabbccddeeff/allocation/data/raid5/used_bytes", "btrfs", "1024\n"},
    {"sys/fs/btrfs/6a1b2c3d-0000-4e5f-8899-aabbccddeeff/devices/sda/size", "btrfs", "20\n"},
    {"sys/fs/cgroup/cgroup.controllers", "cgroup", "cpu io memory\n"},
    {"sys/fs/cgroup/system.slice/cron.service/cpu.stat", "cgroup",
     "usage_usec 3500000\nuser_usec 2000000\nsystem_usec 1500000\nnr_periods 10\nnr_throttled 4\n"
     "throttled_usec 250000\nnr_bursts 0\nburst_usec 0\n"},
    {"sys/fs/cgroup/system.slice/cron.service/memory.current", "cgroup", "8192\n"},
    {"sys/fs/cgroup/system.slice/cron.service/memory.max", "cgroup", "max\n"},
    {"sys/fs/cgroup/system.slice/cron.service/memory.stat", "cgroup",
     "anon 4096\nfile 2048\nkernel 1\ninactive_file 1024\npgmajfault 3\n"},
    {"sys/fs/cgroup/system.slice/cron.service/memory.events", "cgroup",
     "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n"},
    {"sys/fs/cgroup/system.slice/cron.service/io.stat", "cgroup",
     "8:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n"},
    {"sys/fs/cgroup/system.slice/cron.service/cpu.pressure", "cgroup",
     "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n"},
    {"proc/sys/net/netfilter/nf_conntrack_count", "conntrack", "123\n"},
    {"proc/sys/net/netfilter/nf_conntrack_max", "conntrack", "262144\n"},
    {"proc/net/stat/nf_conntrack", "conntrack",
     "entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop "
     "icmp_error  expect_new expect_create expect_delete search_restart\n"
     "0000007b  00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008 00000009 0000000a "
     "0000000b 0000000c  0000000d 0000000e 0000000f 00000010\n"},
    {"proc/stat", "cpu stat",
     "cpu  10132153 290696 3084719 46828483 16683 0 25195 0 175628 0\n"
     "cpu0 1393280 32966 572056 13343292 6130 0 17875 0 23933 0\n"
     "cpu1 1393281 32966 572056 13343292 6130 0 17875 0 23933 0\n"
     "intr 1462898 8 1 0 0 0 0 3\nctxt 115315092\nbtime 769041601\nprocesses 86031\nprocs_running 6\n"
     "procs_blocked 2\nsoftirq 229245889 94 60001584 13619 5175704 2471304 28 51212741\n"},
    {"proc/cpuinfo", "cpu",
     "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 142\n"
     "model name\t: A CPU: at 1.90GHz\nstepping\t: 10\nmicrocode\t: 0xb4\ncache size\t: 8192 KB\n"
     "physical id\t: 0\ncore id\t\t: 3\nflags\t\t: fpu avx avx2 avx\nbugs\t\t: meltdown\npower management:\n\n"},
    {"sys/devices/system/cpu/isolated", "cpu", "1,3-4\n", HostFile::Read::kOnce},
    {"sys/devices/system/cpu/cpu0/topology/physical_package_id", "cpu", "0\n", HostFile::Read::kOnce},
    {"sys/devices/system/cpu/cpu0/topology/core_id", "cpu", "0\n", HostFile::Read::kOnce},
    {"sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "cpu", "5\n", HostFile::Read::kOnce},
    {"sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", "cpu", "30\n", HostFile::Read::kOnce},
    {"sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_min_freq", "cpufreq", "800000\n"},
    {"sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "cpufreq", "1800007\n"},
    {"proc/diskstats", "diskstats",
     "   8       0 sda 10 20 30 4000 50 60 70 8000 9 10000 11000 12 13 14 15000 16 17000\n"
     " 259       0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11\n"},
    {"udev/b8:0", "diskstats",
     "S:disk/by-id/ata-X\nE:ID_MODEL=WDC_WD40\nE:ID_SERIAL_SHORT=SHORT\nE:ID_WWN=0x50014ee2\n"
     "E:ID_FS_TYPE=ext4\nE:ID_FS_USAGE=filesystem\nE:ID_ATA=1\nE:ID_ATA_ROTATION_RATE_RPM=7200\n"},
    {"sys/class/dmi/id/bios_vendor", "dmi", "Some Maker\n", HostFile::Read::kOnce},
    {"sys/class/dmi/id/product_name", "dmi", "A machine\n", HostFile::Read::kOnce},
    {"sys/devices/system/edac/mc/mc0/ce_count", "edac", "10\n"},
    {"sys/devices/system/edac/mc/mc0/csrow0/ue_count", "edac", "4\n"},
    {"proc/sys/kernel/random/entropy_avail", "entropy", "256\n"},
    {"proc/sys/kernel/random/poolsize", "entropy", "4096\n"},
    {"sys/class/fc_host/host0/speed", "fibrechannel", "16 Gbit\n"},
    {"sys/class/fc_host/host0/port_name", "fibrechannel", "0x1000e0071bce95f2\n"},
    {"sys/class/fc_host/host0/statistics/rx_frames", "fibrechannel", "0x3\n"},
    {"proc/sys/fs/file-nr", "filefd", "1024\t0\t9223372036854775807\n"},
    {"proc/1/mounts", "filesystem btrfs",
     "/dev/sda1 / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\n//nas/a\\040b /srv/a\\040b cifs ro 0 0\n"},
    {"sys/class/hwmon/hwmon1/name", "hwmon", "nct6779\n", HostFile::Read::kOnce},
    {"sys/class/hwmon/hwmon1/temp1_input", "hwmon", "-5500\n", HostFile::Read::kOnce},
    {"sys/class/hwmon/hwmon1/temp1_label", "hwmon", "CPU\n", HostFile::Read::kOnce},
    {"sys/class/hwmon/hwmon1/fan1_input", "hwmon", "1098\n", HostFile::Read::kOnce},
    {"sys/class/infiniband/mlx5_0/board_id", "infiniband", "MT_01\n"},
    {"sys/class/infiniband/mlx5_0/ports/1/state", "infiniband", "4: ACTIVE\n"},
    {"sys/class/infiniband/mlx5_0/ports/1/phys_state", "infiniband", "5: LinkUp\n"},
    {"sys/class/infiniband/mlx5_0/ports/1/rate", "infiniband", "2.5 Gb/sec (1X SDR)\n"},
    {"sys/class/infiniband/mlx5_0/ports/1/counters/port_rcv_data", "infiniband", "10\n", HostFile::Read::kOnce},
    {"proc/interrupts", "interrupts",
     "           CPU0       CPU2\n  9:       1200          0   PCI-MSI 524288-edge      eth0,  usb1\n"
     "NMI:         47 18446744073709551615   Non-maskable   interrupts\nERR:          3\n"},
    {"proc/net/ip_vs_stats", "ipvs",
     "   Total Incoming Outgoing         Incoming         Outgoing\n"
     "   Conns  Packets  Packets            Bytes            Bytes\n"
     "      10      1FF        0 FFFFFFFFFFFFFFFF               A0\n"
     " Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n       0        0        0   0   0\n"},
    {"proc/net/ip_vs", "ipvs",
     "IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n"
     "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n"
     "TCP  C0A80016:0050 wlc persistent 300\n  -> C0A85216:1F90      Tunnel  100    248        2\n"
     "FWM  10 rr\n  -> [2001:0db8:0000:0000:0000:0000:0000:0001]:0CEA      Route   5      6          7\n"},
    {"proc/loadavg", "loadavg", "0.02 0.04 0.05 1/497 11947\n"},
    {"proc/mdstat", "mdadm",
     "Personalities : [raid1] [raid6] [raid5] [raid4]\nmd0 : active raid1 sdc1[2](S) sdb1[1](F) sda1[0]\n"
     "      1000 blocks super 1.2 [2/1] [U_]\n      [=>...................]  recovery =  8.5% (16775552/195310144) "
     "finish=17.0min speed=259783K/sec\n\nunused devices: <none>\n"},
    {"proc/meminfo", "meminfo",
     "MemTotal:       16316656 kB\nMemFree:          421212 kB\nActive(anon):     12 kB\nHugePages_Total:       5\n"},
    {"sys/devices/system/node/node0/meminfo", "meminfo_numa",
     "Node 0 MemTotal:       2048 kB\nNode 0 Active(anon):     3 kB\nNode 0 HugePages_Total:     5\n"},
    {"sys/devices/system/node/node0/numastat", "meminfo_numa", "numa_hit 193460335812\nlocal_node 7\n"},
    {"sys/class/net/eth0/address", "netclass", "02:00:00:00:00:01\n"},
    {"sys/class/net/eth0/carrier", "netclass", "1\n"},
    {"sys/class/net/eth0/dev_id", "netclass", "0x1f\n", HostFile::Read::kOnce},
    {"sys/class/net/eth0/duplex", "netclass", "full\n"},
    {"sys/class/net/eth0/flags", "netclass", "0x1003\n"},
    {"sys/class/net/eth0/ifindex", "netclass", "7\n"},
    {"sys/class/net/eth0/mtu", "netclass", "1500\n"},
    {"sys/class/net/eth0/operstate", "netclass", "up\n"},
    {"sys/class/net/eth0/speed", "netclass", "2500\n"},
    {"sys/class/net/eth0/type", "netclass", "1\n", HostFile::Read::kOnce},
    {"proc/net/dev", "netdev",
     "Inter-|   Receive                                                |  Transmit\n"
     " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls "
     "carrier compressed\n    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n  eth0:1 2 3 4 5 6 7 8 9 1 1 1 1 1 1 6\n"},
    {"sys/class/net/eth0/statistics/rx_nohandler", "netdev", "77\n", HostFile::Read::kOnce},
    {"proc/net/netstat", "netstat",
     "TcpExt: SyncookiesSent SyncookiesRecv ListenOverflows\nTcpExt: 1 2 4\nIpExt: InOctets OutOctets\nIpExt: 6 7\n"},
    {"proc/net/snmp", "netstat",
     "Ip: Forwarding DefaultTTL\nIp: 1 64\nTcp: RtoAlgorithm MaxConn CurrEstab InErrs\nTcp: 1 -1 8 9\n"},
    {"proc/net/snmp6", "netstat", "Ip6InReceives                   \t7\nIp6InOctets                     \t460\n"},
    {"proc/net/rpc/nfs", "nfs",
     "net 70 71 69 45\nrpc 900 12 901\nproc2 18 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"
     "proc3 22 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21\nproc4 3 1 2 3\n"},
    {"proc/net/rpc/nfsd", "nfsd",
     "rc 1 2 3\nfh 4 0 0 0 0\nio 5 6\nth 8 0 0.000 1.000\nra 32 0 0 0 0 0 0 0 0 0 0 7\nnet 40 10 30 9\n"
     "rpc 50 6 1 2 3\nproc2 18 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"
     "proc3 22 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21\nproc4 2 2 10853\nproc4ops 4 0 0 0 9\n"},
    {"sys/class/nvme/nvme0/model", "nvme", "Some Maker SSD 1TB            \n"},
    {"sys/class/nvme/nvme0/state", "nvme", "live\n"},
    {"root/etc/os-release", "os", "PRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_ID=\"12\"\nID=debian\n"},
    {"sys/class/power_supply/BAT0/capacity", "powersupplyclass", "98\n"},
    {"sys/class/power_supply/BAT0/charge_now", "powersupplyclass", "-2500000\n"},
    {"sys/class/power_supply/BAT0/status", "powersupplyclass", "Discharging\n"},
    {"proc/pressure/cpu", "pressure",
     "some avg10=0.00 avg60=0.00 avg300=0.00 total=14036781\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"},
    {"proc/pressure/io", "pressure",
     "some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802\nfull avg10=0.18 avg60=0.34 avg300=0.10 total=5\n"},
    {"proc/pressure/memory", "pressure",
     "some avg10=0.00 avg60=0.00 avg300=0.00 total=500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n"},
    {"proc/20/stat", "processes",
     "20 (a) R 1 (b) R 1 2 3 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 3 0 21\n"},
    {"proc/20/task/20/stat", "processes",
     "20 (a) R 1 (b) R 1 2 3 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 3 0 21\n"},
    {"proc/sys/kernel/threads-max", "processes", "7801\n"},
    {"proc/sys/kernel/pid_max", "processes", "4194304\n"},
    {"sys/class/powercap/intel-rapl:0/name", "rapl", "package-0\n", HostFile::Read::kOnce},
    {"sys/class/powercap/intel-rapl:0/energy_uj", "rapl", "118821284256\n"},
    {"sys/class/powercap/intel-rapl:0/max_energy_range_uj", "rapl", "262143328850\n"},
    {"proc/schedstat", "schedstat",
     "version 15\ntimestamp 4295089211\ncpu0 0 0 3 4 5 6 1500000000 250000000 77\ndomain0 3 1 2 3 4 5 6 7 8\n"},
    {"sys/fs/selinux/enforce", "selinux", "1"},
    {"proc/self/attr/current", "selinux", "system_u:system_r:init_t:s0"},
    {"root/etc/selinux/config", "selinux", "# SELINUX=disabled\nSELINUX=enforcing\nSELINUXTYPE=default\n"},
    {"proc/net/sockstat", "sockstat",
     "sockets: used 229\nTCP: inuse 4 orphan 1 tw 4 alloc 17 mem 2\nUDP: inuse 0 mem 0\nFRAG: inuse 0 memory 7\n"},
    {"proc/net/sockstat6", "sockstat", "TCP6: inuse 17\nFRAG6: inuse 0 memory 0\n"},
    {"proc/net/softnet_stat", "softnet",
     "0000000a 00000001 00000010 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
     "00000000 00000000\nffffffff 00000000 000000ff 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
     "00000000 00000000 00000003 00000000\n"},
    {"sys/class/scsi_tape/st0/stats/in_flight", "tapestats", "1\n"},
    {"sys/class/scsi_tape/st0/stats/io_ns", "tapestats", "9247011087720\n"},
    {"sys/class/scsi_tape/st0/stats/read_cnt", "tapestats", "3741\n"},
    {"root/textfile/a.prom", "textfile",
     "# HELP jobs_done What is done.\n# TYPE jobs_done counter\njobs_done{queue=\"a\\\"b\"} 7\n"
     "# TYPE took histogram\ntook_bucket{le=\"0.5\"} 1\ntook_bucket{le=\"+Inf\"} 2\ntook_sum 3\ntook_count 2\n"},
    {"sys/class/thermal/thermal_zone0/type", "thermal_zone", "x86_pkg_temp\n", HostFile::Read::kOnce},
    {"sys/class/thermal/thermal_zone0/temp", "thermal_zone", "44000\n"},
    {"sys/class/thermal/cooling_device0/type", "thermal_zone", "Processor\n", HostFile::Read::kOnce},
    {"sys/class/thermal/cooling_device0/cur_state", "thermal_zone", "0\n"},
    {"sys/class/thermal/cooling_device0/max_state", "thermal_zone", "3\n"},
    {"sys/devices/system/clocksource/clocksource0/available_clocksource", "time", "tsc hpet acpi_pm \n"},
    {"sys/devices/system/clocksource/clocksource0/current_clocksource", "time", "tsc\n"},
    {"proc/net/udp", "udp_queues",
     "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer "
     "drops             \n 1234: 3500007F:0035 00000000:0000 07 00000015:000000FF 00:00000000 00000000   101        "
     "0 17113 2 0000000000000000 0         \n"},
    {"proc/vmstat", "vmstat", "nr_free_pages 1\npgpgin 2\npswpout 3\npgfault 4\npgmajfault 5\noom_kill 6\n"},
    {"sys/class/watchdog/watchdog0/bootstatus", "watchdog", "1\n"},
    {"sys/class/watchdog/watchdog0/options", "watchdog", "0x8380\n"},
    {"sys/class/watchdog/watchdog0/state", "watchdog", "active\n"},
    {"sys/fs/xfs/sda1/stats/stats", "xfs",
     "extent_alloc 11 12 13 14\nabt 21 22 23 24\nblk_map 31 32 33 34 35 36 37\nbmbt 41 42 43 44\ndir 51 52 53 54\n"
     "trans 0 0 0\nig 61 62 63 64 65 66 67\nlog 0 0 0 0 0\nrw 71 72\nvnodes 81 82 83 84 85 86 87 88\n"},
    {"proc/spl/kstat/zfs/arcstats", "zfs",
     "13 1 0x01 96 26112 5266997922 97951858082072\nname                            type data\n"
     "hits                            4    8772612\nmemory_available_bytes          3    -5\n"},
    {"proc/spl/kstat/zfs/tank/state", "zfs", "DEGRADED\n"},
    {"proc/spl/kstat/zfs/tank/io", "zfs",
     "12 3 0x00 1 80 79205351707403 395818011156865\nnread    nwritten reads\n1884160  3206144  22\n"},
    {"proc/spl/kstat/zfs/tank/objset-0x36", "zfs",
     "13 1 0x01 96 26112 5266997922 97951858082072\nname                            type data\n"
     "dataset_name                    7    tank/my data\nwrites                          4    7\n"},
};
// clang-format on

inline void write_host_tree(const FixtureTree& tree) {
    for (const HostFile& file : kHostFiles) tree.write(file.path, file.content);
}

}  // namespace tocsin::test
