#include "collector/net/snmp/discovery.h"

#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <random>
#include <utility>

namespace tocsin::collector::snmp {
namespace {

constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kOctets = 0x04;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kGet = 0xA0;
constexpr unsigned char kReportable = 0x04;
constexpr std::uint32_t kLargestMessage = 65507;
constexpr std::uint32_t kUserSecurityModel = 3;
// Message identifiers are of 31 bits (RFC 3412, 6).
constexpr std::uint32_t kMostId = 0x7FFFFFFF;

// One element of BER; all of ours are shorter than 128 octets.
std::string element(unsigned char tag, std::string_view content) {
    std::string out;
    out += static_cast<char>(tag);
    out += static_cast<char>(content.size());
    out += content;
    return out;
}

std::string integer(std::uint32_t value) {
    std::string content;
    for (int shift = 24; shift >= 0; shift -= 8) {
        content += static_cast<char>((value >> shift) & 0xFFU);
    }
    // No leading octet that says nothing.
    while (content.size() > 1 && content[0] == 0 && (content[1] & 0x80) == 0) content.erase(0, 1);
    return element(kInteger, content);
}

// Takes an element off `rest`; nothing where its tag is another or it is cut short.
std::optional<std::string_view> take(std::string_view& rest, unsigned char tag) {
    if (rest.size() < 2 || static_cast<unsigned char>(rest[0]) != tag) return std::nullopt;
    std::size_t length = static_cast<unsigned char>(rest[1]);
    std::size_t head = 2;
    if (length >= 0x80) {
        const std::size_t octets = length & 0x7FU;
        if (octets == 0 || octets > 4 || rest.size() < head + octets) return std::nullopt;
        length = 0;
        for (; head < 2 + octets; ++head) {
            length = length << 8U | static_cast<unsigned char>(rest[head]);
        }
    }
    if (rest.size() - head < length) return std::nullopt;
    const std::string_view content = rest.substr(head, length);
    rest.remove_prefix(head + length);
    return content;
}

std::optional<std::uint32_t> take_integer(std::string_view& rest) {
    const auto content = take(rest, kInteger);
    if (!content || content->empty() || content->size() > 4) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : *content) value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

std::uint32_t random_id() {
    std::random_device source;
    return source() & kMostId;
}

}  // namespace

std::string discovery_request(std::uint32_t message_id) {
    const char reportable = static_cast<char>(kReportable);
    const std::string header =
        element(kSequence, integer(message_id & kMostId) + integer(kLargestMessage) +
                               element(kOctets, {&reportable, 1}) + integer(kUserSecurityModel));
    const std::string none = element(kOctets, "");
    const std::string user =
        element(kSequence, none + integer(0) + integer(0) + none + none + none);
    const std::string get = element(
        kGet, integer(message_id & kMostId) + integer(0) + integer(0) + element(kSequence, ""));
    return element(kSequence, integer(3) + header + element(kOctets, user) +
                                  element(kSequence, none + none + get));
}

std::optional<std::uint32_t> parse_version(std::string_view datagram) {
    auto message = take(datagram, kSequence);
    return message ? take_integer(*message) : std::nullopt;
}

std::optional<MessageHead> parse_head(std::string_view datagram) {
    auto message = take(datagram, kSequence);
    if (!message || take_integer(*message) != 3U) return std::nullopt;
    auto header = take(*message, kSequence);
    if (!header) return std::nullopt;
    const auto number = take_integer(*header);
    auto parameters = take(*message, kOctets);
    if (!number || !parameters) return std::nullopt;
    auto security = take(*parameters, kSequence);
    if (!security) return std::nullopt;
    const auto id = take(*security, kOctets);
    const auto boots = take_integer(*security);
    const auto time = take_integer(*security);
    const auto user = take(*security, kOctets);
    if (!id || !boots || !time || !user || id->size() > 32 || user->size() > 32) {
        return std::nullopt;
    }
    return MessageHead{*number, {std::string(*id), *boots, *time}, std::string(*user)};
}

std::optional<Engine> parse_discovery(std::string_view datagram, std::uint32_t message_id) {
    auto head = parse_head(datagram);
    if (!head || head->message_id != (message_id & kMostId) || head->engine.id.size() < 5) {
        return std::nullopt;
    }
    return std::move(head->engine);
}

Discovery::Discovery(net::Loop& loop, const Address& peer, Duration wait, int tries,
                     std::function<void(Result<Engine>)> done)
    : loop_(loop), wait_(wait), tries_(tries), message_id_(random_id()), done_(std::move(done)) {
    fd_ = ::socket(peer.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int why = fd_ < 0 ? errno : 0;
    // Connected, so that strangers are not heard and a closed port is.
    if (why == 0 &&
        ::connect(fd_, reinterpret_cast<const sockaddr*>(&peer.storage), peer.size) != 0) {
        why = errno;
    }
    if (why != 0) {
        timer_ = loop_.after(Duration{0}, [this, why] { finish(errno_error("its address", why)); });
        return;
    }
    readable_ = loop_.on_readable(fd_, [this] { hear(); });
    timer_ = loop_.after(Duration{0}, [this] { ask(); });
}

Discovery::~Discovery() {
    readable_.reset();
    if (fd_ >= 0) ::close(fd_);
}

void Discovery::ask() {
    if (asked_ == tries_) {
        return finish(Error(ErrorCode::kTimeout,
                            "no answer to " + std::to_string(tries_) +
                                " SNMPv3 discoveries; is it up, and may this host ask it?"));
    }
    ++asked_;
    const std::string question = discovery_request(message_id_);
    const ssize_t sent = ::send(fd_, question.data(), question.size(), 0);
    if (sent < 0 && errno != EAGAIN && errno != ECONNREFUSED) {
        return finish(errno_error("sending to it", errno));
    }
    timer_ = loop_.after(wait_, [this] { ask(); });
}

void Discovery::hear() {
    std::array<char, 2048> datagram{};
    const ssize_t size = ::recv(fd_, datagram.data(), datagram.size(), 0);
    if (size < 0) {
        if (errno == ECONNREFUSED) {
            finish(Error(ErrorCode::kUnavailable, "nothing listens on its UDP port"));
        } else if (errno != EAGAIN && errno != EINTR) {
            finish(errno_error("receiving from it", errno));
        }
        return;
    }
    const auto engine =
        parse_discovery({datagram.data(), static_cast<std::size_t>(size)}, message_id_);
    if (engine) finish(*engine);
}

void Discovery::finish(Result<Engine> result) {
    timer_.cancel();
    readable_.reset();
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(result));
}

}  // namespace tocsin::collector::snmp
