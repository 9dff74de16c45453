// Whose messages are believed: what Debian's snmptrap sends, cut, forged and replayed.
#include "collector/net/snmp/trap_receiver.h"

#include <catch2/catch.hpp>
#include <random>

#include "collector/net/snmp/shared.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/trap_messages.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::collector::snmp;
using namespace tocsin::test;

namespace {

struct Listener final : TrapListener {
    std::vector<std::string> heard;  // "ip trap"
    std::vector<std::string> said;   // "reason: why"
    std::vector<std::string> replies;
    bool room = true;

    bool notified(const std::string& ip, const Notification& notification) override {
        heard.push_back(ip + " " + oid_text(notification.trap));
        return room;
    }
    void refused(TrapRefusal refusal, const std::string&, std::string why) override {
        said.push_back(std::string(refusal_word(refusal)) + ": " + why);
    }
    void reply(std::string_view datagram, const Address&) override {
        replies.emplace_back(datagram);
    }
};

struct Bench {
    FixtureTree tree;
    Listener listener;
    TrapsConfig config;
    std::unique_ptr<TrapReceiver> receiver;

    Bench() {
        config.name = "traps";
        config.communities = {"public"};
        config.users = {mon(), plain()};
        open();
    }
    std::string secret(const std::string& name, const std::string& text) {
        tree.write(name, text + "\n");
        REQUIRE(::chmod(tree.at(name).c_str(), 0600) == 0);
        return tree.at(name);
    }
    SnmpCredential mon() {
        SnmpCredential who;
        who.version = SnmpVersion::k3;
        who.user = "mon";
        who.level = SnmpLevel::kAuthPriv;
        who.auth_password_file = secret("auth", "authpass-123");
        who.priv_password_file = secret("priv", "privpass-123");
        return who;
    }
    static SnmpCredential plain() {
        SnmpCredential who;
        who.version = SnmpVersion::k3;
        who.user = "plain";
        return who;
    }
    void open() {
        receiver.reset();
        auto made = open_trap_receiver(config, listener);
        if (!made) FAIL(made.error().message);
        receiver = std::move(made).value();
    }
    void take(std::string_view datagram) { receiver->take(datagram, loopback(4000)); }
    void take_hex(std::string_view datagram) { take(from_hex(datagram)); }
    bool says(const std::string& text) const {
        return !listener.said.empty() && listener.said.back().find(text) != std::string::npos;
    }
};

using Heard = std::vector<std::string>;

}  // namespace

TEST_CASE("a trap of version 2c is heard once and not answered") {
    Bench b;
    b.take(v2c(kLinkDown, 7));
    CHECK(b.listener.heard == Heard{std::string("127.0.0.1 ") + kLinkDown});
    CHECK(b.listener.replies.empty());
    CHECK(b.listener.said.empty());
}

TEST_CASE("an inform is answered with what it said") {
    Bench b;
    b.take(v2c(kLinkDown, 7, kInformTag));
    CHECK(b.listener.heard.size() == 1);
    REQUIRE(b.listener.replies.size() == 1);
    // The same message as a response, 0xA2.
    std::string expected = v2c(kLinkDown, 7, 0xA2);
    CHECK(b.listener.replies[0] == expected);
    SECTION("unless there is no room, so that it comes again") {
        b.listener.room = false;
        b.take(v2c(kLinkDown, 7, kInformTag));
        CHECK(b.listener.heard.size() == 2);
        CHECK(b.listener.replies.size() == 1);
    }
}

TEST_CASE("a trap of version 3 is believed of whoever has the keys") {
    Bench b;
    b.take_hex(V3::kAt1000);
    CHECK(b.listener.said.empty());
    CHECK(b.listener.heard == Heard{std::string("127.0.0.1 ") + kLinkDown});
    b.take_hex(V3::kPlain);
    CHECK(b.listener.heard.size() == 2);
    // A little late on its way is in time; long ago is a replay (RFC 3414, 3.2, 7b).
    b.take_hex(V3::kAt900);
    CHECK(b.listener.heard.size() == 3);
    b.take_hex(V3::kAt500);
    CHECK(b.listener.heard.size() == 3);
    CHECK(b.says("time: it is older than what its engine sent before"));
}

TEST_CASE("who does not prove who they are is refused with the reason") {
    Bench b;
    b.take_hex(V3::kWrongAuth);
    CHECK(b.says("key: the user \"mon\" signs with another key: check SHA and the password in " +
                 b.tree.at("auth")));
    b.take_hex(V3::kWrongPriv);
    CHECK(b.says("check AES and the password in " + b.tree.at("priv")));
    b.take_hex(V3::kUnsigned);
    CHECK(b.says("level: the user \"mon\" sends with another level"));
    b.take_hex(V3::kStranger);
    CHECK(b.says("user: there is no user \"who\""));
    b.take(v2c(kLinkDown, 7, kTrapTag, "private"));
    CHECK(b.says("community: its community is another one"));
    b.take(v2c(kLinkDown, 7, 0xA0));
    CHECK(b.says("no_trap: it is neither a trap nor an inform"));
    b.take(v2c(kLinkDown, 7, 0xA2));
    CHECK(b.says("no_trap: it is an answer"));
    std::string first = v2c(kLinkDown, 7);
    first[4] = '\0';
    b.take(first);
    CHECK(b.says("version: version 1 is not taken"));
    b.take("");
    CHECK(b.says("malformed"));
    CHECK(b.listener.heard.empty());
    CHECK(b.listener.replies.empty());
    CHECK(b.listener.said.size() == 9);
    // None of it stands in the way of the right one.
    b.take_hex(V3::kAt1000);
    CHECK(b.listener.heard.size() == 1);
}

TEST_CASE("without a community version 2c is refused") {
    Bench b;
    b.config.communities.clear();
    b.open();
    b.take(v2c(kLinkDown, 7));
    CHECK(b.says("community: version 2c is not taken"));
    CHECK(b.listener.heard.empty());
}

TEST_CASE("another password in the file is another key") {
    Bench b;
    b.take_hex(V3::kAt1000);
    b.secret("auth", "something-else");
    b.open();
    b.take_hex(V3::kAt1000);
    CHECK(b.listener.heard.size() == 1);
    CHECK(b.says("key: "));
    b.secret("auth", "authpass-123");
    b.open();
    b.take_hex(V3::kAt1000);
    CHECK(b.listener.heard.size() == 2);
}

TEST_CASE("a device that is polled with other keys of that user is named") {
    Bench b;
    // As the session of a polled device holds it.
    const auto polled = Shared::instance().lease({from_hex("80001f8804656e67696e65"), "mon"},
                                                 "another fingerprint", "10.0.0.9");
    REQUIRE(polled);
    b.take_hex(V3::kAt1000);
    CHECK(b.says("engine: has the engine ID 80001f8804656e67696e65, as 10.0.0.9 has"));
    CHECK(b.listener.heard.empty());
}

TEST_CASE("who asks for our engine is answered and refused nothing") {
    Bench b;
    b.take(discovery_request(0x11223344));
    CHECK(b.listener.said.empty());
    CHECK(b.listener.heard.empty());
    REQUIRE(b.listener.replies.size() == 1);
    const auto engine = parse_discovery(b.listener.replies[0], 0x11223344);
    REQUIRE(engine);
    CHECK(engine->id == Shared::instance().local_engine());
}

TEST_CASE("a message that was cut anywhere is no trap") {
    Bench b;
    for (const std::string& whole :
         {v2c(kLinkDown, 7, kInformTag), from_hex(V3::kAt1000), from_hex(V3::kPlain)}) {
        for (std::size_t i = 0; i < whole.size(); ++i) b.take(whole.substr(0, i));
    }
    CHECK(b.listener.heard.empty());
    CHECK(b.listener.replies.empty());
}

TEST_CASE("bytes that were turned on their way never pass for a signed trap") {
    Bench b;
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const std::string whole = from_hex(V3::kAt1000);
    for (int i = 0; i < 2000; ++i) {
        std::string turned = whole;
        turned[random() % turned.size()] ^= static_cast<char>(1U << random() % 8);
        b.take(turned);
    }
    CHECK(b.listener.heard.empty());
    CHECK(b.listener.said.size() > 1000);
    b.take(whole);
    CHECK(b.listener.heard.size() == 1);
}

TEST_CASE("a secret that others can read keeps it from opening") {
    Bench b;
    b.receiver.reset();
    REQUIRE(::chmod(b.tree.at("auth").c_str(), 0644) == 0);
    const auto made = open_trap_receiver(b.config, b.listener);
    REQUIRE_FALSE(made);
    CHECK(made.error().message.find(b.tree.at("auth")) != std::string::npos);
}
