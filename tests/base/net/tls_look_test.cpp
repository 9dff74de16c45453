#include "base/net/tls_look.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace tocsin;
using namespace tocsin::net;

namespace {

// Says one text on accept, one more for each line that it hears, and closes at their end.
class LinePeer {
  public:
    explicit LinePeer(std::vector<std::string> says) : says_(std::move(says)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(listener_, 4) == 0);
        REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port = ntohs(at.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~LinePeer() {
        ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
        if (thread_.joinable()) thread_.join();
        ::close(listener_);
    }
    LinePeer(const LinePeer&) = delete;
    LinePeer& operator=(const LinePeer&) = delete;

    std::uint16_t port = 0;
    // What it was told, once the other end has closed.
    const std::string& hear() {
        thread_.join();
        return heard_;
    }

  private:
    void serve() {
        const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0) return;
        for (const std::string& text : says_) {
            (void)!::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
            char byte = 0;
            while (byte != '\n' && ::recv(peer, &byte, 1, 0) == 1) heard_ += byte;
        }
        ::close(peer);
    }

    std::vector<std::string> says_;
    int listener_ = -1;
    std::string heard_;
    std::thread thread_;
};

struct Case {
    StartTls how;
    std::vector<std::string> says;
    std::string heard;  // begins so
    std::string error;  // holds it
};

}  // namespace

TEST_CASE("TLS begins only where the peer lets it begin") {
    const std::string hello = "\x16\x03";  // how a ClientHello begins, RFC 8446, 5.1
    const std::vector<Case> cases{
        {StartTls::kSmtp,
         {"220-a\r\n220 mail\r\n", "250-mail\r\n250-STARTTLS\r\n250 8BITMIME\r\n", "220 go\r\n"},
         "EHLO tocsin\r\nSTARTTLS\r\n" + hello,
         "TLS with 127.0.0.1:"},
        {StartTls::kSmtp,
         {"220 mail\r\n", "250 mail\r\n", "502 no\r\n"},
         "EHLO tocsin\r\nSTARTTLS\r\n",
         "does not begin TLS: it answers 502 no"},
        {StartTls::kSmtp, {"554 go away\r\n"}, "", "it answers 554 go away"},
        // What is said in the clear behind the last line could pass for what is said under TLS.
        {StartTls::kSmtp,
         {"220 mail\r\n", "250 mail\r\n", "220 go\r\n250 injected\r\n"},
         "EHLO tocsin\r\nSTARTTLS\r\n",
         "goes on talking where TLS begins"},
        {StartTls::kImap,
         {"* OK imap\r\n", "* CAPABILITY\r\na OK go\r\n"},
         "a STARTTLS\r\n" + hello,
         "TLS with"},
        {StartTls::kImap, {"* OK imap\r\n", "a BAD no\r\n"}, "a STARTTLS\r\n", "answers a BAD no"},
        {StartTls::kPop3, {"+OK pop\r\n", "+OK go\r\n"}, "STLS\r\n" + hello, "TLS with"},
        {StartTls::kPop3, {"+OK pop\r\n", "-ERR no\r\n"}, "STLS\r\n", "answers -ERR no"},
        {StartTls::kPop3, {std::string(40'000, 'x')}, "", "says too much before TLS"},
        {StartTls::kSmtp, {}, "", "before TLS, hearing"},
    };
    for (const Case& c : cases) {
        LinePeer peer(c.says);
        Loop loop;
        std::optional<Error> error;
        TlsLookRequest request;
        request.to = {"127.0.0.1", peer.port};
        request.start_tls = c.how;
        request.timeout = 5s;
        const auto looking = look_at_tls(loop, request, [&](const Result<TlsLook>& look) {
            REQUIRE_FALSE(look);
            error = look.error();
            loop.stop();
        });
        loop.run();
        const std::string& heard = peer.hear();
        INFO(c.error);
        REQUIRE(error);
        CHECK_THAT(error->message, Catch::Contains(c.error));
        CHECK(error->code != ErrorCode::kTimeout);
        CHECK_THAT(heard, Catch::StartsWith(c.heard));
    }
}
