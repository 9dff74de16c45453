// ICMP echo: an unprivileged ping socket where the system allows it, a raw one else.
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/icmp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <random>
#include <utility>

#include "collector/net/probe/icmp_packet.h"
#include "collector/net/probe/prober.h"

namespace tocsin::collector::probe {
namespace {

constexpr MetricDesc kDuration{"probe_icmp_duration_seconds", "Duration of icmp request by phase",
                               MetricType::kGauge};
constexpr MetricDesc kHopLimit{"probe_icmp_reply_hop_limit",
                               "Replied packet hop limit (TTL for ipv4)", MetricType::kGauge};
constexpr std::string_view kPayload = "Tocsin, asking whether you are there. ";

enum class Access { kDatagram, kRaw };

class Socket {
  public:
    Socket() = default;
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Socket() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    bool set(int level, int name, int value) const {
        return ::setsockopt(fd_, level, name, &value, sizeof value) == 0;
    }

  private:
    int fd_ = -1;
};

class Icmp final : public Prober {
  public:
    explicit Icmp(const ProbeParts& parts)
        : parts_(parts), config_(std::get<IcmpConfig>(parts.config->kind)) {
        std::random_device random;
        id_ = static_cast<std::uint16_t>(random());
        sequence_ = static_cast<std::uint16_t>(random());
    }

    void begin(const Address& address, double lookup_seconds, Finished finished) override {
        finished_ = std::move(finished);
        resolve_ = lookup_seconds;
        setup_ = rtt_ = 0;
        hop_limit_.reset();
        where_ = address.text();
        version_ = address.family() == AF_INET ? IcmpVersion::k4 : IcmpVersion::k6;
        const auto started = Steady::now();
        if (const auto opened = open(address); !opened) return finish(opened.error());
        asked_ = Echo{id_, ++sequence_, {}};
        while (asked_.payload.size() < config_.payload_size) asked_.payload += kPayload;
        asked_.payload.resize(config_.payload_size);
        const std::string packet = echo_request(version_, asked_);
        setup_ = seconds_since(started);
        sent_ = Steady::now();
        readable_ = parts_.loop.on_readable(socket_.get(), [this] { receive(); });
        if (::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) {
            finish(errno_error("sending", errno));
        }
    }

    void report(Report& report) const override {
        report.add(kDuration, resolve_, {{"phase", "resolve"}});
        report.add(kDuration, setup_, {{"phase", "setup"}});
        report.add(kDuration, rtt_, {{"phase", "rtt"}});
        if (hop_limit_) report.add(kHopLimit, *hop_limit_);
    }

    std::string waiting_for() const override { return "waiting for a reply of " + where_; }

    void end() override {
        finished_ = nullptr;
        readable_.reset();
        socket_ = Socket();
    }

  private:
    void finish(const Result<void>& result) {
        const Finished finished = std::exchange(finished_, nullptr);
        if (!finished) return;
        finished(result ? result : Result<void>(result.error().in("pinging " + where_)));
    }

    Result<void> open(const Address& address) {
        const int family = address.family();
        const int protocol = family == AF_INET ? IPPROTO_ICMP : int{IPPROTO_ICMPV6};
        constexpr int kFlags = SOCK_CLOEXEC | SOCK_NONBLOCK;
        access_ = Access::kDatagram;
        socket_ = Socket(::socket(family, SOCK_DGRAM | kFlags, protocol));
        if (socket_.get() < 0) {
            access_ = Access::kRaw;
            socket_ = Socket(::socket(family, SOCK_RAW | kFlags, protocol));
        }
        if (socket_.get() < 0 && (errno == EPERM || errno == EACCES)) {
            return Error(ErrorCode::kUnauthorized,
                         "this process may not ping; put its group into the range of "
                         "net.ipv4.ping_group_range (sysctl), or give it CAP_NET_RAW");
        }
        if (socket_.get() < 0) return errno_error("a socket", errno);
        set_options(family);
        // From now on only that peer's packets arrive, and what routers say of it as errors.
        if (::connect(socket_.get(), address.get(), address.size) != 0) {
            return errno_error("a way there", errno);
        }
        return success();
    }

    void set_options(int family) {
        const bool v4 = family == AF_INET;
        socket_.set(v4 ? int{IPPROTO_IP} : int{IPPROTO_IPV6}, v4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT,
                    1);
        if (config_.ttl > 0) {
            socket_.set(v4 ? int{IPPROTO_IP} : int{IPPROTO_IPV6}, v4 ? IP_TTL : IPV6_UNICAST_HOPS,
                        config_.ttl);
        }
        if (config_.dont_fragment == Switch::kOn && v4) {
            socket_.set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
        }
        if (config_.dont_fragment == Switch::kOn && !v4) {
            socket_.set(IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
        }
        if (access_ == Access::kDatagram) return;
        // A raw socket sees every ICMP packet of the host otherwise.
        if (v4) {
            icmp_filter filter{};
            filter.data = ~(1U << 0U);
            ::setsockopt(socket_.get(), SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
        } else {
            icmp6_filter filter{};
            ICMP6_FILTER_SETBLOCKALL(&filter);
            ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
            ::setsockopt(socket_.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
        }
    }

    void receive() {
        std::array<char, 66'000> packet{};
        alignas(cmsghdr) std::array<char, 256> control{};
        iovec into{packet.data(), packet.size()};
        msghdr message{};
        message.msg_iov = &into;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t n = ::recvmsg(socket_.get(), &message, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n < 0) return finish(errno_error("the way there", errno));
        std::string_view bytes(packet.data(), static_cast<std::size_t>(n));
        if (access_ == Access::kRaw && version_ == IcmpVersion::k4)
            bytes = without_ip_header(bytes);
        auto echo = parse_echo_reply(version_, bytes);
        if (!echo) return;
        // A ping socket has an id of the kernel's choice, and gets nothing else.
        if (access_ == Access::kDatagram) echo->id = asked_.id;
        if (*echo != asked_) return;
        rtt_ = seconds_since(sent_);
        hop_limit_ = hop_limit(message);
        finish(success());
    }

    static std::optional<double> hop_limit(msghdr& message) {
        for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
            const bool v4 = at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_TTL;
            const bool v6 = at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_HOPLIMIT;
            if (!v4 && !v6) continue;
            int value = 0;
            std::memcpy(&value, CMSG_DATA(at), sizeof value);
            return value;
        }
        return std::nullopt;
    }

    ProbeParts parts_;
    const IcmpConfig& config_;
    Finished finished_;
    std::string where_;
    Access access_ = Access::kDatagram;
    IcmpVersion version_ = IcmpVersion::k4;
    Socket socket_;
    std::uint16_t id_ = 0;
    std::uint16_t sequence_ = 0;
    Echo asked_;
    Steady::time_point sent_;
    double resolve_ = 0;
    double setup_ = 0;
    double rtt_ = 0;
    std::optional<double> hop_limit_;
    std::unique_ptr<net::Loop::Watch> readable_;  // goes before the socket
};

}  // namespace

Result<std::unique_ptr<Prober>> make_icmp(const ProbeParts& parts) {
    return std::make_unique<Icmp>(parts);
}

}  // namespace tocsin::collector::probe
