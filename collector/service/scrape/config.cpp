#include "collector/service/scrape/config.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "base/core/strings.h"
#include "collector/service/scrape/relabel_config.h"

namespace tocsin::collector {
namespace {

using text::MapReader;

// What the scrape itself says; another value would break it.
constexpr std::array<std::string_view, 5> kOwnHeaders{"accept", "accept-encoding", "authorization",
                                                      "host", "content-length"};

void read_labels(MapReader& reader, ScrapeConfig& into) {
    LabelsBuilder labels;
    for (const auto& [name, value] : reader.string_map("labels")) {
        if (name == "job" || name == "instance") {
            reader.error("labels", "the label " + name + " is a key of its own beside \"labels\"");
        } else if (!is_label_name(name)) {
            reader.error("labels", "\"" + name + "\" is no label's name");
        }
        labels.set(name, value);
    }
    into.labels = labels.build();
}

void read_allowed(MapReader& reader, ScrapeConfig& into) {
    for (const std::string& pattern : reader.strings("allow")) {
        auto regex = Regex::compile(pattern);
        if (regex) {
            into.allowed.push_back(std::move(regex).value());
        } else {
            reader.error("allow", regex.error().message);
        }
    }
}

void read_limits(MapReader& reader, ScrapeConfig& into) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (const auto limit = reader.integer("sample_limit", 0, kMost)) {
        into.sample_limit = static_cast<std::size_t>(*limit);
    }
    if (const auto limit = reader.bytes("body_size_limit")) {
        if (limit->count == 0) reader.error("body_size_limit", "must be more than nothing");
        into.client.body_bytes = limit->count;
    }
}

void read_authorization(MapReader& reader, Diagnostics& diagnostics, ScrapeConfig& into) {
    if (const text::YamlNode node = reader.node("basic_auth")) {
        MapReader basic(node, "\"basic_auth\"", diagnostics);
        basic.require("username");
        basic.require("password_file");
        into.username = basic.string("username").value_or("");
        into.password_file = basic.string("password_file").value_or("");
        basic.finish();
    }
    into.token_file = reader.string("token_file").value_or("");
    if (reader.node("basic_auth") && reader.node("token_file")) {
        reader.error("token_file", "cannot stand beside \"basic_auth\"");
    }
    into.headers = reader.string_map("headers");
    for (const auto& header : into.headers) {
        const std::string& name = header.first;
        const bool own = std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(),
                                     [&](std::string_view taken) { return iequals(taken, name); });
        if (own) reader.error("headers", "\"" + name + "\" is the scrape's own");
    }
}

void read_tls(MapReader& reader, Diagnostics& diagnostics, ScrapeConfig& into) {
    const text::YamlNode node = reader.node("tls");
    if (!node) return;
    MapReader tls(node, "\"tls\"", diagnostics);
    into.client.ca_file = tls.string("ca_file").value_or("");
    into.client.certificate_file = tls.string("cert_file").value_or("");
    into.client.key_file = tls.string("key_file").value_or("");
    into.client.server_name = tls.string("server_name").value_or("");
    const bool skip = tls.boolean("insecure_skip_verify").value_or(false);
    into.client.peer = skip ? net::PeerCheck::kUnverified : net::PeerCheck::kVerified;
    if (into.client.certificate_file.empty() != into.client.key_file.empty()) {
        tls.error(into.client.key_file.empty() ? "cert_file" : "key_file",
                  "needs its other half: cert_file and key_file");
    }
    tls.finish();
}

std::string instance_of(const net::Url& url) {
    const bool v6 = url.host.find(':') != std::string::npos;
    return (v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

std::vector<std::string> read_urls(MapReader& reader) {
    const bool one = static_cast<bool>(reader.node("url"));
    const bool many = static_cast<bool>(reader.node("urls"));
    if (one == many) {
        reader.error(one ? "urls" : "url", "is needed, or a list of them as \"urls\"");
        return {};
    }
    if (one) return {reader.string("url").value_or("")};
    return reader.strings("urls");
}

void read_entry(const text::YamlNode& node, Diagnostics& diagnostics, TargetConfigs& out) {
    MapReader reader(node, "a target of scrape", diagnostics);
    ScrapeConfig entry;
    reader.require("job");
    read_target(reader, entry, "");
    const std::string instance = reader.string("instance").value_or("");
    const std::vector<std::string> urls = read_urls(reader);
    if (!instance.empty() && urls.size() > 1) {
        reader.error("instance", "is of one URL; leave it out, or give each an entry of its own");
    }
    const auto honor = [&](std::string_view key, bool usual) {
        return reader.boolean(key).value_or(usual);
    };
    if (honor("honor_labels", false)) entry.conflict = LabelConflict::kPageWins;
    if (!honor("honor_timestamps", true)) entry.times = PageTimes::kIgnored;
    read_limits(reader, entry);
    read_labels(reader, entry);
    read_allowed(reader, entry);
    entry.relabel = read_relabel(reader.node("metric_relabel_configs"), diagnostics);
    read_authorization(reader, diagnostics, entry);
    read_tls(reader, diagnostics, entry);
    reader.finish();
    for (const std::string& text : urls) {
        const auto url = net::parse_url(text);
        if (!url) {
            reader.error(reader.node("urls") ? "urls" : "url", url.error().message);
            continue;
        }
        auto made = std::make_shared<ScrapeConfig>(entry);
        made->url = text;
        made->instance = instance.empty() ? instance_of(url.value()) : instance;
        made->name = text;
        out.push_back(std::move(made));
    }
}

}  // namespace

TargetConfigs read_scrape(const text::YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(), "\"scrape\" is a list of {job, url}");
        return out;
    }
    for (const text::YamlNode& node : section.items()) read_entry(node, diagnostics, out);
    return out;
}

}  // namespace tocsin::collector
