// TLS as the probes speak it, and what they report of the peer.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "base/core/result.h"
#include "collector/net/probe_config/config.h"

namespace tocsin::collector::probe {

struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;
using SslContextPtr = std::unique_ptr<SSL_CTX, FreeSsl>;

// Versions, authorities and the client's certificate; errors name the file.
Result<void> configure_tls(SSL_CTX* context, const TlsConfig& config);
// A session for a client that verifies `host` (a name or an address) unless told not to.
Result<SslPtr> client_session(const TlsConfig& config, const std::string& host);
// Why a call on a session failed, in OpenSSL's words; a refused certificate by its reason.
std::string tls_problem(const SSL* ssl);

struct PeerFacts {
    std::string version;                 // "TLS 1.3"
    double earliest_expiry = 0;          // of the certificates that the peer sent, Unix seconds
    std::optional<double> chain_expiry;  // of the chain that was verified
    std::string fingerprint;             // SHA-256 of the leaf, hex
    std::string subject;
    std::string issuer;
    std::string alternative;  // DNS names, separated by commas
};
// Of a session after its handshake.
std::optional<PeerFacts> peer_facts(const SSL* ssl, Switch verified);

// As Go prints a name, which the label values of people's dashboards are: RFC 2253, its parts in an
// order of Go's own.
std::string name_text(const X509_NAME* name);

}  // namespace tocsin::collector::probe
