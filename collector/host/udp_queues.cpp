#include "collector/host/udp_queues.h"

#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kQueues{"node_udp_queues",
                             "Number of allocated memory in the kernel for UDP datagrams in bytes.",
                             MetricType::kGauge};

struct Source {
    ProcFile file;
    SeriesRef transmit;
    SeriesRef receive;
};

class UdpQueuesCollector final : public Collector {
  public:
    explicit UdpQueuesCollector(const Context& context)
        : sources_{make(context, "udp", "v4"), make(context, "udp6", "v6")} {}

    Result<void> collect(Timestamp, Readings& out) override {
        for (Source& source : sources_) {
            const Result<std::string_view> text = source.file.read(buffer_);
            // A kernel without IPv6 has no udp6.
            if (!text && text.error().code == ErrorCode::kNotFound) continue;
            if (!text) return text.error();
            TOCSIN_TRY(const UdpQueues queues, parse_udp_queues(text.value()));
            out.push_back({source.transmit, static_cast<double>(queues.transmit)});
            out.push_back({source.receive, static_cast<double>(queues.receive)});
        }
        return success();
    }

  private:
    static Source make(const Context& context, const std::string& file, std::string_view ip) {
        SeriesTable& table = *context.series;
        return {ProcFile(context.paths.procfs + "/net/" + file, ProcFile::Lines::kShort),
                table.get(&kQueues, {{"queue", "tx"}, {"ip", ip}}),
                table.get(&kQueues, {{"queue", "rx"}, {"ip", ip}})};
    }

    std::array<Source, 2> sources_;
    ReadBuffer buffer_;
};

std::optional<std::uint64_t> to_hex(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, 16);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

}  // namespace

// proc(5), /proc/net/udp: sl local_address rem_address st tx_queue:rx_queue …, in hexadecimal.
Result<UdpQueues> parse_udp_queues(std::string_view text) {
    UdpQueues sum;
    std::string_view line;
    next_line(text, line);  // the headings
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view queues;
        for (int i = 0; i < 5; ++i) next_field(rest, queues);
        const std::size_t colon = queues.find(':');
        const bool found = colon != std::string_view::npos;
        const auto transmit = to_hex(queues.substr(0, found ? colon : 0));
        const auto receive = to_hex(found ? queues.substr(colon + 1) : std::string_view());
        if (!transmit || !receive) {
            return Error(ErrorCode::kInvalid, "net/udp: \"" + std::string(line) + "\"");
        }
        sum.transmit += *transmit;
        sum.receive += *receive;
    }
    return sum;
}

Result<std::unique_ptr<Collector>> create_udp_queues(const Context& context) {
    return std::make_unique<UdpQueuesCollector>(context);
}

}  // namespace tocsin::collector
