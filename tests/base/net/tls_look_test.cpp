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

#include "base/net/start_tls.h"

using namespace tocsin;
using namespace tocsin::net;

namespace {

// Says one text on accept, one more for each line that it hears (or whatever ends with the byte),
// and closes at their end.
class LinePeer {
  public:
    explicit LinePeer(std::vector<std::string> says, char end = '\n')
        : says_(std::move(says)), end_(end) {
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
            const char end = &text == &says_.back() ? '\x03' : end_;  // of a ClientHello's head
            char byte = 0;
            do {
                if (::recv(peer, &byte, 1, 0) != 1) break;
                heard_ += byte;
            } while (byte != end);
        }
        ::close(peer);
    }

    std::vector<std::string> says_;
    char end_;
    int listener_ = -1;
    std::string heard_;
    std::thread thread_;
};

struct Case {
    StartTls how;
    std::vector<std::string> says;
    std::string heard;  // begins so
    std::string error;  // holds it
    char end = '\n';    // of what we say
};

void test_cases(const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        LinePeer peer(c.says, c.end);
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

// How a ClientHello begins, RFC 8446, 5.1.
const std::string kHello = "\x16\x03";

}  // namespace

TEST_CASE("TLS begins only where the peer lets it begin") {
    const std::vector<Case> cases{
        {StartTls::kSmtp,
         {"220-a\r\n220 mail\r\n", "250-mail\r\n250-STARTTLS\r\n250 8BITMIME\r\n", "220 go\r\n"},
         "EHLO tocsin\r\nSTARTTLS\r\n" + kHello,
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
         "a STARTTLS\r\n" + kHello,
         "TLS with"},
        {StartTls::kImap, {"* OK imap\r\n", "a BAD no\r\n"}, "a STARTTLS\r\n", "answers a BAD no"},
        {StartTls::kPop3, {"+OK pop\r\n", "+OK go\r\n"}, "STLS\r\n" + kHello, "TLS with"},
        {StartTls::kPop3, {"+OK pop\r\n", "-ERR no\r\n"}, "STLS\r\n", "answers -ERR no"},
        {StartTls::kPop3, {std::string(40'000, 'x')}, "", "says too much before TLS"},
        {StartTls::kSmtp, {}, "", "before TLS, hearing"},
    };
    test_cases(cases);
}

TEST_CASE("FTP's answers go on until the line that ends them") {
    test_cases({
        // RFC 959, 4.2: what stands between the first line and the last may be anything.
        {StartTls::kFtp,
         {"220-hello\r\n you\r\n221 are not done\r\n220-yet\r\n220 ftp\r\n", "234 go\r\n"},
         "AUTH TLS\r\n" + kHello,
         "TLS with"},
        {StartTls::kFtp, {"220 ftp\r\n", "530 no\r\n"}, "AUTH TLS\r\n", "answers 530 no"},
        {StartTls::kFtp, {"421-go\r\n421 away\r\n"}, "", "answers 421 away"},
        {StartTls::kFtp, {"220-" + std::string(40'000, '\n')}, "", "says too much before TLS"},
        {StartTls::kFtp,
         {"220 ftp\r\n", "234 go\r\n200 injected\r\n"},
         "AUTH TLS\r\n",
         "goes on talking where TLS begins"},
    });
}

TEST_CASE("PostgreSQL says in one byte whether TLS begins") {
    // Its manual, 55.2.10 "SSL Session Encryption" and 55.7.
    const std::string request{"\0\0\0\x08\x04\xd2\x16\x2f", 8};
    const char end = request.back();
    test_cases({
        {StartTls::kPostgres, {"", "S"}, request + kHello, "TLS with", end},
        {StartTls::kPostgres, {"", "N"}, request, "does not begin TLS: it answers N", end},
        {StartTls::kPostgres, {"", "E"}, request, "it answers E", end},
        // CVE-2021-23222
        {StartTls::kPostgres, {"", "SN"}, request, "goes on talking where TLS begins", end},
    });
}

TEST_CASE("LDAP's StartTLS is asked for, and its success waited for") {
    // RFC 4511, 4.14.1, in the encoding of 5.1.
    const std::string request =
        "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
        "1.3.6.1.4.1.1466.20037";
    const auto answer = [](char result, const std::string& rest = "") {
        const std::string done = std::string("\x0a\x01") + result + std::string("\x04\0\x04\0", 4);
        const std::string response =
            "\x78" + std::string(1, static_cast<char>(done.size() + rest.size())) + done + rest;
        const std::string body = "\x02\x01\x01" + response;
        return "\x30" + std::string(1, static_cast<char>(body.size())) + body;
    };
    const std::string success = answer(0);
    const std::string named = answer(0,
                                     "\x8a\x16"
                                     "1.3.6.1.4.1.1466.20037");
    const std::string longer = std::string("\x30\x84\0\0\0\x0c", 6) + success.substr(2);
    test_cases({
        {StartTls::kLdap, {"", success}, request + kHello, "TLS with", '7'},
        {StartTls::kLdap, {"", named}, request + kHello, "TLS with", '7'},
        {StartTls::kLdap, {"", longer}, request + kHello, "TLS with", '7'},  // Active Directory's
        {StartTls::kLdap, {"", answer(2)}, request, "something else than StartTLS's success", '7'},
        {StartTls::kLdap, {"", success + "x"}, request, "goes on talking where TLS begins", '7'},
        {StartTls::kLdap, {"", "HTTP/1.1"}, request, "something else than", '7'},
        {StartTls::kLdap,
         {"", "\x30\x84\x7f\xff\xff\xff" + std::string(40'000, 'x')},
         request,
         "says too much before TLS",
         '7'},
        {StartTls::kLdap, {"", std::string("\x30\0", 2)}, request, "something else than", '7'},
    });
}

TEST_CASE("an answer is waited for until all of it is there, and nothing behind it is taken") {
    const std::vector<std::pair<StartTls, std::string>> cases{
        {StartTls::kSmtp, "220-a\r\n220 b\r\n"},
        {StartTls::kImap, "* OK\r\n"},
        {StartTls::kPostgres, "S"},
        {StartTls::kLdap, std::string("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0", 14)},
        {StartTls::kLdap,
         std::string("\x30\x82\0\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0", 16)}};
    for (const auto& [how, answer] : cases) {
        const StartTlsStep& step = start_tls_steps(how).front();
        std::string shown;
        for (std::size_t size = 0; size < answer.size(); ++size) {
            INFO(size);
            std::string heard = answer.substr(0, size);
            CHECK(hear_answer(step, heard, shown) == Heard::kMore);
            CHECK(heard == answer.substr(0, size));
        }
        std::string heard = answer + "x";
        CHECK(hear_answer(step, heard, shown) == Heard::kGo);
        CHECK(heard == "x");
    }
}
