#include "collector/host/softnet.h"

#include <array>
#include <charconv>
#include <string>

#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kProcessed{"node_softnet_processed_total", "Number of processed packets",
                                MetricType::kCounter};
constexpr MetricDesc kDropped{"node_softnet_dropped_total", "Number of dropped packets",
                              MetricType::kCounter};
constexpr MetricDesc kSqueezed{"node_softnet_times_squeezed_total",
                               "Number of times processing packets ran out of quota",
                               MetricType::kCounter};

constexpr std::size_t kFewestColumns = 9;  // Linux 2.6.23

struct Cpu {
    SeriesRef processed;
    SeriesRef dropped;
    SeriesRef squeezed;
};

class Softnet final : public Collector {
  public:
    explicit Softnet(const Context& context)
        : file_(context.paths.procfs + "/net/softnet_stat"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        lines_.clear();
        Result<void> parsed = parse_softnet(text, lines_);
        if (cpus_.size() > lines_.size()) cpus_.resize(lines_.size());
        // The label is the line's number, as in node_exporter: CPUs that are off have no line.
        while (cpus_.size() < lines_.size()) cpus_.push_back(make_cpu(cpus_.size()));
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            out.push_back({cpus_[i].processed, static_cast<double>(lines_[i].processed)});
            out.push_back({cpus_[i].dropped, static_cast<double>(lines_[i].dropped)});
            out.push_back({cpus_[i].squeezed, static_cast<double>(lines_[i].squeezed)});
        }
        return parsed;
    }

  private:
    Cpu make_cpu(std::size_t number) const {
        const Labels labels{{"cpu", std::to_string(number)}};
        return {table_->get(&kProcessed, labels), table_->get(&kDropped, labels),
                table_->get(&kSqueezed, labels)};
    }

    ProcFile file_;
    ReadBuffer buffer_;
    SeriesTable* table_;
    std::vector<SoftnetLine> lines_;
    std::vector<Cpu> cpus_;
};

bool parse_hex(std::string_view text, std::uint32_t& value) {
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, 16);
    return error == std::errc{} && at == end;
}

bool parse_line(std::string_view rest, SoftnetLine& out) {
    std::array<std::uint32_t, kFewestColumns> columns{};
    std::string_view field;
    for (std::uint32_t& column : columns) {
        if (!next_field(rest, field) || !parse_hex(field, column)) return false;
    }
    out = {columns[0], columns[1], columns[2]};
    return true;
}

}  // namespace

Result<void> parse_softnet(std::string_view text, std::vector<SoftnetLine>& out) {
    std::string_view line;
    while (next_line(text, line)) {
        SoftnetLine cpu;
        // Lines are told apart by their number only, so none after a bad one can be trusted.
        if (!parse_line(line, cpu)) {
            return Error(ErrorCode::kInvalid, "net/softnet_stat: \"" + std::string(line) + "\"");
        }
        out.push_back(cpu);
    }
    return success();
}

Result<std::unique_ptr<Collector>> create_softnet(const Context& context) {
    return std::make_unique<Softnet>(context);
}

}  // namespace tocsin::collector
