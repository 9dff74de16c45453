"""/proc of a host that few have: ZFS and md arrays, IPVS, NFS as client and server, in the formats that the kernel
writes. Numbers differ from one another, so that none can stand in for the next."""
import itertools

CPUS = 4
Z_POOLS = "spl/kstat/zfs"


def counting(first, count):
    return " ".join(str(n) for n in range(first, first + count))


def row(name, count, first=11):
    """A line of /proc/net/rpc that says itself how many numbers follow."""
    return f"{name} {count} {counting(first, count)}\n"


def lines(*parts):
    return "".join(f"{part}\n" for part in parts)


def stat_of(pid, name, state, threads=1):
    return f"{pid} ({name}) {state} 1 {pid} {pid} 0 -1 4194560 {counting(pid, 10)} 20 0 {threads} 0 {counting(pid, 30)}\n"


def kstat(*fields):
    return "6 1 0x01 91 4368 5266997922 97951858082072\nname                            type data\n" + "".join(
        f"{name:31} {kind}    {value}\n" for name, kind, value in fields)


NET_DEV = """Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
"""
NET_DEVICES = ("lo", "eth0", "eth1", "bond0", "wlan0", "veth3f2a", "br-lan.7")

DISKS = (
    (1, 0, "ram0", 11), (7, 0, "loop0", 11), (8, 0, "sda", 17), (8, 1, "sda1", 17), (8, 16, "sdb", 15),
    (9, 127, "md127", 11), (11, 0, "sr0", 11), (252, 0, "vda", 17), (253, 0, "dm-0", 15), (259, 0, "nvme0n1", 17),
    (259, 1, "nvme0n1p1", 17), (179, 0, "mmcblk0", 11))

MDSTAT = """Personalities : [linear] [raid0] [raid1] [raid6] [raid5] [raid4] [raid10]
md0 : active raid1 sdb1[1] sda1[0]
      523968 blocks super 1.2 [2/2] [UU]

md1 : active raid6 sdh[7] sdg[6] sdf[5](F) sde[4] sdd[3] sdc[2](S)
      4194304 blocks super 1.2 level 6, 512k chunk, algorithm 2 [5/4] [UU_UU]
      [====>................]  recovery = 21.3% (446464/2097152) finish=2.4min speed=11161K/sec
      bitmap: 1/1 pages [4KB], 65536KB chunk

md2 : active (read-only) raid1 sdj[0] sdi[1](S)
      248896 blocks [2/1] [U_]
      \tresync=PENDING

md3 : active raid1 sdl[1] sdk[0]
      1993728 blocks super 1.2 [2/2] [UU]
      [=>...................]  check =  5.7% (114176/1993728) finish=0.2min speed=114176K/sec

md4 : active raid5 sdo[2] sdn[1] sdm[0]
      786432 blocks super 1.2 level 5, 64k chunk, algorithm 2 [3/3] [UUU]
      [==>..................]  reshape = 13.1% (51512/393216) finish=0.7min speed=7358K/sec

md5 : active raid0 sdp1[0] sdq1[1]
      314159 blocks super 1.2 512k chunks

md6 : inactive sdr[1](S) sds[0](S)
      7932 blocks super external:imsm

md7 : active raid10 sdt[0] sdu[1]
      65472 blocks super 1.2 512K chunks 2 near-copies [2/2] [UU]
      \tresync=DELAYED

unused devices: <none>
"""

IP_VS = """IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A000001:01BB wlc persistent 360
  -> 0A000102:01BB      Masq    3      17         4
  -> 0A000103:01BB      Masq    0      0          9
UDP  0A000001:0035 rr
  -> 0A000104:0035      Route   1      0          212
FWM  00000007 sh
  -> 0A000105:0050      Tunnel  5      8          1
TCP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0050 sh
  -> [2001:0db8:0000:0000:0000:0000:0000:0a02]:0050      Route   2      6          5
"""
IP_VS_STATS = """   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
     12F   3A5C71    41B22         9D0F1E2C          8A11F03

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       4       1F        9             1282              A0F
"""

CONNTRACK = ("entries searched found new invalid ignore delete delete_list insert insert_failed drop early_drop "
             "icmp_error expect_new expect_create expect_delete search_restart")

UDP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"

MEMINFO = lines(*(f"{name + ':':16}{value:8} kB" for name, value in (
    ("MemTotal", 16303132), ("MemFree", 1203440), ("MemAvailable", 9843212), ("Buffers", 411980), ("Cached", 7402116),
    ("SwapCached", 52), ("Active(anon)", 3187312), ("Inactive(file)", 4470296), ("SwapTotal", 2097148),
    ("SwapFree", 2093052), ("Dirty", 1284), ("AnonPages", 3411776), ("Committed_AS", 9822180),
    ("VmallocTotal", 34359738367), ("DirectMap2M", 15521792))),
    "HugePages_Total:       3", "HugePages_Free:        2", "Hugepagesize:       2048 kB")

TCP = ("RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs "
       "RetransSegs InErrs OutRsts InCsumErrors")
SNMP = {"Ip": "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors OutRequests",
        "Icmp": "InMsgs InErrors InCsumErrors OutMsgs OutErrors", "IcmpMsg": "InType3 OutType3", "Tcp": TCP,
        "Udp": "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors", "UdpLite": "InDatagrams InErrors"}
NETSTAT = {"TcpExt": "SyncookiesSent SyncookiesRecv SyncookiesFailed TW ListenOverflows ListenDrops TCPTimeouts "
                     "TCPSynRetrans TCPFastRetrans",
           "IpExt": "InNoRoutes InMcastPkts InOctets OutOctets InBcastOctets"}


def two_lines_each(groups):
    """Names on one line, their numbers on the next."""
    return "".join(f"{group}: {names}\n{group}: {counting(100 * place, len(names.split()))}\n"
                   for place, (group, names) in enumerate(groups.items(), 1))


def proc_net():
    yield "net/dev", NET_DEV + lines(*(f"{name:>6}: {counting(1000 * place, 16)}"
                                       for place, name in enumerate(NET_DEVICES, 1)))
    yield "net/arp", lines(
        "IP address       HW type     Flags       HW address            Mask     Device",
        *(f"10.0.{len(device)}.{n:<8} 0x1         0x2         02:00:00:00:00:{n:02x}     *        {device}"
          for device, count in (("eth0", 3), ("eth1", 1), ("br-lan.7", 2)) for n in range(count)))
    yield "net/snmp", two_lines_each(SNMP)
    yield "net/netstat", two_lines_each(NETSTAT)
    yield "net/snmp6", lines(*(f"{name:32}{31 + n}" for n, name in enumerate(
        "Ip6InReceives Ip6InOctets Ip6OutOctets Icmp6InMsgs Icmp6InErrors Icmp6OutMsgs Udp6InDatagrams Udp6NoPorts "
        "Udp6RcvbufErrors Udp6OutDatagrams UdpLite6InErrors".split())))
    yield "net/sockstat", lines("sockets: used 229", "TCP: inuse 4 orphan 1 tw 5 alloc 17 mem 3", "UDP: inuse 7 mem 2",
                                "UDPLITE: inuse 0", "RAW: inuse 6", "FRAG: inuse 8 memory 9")
    yield "net/sockstat6", lines("TCP6: inuse 17", "UDP6: inuse 9", "UDPLITE6: inuse 0", "RAW6: inuse 1",
                                 "FRAG6: inuse 2 memory 3")
    yield "net/softnet_stat", lines(*(" ".join(f"{n:08x}" for n in range(16 * cpu, 16 * cpu + 15)) for cpu in range(CPUS)))
    yield "net/udp", UDP + lines(*(
        f"{n:4}: 0100007F:{5300 + n:04X} 00000000:0000 07 {16 * n:08X}:{32 + n:08X} 00:00000000 00000000     0        0 {n} "
        f"2 0000000000000000 {n}" for n in range(3)))
    yield "net/udp6", UDP
    yield "net/ip_vs", IP_VS
    yield "net/ip_vs_stats", IP_VS_STATS
    yield "net/rpc/nfs", "net 70 61 9 5\nrpc 1218 37 1215\n" + row("proc2", 18) + row("proc3", 22, 40) + row("proc4", 61, 80)
    yield "net/rpc/nfsd", ("rc 3 6 18622\nfh 4 1 2 3 5\nio 157286400 72864\nth 8 2" + " 0.000" * 10 + "\nra 32" + " 1" * 11
                           + "\nnet 18628 3 18625 6\nrpc 18629 4 1 2 7\n" + row("proc2", 18) + row("proc3", 22, 40)
                           + row("proc4", 2, 70) + row("proc4ops", 72, 80))
    yield "net/stat/nf_conntrack", CONNTRACK + "\n" + lines(*(
        " ".join(f"{n:08x}" for n in range(20 * cpu + 1, 20 * cpu + 18)) for cpu in range(CPUS)))
    yield "sys/net/netfilter/nf_conntrack_count", "123\n"
    yield "sys/net/netfilter/nf_conntrack_max", "65536\n"


def proc_kernel():
    cpu = lambda n: f"{1000 * n + 1} {10 * n + 2} {100 * n + 3} {9000 * n + 4} {n + 5} {n + 6} {n + 7} {n + 8} {n + 9} {n + 1}"
    yield "stat", lines(f"cpu  {cpu(10)}", *(f"cpu{n} {cpu(n)}" for n in range(CPUS)), "intr 8885917 17 0 0 2", "ctxt 38014093",
                        "btime 1700000000", "processes 26442", "procs_running 2", "procs_blocked 1",
                        "softirq 5057579 250191 1481983 1647 211099 186066 0 1783454 622196 12499 508444")
    yield "loadavg", "0.21 0.37 1.39 2/719 19737\n"
    yield "meminfo", MEMINFO
    yield "vmstat", lines(*(f"{name} {7 + n}" for n, name in enumerate(
        "nr_free_pages nr_dirty pgpgin pgpgout pswpin pswpout pgfault pgmajfault pgreuse oom_kill swap_ra".split())))
    yield "schedstat", lines("version 15", "timestamp 4300000000", *itertools.chain.from_iterable(
        (f"cpu{n} 0 0 0 0 0 0 {2045936778163 + n} {343796328169 + n} {4767485306 + n}",
         f"domain0 0000000f {counting(n, 36)}") for n in range(CPUS)))
    yield "diskstats", lines(*(f"{major:4} {minor:7} {name} {counting(1000 * (place + 1), fields)}"
                               for place, (major, minor, name, fields) in enumerate(DISKS)))
    yield "interrupts", lines(
        " " * 11 + "".join(f"CPU{n:<8}" for n in range(CPUS)),
        f"  0: {counting(17, CPUS)}   IO-APIC   2-edge      timer",
        f" 41: {counting(50, CPUS)}   PCI-MSI 512000-edge   ahci[0000:00:1f.2], i2c \"x\"",
        f"NMI: {counting(60, CPUS)}   Non-maskable interrupts", f"LOC: {counting(70, CPUS)}   Local timer interrupts",
        "ERR:          3", "MIS:          4")
    yield "cpuinfo", "\n".join(lines(
        f"processor\t: {n}", "vendor_id\t: GenuineIntel", "cpu family\t: 6", f"model\t\t: {142 + n % 2}",
        "model name\t: Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz", "stepping\t: 10", "microcode\t: 0xb4",
        f"cpu MHz\t\t: {799.998 + n}", "cache size\t: 8192 KB", f"physical id\t: {n // 2}", "siblings\t: 2",
        f"core id\t\t: {n % 2}", "cpu cores\t: 2", "flags\t\t: fpu vme sse sse2 aes avx2",
        "bugs\t\t: cpu_meltdown spectre_v1 mds") for n in range(CPUS)) + "\n"
    for what, full in (("cpu", False), ("io", True), ("memory", True)):
        yield f"pressure/{what}", lines(*(f"{who} avg10=0.10 avg60=2.00 avg300=3.85 total={total + len(what)}"
                                          for who, total in (("some", 1500000), ("full", 400000))[:1 + full]))
    yield "sys/fs/file-nr", "1024\t3\t1631329\n"
    yield "sys/kernel/random/entropy_avail", "1337\n"
    yield "sys/kernel/random/poolsize", "4096\n"
    yield "sys/kernel/threads-max", "7801\n"
    yield "sys/kernel/pid_max", "4194304\n"
    for pid, name, state, threads in ((1, "init", "S", 1), (17, "a) b (c", "R", 3), (230, "stuck", "D", 1), (231, "gone", "Z", 1)):
        yield f"{pid}/stat", stat_of(pid, name, state, threads)
        for thread in range(threads):
            yield f"{pid}/task/{pid + thread}/stat", stat_of(pid + thread, name, state, threads)
    yield "mdstat", MDSTAT


def proc_mounts():
    mounts = lines("/dev/sda1 / ext4 rw,relatime 0 0", "/dev/sdb1 /data\\040disk xfs ro,noatime 0 0", "proc /proc proc rw 0 0",
                   "tmpfs /run tmpfs rw 0 0", "/dev/sdc1 /gone ext4 rw 0 0", "/dev/sdd1 /srv/a\"b btrfs rw 0 0",
                   "10.0.0.9:/export /srv/nfs nfs4 rw 0 0", "overlay /var/lib/x/merged overlay rw 0 0")
    yield "mounts", mounts
    yield "1/mounts", mounts


def proc_zfs():
    for kind, fields in {
            "arcstats": (("hits", 4, 8772612), ("memory_available_bytes", 3, -922337203), ("c_max", 4, 16834445312)),
            "abdstats": (("linear_cnt", 4, 62),), "dbufstats": (("cache_count", 4, 5),), "zil": (("zil_commit_count", 4, 10),),
            "dmu_tx": (("dmu_tx_assigned", 4, 3532844),), "dnodestats": (("dnode_hold_alloc_hits", 4, 37617),),
            "fm": (("erpt-dropped", 4, 18),), "vdev_cache_stats": (("delegations", 4, 40),),
            "vdev_mirror_stats": (("rotating_linear", 4, 3),), "xuio_stats": (("onloan_read_buf", 4, 32),),
            "zfetchstats": (("hits", 4, 7067992),)}.items():
        yield f"{Z_POOLS}/{kind}", kstat(*fields)
    yield f"{Z_POOLS}/tank/state", "ONLINE\n"
    yield f"{Z_POOLS}/tank/io", (
        "12 3 0x00 1 80 79205351707403 395818011156865\nnread    nwritten reads    writes   wtime    wlentime wupdate  "
        "rtime    rlentime rupdate  wcnt     rcnt\n1884160 3206144 22 132 7155162 104112268 79210489694949 24168078 "
        "104112269 79210489849220 1 2\n")
    yield f"{Z_POOLS}/backup/state", "DEGRADED\n"
    for number, name in (("0x36", "backup"), ("0x205", "backup/home")):
        yield f"{Z_POOLS}/backup/objset-{number}", kstat(
            ("dataset_name", 7, name), ("writes", 4, 40 + len(name)), ("nwritten", 4, 12302), ("reads", 4, 28),
            ("nread", 4, 29), ("nunlinks", 4, 6), ("nunlinked", 4, 5))


def files():
    """(path, text)"""
    return itertools.chain(proc_net(), proc_kernel(), proc_mounts(), proc_zfs())
