#include "collector/net/probe/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/core/strings.h"

namespace tocsin::collector::probe {
namespace {

int version_number(TlsVersion version) {
    switch (version) {
        case TlsVersion::kAny:
            return 0;
        case TlsVersion::kTls10:
            return TLS1_VERSION;
        case TlsVersion::kTls11:
            return TLS1_1_VERSION;
        case TlsVersion::kTls12:
            return TLS1_2_VERSION;
        case TlsVersion::kTls13:
            return TLS1_3_VERSION;
    }
    return 0;
}

std::string last_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(code)) return std::system_category().message(ERR_GET_REASON(code));
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason != nullptr ? reason : "unknown reason";
}

Error file_error(const std::string& file) {
    return {ErrorCode::kInvalid, file + ": " + last_error()};
}

double unix_seconds(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    return static_cast<double>(::timegm(&parts));
}

double earliest_expiry(const STACK_OF(X509) * chain) {
    double earliest = 0;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        const double expiry = unix_seconds(X509_get0_notAfter(sk_X509_value(chain, i)));
        if (i == 0 || expiry < earliest) earliest = expiry;
    }
    return earliest;
}

std::string hex(std::span<const unsigned char> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : bytes) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 15U];
    }
    return text;
}

std::string fingerprint(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    return hex({digest.data(), size});
}

std::string alternative_names(const X509* certificate) {
    auto* names = static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    std::string text;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS) continue;
        const ASN1_IA5STRING* dns = name->d.dNSName;
        if (!text.empty()) text += ',';
        text.append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(dns)),
                    static_cast<std::size_t>(ASN1_STRING_length(dns)));
    }
    GENERAL_NAMES_free(names);
    return valid_utf8(text);
}

std::string_view version_text(int version) {
    switch (version) {
        case TLS1_VERSION:
            return "TLS 1.0";
        case TLS1_1_VERSION:
            return "TLS 1.1";
        case TLS1_2_VERSION:
            return "TLS 1.2";
        case TLS1_3_VERSION:
            return "TLS 1.3";
        default:
            return "unknown";
    }
}

std::string utf8(const ASN1_STRING* value) {
    unsigned char* bytes = nullptr;
    const int size = ASN1_STRING_to_UTF8(&bytes, value);
    if (size < 0) return {};
    std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return valid_utf8(text);
}

// RFC 2253, 2.4.
std::string escaped(const std::string& value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const bool special = std::string_view(",+\"\\<>;").find(c) != std::string_view::npos;
        const bool edge = (c == ' ' && (i == 0 || i + 1 == value.size())) || (c == '#' && i == 0);
        if (special || edge) out += '\\';
        out += c;
    }
    return out;
}

// In the order in which Go writes them.
constexpr std::array<std::pair<int, std::string_view>, 9> kParts{
    {{NID_serialNumber, "SERIALNUMBER"},
     {NID_commonName, "CN"},
     {NID_organizationalUnitName, "OU"},
     {NID_organizationName, "O"},
     {NID_postalCode, "POSTALCODE"},
     {NID_streetAddress, "STREET"},
     {NID_localityName, "L"},
     {NID_stateOrProvinceName, "ST"},
     {NID_countryName, "C"}}};

bool has_short_name(const ASN1_OBJECT* object) {
    const int nid = OBJ_obj2nid(object);
    return std::any_of(kParts.begin(), kParts.end(),
                       [&](const auto& part) { return part.first == nid; });
}

bool is_printable(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
    });
}

// "1.2.840.113549.1.9.1=#0c03614062": the number of a type without a short name, and its value in
// DER (RFC 2253, 2.4). Go encodes the text anew, as a PrintableString where it can.
std::string numbered_part(const X509_NAME_ENTRY* entry) {
    std::array<char, 128> number{};
    OBJ_obj2txt(number.data(), number.size(), X509_NAME_ENTRY_get_object(entry), 1);
    const std::string text = utf8(X509_NAME_ENTRY_get_data(entry));
    const int type = is_printable(text) ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
    ASN1_STRING* value = ASN1_STRING_type_new(type);
    ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
    ASN1_TYPE* typed = ASN1_TYPE_new();
    ASN1_TYPE_set(typed, type, value);  // takes the value over
    unsigned char* der = nullptr;
    const int size = i2d_ASN1_TYPE(typed, &der);
    ASN1_TYPE_free(typed);
    std::string out = std::string(number.data()) + "=#";
    if (size > 0) out += hex({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return out;
}

Result<void> authorities(SSL_CTX* context, const std::string& file) {
    if (file.empty()) {
        // A folder by hash: a certificate is read when it is needed.
        if (SSL_CTX_set_default_verify_paths(context) == 1) return success();
        return file_error("the system's authorities");
    }
    X509_STORE* store = X509_STORE_new();
    SSL_CTX_set_cert_store(context, store);
    if (X509_STORE_load_file(store, file.c_str()) == 1) return success();
    return file_error(file);
}

}  // namespace

Result<void> configure_tls(SSL_CTX* context, const TlsConfig& config) {
    ERR_clear_error();
    SSL_CTX_set_min_proto_version(context, version_number(config.min_version));
    SSL_CTX_set_max_proto_version(context, version_number(config.max_version));
    // Who asks for what OpenSSL's default level forbids, asks for it here.
    if (config.min_version < TlsVersion::kTls12) {
        SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0");
    }
    if (config.verify == Switch::kOn) {
        TOCSIN_TRY(authorities(context, config.ca_file));
    }
    if (config.cert_file.empty()) return success();
    if (SSL_CTX_use_certificate_chain_file(context, config.cert_file.c_str()) != 1) {
        return file_error(config.cert_file);
    }
    if (SSL_CTX_use_PrivateKey_file(context, config.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        return file_error(config.key_file);
    }
    return success();
}

Result<SslPtr> client_session(const TlsConfig& config, const std::string& host) {
    const SslContextPtr context(SSL_CTX_new(TLS_client_method()));
    if (!context) return Error(ErrorCode::kInternal, "OpenSSL: " + last_error());
    TOCSIN_TRY(configure_tls(context.get(), config));
    SslPtr ssl(SSL_new(context.get()));
    if (!ssl) return Error(ErrorCode::kInternal, "OpenSSL: " + last_error());
    const std::string& name = config.server_name.empty() ? host : config.server_name;
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    const bool address = ::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
                         ::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
    if (address) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), name.c_str());
    } else {
        // SSL_set_tlsext_host_name() is this, with a cast of C's.
        SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(name.c_str()));
        SSL_set1_host(ssl.get(), name.c_str());
    }
    SSL_set_verify(ssl.get(), config.verify == Switch::kOn ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                   nullptr);
    SSL_set_connect_state(ssl.get());
    return ssl;
}

std::string tls_problem(const SSL* ssl) {
    const long verified = SSL_get_verify_result(ssl);
    if ((SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0 && verified != X509_V_OK) {
        ERR_clear_error();
        return std::string("certificate problem: ") + X509_verify_cert_error_string(verified);
    }
    return last_error();
}

std::optional<PeerFacts> peer_facts(const SSL* ssl, Switch verified) {
    const STACK_OF(X509)* sent = SSL_get_peer_cert_chain(ssl);
    if (sent == nullptr || sk_X509_num(sent) == 0) return std::nullopt;
    const X509* leaf = sk_X509_value(sent, 0);
    PeerFacts facts;
    facts.version = version_text(SSL_version(ssl));
    facts.earliest_expiry = earliest_expiry(sent);
    if (verified == Switch::kOn && SSL_get_verify_result(ssl) == X509_V_OK) {
        if (const STACK_OF(X509)* chain = SSL_get0_verified_chain(ssl); chain != nullptr) {
            facts.chain_expiry = earliest_expiry(chain);
        }
    }
    facts.fingerprint = fingerprint(leaf);
    facts.subject = name_text(X509_get_subject_name(leaf));
    facts.issuer = name_text(X509_get_issuer_name(leaf));
    facts.alternative = alternative_names(leaf);
    return facts;
}

std::string name_text(const X509_NAME* name) {
    std::string out;
    for (const auto& [nid, key] : kParts) {
        std::string part;
        for (int at = -1; (at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0;) {
            const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, at);
            part.append(part.empty() ? "" : "+").append(key).append("=");
            part += escaped(utf8(X509_NAME_ENTRY_get_data(entry)));
        }
        if (!part.empty()) out.append(out.empty() ? "" : ",").append(part);
    }
    for (int i = X509_NAME_entry_count(name) - 1; i >= 0; --i) {
        const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
        if (has_short_name(X509_NAME_ENTRY_get_object(entry))) continue;
        out.append(out.empty() ? "" : ",").append(numbered_part(entry));
    }
    return out;
}

}  // namespace tocsin::collector::probe
