#include "collector/net/snmp/walk.h"

#include <catch2/catch.hpp>
#include <map>

using namespace tocsin;
using namespace tocsin::collector::snmp;

namespace {

Value number(std::uint64_t n) {
    Value value;
    value.kind = ValueKind::kUnsigned;
    value.number = n;
    return value;
}

Value kind(ValueKind k) {
    Value value;
    value.kind = k;
    return value;
}

using Rows = std::vector<std::size_t>;

// A device: its objects by OID, answering as RFC 3416 says; `room` cuts answers short.
struct Agent {
    std::map<Oid, Value> objects;
    std::size_t room = 1000;
    int requests = 0;

    Response answer(const Request& request) {
        ++requests;
        Response out;
        if (request.operation == Operation::kGet) {
            for (const Oid& oid : request.oids) {
                const auto at = objects.find(oid);
                out.varbinds.push_back(
                    {oid, at == objects.end() ? kind(ValueKind::kMissing) : at->second});
            }
            return out;
        }
        std::vector<Oid> at = request.oids;
        for (int row = 0; row < request.repetitions; ++row) {
            for (Oid& oid : at) {
                if (out.varbinds.size() == room) return out;
                const auto next = objects.upper_bound(oid);
                if (next == objects.end()) {
                    out.varbinds.push_back({oid, kind(ValueKind::kEnd)});
                } else {
                    out.varbinds.push_back({next->first, next->second});
                    oid = next->first;
                }
            }
        }
        return out;
    }
};

Module module_of(std::vector<Oid> walk, std::vector<Oid> objects, std::vector<Oid> get = {}) {
    Module module;
    module.walk = std::move(walk);
    module.get = std::move(get);
    for (Oid& oid : objects) {
        Metric metric;
        metric.oid = std::move(oid);
        module.metrics.push_back(std::move(metric));
    }
    return module;
}

std::vector<VarBind> run(Walk& walk, Agent& agent) {
    while (const auto request = walk.next()) {
        const auto taken = walk.take(agent.answer(*request));
        REQUIRE(taken);
        REQUIRE(agent.requests < 1000);
    }
    return walk.finish();
}

Agent table(std::uint32_t columns, std::uint32_t rows) {
    Agent agent;
    for (std::uint32_t c = 1; c <= columns; ++c) {
        for (std::uint32_t r = 1; r <= rows; ++r)
            agent.objects[{1, 2, c, r}] = number(c * 1000 + r);
    }
    agent.objects[{1, 3, 1}] = number(1);
    return agent;
}

}  // namespace

TEST_CASE("a plan asks for what becomes a series or is looked up, and for no more") {
    Module module = module_of({{1, 2}}, {{1, 2, 1}, {1, 2, 3}, {1, 9, 1}}, {{1, 1, 0}});
    module.metrics[0].lookups.push_back({{"i"}, "name", {1, 2, 7}, Type::kDisplayString});
    module.metrics[1].type = Type::kInetAddress;
    const Plan plan = plan_of({&module, &module});
    CHECK(plan.get == std::vector<Oid>{{1, 1, 0}});
    // 1.2.2 says what the address 1.2.3 is.
    CHECK(plan.columns == std::vector<Oid>{{1, 2, 1}, {1, 2, 2}, {1, 2, 3}, {1, 2, 7}});
    const Module instance = module_of({{1, 2, 1, 5}}, {{1, 2, 1}});
    CHECK(plan_of({&instance}).columns == std::vector<Oid>{{1, 2, 1, 5}});
}

TEST_CASE("a table comes whole, however answers are cut") {
    const Module module = module_of({{1, 2}}, {{1, 2, 1}, {1, 2, 2}, {1, 2, 3}, {1, 2, 4}});
    const Plan plan = plan_of({&module});
    for (const int repetitions : {1, 2, 7, 25, 200}) {
        for (const std::size_t room : {1U, 3U, 11U, 1000U}) {
            Agent agent = table(4, 20);
            agent.room = room;
            Rows rows;
            Walk walk(plan, repetitions, rows);
            const auto found = run(walk, agent);
            INFO(repetitions << " rows, room for " << room);
            REQUIRE(found.size() == 80);
            CHECK(found.front().oid == Oid{1, 2, 1, 1});
            CHECK(found.back().value.number == 4020);
        }
    }
}

TEST_CASE("several columns share a request, within what a datagram holds") {
    const Module module = module_of({{1, 2}}, {{1, 2, 1}, {1, 2, 2}, {1, 2, 3}, {1, 2, 4}});
    const Plan plan = plan_of({&module});
    Rows rows;
    Walk walk(plan, 25, rows);
    const auto request = walk.next();
    REQUIRE(request);
    CHECK(request->operation == Operation::kGetBulk);
    CHECK(request->oids == std::vector<Oid>{{1, 2, 1}, {1, 2, 2}});
    CHECK(request->repetitions == 25);
    Agent agent = table(4, 20);
    Rows other;
    Walk whole(plan, 25, other);
    run(whole, agent);
    CHECK(agent.requests == 2);
}

TEST_CASE("a table of known length is asked for no more rows than it has, and one") {
    const Module module = module_of({{1, 2}}, {{1, 2, 1}, {1, 2, 2}});
    const Plan plan = plan_of({&module});
    Rows rows;
    const auto repetitions_for = [&](std::uint32_t length) {
        Agent agent = table(3, length);
        Walk walk(plan, 25, rows);
        std::vector<int> asked;
        while (const auto request = walk.next()) {
            asked.push_back(request->repetitions);
            REQUIRE(walk.take(agent.answer(*request)));
        }
        CHECK(walk.finish().size() == std::size_t{2} * length);
        return asked;
    };
    CHECK(repetitions_for(4) == std::vector<int>{25});
    CHECK(repetitions_for(4) == std::vector<int>{5});
    // It grew: what was expected, then as of a table that nobody knows.
    CHECK(repetitions_for(6) == std::vector<int>{5, 25});
    CHECK(repetitions_for(6) == std::vector<int>{7});
    CHECK(repetitions_for(2) == std::vector<int>{7});
    CHECK(repetitions_for(48) == std::vector<int>{3, 25, 25});
    CHECK(repetitions_for(48) == std::vector<int>{25, 24});
}

TEST_CASE("columns known to be short share a request, so that a small device costs few") {
    std::vector<Oid> columns;
    for (std::uint32_t c = 1; c <= 30; ++c) columns.push_back({1, 2, c});
    const Module module = module_of({{1, 2}}, columns);
    const Plan plan = plan_of({&module});
    Rows rows;
    const auto widths = [&] {
        Agent agent = table(30, 2);
        Walk walk(plan, 25, rows);
        std::vector<std::size_t> asked;
        while (const auto request = walk.next()) {
            asked.push_back(request->oids.size());
            REQUIRE(walk.take(agent.answer(*request)));
        }
        CHECK(walk.finish().size() == 60);
        return asked;
    };
    CHECK(widths() == std::vector<std::size_t>(15, 2));   // nobody knows how long they are
    CHECK(widths() == std::vector<std::size_t>{16, 14});  // 3 rows of each within 50
}

TEST_CASE("a device without the table costs one request and gives nothing") {
    const Module module = module_of({{1, 5}}, {{1, 5, 1}});
    const Plan plan = plan_of({&module});
    for (Agent agent : {table(1, 1), Agent{}}) {
        Rows rows;
        Walk walk(plan, 10, rows);
        CHECK(run(walk, agent).empty());
        CHECK(agent.requests == 1);
    }
}

TEST_CASE("single objects are asked together, those that are missing are left out") {
    std::vector<Oid> get;
    for (std::uint32_t i = 0; i < 40; ++i) get.push_back({1, 2, 1, i});
    const Module module = module_of({}, {{1, 2, 1}}, get);
    const Plan plan = plan_of({&module});
    Agent agent = table(1, 20);
    Rows rows;
    Walk walk(plan, 10, rows);
    CHECK(run(walk, agent).size() == 20);
    CHECK(agent.requests == 2);
}

TEST_CASE("tooBig is tried in smaller portions, down to one") {
    const Module module = module_of({{1, 2}}, {{1, 2, 1}}, {{1, 3, 1}, {1, 3, 2}});
    const Plan plan = plan_of({&module});
    Rows rows;
    Walk walk(plan, 8, rows);
    Agent agent = table(1, 20);
    int refused = 0;
    while (const auto request = walk.next()) {
        const bool bulk = request->operation == Operation::kGetBulk;
        if (bulk ? request->repetitions > 2 : request->oids.size() > 1) {
            REQUIRE(walk.take({1, 0, {}}));
            ++refused;
            continue;
        }
        REQUIRE(walk.take(agent.answer(*request)));
    }
    CHECK(refused == 3);
    CHECK(walk.finish().size() == 21);
    Rows none;
    Walk stuck(plan, 1, none);
    stuck.next();
    REQUIRE(stuck.take({1, 0, {}}));
    stuck.next();
    CHECK(stuck.take({1, 0, {}}).error().message == "answers tooBig for 1.3.1");
}

TEST_CASE("an agent that does not go forward is told from one that does") {
    const Module module = module_of({{1, 2}}, {{1, 2, 1}});
    const Plan plan = plan_of({&module});
    struct Case {
        Response response;
        const char* said;
    };
    const std::vector<Case> cases{
        {{0, 0, {{{1, 2, 1, 5}, number(1)}, {{1, 2, 1, 5}, number(1)}}},
         "its objects do not come in order: 1.2.1.5 after 1.2.1.5"},
        {{0, 0, {{{1, 2, 1, 5}, number(1)}, {{1, 2, 1, 4}, number(1)}}},
         "its objects do not come in order: 1.2.1.4 after 1.2.1.5"},
        {{0, 0, {}}, "answers GETBULK of 1.2.1 with nothing"},
        {{5, 1, {}}, "answers genErr for 1.2.1"},
        {{99, 7, {}}, "answers an unknown error"},
        {{-1, -1, {}}, "answers an unknown error for 1.2.1"},
    };
    for (const Case& c : cases) {
        Rows rows;
        Walk walk(plan, 10, rows);
        walk.next();
        const auto taken = walk.take(c.response);
        REQUIRE_FALSE(taken);
        CHECK(taken.error().message == c.said);
    }
    // What came before counts.
    Rows rows;
    Walk walk(plan, 10, rows);
    walk.next();
    CHECK_FALSE(walk.take(cases[1].response));
    CHECK(walk.finish().size() == 1);
}

TEST_CASE("a device without end is left") {
    const Module module = module_of({{1, 2}}, {{1, 2, 1}});
    const Plan plan = plan_of({&module});
    Rows rows;
    Walk walk(plan, 200, rows);
    std::uint32_t next = 1;
    while (walk.next()) {
        Response response;
        for (int i = 0; i < 200; ++i) response.varbinds.push_back({{1, 2, 1, next++}, number(1)});
        const auto taken = walk.take(std::move(response));
        if (taken) continue;
        CHECK(taken.error().code == ErrorCode::kTooLarge);
        break;
    }
    CHECK(walk.finish().size() <= Walk::kMostFound);
    CHECK(next > Walk::kMostFound);
}

TEST_CASE("a device whose texts have no end is left") {
    const Module module = module_of({{1, 3}}, {{1, 3}});
    const Plan plan = plan_of({&module});
    Rows rows;
    Walk walk(plan, 25, rows);
    Value text = kind(ValueKind::kOctets);
    text.octets.assign(60'000, 'x');  // about what one datagram holds
    std::size_t bytes = 0;
    Result<void> taken = success();
    for (std::uint32_t i = 0; taken; ++i) {
        REQUIRE(walk.next());
        bytes += text.octets.size();
        taken = walk.take({0, 0, {{{1, 3, i}, text}}});
    }
    CHECK(taken.error().message ==
          "has more than 32 MiB of texts where the modules look; narrow \"walk\"");
    CHECK(bytes > Walk::kMostBytes);
    CHECK(bytes <= Walk::kMostBytes + text.octets.size());
}
