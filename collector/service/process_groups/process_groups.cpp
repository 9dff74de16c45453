#include "collector/service/process_groups/process_groups.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/core/strings.h"
#include "base/net/log.h"
#include "collector/api/pooled.h"
#include "collector/api/scan.h"
#include "collector/service/process_groups/config.h"
#include "collector/service/process_groups/group_report.h"
#include "collector/service/process_groups/proc_reader.h"
#include "collector/service/process_groups/procfs.h"

namespace tocsin::collector {
namespace {

constexpr int kNone = -1;
// A process is looked at twice: between the two, a fork has become the program that it runs.
constexpr int kLooks = 2;
// How long names of users, and when the machine started, are believed.
constexpr Duration kBelieved = 5min;

struct Process {
    std::uint64_t start_ticks = 0;
    std::uint64_t cycle = 0;  // that saw it last
    std::string comm;
    int looks = 0;
    int group = kNone;
    ProcCounts counted{};  // what is in a group's totals
};

struct Group {
    const ProcessGroup* config;
    std::vector<std::uint64_t> users;
    GroupReport report;
    GroupTotals totals;
    GroupGauges gauges;
};

bool contains(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<std::uint64_t> user_id(const std::string& name) {
    if (const auto number = to_uint(name)) return number;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(16 * 1024);
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
        found == nullptr) {
        return std::nullopt;
    }
    return found->pw_uid;
}

class ProcessGroups final : public Collector {
  public:
    ProcessGroups(std::shared_ptr<const ProcessGroupsConfig> config, const TargetContext& context)
        : config_(std::move(config)), reader_(context.paths.procfs) {
        const TargetSeries series(*context.series, *config_);
        for (const ProcessGroup& group : config_->groups) {
            groups_.push_back({&group, {}, GroupReport(series, group.name), {}, {}});
        }
        units_.ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
        units_.page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
    }

    Result<void> collect(Timestamp now, Readings& out) override {
        refresh(now);
        TOCSIN_TRY(reader_.list(pids_));
        ++cycle_;
        for (Group& group : groups_) group.gauges = {};
        for (const Pid pid : pids_) look_at(pid);
        std::erase_if(processes_, [&](const auto& item) { return item.second.cycle != cycle_; });
        for (Group& group : groups_) {
            group.report.append(group.gauges, group.totals, units_, group.config->smaps, out);
        }
        tell_what_is_hidden();
        return success();
    }

  private:
    void refresh(Timestamp now) {
        if (cycle_ != 0 && now >= refreshed_ && now - refreshed_ < kBelieved) return;
        refreshed_ = now;
        units_.boot_time = reader_.boot_time().value_or(0);
        for (Group& group : groups_) {
            group.users.clear();
            for (const std::string& name : group.config->user) {
                if (const auto id = user_id(name)) {
                    group.users.push_back(*id);
                } else if (cycle_ == 0) {
                    net::log_warning("a process group names a user that does not exist",
                                     {{"group", group.config->name}, {"user", name}});
                }
            }
        }
    }

    void look_at(Pid pid) {
        const auto text = reader_.read(pid, "stat");
        if (!text) return;  // it has ended since, or is hidden from us (hidepid)
        stat_text_ = *text;
        const auto stat = parse_proc_stat(stat_text_);
        if (!stat) return;
        Process& process = processes_[pid];
        if (process.cycle == 0 || process.start_ticks != stat->start_ticks) {
            process = {};
            process.start_ticks = stat->start_ticks;
            // What those used that were there before us belongs to the time before.
            if (cycle_ == 1) process.counted.fill(kNotCounted);
        }
        process.cycle = cycle_;
        if (process.looks < kLooks || process.comm != stat->comm) {
            process.looks = process.comm == stat->comm ? process.looks + 1 : 1;
            process.comm = stat->comm;
            process.group = group_of(pid, stat->comm);
        }
        if (process.group != kNone) {
            measure(pid, *stat, process, groups_[static_cast<std::size_t>(process.group)]);
        }
    }

    int group_of(Pid pid, std::string_view comm) {
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            if (takes(groups_[i], pid, comm)) return static_cast<int>(i);
        }
        return kNone;
    }

    bool takes(const Group& group, Pid pid, std::string_view comm) {
        const ProcessGroup& wanted = *group.config;
        if (!wanted.comm.empty() && !contains(wanted.comm, comm)) return false;
        if (!wanted.exe.empty() && !runs_one_of(wanted.exe, pid)) return false;
        if (!wanted.user.empty() && !belongs_to(group.users, pid)) return false;
        if (!wanted.cmdline.empty()) {
            const auto text = reader_.read(pid, "cmdline");
            if (!text || !wanted.cmdline_pattern.found_in(parse_cmdline(*text))) return false;
        }
        return wanted.cgroup.empty() || is_in_cgroup(wanted.cgroup_pattern, pid);
    }

    bool runs_one_of(const std::vector<std::string>& programs, Pid pid) {
        std::string program = reader_.program(pid);
        if (program.empty()) {
            // Another user's process, and we may not follow its link: the first argument says it.
            const auto text = reader_.read(pid, "cmdline");
            if (text) program = text->substr(0, text->find('\0'));
        }
        if (program.empty()) return false;
        return contains(programs, program) ||
               contains(programs, program.substr(program.rfind('/') + 1));
    }

    bool belongs_to(const std::vector<std::uint64_t>& users, Pid pid) {
        const auto text = reader_.read(pid, "status");
        if (!text) return false;
        const auto user = parse_proc_status(*text).user;
        return user && std::find(users.begin(), users.end(), *user) != users.end();
    }

    bool is_in_cgroup(const Pattern& pattern, Pid pid) {
        auto text = reader_.read(pid, "cgroup");
        std::string_view line;
        while (text && next_line(*text, line)) {
            if (pattern.found_in(parse_cgroup_path(line))) return true;
        }
        return false;
    }

    void measure(Pid pid, const ProcStat& stat, Process& process, Group& group) {
        GroupGauges& gauges = group.gauges;
        ++gauges.processes;
        gauges.threads += stat.threads;
        gauges.resident_pages += stat.resident_pages;
        gauges.virtual_bytes += stat.virtual_bytes;
        gauges.oldest_start_ticks = std::min(gauges.oldest_start_ticks, stat.start_ticks);
        gauges.count_state(stat.state);
        ProcCounts counts;
        counts.fill(kNotCounted);
        counts[kUserTicks] = stat.user_ticks;
        counts[kSystemTicks] = stat.system_ticks;
        counts[kMinorFaults] = stat.minor_faults;
        counts[kMajorFaults] = stat.major_faults;
        read_io(pid, counts);
        read_status(pid, stat.threads, *group.config, counts, gauges);
        if (group.config->smaps) read_smaps(pid, gauges);
        read_files(pid, gauges);
        group.totals.add(counts, process.counted);
    }

    void read_io(Pid pid, ProcCounts& counts) {
        const auto text = reader_.read(pid, "io");
        if (!text) return;
        if (const auto io = parse_proc_io(*text)) {
            counts[kReadBytes] = io->read_bytes;
            counts[kWriteBytes] = io->write_bytes;
        }
    }

    void read_status(Pid pid, std::uint64_t threads, const ProcessGroup& wanted, ProcCounts& counts,
                     GroupGauges& gauges) {
        const auto text = reader_.read(pid, "status");
        if (!text) return;
        const ProcStatus status = parse_proc_status(*text);
        gauges.swap_bytes += status.swap_bytes;
        if (!wanted.context_switches) return;
        counts[kVoluntary] = status.voluntary;
        counts[kNonvoluntary] = status.nonvoluntary;
        if (threads < 2) return;
        if (const auto all = reader_.context_switches(pid)) {
            std::tie(counts[kVoluntary], counts[kNonvoluntary]) = *all;
        }
    }

    void read_smaps(Pid pid, GroupGauges& gauges) {
        const auto text = reader_.read(pid, "smaps_rollup");
        if (!text) return;
        if (const auto smaps = parse_smaps_rollup(*text)) {
            gauges.smaps_known = true;
            gauges.pss_bytes += smaps->pss_bytes;
            gauges.swap_pss_bytes += smaps->swap_pss_bytes;
        }
    }

    void read_files(Pid pid, GroupGauges& gauges) {
        const auto open = reader_.open_files(pid);
        if (!open) return;
        gauges.open_files_known = true;
        gauges.open_files += *open;
        const auto text = reader_.read(pid, "limits");
        const auto limit = text ? parse_open_files_limit(*text) : std::nullopt;
        if (!limit || !(*limit > 0)) return;
        gauges.worst_ratio = std::max(gauges.worst_ratio, static_cast<double>(*open) / *limit);
    }

    // Series that are absent need their reason, once.
    void tell_what_is_hidden() {
        if (told_) return;
        for (const Group& group : groups_) {
            if (group.gauges.processes == 0 || group.totals.known[kReadBytes]) continue;
            told_ = true;
            net::log_warning("what a process group reads and writes is hidden from the agent",
                             {{"group", group.config->name}, {"needs", "CAP_SYS_PTRACE"}});
            return;
        }
    }

    std::shared_ptr<const ProcessGroupsConfig> config_;
    ProcReader reader_;
    ProcUnits units_;
    std::vector<Group> groups_;
    std::unordered_map<Pid, Process> processes_;
    std::vector<Pid> pids_;
    std::string stat_text_;  // outlives the reads of other files
    std::uint64_t cycle_ = 0;
    Timestamp refreshed_{};
    bool told_ = false;
};

}  // namespace

Result<std::unique_ptr<Target>> create_process_groups(
    const std::shared_ptr<const TargetConfig>& config, const TargetContext& context) {
    auto collector = std::make_unique<ProcessGroups>(
        std::static_pointer_cast<const ProcessGroupsConfig>(config), context);
    return make_pooled(*context.loop, *context.pool, std::move(collector));
}

}  // namespace tocsin::collector
