// Whatever arrives at the port: at most one trap of it, and never one of a user who has keys.
#include <arpa/inet.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/net/file.h"
#include "collector/net/snmp/trap_receiver.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::collector::snmp;

namespace {

struct Listener final : TrapListener {
    int heard = 0;
    int refusals = 0;
    int replies = 0;
    bool notified(const std::string&, const Notification& notification) override {
        if (notification.trap.empty() || notification.varbinds.size() > 65'536) std::abort();
        ++heard;
        return true;
    }
    void refused(TrapRefusal, const std::string&, std::string why) override {
        if (why.empty()) std::abort();
        ++refusals;
    }
    void reply(std::string_view datagram, const Address&) override {
        if (datagram.empty()) std::abort();
        ++replies;
    }
};

std::string secret() {
    char path[] = "/tmp/tocsin-fuzz-XXXXXX";
    const int fd = ::mkstemp(path);
    // One that no input can have been signed with.
    if (fd < 0 || !net::write_file_atomic(path, net::random_token(24), 0600)) std::abort();
    return path;
}

// Version 2c is not taken and the only user signs, so that nothing may be heard.
struct World {
    Listener listener;
    std::unique_ptr<TrapReceiver> closed;
    std::unique_ptr<TrapReceiver> open;
    Address from;

    World() {
        TrapsConfig config;
        SnmpCredential who;
        who.version = SnmpVersion::k3;
        who.user = "mon";
        who.level = SnmpLevel::kAuthPriv;
        who.auth_password_file = secret();
        who.priv_password_file = who.auth_password_file;
        config.users = {who};
        auto made = open_trap_receiver(config, listener);
        if (!made) std::abort();
        closed = std::move(made).value();
        config.users[0].user = "plain";
        config.users[0].level = SnmpLevel::kNoAuthNoPriv;
        config.communities = {"public"};
        made = open_trap_receiver(config, listener);
        if (!made) std::abort();
        open = std::move(made).value();
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        std::memcpy(&from.storage, &at, sizeof(at));
        from.size = sizeof(at);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static auto* const world = new World;  // as long as the library's tables
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    Listener& listener = world->listener;
    listener = {};
    world->closed->take(bytes, world->from);
    if (listener.heard != 0 || listener.replies > 1) std::abort();
    world->open->take(bytes, world->from);
    if (listener.heard > 1 || listener.replies > 2) std::abort();
    return 0;
}
