#include "collector/host/interrupts.h"

#include <optional>
#include <string>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kInterrupts{"node_interrupts_total", "Interrupt details.",
                                 MetricType::kCounter};

// The fields of a text, one blank between them.
std::string joined(std::string_view text) {
    std::string out;
    std::string_view field;
    while (next_field(text, field)) {
        if (!out.empty()) out += ' ';
        out += field;
    }
    return out;
}

class InterruptsCollector final : public Collector {
  public:
    explicit InterruptsCollector(const Context& context)
        : file_(context.paths.procfs + "/interrupts"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        found_.lines.clear();
        TOCSIN_TRY(parse_interrupts(text, found_));
        Result<void> result = success();
        lines_.begin();
        for (const InterruptLine& line : found_.lines) {
            Line& kept = lines_.at(line.type, [] { return Line(); });
            // A driver that takes or leaves the line changes its text, and a CPU its columns.
            if (kept.about != line.about || kept.cpus.size() != found_.cpus) remake(line, kept);
            if (!report(line, kept, out) && result) {
                result = Error(ErrorCode::kInvalid, "interrupts: \"" + std::string(line.type) +
                                                        ": " + std::string(line.counts) + "\"");
            }
        }
        lines_.finish();
        return result;
    }

  private:
    struct Line {
        std::string about;
        std::vector<SeriesRef> cpus;
    };

    // node_exporter takes the first word behind a numbered interrupt's counts for its controller,
    // and all words behind another's for its meaning.
    void remake(const InterruptLine& line, Line& kept) const {
        kept.about = line.about;
        kept.cpus.clear();
        std::string info = joined(line.about);
        std::string devices;
        if (parse_int(line.type)) {
            const std::size_t blank = info.find(' ');
            if (blank != std::string::npos) {
                devices = info.substr(blank + 1);
                info.resize(blank);
            }
        }
        // The label is the column's number, as in node_exporter: CPUs that are off have none.
        for (std::size_t cpu = 0; cpu < found_.cpus; ++cpu) {
            kept.cpus.push_back(table_->get(&kInterrupts, {{"cpu", std::to_string(cpu)},
                                                           {"type", valid_utf8(line.type)},
                                                           {"info", valid_utf8(info)},
                                                           {"devices", valid_utf8(devices)}}));
        }
    }

    static bool report(const InterruptLine& line, const Line& kept, Readings& out) {
        std::string_view rest = line.counts;
        std::string_view field;
        const std::size_t before = out.size();
        for (const SeriesRef& series : kept.cpus) {
            const auto value = next_field(rest, field) ? to_number(field) : std::nullopt;
            if (!value) {
                out.resize(before);  // which CPU the others belong to is not known
                return false;
            }
            out.push_back({series, *value});
        }
        return true;
    }

    ProcFile file_;
    ReadBuffer buffer_;
    SeriesTable* table_;
    Interrupts found_;
    Listing<Line> lines_;
};

// Takes as many fields as there are CPUs off `rest`; false when there are fewer.
bool take_counts(std::string_view& rest, std::size_t cpus, std::string_view& counts) {
    const std::string_view all = rest;
    std::string_view field;
    for (std::size_t i = 0; i < cpus; ++i) {
        if (!next_field(rest, field)) return false;
    }
    counts = all.substr(0, all.size() - rest.size());
    return true;
}

}  // namespace

Result<void> parse_interrupts(std::string_view text, Interrupts& out) {
    std::string_view line;
    std::string_view field;
    out.cpus = 0;
    if (next_line(text, line)) {
        while (next_field(line, field)) ++out.cpus;
    }
    if (out.cpus == 0) return Error(ErrorCode::kInvalid, "interrupts: no line of CPUs");
    while (next_line(text, line)) {
        // By the colon: a wide number may stand right behind it.
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        InterruptLine interrupt;
        interrupt.type = trim(line.substr(0, colon));
        std::string_view rest = line.substr(colon + 1);
        if (!take_counts(rest, out.cpus, interrupt.counts)) continue;
        interrupt.about = trim(rest);
        if (!interrupt.about.empty()) out.lines.push_back(interrupt);
    }
    return success();
}

Result<std::unique_ptr<Collector>> create_interrupts(const Context& context) {
    return std::make_unique<InterruptsCollector>(context);
}

}  // namespace tocsin::collector
