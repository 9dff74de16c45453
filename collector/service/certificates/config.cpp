#include "collector/service/certificates/config.h"

#include <array>
#include <optional>
#include <string_view>

namespace tocsin::collector {
namespace {

using text::MapReader;

constexpr Duration kEvery{1min};

struct SchemeRow {
    std::string_view prefix;
    net::StartTls start_tls;
};

constexpr std::array<SchemeRow, 8> kSchemes{{{"https://", net::StartTls::kNone},
                                             {"tls://", net::StartTls::kNone},
                                             {"smtp://", net::StartTls::kSmtp},
                                             {"imap://", net::StartTls::kImap},
                                             {"pop3://", net::StartTls::kPop3},
                                             {"ftp://", net::StartTls::kFtp},
                                             {"postgres://", net::StartTls::kPostgres},
                                             {"ldap://", net::StartTls::kLdap}}};

Result<net::TlsLookRequest> parse_endpoint(std::string_view text) {
    net::TlsLookRequest out;
    std::string_view rest = text;
    for (const SchemeRow& row : kSchemes) {
        if (!text.starts_with(row.prefix)) continue;
        out.start_tls = row.start_tls;
        rest.remove_prefix(row.prefix.size());
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);
    TOCSIN_TRY(out.to, net::parse_host_port(rest));
    return out;
}

void read_files(MapReader& reader, const CertificatesConfig& entry, TargetConfigs& out) {
    auto made = std::make_shared<CertificatesConfig>(entry);
    made->files = reader.strings("files");
    if (made->files.empty()) {
        if (reader.node("files").kind() == text::YamlKind::kSequence) {
            reader.error("files", "names no file");
        }
        return;
    }
    for (const std::string& pattern : made->files) {
        if (!pattern.starts_with('/')) reader.error("files", "must be absolute: " + pattern);
    }
    made->name = made->files.front();
    out.push_back(std::move(made));
}

void read_endpoints(MapReader& reader, const CertificatesConfig& entry, TargetConfigs& out) {
    for (const std::string& text : reader.strings("endpoints")) {
        auto request = parse_endpoint(text);
        if (!request) {
            reader.error("endpoints", request.error().message);
            continue;
        }
        auto made = std::make_shared<CertificatesConfig>(entry);
        made->instance = text;
        made->endpoint.to = request.value().to;
        made->endpoint.start_tls = request.value().start_tls;
        made->endpoint.timeout = made->timeout;
        out.push_back(std::move(made));
    }
}

void read_entry(const text::YamlNode& node, Diagnostics& diagnostics, TargetConfigs& out) {
    MapReader reader(node, "an entry of certificates", diagnostics);
    CertificatesConfig entry;
    entry.every = kEvery;
    read_target(reader, entry, "certificates");
    const bool files = static_cast<bool>(reader.node("files"));
    const bool endpoints = static_cast<bool>(reader.node("endpoints"));
    entry.endpoint.server_name = reader.string("server_name").value_or("");
    entry.endpoint.ca_file = reader.string("ca_file").value_or("");
    entry.endpoint.certificate_file = reader.string("cert_file").value_or("");
    entry.endpoint.key_file = reader.string("key_file").value_or("");
    if (entry.endpoint.certificate_file.empty() != entry.endpoint.key_file.empty()) {
        reader.error(entry.endpoint.key_file.empty() ? "cert_file" : "key_file",
                     "needs both \"cert_file\" and \"key_file\"");
    }
    if (files == endpoints) {
        reader.error(files ? "endpoints" : "files",
                     files ? "cannot stand beside \"files\"; make it an entry of its own"
                           : "is needed, or \"endpoints\"");
    } else if (files) {
        for (const std::string_view key :
             {"server_name", "ca_file", "cert_file", "key_file", "job"}) {
            if (reader.node(key)) reader.error(key, "is of endpoints");
        }
        read_files(reader, entry, out);
    } else {
        read_endpoints(reader, entry, out);
    }
    reader.finish();
}

}  // namespace

TargetConfigs read_certificates(const text::YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(),
                          "\"certificates\" is a list of {files} and {endpoints}");
        return out;
    }
    for (const text::YamlNode& node : section.items()) read_entry(node, diagnostics, out);
    return out;
}

}  // namespace tocsin::collector
