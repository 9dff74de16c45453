#include "collector/host/sockstat.h"

#include <unistd.h>

#include "collector/api/desc.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kSocketsUsed{"node_sockstat_sockets_used", "Number of IPv4 sockets in use.",
                                  MetricType::kGauge};

bool is_state(std::string_view name) {
    for (const std::string_view known : {"inuse", "orphan", "tw", "alloc", "mem", "memory"}) {
        if (name == known) return true;
    }
    return false;
}

struct File {
    ProcFile file;
    Listing<Listing<SeriesRef>> protocols;
};

class Sockstat final : public Collector {
  public:
    explicit Sockstat(const Context& context)
        : table_(context.series),
          used_(context.series->get(&kSocketsUsed, {})),
          page_size_(static_cast<double>(::sysconf(_SC_PAGESIZE))) {
        for (const char* name : {"/net/sockstat", "/net/sockstat6"}) {
            files_.push_back({ProcFile(context.paths.procfs + name), {}});
        }
    }

    Result<void> collect(Timestamp, Readings& out) override {
        for (File& file : files_) {
            const Result<std::string_view> text = file.file.read(buffer_);
            // A kernel without IPv4 or IPv6 has no such file.
            if (!text && text.error().code == ErrorCode::kNotFound) continue;
            if (!text) return text.error();
            TOCSIN_TRY(const std::size_t count, parse_sockstat(text.value(), lines_));
            file.protocols.begin();
            for (std::size_t i = 0; i < count; ++i) {
                const SockstatLine& line = lines_[i];
                Listing<SeriesRef>& states =
                    file.protocols.at(line.protocol, [] { return Listing<SeriesRef>(); });
                report(line, states, out);
            }
            file.protocols.finish();
        }
        return success();
    }

  private:
    void report(const SockstatLine& line, Listing<SeriesRef>& states, Readings& out) {
        states.begin();
        for (const SockstatItem& item : line.items) {
            const auto value = static_cast<double>(item.value);
            if (line.protocol == "sockets" && item.name == "used") {
                out.push_back({used_, value});
            }
            if (!is_state(item.name)) continue;
            out.push_back({state_series(line.protocol, item.name, states), value});
            // mem counts pages; node_exporter gives it in bytes too.
            if (item.name == "mem") {
                out.push_back(
                    {state_series(line.protocol, "mem_bytes", states), value * page_size_});
            }
        }
        states.finish();
    }

    SeriesRef state_series(std::string_view protocol, std::string_view state,
                           Listing<SeriesRef>& states) {
        return states.at(state, [&] {
            const std::string p(protocol);
            const std::string s(state);
            const MetricDesc* desc =
                dynamic_desc("node_sockstat_" + p + "_" + s,
                             "Number of " + p + " sockets in state " + s + ".", MetricType::kGauge);
            return table_->get(desc, {});
        });
    }

    SeriesTable* table_;
    SeriesRef used_;
    double page_size_;
    std::vector<File> files_;
    ReadBuffer buffer_;
    std::vector<SockstatLine> lines_;
};

bool parse_line(std::string_view line, SockstatLine& out) {
    out.items.clear();
    if (!next_field(line, out.protocol) || !out.protocol.ends_with(':')) return false;
    out.protocol.remove_suffix(1);
    SockstatItem item;
    while (next_field(line, item.name)) {
        std::string_view number;
        next_field(line, number);
        const auto value = to_uint(number);
        // The kernel prints some of these with %d; below zero is a race of its counters.
        if (!value && !to_number(number)) return false;
        item.value = value.value_or(0);
        out.items.push_back(item);
    }
    return true;
}

}  // namespace

Result<std::size_t> parse_sockstat(std::string_view text, std::vector<SockstatLine>& out) {
    std::size_t count = 0;
    std::string_view line;
    while (next_line(text, line)) {
        if (count == out.size()) out.emplace_back();
        if (!parse_line(line, out[count])) {
            return Error(ErrorCode::kInvalid, "sockstat: \"" + std::string(line) + "\"");
        }
        ++count;
    }
    return count;
}

Result<std::unique_ptr<Collector>> create_sockstat(const Context& context) {
    return std::make_unique<Sockstat>(context);
}

}  // namespace tocsin::collector
