#include "collector/net/probe/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <utility>

#include "base/net/loop_shared.h"
#include "collector/net/probe/names.h"

namespace tocsin::collector::probe {
namespace {

// The kernel's structures by their own types, copied as aliasing rules want it.
template <class T>
T as(const sockaddr_storage& storage) {
    T out{};
    std::memcpy(&out, &storage, sizeof out);
    return out;
}

struct FreeList {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

Result<Addresses> ask_system(const std::string& host, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;  // each address once
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    const std::unique_ptr<addrinfo, FreeList> owner(list);
    if (failed != 0) {
        // "Does not exist" is an answer; a resolver that fails or is silent may answer later.
        const bool answered = failed == EAI_NONAME || failed == EAI_NODATA;
        return Error(answered ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                     "looking up " + host + ": " + ::gai_strerror(failed));
    }
    Addresses found;
    for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
        Address& address = found.emplace_back();
        address.size = at->ai_addrlen;
        std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
    }
    return found;
}

}  // namespace

Result<Addresses> resolve(const std::string& host) {
    return ask_system(host, 0);
}

std::string Address::text() const {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (family() == AF_INET) {
        const auto in = as<sockaddr_in>(storage);
        ::inet_ntop(AF_INET, &in.sin_addr, buffer.data(), buffer.size());
    } else if (family() == AF_INET6) {
        const auto in = as<sockaddr_in6>(storage);
        ::inet_ntop(AF_INET6, &in.sin6_addr, buffer.data(), buffer.size());
    }
    return buffer.data();
}

Address Address::with_port(std::uint16_t port) const {
    Address out = *this;
    if (family() == AF_INET) {
        auto in = as<sockaddr_in>(storage);
        in.sin_port = htons(port);
        std::memcpy(&out.storage, &in, sizeof in);
    } else {
        auto in = as<sockaddr_in6>(storage);
        in.sin6_port = htons(port);
        std::memcpy(&out.storage, &in, sizeof in);
    }
    return out;
}

double Address::protocol() const {
    if (size == 0) return 0;
    return family() == AF_INET ? 4 : 6;
}

double Address::hash() const {
    if (size == 0) return 0;
    std::string bytes;
    if (family() == AF_INET) {
        const auto in = as<sockaddr_in>(storage);
        bytes.assign(reinterpret_cast<const char*>(&in.sin_addr), sizeof in.sin_addr);
    } else {
        const auto in = as<sockaddr_in6>(storage);
        bytes.assign(reinterpret_cast<const char*>(&in.sin6_addr), sizeof in.sin6_addr);
    }
    std::uint32_t hash = 2166136261U;
    for (const char byte : bytes) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
    }
    return hash;
}

std::optional<Address> numeric_address(const std::string& host) {
    const auto found = ask_system(host, AI_NUMERICHOST);
    if (!found || found.value().empty()) return std::nullopt;
    return found.value().front();
}

std::optional<Address> choose_address(const Addresses& found, IpProtocol preferred,
                                      Switch fallback) {
    const int family = preferred == IpProtocol::kIp4 ? AF_INET : AF_INET6;
    for (const Address& address : found) {
        if (address.family() == family) return address;
    }
    if (fallback == Switch::kOff || found.empty()) return std::nullopt;
    return found.front();
}

namespace {

Result<Address> choose(const std::string& host, const Result<Addresses>& answer,
                       IpProtocol preferred, Switch fallback) {
    if (!answer) return answer.error();
    if (const auto chosen = choose_address(answer.value(), preferred, fallback)) return *chosen;
    return Error(ErrorCode::kUnavailable, host + " has no address of IPv" +
                                              (preferred == IpProtocol::kIp4 ? "4" : "6") +
                                              "; set ip_protocol_fallback: true to take the other");
}

}  // namespace

Lookup::Lookup(net::Loop& loop, net::OffloadPool& pool)
    : loop_(loop), pool_(pool), names_(net::shared_by<Names>(loop)) {}

void Lookup::start(const std::string& host, const ProbeConfig& config, Found found) {
    waiter_ = std::make_shared<Names::Waiter>(
        [host, preferred = config.preferred, fallback = config.fallback, found = std::move(found)](
            const Result<Addresses>& answer) { found(choose(host, answer, preferred, fallback)); });
    if (const auto address = numeric_address(host)) {
        soon_ = loop_.after(
            Duration{0}, [waiter = waiter_, answer = Addresses{*address}] { (*waiter)(answer); });
        return;
    }
    names_->find(pool_, host, waiter_);
}

void Lookup::cancel() {
    waiter_.reset();
    soon_.cancel();
}

}  // namespace tocsin::collector::probe
