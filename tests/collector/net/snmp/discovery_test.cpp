#include "collector/net/snmp/discovery.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "base/core/digest.h"

using namespace tocsin;
using namespace tocsin::collector::snmp;

namespace {

// A report of Debian's snmpd to a discovery with the message number 0x11223344.
std::string report() {
    std::string out;
    const std::string_view text =
        "30720201033011020411223344020300ffe30401000201030422"
        "3020041180001f88806a7bb66ba55e076b00000000020101020204ea040004000400"
        "3036041180001f88806a7bb66ba55e076b000000000400a81f"
        "0204112233440201000201003011300f060a2b060106030f01010400410119";
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    }
    return out;
}

// A socket on loopback that the test answers from.
class Peer {
  public:
    Peer() {
        fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        auto* const at = reinterpret_cast<sockaddr_in*>(&address_.storage);
        at->sin_family = AF_INET;
        at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address_.size = sizeof(sockaddr_in);
        REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(at), address_.size) == 0);
        socklen_t size = address_.size;
        REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(at), &size) == 0);
    }
    ~Peer() { close(); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    int fd() const { return fd_; }
    const Address& address() const { return address_; }
    std::string hear(sockaddr_in& from) const {
        std::array<char, 512> bytes{};
        socklen_t size = sizeof from;
        const ssize_t got = ::recvfrom(fd_, bytes.data(), bytes.size(), 0,
                                       reinterpret_cast<sockaddr*>(&from), &size);
        return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got))};
    }
    void say(const std::string& bytes, const sockaddr_in& to) const {
        ::sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                 sizeof to);
    }

  private:
    int fd_ = -1;
    Address address_;
};

}  // namespace

// RFC 3414, 4, and the bytes that net-snmp's own tools send.
TEST_CASE("the question is an empty, reportable request of nobody to nobody") {
    CHECK(hex(discovery_request(0x11223344)) ==
          "303e0201033011020411223344020300ffe3040104020103"
          "0410300e0400020100020100040004000400"
          "301404000400a00e0204112233440201000201003000");
    // Small numbers take few octets, and are never negative.
    CHECK(discovery_request(0xFFFFFFFF) == discovery_request(0x7FFFFFFF));
    CHECK(discovery_request(1).size() == discovery_request(0x11223344).size() - 6);
}

TEST_CASE("an engine is read from its report") {
    const auto engine = parse_discovery(report(), 0x11223344);
    REQUIRE(engine);
    CHECK(hex(engine->id) == "80001f88806a7bb66ba55e076b00000000");
    CHECK(engine->boots == 1);
    CHECK(engine->time == 1258);
}

TEST_CASE("what answers no question of ours, or is cut, is no engine") {
    CHECK_FALSE(parse_discovery(report(), 0x11223345));
    CHECK_FALSE(parse_discovery("", 1));
    const std::string whole = report();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        INFO(length);
        CHECK_FALSE(parse_discovery(whole.substr(0, length), 0x11223344));
    }
    std::string lies = whole;
    lies[1] = '\x84';  // a length of four octets that are something else
    CHECK_FALSE(parse_discovery(lies, 0x11223344));
    lies[1] = '\x80';
    CHECK_FALSE(parse_discovery(lies, 0x11223344));
}

TEST_CASE("a device is asked again until it answers, strangers' answers do not count") {
    net::Loop loop;
    Peer peer;
    int asked = 0;
    const auto watch = loop.on_readable(peer.fd(), [&] {
        sockaddr_in from{};
        const std::string question = peer.hear(from);
        ++asked;
        if (asked == 1) return peer.say("nonsense", from);
        std::string answer = report();
        // The number of the question: after the version and the header's beginning.
        answer.replace(9, 4, question.substr(9, 4));
        peer.say(answer, from);
    });
    Result<Engine> got = Error(ErrorCode::kInternal, "not called");
    Discovery discovery(loop, peer.address(), 50ms, 10, [&](Result<Engine> engine) {
        got = std::move(engine);
        loop.stop();
    });
    const net::Timer guard = loop.after(30s, [&] { loop.stop(); });
    loop.run();
    REQUIRE(got);
    CHECK(got.value().boots == 1);
    CHECK(asked >= 2);
}

TEST_CASE("silence and a closed port are told apart") {
    for (const bool closed : {false, true}) {
        net::Loop loop;
        Peer peer;
        if (closed) peer.close();
        std::string said;
        Discovery discovery(loop, peer.address(), 10ms, 3, [&](Result<Engine> engine) {
            said = engine ? "" : engine.error().message;
            loop.stop();
        });
        const net::Timer guard = loop.after(30s, [&] { loop.stop(); });
        loop.run();
        CHECK_THAT(said, Catch::StartsWith(closed ? "nothing listens on its UDP port"
                                                  : "no answer to 3 SNMPv3 discoveries"));
    }
}
