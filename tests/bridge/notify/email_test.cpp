// Mail through a real SMTP server (python3-aiosmtpd), read back by Python's own parser.
#include "bridge/notify/email.h"

#include <sys/stat.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "bridge/notify/words.h"
#include "tests/support/certificate.h"
#include "tests/support/child_process.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

class SmtpServer {
  public:
    explicit SmtpServer(std::vector<std::string> flags) : process_(command(std::move(flags))) {
        const std::string line = process_.read_line();
        REQUIRE(line.starts_with("port "));
        address_ = "127.0.0.1:" + line.substr(5);
    }
    const std::string& address() const { return address_; }
    boost::json::object mail() { return boost::json::parse(process_.read_line()).as_object(); }

  private:
    static std::vector<std::string> command(std::vector<std::string> flags) {
        flags.insert(flags.begin(), {"/usr/bin/python3", std::string(TOCSIN_SOURCE_DIR) +
                                                             "/tests/support/smtp_server.py"});
        return flags;
    }
    test::ChildProcess process_;
    std::string address_;
};

struct Mailing {
    test::FixtureTree files{{"password", "hunter2\n"}};
    test::Certificate certificate = test::make_certificate(files, "DNS:localhost,IP:127.0.0.1");
    SystemClock clock;

    Mailing() { ::chmod(files.at("password").c_str(), 0600); }

    EmailChannel channel(const std::string& server) const {
        EmailChannel channel;
        channel.server = server;
        channel.from = "tocsin@example.com";
        channel.ca_file = certificate.certificate_file;
        channel.user = "tocsin";
        channel.password_file = files.at("password");
        return channel;
    }
    std::vector<std::string> secure_server() const {
        return {"--certificate", certificate.certificate_file,
                "--key",         certificate.key_file,
                "--user",        "tocsin",
                "--password",    "hunter2"};
    }
    Outcome send(const EmailChannel& settings, const Message& message,
                 Duration timeout = 20s) const {
        const auto made = make_notifier({"mail", settings}, {clock, timeout});
        REQUIRE(made);
        return made.value()->send(message);
    }
    EmailChannel open_channel(const std::string& server) const {
        EmailChannel settings = channel(server);
        settings.security = MailSecurity::kNone;
        settings.user.clear();
        return settings;
    }
};

std::string text(const boost::json::value& value) {
    return std::string(value.as_string());
}

}  // namespace

TEST_CASE("a mail goes out under STARTTLS and AUTH and arrives as it was meant") {
    const Mailing mailing;
    SmtpServer server(mailing.secure_server());
    Message message = sample_message();
    message.language = "zh-CN";
    message.title = "磁盘将满：/ 在 web-17 上已用 93%，请尽快处理，" + std::string(120, 'x');
    message.recipient.display = "李娜";
    message.alerts.front().description = ".\n..leading dots\n" + std::string(3000, 'y');
    const Outcome outcome = mailing.send(mailing.channel(server.address()), message);
    REQUIRE(outcome.detail == "");
    REQUIRE(outcome.delivery == Delivery::kDelivered);

    const auto mail = server.mail();
    CHECK(mail.at("tls").as_bool());
    CHECK(text(mail.at("login")) == "tocsin");
    CHECK(text(mail.at("from")) == "tocsin@example.com");
    CHECK(text(mail.at("to").at(0)) == "li.na@example.com");
    CHECK(mail.at("defects").as_array().empty());
    CHECK(mail.at("ascii").as_bool());
    CHECK(mail.at("longest_line").as_int64() <= 78);
    CHECK(mail.at("bare_newlines").as_int64() == 0);
    const auto& headers = mail.at("headers").as_object();
    const Words words = words_for(message);
    CHECK(text(headers.at("Subject")) == words.subject);
    CHECK(text(headers.at("To")) == "李娜 <li.na@example.com>");
    CHECK(text(headers.at("References")) == "<INC-2026-000001.opened@example.com>");
    CHECK(text(headers.at("Auto-Submitted")) == "auto-generated");
    CHECK(text(mail.at("text")) == words.text);
    CHECK(text(mail.at("html")) == words.html);
}

TEST_CASE("a server without encryption gets no mail unless the channel says so") {
    const Mailing mailing;
    SmtpServer server({});
    const Outcome refused = mailing.send(mailing.channel(server.address()), sample_message());
    CHECK(refused.delivery == Delivery::kRetry);
    CHECK(refused.reason == OutcomeReason::kTls);
    const Outcome sent = mailing.send(mailing.open_channel(server.address()), sample_message());
    CHECK(sent.delivery == Delivery::kDelivered);
    CHECK_FALSE(server.mail().at("tls").as_bool());
}

TEST_CASE("a certificate that the channel does not trust stops the mail") {
    const Mailing mailing;
    SmtpServer server(mailing.secure_server());
    EmailChannel channel = mailing.channel(server.address());
    channel.ca_file =
        test::make_certificate(mailing.files, "DNS:other.example", "other").certificate_file;
    const Outcome outcome = mailing.send(channel, sample_message());
    CHECK(outcome.delivery == Delivery::kRetry);
    CHECK(outcome.reason == OutcomeReason::kTls);
}

TEST_CASE("a wrong password is our trouble, not the message's") {
    const Mailing mailing;
    SmtpServer server({"--certificate", mailing.certificate.certificate_file, "--key",
                       mailing.certificate.key_file, "--user", "tocsin", "--password", "other"});
    const Outcome outcome = mailing.send(mailing.channel(server.address()), sample_message());
    CHECK(outcome.delivery == Delivery::kRetry);
    CHECK(outcome.reason == OutcomeReason::kUnauthorized);
    CHECK(outcome.detail.find("hunter2") == std::string::npos);
}

TEST_CASE("the server's answer decides whether to try again") {
    const Mailing mailing;
    struct Case {
        std::vector<std::string> flags;
        Delivery delivery;
        OutcomeReason reason;
    };
    for (const Case& c : std::vector<Case>{
             {{"--rcpt-reply", "550 no such user"}, Delivery::kPermanent, OutcomeReason::kRejected},
             {{"--rcpt-reply", "451 try later"}, Delivery::kRetry, OutcomeReason::kServerError},
             {{"--data-reply", "552 too large"}, Delivery::kPermanent, OutcomeReason::kRejected},
             {{"--data-reply", "421 busy"}, Delivery::kRetry, OutcomeReason::kServerError}}) {
        INFO(c.flags[1]);
        SmtpServer server(c.flags);
        const Outcome outcome =
            mailing.send(mailing.open_channel(server.address()), sample_message());
        CHECK(outcome.delivery == c.delivery);
        CHECK(outcome.reason == c.reason);
        CHECK(outcome.detail.find(c.flags[1].substr(0, 3)) != std::string::npos);
    }
}

TEST_CASE("a server that is not there or says nothing is tried again") {
    const Mailing mailing;
    SmtpServer silent({"--silent"});
    const Outcome slow =
        mailing.send(mailing.open_channel(silent.address()), sample_message(), 300ms);
    CHECK(slow.delivery == Delivery::kRetry);
    CHECK(slow.reason == OutcomeReason::kTimeout);
    // Port 1 of loopback: nobody listens there.
    const Outcome refused = mailing.send(mailing.open_channel("127.0.0.1:1"), sample_message());
    CHECK(refused.delivery == Delivery::kRetry);
    CHECK(refused.reason == OutcomeReason::kUnreachable);
}

TEST_CASE("an address that is none is given up at once") {
    const Mailing mailing;
    Message message = sample_message();
    message.recipient.address = "li.na";
    const Outcome outcome = mailing.send(mailing.open_channel("127.0.0.1:1"), message);
    CHECK(outcome.delivery == Delivery::kPermanent);
    CHECK(outcome.reason == OutcomeReason::kInvalid);
}

TEST_CASE("a password that others can read keeps the channel from being made") {
    const Mailing mailing;
    ::chmod(mailing.files.at("password").c_str(), 0644);
    const auto made = make_notifier({"ops-mail", mailing.channel("127.0.0.1:1")}, {mailing.clock});
    REQUIRE_FALSE(made);
    CHECK(made.error().message.find("ops-mail") != std::string::npos);
    CHECK(made.error().message.find("password") != std::string::npos);
}
