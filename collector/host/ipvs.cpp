#include "collector/host/ipvs.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "base/core/strings.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"
#include "collector/host/ipvs_address.h"

namespace tocsin::collector {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;
constexpr std::array<MetricDesc, 5> kTotals{{
    {"node_ipvs_connections_total", "The total number of connections made.", kCounter},
    {"node_ipvs_incoming_packets_total", "The total number of incoming packets.", kCounter},
    {"node_ipvs_outgoing_packets_total", "The total number of outgoing packets.", kCounter},
    {"node_ipvs_incoming_bytes_total", "The total amount of incoming data.", kCounter},
    {"node_ipvs_outgoing_bytes_total", "The total amount of outgoing data.", kCounter},
}};
constexpr MetricDesc kActive{"node_ipvs_backend_connections_active",
                             "The current active connections by local and remote address.", kGauge};
constexpr MetricDesc kInactive{"node_ipvs_backend_connections_inactive",
                               "The current inactive connections by local and remote address.",
                               kGauge};
constexpr MetricDesc kWeight{"node_ipvs_backend_weight",
                             "The current backend weight by local and remote address.", kGauge};

constexpr std::array<std::string_view, 6> kLabels{"local_address", "local_port", "remote_address",
                                                  "remote_port",   "proto",      "local_mark"};
enum Choice { kLocalAddress, kLocalPort, kRemoteAddress, kRemotePort, kProto, kLocalMark };
using Chosen = std::array<bool, kLabels.size()>;

// All backends whose chosen labels are the same.
struct Group {
    SeriesRef active_series;
    SeriesRef inactive_series;
    SeriesRef weight_series;
    std::uint64_t active = 0;
    std::uint64_t inactive = 0;
    std::uint64_t weight = 0;
    bool seen = false;  // in this cycle
};

class Ipvs final : public Collector {
  public:
    Ipvs(const Context& context, Chosen chosen)
        : stats_(context.paths.procfs + "/net/ip_vs_stats"),
          services_(context.paths.procfs + "/net/ip_vs"),
          chosen_(chosen),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const Result<std::string_view> text = stats_.read(buffer_);
        // The module is loaded when the first service is made.
        if (!text && text.error().code == ErrorCode::kNotFound) {
            groups_.clear();
            return success();
        }
        if (!text) return text.error();
        TOCSIN_TRY(const IpvsTotals totals, parse_ipvs_stats(text.value()));
        for (std::size_t i = 0; i < totals.size(); ++i) {
            if (!totals_[i]) totals_[i] = table_->get(&kTotals[i], {});
            out.push_back({totals_[i], static_cast<double>(totals[i])});
        }
        TOCSIN_TRY(const std::string_view services, services_.read(buffer_));
        backends_.clear();
        Result<void> result = parse_ipvs_backends(services, backends_);
        for (auto& [key, group] : groups_) group.seen = false;
        for (const IpvsBackend& backend : backends_) {
            Result<void> one = add(backend);
            if (!one && result) result = std::move(one);
        }
        report(out);
        return result;
    }

  private:
    Result<void> add(const IpvsBackend& backend) {
        make_key(backend);
        auto found = groups_.find(key_);
        if (found == groups_.end()) {
            TOCSIN_TRY(Group group, make_group(backend));
            found = groups_.emplace(key_, std::move(group)).first;
        }
        Group& group = found->second;
        if (!group.seen) group.active = group.inactive = group.weight = 0;
        group.seen = true;
        group.active += backend.active;
        group.inactive += backend.inactive;
        group.weight += backend.weight;
        return success();
    }

    // What tells this backend's labels from others', in the kernel's own spelling.
    void make_key(const IpvsBackend& backend) {
        const auto part = [&](Choice choice, std::string_view text) {
            if (chosen_[choice]) key_ += text;
            key_ += ' ';
        };
        const auto split = [](std::string_view endpoint) {
            return std::min(endpoint.rfind(':'), endpoint.size());
        };
        key_.clear();
        part(kLocalAddress, backend.local.substr(0, split(backend.local)));
        part(kLocalPort, backend.local.substr(split(backend.local)));
        part(kRemoteAddress, backend.remote.substr(0, split(backend.remote)));
        part(kRemotePort, backend.remote.substr(split(backend.remote)));
        part(kProto, backend.proto);
        part(kLocalMark, backend.mark);
    }

    Result<Group> make_group(const IpvsBackend& backend) const {
        IpvsEndpoint local;  // of a mark: no address and port 0, as in node_exporter
        if (!backend.local.empty()) {
            TOCSIN_TRY(local, parse_ipvs_endpoint(backend.local));
        }
        TOCSIN_TRY(const IpvsEndpoint remote, parse_ipvs_endpoint(backend.remote));
        const std::array<std::string, kLabels.size()> values{local.address,
                                                             std::to_string(local.port),
                                                             remote.address,
                                                             std::to_string(remote.port),
                                                             valid_utf8(backend.proto),
                                                             valid_utf8(backend.mark)};
        LabelsBuilder builder;
        for (std::size_t i = 0; i < kLabels.size(); ++i) {
            if (chosen_[i]) builder.set(kLabels[i], values[i]);
        }
        const Labels labels = builder.build();
        Group group;
        group.active_series = table_->get(&kActive, labels);
        group.inactive_series = table_->get(&kInactive, labels);
        group.weight_series = table_->get(&kWeight, labels);
        return group;
    }

    void report(Readings& out) {
        std::erase_if(groups_, [](const auto& item) { return !item.second.seen; });
        for (const auto& [key, group] : groups_) {
            out.push_back({group.active_series, static_cast<double>(group.active)});
            out.push_back({group.inactive_series, static_cast<double>(group.inactive)});
            out.push_back({group.weight_series, static_cast<double>(group.weight)});
        }
    }

    ProcFile stats_;
    ProcFile services_;
    Chosen chosen_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::array<SeriesRef, kTotals.size()> totals_;
    std::vector<IpvsBackend> backends_;
    std::map<std::string, Group> groups_;
    std::string key_;
};

std::optional<std::uint64_t> to_hex(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, 16);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

// "  -> C0A85216:0CEA      Tunnel  100    248        2"
bool parse_server(std::string_view rest, IpvsBackend& backend) {
    std::string_view method;
    return next_field(rest, backend.remote) && next_field(rest, method) &&
           next_uint(rest, backend.weight) && next_uint(rest, backend.active) &&
           next_uint(rest, backend.inactive);
}

Result<Chosen> choose_labels(const Settings& settings) {
    TOCSIN_TRY(const std::string text, text_setting(settings, "backend_labels", kIpvsLabels));
    Chosen chosen{};
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::string_view name = trim(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        if (name.empty()) continue;
        const auto* found = std::find(kLabels.begin(), kLabels.end(), name);
        if (found == kLabels.end()) {
            return Error(ErrorCode::kInvalid, "backend_labels: no label \"" + std::string(name) +
                                                  "\"; there are " + std::string(kIpvsLabels));
        }
        chosen[static_cast<std::size_t>(found - kLabels.begin())] = true;
    }
    return chosen;
}

}  // namespace

Result<IpvsTotals> parse_ipvs_stats(std::string_view text) {
    std::string_view line;
    for (int i = 0; i < 3; ++i) {  // two lines of headings
        if (!next_line(text, line)) return Error(ErrorCode::kInvalid, "net/ip_vs_stats: too short");
    }
    IpvsTotals totals{};
    std::string_view rest = line;
    std::string_view field;
    for (std::uint64_t& total : totals) {
        const auto value = next_field(rest, field) ? to_hex(field) : std::nullopt;
        if (!value) {
            return Error(ErrorCode::kInvalid, "net/ip_vs_stats: \"" + std::string(line) + "\"");
        }
        total = *value;
    }
    return totals;
}

Result<void> parse_ipvs_backends(std::string_view text, std::vector<IpvsBackend>& out) {
    Result<void> result = success();
    IpvsBackend backend;
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view first;
        std::string_view second;
        // Headings: "IP Virtual Server version …", "Prot LocalAddress:Port …", "->
        // RemoteAddress:…".
        if (!next_field(rest, first) || first == "IP" || first == "Prot") continue;
        if (first == "->") {
            if (rest.find("RemoteAddress:Port") != std::string_view::npos) continue;
            if (parse_server(rest, backend)) {
                out.push_back(backend);
            } else if (result) {
                result = Error(ErrorCode::kInvalid, "net/ip_vs: \"" + std::string(line) + "\"");
            }
            continue;
        }
        next_field(rest, second);
        backend.proto = first;
        backend.local = first == "FWM" ? std::string_view() : second;
        backend.mark = first == "FWM" ? second : std::string_view();
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_ipvs(const Context& context) {
    TOCSIN_TRY(const Chosen chosen, choose_labels(context.settings));
    return std::make_unique<Ipvs>(context, chosen);
}

}  // namespace tocsin::collector
