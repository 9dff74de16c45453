#include "collector/db/postgres/endpoint.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <utility>

#include "base/net/file.h"

namespace tocsin::collector {
namespace {

// Where Debian's server listens, and what its libpq takes by default. Said aloud, because without
// it libpq would ask $PGHOST, which may be a name.
constexpr std::string_view kLocal = "/var/run/postgresql";

struct Addresses {
    std::string hosts;
    std::string addresses;
    std::string ports;

    void add(const std::string& host, const std::string& address, const std::string& port) {
        const std::string_view comma = std::exchange(several, true) ? "," : "";
        hosts.append(comma).append(host);
        addresses.append(comma).append(address);
        ports.append(comma).append(port);
    }
    bool several = false;
};

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

// All addresses of a name, in the resolver's order; each becomes an attempt of libpq's.
Result<void> add_name(const std::string& host, const std::string& port, Addresses& out) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
    if (failed != 0) {
        return Error(ErrorCode::kUnavailable,
                     "the host " + host + " has no address: " + ::gai_strerror(failed));
    }
    for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0,
                          NI_NUMERICHOST) == 0) {
            out.add(host, text.data(), port);
        }
    }
    return success();
}

bool needs_no_name_service(const std::string& host) {
    in_addr four{};
    in6_addr six{};
    return host.empty() || host.front() == '/' || host.front() == '@' ||
           ::inet_pton(AF_INET, host.c_str(), &four) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), &six) == 1;
}

Result<void> resolve(ConnInfo& info) {
    if (!info.get("hostaddr").empty()) return success();
    if (info.get("host").empty()) info.set("host", kLocal);
    const std::vector<std::string> hosts = split_list(info.get("host"));
    std::vector<std::string> ports = split_list(info.get("port"));
    ports.resize(hosts.size(), ports.front());  // there is one, or one each
    Addresses all;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        if (needs_no_name_service(hosts[i])) {
            all.add(hosts[i], "", ports[i]);
        } else {
            TOCSIN_TRY(add_name(hosts[i], ports[i], all));
        }
    }
    info.set("host", all.hosts);
    if (all.addresses.find_first_not_of(',') != std::string::npos) {
        info.set("hostaddr", all.addresses);
    }
    if (all.ports.find_first_not_of(',') != std::string::npos) info.set("port", all.ports);
    return success();
}

}  // namespace

Result<PgParameters> pg_endpoint(const ConnInfo& dsn, const std::string& password_file,
                                 const std::string& database) {
    ConnInfo info = dsn;
    TOCSIN_TRY(resolve(info));
    if (!database.empty()) info.set("dbname", database);
    if (info.get("application_name").empty()) info.set("application_name", "tocsin");
    // A ticket cache may ask a network of its own.
    if (info.get("gssencmode").empty()) info.set("gssencmode", "disable");
    info.set("client_encoding", "UTF8");
    PgParameters out(info.all().begin(), info.all().end());
    if (!password_file.empty()) {
        TOCSIN_TRY(const Secret password, net::read_secret(password_file));
        out.emplace_back("password", password.reveal());
    }
    return out;
}

}  // namespace tocsin::collector
