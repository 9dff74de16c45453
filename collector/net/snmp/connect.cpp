#include "collector/net/snmp/connect.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "collector/net/snmp/discovery.h"
#include "collector/net/snmp/netsnmp_session.h"

namespace tocsin::collector::snmp {
namespace {

Result<Address> resolve(const SnmpPeer& peer, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const int failed =
        ::getaddrinfo(peer.host.c_str(), std::to_string(peer.port).c_str(), &hints, &list);
    if (failed != 0) {
        return Error(ErrorCode::kUnavailable,
                     "its name \"" + peer.host + "\" does not resolve: " + ::gai_strerror(failed));
    }
    Address address;
    std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.size = list->ai_addrlen;
    ::freeaddrinfo(list);
    return address;
}

// "udp:10.0.0.1:161" as the library wants it.
std::string library_name(const Address& address) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    ::getnameinfo(reinterpret_cast<const sockaddr*>(&address.storage), address.size, host.data(),
                  host.size(), port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
    const std::string where(host.data());
    const std::string end = std::string(":") + port.data();
    return address.storage.ss_family == AF_INET6 ? "udp6:[" + where + "]" + end
                                                 : "udp:" + where + end;
}

class NetConnector final : public Connector {
  public:
    NetConnector(net::Loop& loop, net::OffloadPool& pool, std::shared_ptr<const SnmpConfig> config)
        : loop_(loop), pool_(pool), config_(std::move(config)) {}
    ~NetConnector() override { cancel(); }

    void connect(Connected done) override {
        done_ = std::move(done);
        ticket_ = std::make_shared<int>();
        soon_ = loop_.after(Duration{0}, [this] { begin(); });
    }

    void cancel() override {
        done_ = nullptr;
        ticket_.reset();
        soon_.cancel();
        discovery_.reset();
    }

    bool secrets_changed() const override { return marks_of(config_->credential) != marks_; }

  private:
    void begin() {
        marks_ = marks_of(config_->credential);
        auto secrets = read_secrets(config_->credential);
        if (!secrets) return finish(secrets.error());
        secrets_ = std::move(secrets).value();
        if (auto numeric = resolve(config_->peer, AI_NUMERICHOST)) return found(numeric.value());
        // One call at a time: a resolver that hangs holds one thread of the pool.
        if (*resolving_) {
            return finish(Error(ErrorCode::kUnavailable, "its name is still being resolved"));
        }
        auto answer = std::make_shared<Result<Address>>(
            Error(ErrorCode::kInternal, "resolving its name stopped by an exception"));
        *resolving_ =
            pool_.run([answer, peer = config_->peer] { *answer = resolve(peer, 0); },
                      [this, answer, resolving = resolving_, ticket = std::weak_ptr<int>(ticket_)] {
                          *resolving = false;
                          if (!ticket.lock()) return;  // this may be gone
                          if (*answer) {
                              found(answer->value());
                          } else {
                              finish(answer->error());
                          }
                      });
        if (!*resolving_) {
            finish(Error(ErrorCode::kUnavailable, "no thread is free to resolve its name"));
        }
    }

    void found(const Address& address) {
        address_ = address;
        if (config_->credential.version == SnmpVersion::k2c) return open({});
        discovery_ = std::make_unique<Discovery>(loop_, address_, config_->request_timeout,
                                                 config_->retries + 1, [this](auto engine) {
                                                     if (engine) {
                                                         open(engine.value());
                                                     } else {
                                                         finish(engine.error());
                                                     }
                                                 });
    }

    void open(const Engine& engine) {
        SessionOptions options;
        options.peer = library_name(address_);
        options.device = config_->instance;
        options.credential = config_->credential;
        options.secrets = secrets_;
        options.engine = engine;
        options.wait = config_->request_timeout;
        options.retries = config_->retries;
        finish(open_session(loop_, options));
    }

    void finish(Result<std::unique_ptr<Session>> result) {
        secrets_ = {};
        const auto discovery = std::move(discovery_);  // may be what calls
        const Connected done = std::exchange(done_, nullptr);
        if (done) done(std::move(result));
    }

    net::Loop& loop_;
    net::OffloadPool& pool_;
    std::shared_ptr<const SnmpConfig> config_;
    Connected done_;
    std::shared_ptr<int> ticket_;  // of the connect() under way
    std::shared_ptr<bool> resolving_ = std::make_shared<bool>(false);
    net::Timer soon_;
    SecretMarks marks_;
    Secrets secrets_;
    Address address_;
    std::unique_ptr<Discovery> discovery_;
};

}  // namespace

std::unique_ptr<Connector> make_connector(net::Loop& loop, net::OffloadPool& pool,
                                          std::shared_ptr<const SnmpConfig> config) {
    return std::make_unique<NetConnector>(loop, pool, std::move(config));
}

}  // namespace tocsin::collector::snmp
