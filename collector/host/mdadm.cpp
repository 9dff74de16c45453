#include "collector/host/mdadm.h"

#include <array>
#include <optional>
#include <string>

#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricDesc kState{"node_md_state", "Indicates the state of md-device.", kGauge};
constexpr MetricDesc kDisks{"node_md_disks", "Number of active/failed/spare disks of device.",
                            kGauge};
constexpr MetricDesc kRequired{"node_md_disks_required", "Total number of disks of device.",
                               kGauge};
constexpr MetricDesc kBlocks{"node_md_blocks", "Total number of blocks on device.", kGauge};
constexpr MetricDesc kSynced{"node_md_blocks_synced", "Number of blocks synced on device.", kGauge};

// In the order of MdState.
constexpr std::array<std::string_view, 5> kStates{"active", "inactive", "recovering", "resync",
                                                  "check"};

struct Array {
    std::array<SeriesRef, kStates.size()> states;
    SeriesRef active;
    SeriesRef failed;
    SeriesRef spare;
    SeriesRef required;
    SeriesRef blocks;
    SeriesRef synced;
};

class Mdadm final : public Collector {
  public:
    explicit Mdadm(const Context& context)
        : file_(context.paths.procfs + "/mdstat"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const Result<std::string_view> text = file_.read(buffer_);
        // A kernel without the md driver has none to give.
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        found_.clear();
        Result<void> parsed = parse_mdstat(text.value(), found_);
        arrays_.begin();
        for (const MdArray& array : found_) {
            report(array, arrays_.at(array.device, [&] { return make_array(array.device); }), out);
        }
        arrays_.finish();
        return parsed;
    }

  private:
    Array make_array(std::string_view name) const {
        const std::string device = valid_utf8(name);
        Array array;
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            array.states[i] = table_->get(&kState, {{"device", device}, {"state", kStates[i]}});
        }
        const auto disks = [&](std::string_view state) {
            return table_->get(&kDisks, {{"device", device}, {"state", state}});
        };
        array.active = disks("active");
        array.failed = disks("failed");
        array.spare = disks("spare");
        const Labels labels{{"device", device}};
        array.required = table_->get(&kRequired, labels);
        array.blocks = table_->get(&kBlocks, labels);
        array.synced = table_->get(&kSynced, labels);
        return array;
    }

    static void report(const MdArray& found, const Array& array, Readings& out) {
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            const bool is = i == static_cast<std::size_t>(found.state);
            out.push_back({array.states[i], is ? 1.0 : 0.0});
        }
        out.push_back({array.active, static_cast<double>(found.disks_active)});
        out.push_back({array.failed, static_cast<double>(found.disks_failed)});
        out.push_back({array.spare, static_cast<double>(found.disks_spare)});
        out.push_back({array.required, static_cast<double>(found.disks_required)});
        out.push_back({array.blocks, static_cast<double>(found.blocks)});
        out.push_back({array.synced, static_cast<double>(found.blocks_synced)});
    }

    ProcFile file_;
    ReadBuffer buffer_;
    SeriesTable* table_;
    std::vector<MdArray> found_;
    Listing<Array> arrays_;
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::uint64_t count(std::string_view text, std::string_view part) {
    std::uint64_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size())) {
        ++found;
    }
    return found;
}

// The two numbers of the last "<open>N/M<close>" in a line.
struct Fraction {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
};
std::optional<Fraction> last_fraction(std::string_view line, char open, char close) {
    std::size_t begin = line.rfind(open);
    for (; begin != std::string_view::npos; begin = line.rfind(open, begin - 1)) {
        const std::string_view rest = line.substr(begin + 1);
        const std::string_view inside = rest.substr(0, rest.find(close));
        const std::size_t slash = inside.find('/');
        if (slash != std::string_view::npos) {
            const auto first = to_uint(inside.substr(0, slash));
            const auto second = to_uint(inside.substr(slash + 1));
            if (first && second) return Fraction{*first, *second};
        }
        if (begin == 0) break;
    }
    return std::nullopt;
}

// "md0 : active raid1 sdb1[1] sda1[0](F)" and the line after it,
// "      248896 blocks super 1.2 [2/1] [_U]".
bool parse_array(std::string_view line, std::string_view status, MdArray& out) {
    std::string_view rest = line;
    std::string_view colon;
    std::string_view state;
    if (!next_field(rest, out.device) || !next_field(rest, colon) || !next_field(rest, state)) {
        return false;
    }
    out.state = state == "inactive" ? MdState::kInactive : MdState::kActive;
    out.disks_failed = count(line, "(F)");
    out.disks_spare = count(line, "(S)");
    std::string_view numbers = status;
    if (!next_uint(numbers, out.blocks)) return false;
    out.blocks_synced = out.blocks;
    // These lose the whole array with a disk, so the kernel prints no count of those that work.
    if (contains(line, "raid0") || contains(line, "linear")) {
        out.disks_active = out.disks_required = count(line, "[");
        return true;
    }
    if (out.state == MdState::kInactive) return true;
    const std::optional<Fraction> disks = last_fraction(status, '[', ']');
    if (!disks) return false;
    out.disks_required = disks->first;
    out.disks_active = disks->second;
    return true;
}

// "[=>....]  recovery = 8.5% (16775552/195310144) finish=17.0min …", or "resync=DELAYED".
bool parse_progress(std::string_view line, MdArray& out) {
    if (contains(line, "recovery")) {
        out.state = MdState::kRecovering;
    } else if (contains(line, "check")) {
        out.state = MdState::kCheck;
    } else if (contains(line, "resync")) {
        out.state = MdState::kResync;
    } else {
        return true;
    }
    if (contains(line, "PENDING") || contains(line, "DELAYED")) {
        out.blocks_synced = 0;
        return true;
    }
    const std::optional<Fraction> blocks = last_fraction(line, '(', ')');
    if (!blocks) return false;
    out.blocks_synced = blocks->first;
    return true;
}

// Takes the next line if it belongs to the array: such lines are indented.
bool next_detail(std::string_view& text, std::string_view& line) {
    return !text.empty() && is_blank(text.front()) && next_line(text, line);
}

}  // namespace

Result<void> parse_mdstat(std::string_view text, std::vector<MdArray>& out) {
    Result<void> result = success();
    std::string_view line;
    while (next_line(text, line)) {
        const bool heading = line.starts_with("Personalities") || line.starts_with("unused");
        if (trim(line).empty() || is_blank(line.front()) || heading) continue;
        MdArray array;
        std::string_view status;
        std::string_view detail;
        bool good = next_detail(text, status) && parse_array(line, status, array);
        while (good && next_detail(text, detail)) good = parse_progress(detail, array);
        if (good) {
            out.push_back(array);
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "mdstat: \"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_mdadm(const Context& context) {
    return std::make_unique<Mdadm>(context);
}

}  // namespace tocsin::collector
