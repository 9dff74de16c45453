#include "bridge/ingest/host_report.h"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "bridge/ingest/json_object.h"

namespace tocsin::bridge {
namespace {

// An interval outside of these is a mistake that would make a host dead at once, or never.
constexpr std::int64_t kLeastIntervalSeconds = 0;  // less than a second
constexpr std::int64_t kMostIntervalSeconds = 3600;

void read_times(JsonObject& body, HostReport& out) {
    out.started_at = body.time("started_at");
    if (const auto seconds = body.integer("interval_seconds")) {
        if (*seconds < kLeastIntervalSeconds || *seconds > kMostIntervalSeconds) {
            body.fail("interval_seconds", "must be between 0 and 3600");
        } else {
            out.interval = std::chrono::seconds(*seconds);
        }
    }
    out.goodbye = body.boolean("goodbye").value_or(false);
}

void read_inventory(JsonObject& body, HostReport& out) {
    out.version = body.string("version", 256).value_or("");
    out.labels = body.string_map("labels");
    out.os = body.string("os", 1024).value_or("");
    out.kernel = body.string("kernel", 1024).value_or("");
    out.cpus = body.integer("cpus").value_or(0);
    out.memory_bytes = body.integer("memory_bytes").value_or(0);
    out.addresses = body.strings("addresses");
    out.rules_hash = body.string("rules_hash", 256).value_or("");
    for (JsonObject& item : body.objects("failing_collectors")) {
        item.require("name");
        out.failing_collectors.push_back(
            {item.string("name", 256).value_or(""), item.string("reason", 4096).value_or("")});
    }
    JsonObject outbox = body.object("outbox");
    out.outbox_rows = outbox.integer("rows").value_or(0);
    out.outbox_bytes = outbox.integer("bytes").value_or(0);
    out.outbox_dropped = outbox.integer("dropped").value_or(0);
}

}  // namespace

Result<HostReport> parse_host_report(std::string_view json) {
    TOCSIN_TRY(JsonObject body, JsonObject::parse(json));
    HostReport out;
    body.require("host");
    out.host = body.string("host", 1024).value_or("");
    if (out.host.empty()) body.fail("host", "must not be empty");
    out.boot_id = body.string("boot_id", 256).value_or("");
    read_times(body, out);
    read_inventory(body, out);
    TOCSIN_TRY(body.check());
    return out;
}

std::string inventory_json(const HostReport& report) {
    namespace json = boost::json;
    json::object out;
    out["host"] = report.host;
    out["boot_id"] = report.boot_id;
    if (report.started_at) out["started_at"] = format_rfc3339(*report.started_at);
    out["version"] = report.version;
    out["interval_seconds"] =
        std::chrono::duration_cast<std::chrono::seconds>(report.interval).count();
    json::object labels;
    for (const auto& [name, value] : report.labels) labels[name] = value;
    out["labels"] = std::move(labels);
    out["os"] = report.os;
    out["kernel"] = report.kernel;
    out["cpus"] = report.cpus;
    out["memory_bytes"] = report.memory_bytes;
    out["addresses"] = json::array(report.addresses.begin(), report.addresses.end());
    out["rules_hash"] = report.rules_hash;
    json::array failing;
    for (const FailingCollector& item : report.failing_collectors) {
        failing.push_back({{"name", item.name}, {"reason", item.reason}});
    }
    out["failing_collectors"] = std::move(failing);
    out["outbox"] = {{"rows", report.outbox_rows},
                     {"bytes", report.outbox_bytes},
                     {"dropped", report.outbox_dropped}};
    return json::serialize(out);
}

}  // namespace tocsin::bridge
