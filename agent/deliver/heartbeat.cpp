#include "agent/deliver/heartbeat.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/core/strings.h"

namespace tocsin::agent {

namespace json = boost::json;

namespace {

std::int64_t seconds(Duration d) {
    return std::chrono::duration_cast<std::chrono::seconds>(d).count();
}

json::string text(std::string_view s) {
    return json::string(valid_utf8(s));
}

constexpr Duration kLeastInterval = 1s;
constexpr Duration kMostInterval = 10min;

}  // namespace

std::string to_json(const Heartbeat& h) {
    json::object out;
    out["host"] = text(h.host);
    out["boot_id"] = text(h.facts.boot_id);
    out["started_at"] = format_rfc3339(h.started_at);
    out["version"] = text(h.version);
    out["interval_seconds"] = seconds(h.interval);
    json::object labels;
    for (const auto& [name, value] : h.labels) labels[name] = text(value);
    out["labels"] = std::move(labels);
    out["os"] = text(h.facts.os);
    out["kernel"] = text(h.facts.kernel);
    out["cpus"] = h.facts.cpus;
    out["memory_bytes"] = h.facts.memory_bytes;
    json::array addresses;
    for (const std::string& a : h.facts.addresses) addresses.emplace_back(text(a));
    out["addresses"] = std::move(addresses);
    out["rules_hash"] = text(h.rules_hash);
    json::array failing;
    for (const FailingCollector& f : h.failing_collectors) {
        failing.push_back({{"name", text(f.name)}, {"reason", text(f.reason)}});
    }
    out["failing_collectors"] = std::move(failing);
    out["outbox"] = {{"rows", h.outbox.rows},
                     {"bytes", h.outbox.bytes},
                     {"dropped", h.outbox.dropped + h.outbox.refused}};
    out["goodbye"] = h.goodbye;
    return json::serialize(out);
}

Duration asked_interval(std::string_view answer, Duration otherwise) {
    boost::system::error_code error;
    const json::value read = json::parse(json::string_view(answer.data(), answer.size()), error);
    if (error || !read.is_object()) return otherwise;
    const json::value* asked = read.get_object().if_contains("interval");
    if (asked == nullptr || !asked->is_number()) return otherwise;
    const double ms = asked->to_number<double>() * 1000;
    if (!std::isfinite(ms)) return otherwise;
    const auto least = static_cast<double>(kLeastInterval.count());
    const auto most = static_cast<double>(kMostInterval.count());
    return Duration{std::llround(std::clamp(ms, least, most))};
}

}  // namespace tocsin::agent
