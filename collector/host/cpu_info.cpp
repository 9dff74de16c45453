#include "collector/host/cpu_info.h"

#include <algorithm>
#include <array>

#include "base/core/strings.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kInfo{"node_cpu_info", "CPU information from /proc/cpuinfo.",
                           MetricType::kGauge};
constexpr MetricDesc kFlag{
    "node_cpu_flag_info",
    "The `flags` field of CPU information from /proc/cpuinfo taken from the first core.",
    MetricType::kGauge};
constexpr MetricDesc kBug{
    "node_cpu_bug_info",
    "The `bugs` field of CPU information from /proc/cpuinfo taken from the first core.",
    MetricType::kGauge};

struct Field {
    std::string_view key;
    std::string_view CpuInfo::*field;
};
// x86, and what Arm calls its flags.
constexpr std::array<Field, 13> kFields{{{"vendor_id", &CpuInfo::vendor},
                                         {"vendor", &CpuInfo::vendor},
                                         {"cpu family", &CpuInfo::family},
                                         {"model", &CpuInfo::model},
                                         {"model name", &CpuInfo::model_name},
                                         {"stepping", &CpuInfo::stepping},
                                         {"microcode", &CpuInfo::microcode},
                                         {"cache size", &CpuInfo::cache_size},
                                         {"physical id", &CpuInfo::package},
                                         {"core id", &CpuInfo::core},
                                         {"flags", &CpuInfo::flags},
                                         {"Features", &CpuInfo::flags},
                                         {"bugs", &CpuInfo::bugs}}};

Labels labels_of(const CpuInfo& info) {
    LabelsBuilder labels;
    const auto set = [&](std::string_view name, std::string_view value) {
        labels.set(name, valid_utf8(value));
    };
    set("package", info.package);
    set("core", info.core);
    set("cpu", info.cpu);
    set("vendor", info.vendor);
    set("family", info.family);
    set("model", info.model);
    set("model_name", info.model_name);
    set("microcode", info.microcode);
    set("stepping", info.stepping);
    set("cachesize", info.cache_size);
    return labels.build();
}

}  // namespace

std::vector<CpuInfo> parse_cpuinfo(std::string_view text) {
    std::vector<CpuInfo> cpus;
    std::string_view line;
    while (next_line(text, line)) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view key = trim(line.substr(0, colon));
        std::string_view value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (key == "processor" && to_uint(value)) {
            cpus.emplace_back().cpu = value;
            continue;
        }
        if (cpus.empty()) continue;
        for (const Field& field : kFields) {
            if (field.key == key) cpus.back().*field.field = value;
        }
    }
    return cpus;
}

CpuInfoSource::CpuInfoSource(const Context& context)
    : path_(context.paths.procfs + "/cpuinfo"), table_(context.series) {}

Result<CpuInfoSource> CpuInfoSource::create(const Context& context) {
    CpuInfoSource source(context);
    const Settings& settings = context.settings;
    TOCSIN_TRY(source.wanted_, flag_setting(settings, "info", "false"));
    TOCSIN_TRY(source.flags_, pattern_setting(settings, "info_flags_include", ""));
    TOCSIN_TRY(source.bugs_, pattern_setting(settings, "info_bugs_include", ""));
    // Who chooses flags or bugs wants to see them.
    for (const std::string_view key : {"info_flags_include", "info_bugs_include"}) {
        TOCSIN_TRY(const std::string text, text_setting(settings, key, ""));
        source.wanted_ = source.wanted_ || !text.empty();
    }
    return source;
}

Result<void> CpuInfoSource::collect(std::size_t cpus, Readings& out) {
    if (!wanted_) return success();
    if (cpus_ != cpus) {
        TOCSIN_TRY(load());
        cpus_ = cpus;
    }
    for (const SeriesRef& series : series_) out.push_back({series, 1});
    return success();
}

Result<void> CpuInfoSource::load() {
    ProcFile file(path_);
    ReadBuffer buffer;
    series_.clear();
    cpus_ = 0;
    TOCSIN_TRY(const std::string_view text, file.read(buffer));
    const std::vector<CpuInfo> cpus = parse_cpuinfo(text);
    if (cpus.empty()) return Error(ErrorCode::kInvalid, "cpuinfo: no processor");
    for (const CpuInfo& cpu : cpus) series_.push_back(table_->get(&kInfo, labels_of(cpu)));
    add_words(kFlag, "flag", cpus.front().flags, flags_);
    add_words(kBug, "bug", cpus.front().bugs, bugs_);
    // A word or a processor that is printed twice is reported once.
    const auto by_id = [](const SeriesRef& a, const SeriesRef& b) { return a.id() < b.id(); };
    std::sort(series_.begin(), series_.end(), by_id);
    series_.erase(std::unique(series_.begin(), series_.end()), series_.end());
    return success();
}

void CpuInfoSource::add_words(const MetricDesc& desc, std::string_view label,
                              std::string_view words, const Pattern& wanted) {
    std::string_view word;
    while (next_field(words, word)) {
        if (!wanted.found_in(word)) continue;
        series_.push_back(table_->get(&desc, {{label, valid_utf8(word)}}));
    }
}

}  // namespace tocsin::collector
