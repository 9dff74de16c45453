// A device as a target, over a session of the test's own.
#include "collector/net/snmp/snmp.h"

#include <catch2/catch.hpp>
#include <map>

#include "collector/net/snmp/shared.h"
#include "tests/support/collecting.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::collector::snmp;
using test::Values;
using test::values_of;

namespace {

constexpr const char* kModules = R"(
ports:
  walk: [1.2]
  get: [1.1.0]
  metrics:
    - {name: uptime, oid: 1.1, type: gauge}
    - name: octets
      oid: 1.2.10
      type: counter
      indexes: [{labelname: index, type: gauge}]
)";

// What the device has, and how it behaves; sessions of it answer on the loop.
struct World {
    net::Loop* loop;
    std::map<Oid, Value> objects{};
    int connects = 0;
    int sessions = 0;  // open now
    int answers_left = 1000;
    bool silent = false;
    bool secrets_changed = false;
    std::string refuses{};  // a connect, for this reason

    void set(const Oid& oid, std::uint64_t number) {
        objects[oid].kind = ValueKind::kUnsigned;
        objects[oid].number = number;
    }
};

class FakeSession final : public Session {
  public:
    explicit FakeSession(World& world) : world_(world) { ++world_.sessions; }
    ~FakeSession() override { --world_.sessions; }
    FakeSession(const FakeSession&) = delete;
    FakeSession& operator=(const FakeSession&) = delete;

    void send(const Request& request, Answered done) override {
        if (world_.silent) return;
        timer_ = world_.loop->after(0ms, [this, request, done = std::move(done)] {
            if (--world_.answers_left < 0) {
                return done(Error(ErrorCode::kTimeout, "stopped answering"));
            }
            done(answer(request));
        });
    }

  private:
    Response answer(const Request& request) const {
        Response out;
        for (const Oid& oid : request.oids) {
            const bool get = request.operation == Operation::kGet;
            const auto at = get ? world_.objects.find(oid) : world_.objects.upper_bound(oid);
            Value none;
            none.kind = get ? ValueKind::kMissing : ValueKind::kEnd;
            out.varbinds.push_back(at == world_.objects.end() ? VarBind{oid, none}
                                                              : VarBind{at->first, at->second});
        }
        return out;
    }
    World& world_;
    net::Timer timer_;
};

class FakeConnector final : public Connector {
  public:
    explicit FakeConnector(World& world) : world_(world) {}
    void connect(Connected done) override {
        ++world_.connects;
        world_.secrets_changed = false;
        timer_ = world_.loop->after(0ms, [this, done = std::move(done)] {
            if (!world_.refuses.empty()) {
                return done(Error(ErrorCode::kUnauthorized, world_.refuses));
            }
            done(std::unique_ptr<Session>(std::make_unique<FakeSession>(world_)));
        });
    }
    void cancel() override { timer_.cancel(); }
    bool secrets_changed() const override { return world_.secrets_changed; }

  private:
    World& world_;
    net::Timer timer_;
};

struct Bench {
    net::Loop loop;
    World world{&loop};
    SeriesTable table;
    std::unique_ptr<Target> target;
    std::string said;
    Values values;

    Bench() {
        auto modules = std::make_shared<Modules>();
        Diagnostics diagnostics("m.yml");
        read_modules(kModules, diagnostics, *modules);
        REQUIRE(diagnostics.all().empty());
        auto config = std::make_shared<SnmpConfig>();
        config->job = "j";
        config->instance = "d";
        config->modules = {"ports"};
        TargetContext context{};
        context.series = &table;
        context.loop = &loop;
        auto made = create_snmp_with(config, context, ModuleLayers{{modules}, {}},
                                     std::make_unique<FakeConnector>(world));
        REQUIRE(made);
        target = std::move(made).value();
        world.set({1, 1, 0}, 7);
        world.set({1, 2, 10, 1}, 100);
        world.set({1, 2, 10, 2}, 200);
    }

    void collect() {
        said = "not called";
        target->start(from_unix_ms(0), [this](const Result<void>& result, Readings readings) {
            said = result ? "" : result.error().message;
            values = values_of(readings);
            loop.stop();
        });
        REQUIRE(said == "not called");
        const net::Timer guard = loop.after(30s, [this] { loop.stop(); });
        loop.run();
    }
};

const std::string kUp = R"(uptime{instance="d", job="j"})";
const std::string kOne = R"(octets{index="1", instance="d", job="j"})";
const std::string kTwo = R"(octets{index="2", instance="d", job="j"})";

}  // namespace

TEST_CASE("a device's objects become its series, over one session") {
    Bench bench;
    bench.collect();
    CHECK(bench.said.empty());
    CHECK(bench.values == Values{{kUp, 7}, {kOne, 100}, {kTwo, 200}});
    bench.world.set({1, 2, 10, 1}, 101);
    bench.collect();
    CHECK(bench.values.at(kOne) == 101);
    CHECK(bench.world.connects == 1);
}

TEST_CASE("one that stops answering gives what it had, and is found anew next time") {
    Bench bench;
    bench.world.answers_left = 2;
    bench.collect();
    CHECK(bench.said == "stopped answering");
    CHECK(bench.values == Values{{kUp, 7}, {kOne, 100}});
    CHECK(bench.world.sessions == 0);
    bench.world.answers_left = 1000;
    bench.collect();
    CHECK(bench.said.empty());
    CHECK(bench.values.size() == 3);
    CHECK(bench.world.connects == 2);
}

TEST_CASE("one that cannot be connected to says why") {
    Bench bench;
    bench.world.refuses = "knows no user \"mon\"";
    bench.collect();
    CHECK(bench.said == "knows no user \"mon\"");
    CHECK(bench.values.empty());
}

TEST_CASE("a changed secret closes the session before the next is opened") {
    Bench bench;
    bench.collect();
    bench.world.secrets_changed = true;
    bench.collect();
    CHECK(bench.said.empty());
    CHECK(bench.world.connects == 2);
    CHECK(bench.world.sessions == 1);
}

TEST_CASE("a deadline takes what there is, and nothing late comes into the next collection") {
    Bench bench;
    bench.collect();
    bench.world.silent = true;
    bool called = false;
    bench.target->start(from_unix_ms(0),
                        [&called](const Result<void>&, const Readings&) { called = true; });
    CHECK(bench.target->cancel().empty());
    CHECK(bench.world.sessions == 0);
    bench.world.silent = false;
    bench.collect();
    CHECK(bench.values.size() == 3);
    CHECK_FALSE(called);
    // Also while it connects.
    bench.world.refuses = "x";
    bench.world.secrets_changed = true;
    bench.target->start(from_unix_ms(0),
                        [&called](const Result<void>&, const Readings&) { called = true; });
    bench.target->cancel();
    bench.world.refuses.clear();
    bench.collect();
    CHECK(bench.said.empty());
    CHECK_FALSE(called);
}

TEST_CASE("a module that is not there, or asks for nothing, is refused by name") {
    Bench bench;
    auto modules = std::make_shared<Modules>();
    Diagnostics diagnostics("m.yml");
    read_modules("a: {walk: [1.5], metrics: [{name: m, oid: 1.6, type: gauge}]}", diagnostics,
                 *modules);
    TargetContext context{};
    context.series = &bench.table;
    context.loop = &bench.loop;
    const auto refused = [&](const std::string& name) {
        auto config = std::make_shared<SnmpConfig>();
        config->modules = {name};
        const auto made = create_snmp_with(config, context, ModuleLayers{{modules}, {}},
                                           std::make_unique<FakeConnector>(bench.world));
        REQUIRE_FALSE(made);
        return made.error().message;
    };
    CHECK_THAT(refused("b"), Catch::StartsWith("there is no SNMP module \"b\"; known are a;"));
    CHECK_THAT(refused("a"), Catch::Contains("walk nothing"));
}

TEST_CASE("a device is made anew when a module of its own has changed, and else goes on") {
    const test::FixtureTree files;
    const auto text = [](const std::string& name, const std::string& type) {
        return name + ": {get: [1.5.0], metrics: [{name: m, oid: 1.5, type: " + type + "}]}\n";
    };
    files.write("a.yml", text("mine", "gauge"));
    net::Loop loop;
    net::OffloadPool pool(loop, 1, 1);
    SeriesTable table;
    const auto make = [&](const std::string& module) {
        auto config = std::make_shared<SnmpConfig>();
        config->module_files = {files.root()};
        config->modules = {module};
        return create_snmp(config, {{}, &table, &loop, &pool, ""});
    };
    const auto shipped = make("if_mib");
    REQUIRE(shipped);
    const auto own = make("mine");
    REQUIRE(own);
    files.write("b.yml", text("other", "gaauge"));
    CHECK(shipped.value()->reread());
    CHECK(own.value()->reread());
    const auto other = make("other");
    REQUIRE_FALSE(other);
    CHECK_THAT(other.error().message, Catch::StartsWith("there is no SNMP module \"other\"; " +
                                                        files.at("b.yml") + ":1:"));
    files.write("a.yml", text("mine", "gaauge"));
    CHECK(own.value()->reread());
    files.write("a.yml", text("mine", "counter"));
    CHECK_FALSE(own.value()->reread());
    CHECK(shipped.value()->reread());
}

TEST_CASE("two devices of one engine ID with different keys are named") {
    Shared& shared = Shared::instance();
    const UserKey key{"engine-1", "mon"};
    auto first = shared.lease(key, "k1", "10.0.0.1");
    REQUIRE(first);
    const auto again = shared.lease(key, "k1", "10.0.0.2");
    REQUIRE(again);
    const auto other = shared.lease(key, "k2", "10.0.0.3");
    REQUIRE_FALSE(other);
    CHECK(other.error().code == ErrorCode::kConflict);
    CHECK_THAT(other.error().message,
               Catch::StartsWith("has the engine ID 656e67696e652d31, as 10.0.0.1 has"));
    CHECK(shared.lease({"engine-2", "mon"}, "k2", "10.0.0.3"));
}

TEST_CASE("one device that is asked with different keys is told apart from a doubled engine ID") {
    Shared& shared = Shared::instance();
    const UserKey key{"engine-4", "mon"};
    const auto first = shared.lease(key, "k1", "10.0.0.1:1161");
    REQUIRE(first);
    CHECK(shared.lease(key, "k2", "10.0.0.1:1161").error().message ==
          "another job asks this device as \"mon\" with other keys; check the password files");
    CHECK_THAT(shared.lease(key, "k2", "10.0.0.1").error().message,
               Catch::StartsWith("has the engine ID"));
    const UserKey other{"engine-5", "mon"};
    const auto plain = shared.lease(other, "k1", "10.0.0.1");
    CHECK_THAT(shared.lease(other, "k2", "10.0.0.1:161").error().message,
               Catch::StartsWith("another job asks this device"));
}

TEST_CASE("the modules that the configuration knows are those that are shipped") {
    const auto known = snmp_shipped_modules();
    CHECK(Shared::instance().modules({}).names() ==
          std::vector<std::string>(known.begin(), known.end()));
}

TEST_CASE("when the last user of a key goes, another key may come") {
    Shared& shared = Shared::instance();
    const UserKey key{"engine-3", "mon"};
    { const auto held = shared.lease(key, "k1", "a"); }
    CHECK(shared.lease(key, "k2", "a"));
}

TEST_CASE("a key is derived as RFC 3414 does it") {
    // A.3.2: SHA, "maplesyrup".
    const auto key = Shared::instance().key_of("SHA", Secret("maplesyrup"));
    REQUIRE(key);
    CHECK(key.value() == std::string("\x9f\xb5\xcc\x03\x81\x49\x7b\x37\x93\x52"
                                     "\x89\x39\xff\x78\x8d\x5d\x79\x14\x52\x11"));
    const auto weak = Shared::instance().key_of("SHA", Secret("short"));
    REQUIRE_FALSE(weak);
    CHECK(weak.error().message == "is shorter than 8 characters");
}
