// A look at who answers under TLS: the certificates that it shows, whether they would be trusted,
// and nothing else is said to it. One that is expired or a stranger's is looked at all the same.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/net/http.h"
#include "base/net/loop.h"

namespace tocsin::net {

// What is said in the clear until TLS begins (RFC 3207, RFC 2595, RFC 4217, RFC 4511, PostgreSQL's
// SSLRequest).
enum class StartTls { kNone, kSmtp, kImap, kPop3, kFtp, kPostgres, kLdap };

struct TlsLookRequest {
    HostPort to;
    StartTls start_tls = StartTls::kNone;
    std::string server_name;       // who it must be, and what it is asked for; "": the host of `to`
    std::string ca_file;           // PEM; "": the system's store
    std::string certificate_file;  // PEM, of our own, with key_file: for who asks for one
    std::string key_file;          // refused when others can read it
    Duration timeout{10s};         // for all of it
};

struct TlsLook {
    std::vector<std::string> chain;  // DER, the peer's own first
    std::string problem;             // why it would not be trusted; "" when it would
    std::string version;             // "TLSv1.3"
    // Why the handshake did not come to its end after the chain was shown: the peer wanted to know
    // who we are, for example. "" when it did.
    std::string broken_off;
};

// Destroying it ends the look without a call.
class TlsLooking {
  public:
    virtual ~TlsLooking() = default;
};

// `done` exactly once, on the loop, never inside the call. Errors are kTimeout, kUnavailable (not
// reached, no TLS there) and kInvalid (the CA's file).
[[nodiscard]] std::unique_ptr<TlsLooking> look_at_tls(Loop& loop, TlsLookRequest request,
                                                      std::function<void(Result<TlsLook>)> done);

}  // namespace tocsin::net
